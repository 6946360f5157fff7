"""Limits: what keeps calls apart in time, so that several at once would break it or stand in a queue and gain nothing."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, partial

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.effect import SECONDS, CostClass, Effect
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Hazard, HazardKind, Site
from advisor.model.state import How, Piece, Place, Read, RootKind
from advisor.model.summary import Summaries
from advisor.model.words import is_named, mentions
from advisor.questions.calls import calls_of, is_pause, receiver

Limit = tuple[str, int, str]  # the name of a function, the line of its sleep, and why it is one
_LASTS = (RootKind.SELF, RootKind.GLOBAL, RootKind.CLASS)
_KEEPS = (How.APPEND, How.ADD, How.KEY)
_LONG_ENOUGH = SECONDS[CostClass.LARGE].expected  # a pause shorter than a request takes keeps nothing apart
_DEEPEST = 3  # variables behind variables


class Limits:
    """What is known of the functions of a program, by their ids, each worked out once."""

    def __init__(self, program: Program, catalog: Catalog, summaries: Summaries) -> None:
        self.of = cache(partial(limit_of, program, catalog, summaries))
        self.given = cache(partial(_limited_objects, program, catalog))


def limiters(program: Program, summaries: Summaries, site: Site, limits: Limits) -> Iterator[Hazard]:
    """The functions that an iteration runs and that keep its calls apart, and the limiters of the objects it works with."""
    for function in sorted(summaries.reached(site.function, calls_of(site))):
        found = limits.of(function)
        if found is not None:
            yield Hazard(HazardKind.RATE_LIMIT, *found)
    owners = (owner for call in calls_of(site) if (owner := receiver(call)) is not None)
    used = {_name(owner) for owner in owners}
    for function in dict.fromkeys((site.function, program.modules[site.path])):
        given = limits.given(function)
        for line, name in sorted((at, each) for each in used & given.keys() for at in given[each]):
            because = f"`{name}` was given a limiter (line {line}), which keeps its calls apart"
            yield Hazard(HazardKind.RATE_LIMIT, name, line, because)


def limit_of(program: Program, catalog: Catalog, summaries: Summaries, function: str) -> Limit | None:
    """The function, if it keeps its calls apart: by a moment that it remembers, or by a pause after each request."""
    info = program.functions[function]
    sleep = _waits_for_its_turn(program, catalog, summaries, info)
    if sleep is not None:
        return info.name, sleep.line, f"`{info.name}` sleeps until enough time has gone by since the last call"
    sleep = _pause_after_request(program, catalog, summaries, info, info.body)
    if sleep is not None:
        return info.name, sleep.line, f"`{info.name}` pauses after each request, which keeps its calls apart"
    return None


def _waits_for_its_turn(
    program: Program, catalog: Catalog, summaries: Summaries, info: FunctionInfo
) -> code.Call | None:
    """The sleep of a function that looks at the moment that it remembered, and remembers this one for the next call. Its
    caller may do that for it."""
    if not any(is_named(name, catalog.words.clocks) for name in info.called_names):
        return None
    sleep = next((call for call in info.calls if is_named(tree.callee(call), catalog.words.pauses)), None)
    if sleep is None:
        return None
    seen = [read for read in summaries.function_state(info.id).reads if read.exposed]
    kept = any(_reads(read, moment) for moment in _moments(program, catalog, info) for read in seen)
    return sleep if kept or _hands_on(program, catalog, info, sleep) else None


def _pause_after_request(
    program: Program, catalog: Catalog, summaries: Summaries, info: FunctionInfo, block: tree.Block
) -> code.Call | None:
    """The sleep that stands behind a request in one block: not where it looks, sleeps and looks again, nor after a failure."""
    for position, statement in enumerate(block):
        match statement:
            case code.Evaluate(value=code.Call() as call) | code.Evaluate(value=code.Await(value=code.Call() as call)):
                before = block[:position]
                if _only_pauses(program, catalog, info.id, call) and any(
                    _asks(catalog, summaries, info.id, each) for each in before
                ):
                    return call
            case code.While():
                continue
            case code.For() if _tries_again(catalog, summaries, info, statement):
                continue
        handlers = [h.body for h in statement.handlers] if isinstance(statement, code.Try) else []
        for inner in (each for each in tree.blocks(statement) if each not in handlers):
            found = _pause_after_request(program, catalog, summaries, info, inner)
            if found is not None:
                return found
    return None


def _tries_again(catalog: Catalog, summaries: Summaries, info: FunctionInfo, loop: code.For) -> bool:
    """Does each round ask the same, until an answer is the right one: `for _ in range(5):`, with a way out?"""
    asking = tuple(each for each in loop.body if _asks(catalog, summaries, info.id, each))
    named = {node.id for call in tree.calls(asking) for node in tree.every(call) if isinstance(node, code.Name)}
    ways_out = tree.statements(tuple(each for each in loop.body if isinstance(each, code.If | code.Try)))
    leaves = any(isinstance(s, code.Return) or (isinstance(s, code.Jump) and s.kind == "break") for s in ways_out)
    return leaves and named.isdisjoint(tree.bound_each_round(loop))


def _only_pauses(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Is it a sleep, or a function that does nothing else?"""
    if is_pause(catalog, call):
        return not call.arguments or _keeps_apart(program, function, call.arguments[0])
    called = [t.name for t in program.targets(function, call) if t.kind == "function"]
    bodies = [program.functions[name].body for name in called]
    return bool(bodies) and all(_is_a_pause(catalog, body) for body in bodies)


def _keeps_apart(program: Program, function: str, seconds: code.Expr) -> bool:
    """Is that a time between calls: long enough, and not worked out from what the function was given to work on?"""
    lasts = program.number(function, seconds)
    if lasts is not None:
        return lasts >= _LONG_ENOUGH
    given = {parameter.name for parameter in program.functions[function].parameters}
    read = {node.id for node in tree.every(seconds) if isinstance(node, code.Name)}
    return not isinstance(seconds, code.Operation) or given.isdisjoint(read)


def _is_a_pause(catalog: Catalog, body: tree.Block) -> bool:
    match body[-1:]:
        case (
            code.Evaluate(value=code.Call() as call)
            | code.Evaluate(value=code.Await(value=code.Call() as call))
            | code.Return(value=code.Await(value=code.Call() as call)),
        ):
            simple = all(isinstance(statement, code.Evaluate | code.Assign) for statement in body[:-1])
            return simple and is_pause(catalog, call)
    return False


def _asks(catalog: Catalog, summaries: Summaries, function: str, statement: code.Stmt) -> bool:
    """Does it surely ask somebody outside?"""
    for proof in summaries.in_runs(Piece(function, (statement,))).proofs:
        if proof.guessed or proof.conditional:
            continue
        known = catalog.call(proof.api) if proof.effect is Effect.ASYNC else None
        if proof.effect is Effect.NETWORK or (known is not None and known[1].access is not None):
            return True
    return False


def _hands_on(program: Program, catalog: Catalog, info: FunctionInfo, sleep: code.Call) -> bool:
    """Does it sleep until a moment that it works out, and return one for the next call to begin with?"""
    returned = (s.value for s in info.statements if isinstance(s, code.Return) and s.value is not None)
    timed = any(_tells(program, catalog, info, each) for each in sleep.arguments)
    return timed and any(_tells(program, catalog, info, value) for value in returned)


def _reads(read: Read, moment: Place) -> bool:
    """Is the moment read, or what holds it looked through?"""
    there, kept = read.place.path, moment.path
    return read.place.root == moment.root and there[: len(kept)] == kept


def _moments(program: Program, catalog: Catalog, info: FunctionInfo) -> Iterator[Place]:
    """The places that outlive a call of the function and in which it remembers a moment."""
    for statement in info.statements:
        match statement:
            case code.Assign(targets=targets, value=value) if value is not None and _tells(
                program, catalog, info, value
            ):
                for target in targets:
                    yield from _kept(program, info, target)
            case code.Evaluate(value=code.Call(function=code.Attribute(value=holder, name=name), arguments=arguments)):
                if catalog.changing_methods.get(name) in _KEEPS and any(
                    _tells(program, catalog, info, each) for each in arguments
                ):
                    yield from _kept(program, info, holder)


def _kept(program: Program, info: FunctionInfo, target: code.Expr) -> Iterator[Place]:
    named = program.objects.cell(info.id, target.id) if isinstance(target, code.Name) else None
    for place in program.objects.places(info.id, target) | ({named} if named is not None else set()):
        if place.root.kind in _LASTS:
            yield place


def _tells(program: Program, catalog: Catalog, info: FunctionInfo, value: code.Expr, depth: int = _DEEPEST) -> bool:
    """Is a moment that a clock told in the value?"""
    for node in tree.every(value):
        match node:
            case code.Call() if is_named(tree.callee(node), catalog.words.clocks):
                return True
            case code.Name(id=name) if depth:
                given = program.objects.values_of(info.id, name) or ()
                if any(_tells(program, catalog, info, each, depth - 1) for each in given if each is not value):
                    return True
    return False


def _limited_objects(program: Program, catalog: Catalog, function: str) -> dict[str, list[int]]:
    """The objects that are given a limiter in a function, by the names that they have there, each with the lines."""
    found: dict[str, list[int]] = {}
    for call in program.functions[function].calls:
        owner = receiver(call)
        words = (tree.callee(call), *map(_name, call.arguments))
        if owner is not None and any(mentions(word, catalog.words.limiters) for word in words):
            found.setdefault(_name(owner), []).append(call.line)
    return found


def _name(expression: code.Expr) -> str:
    return tree.callee(expression) if isinstance(expression, code.Call) else tree.dotted(expression) or ""
