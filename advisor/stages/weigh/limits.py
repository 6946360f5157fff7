"""Limits: what keeps calls apart in time, so that several at once would break it or stand in a queue and gain nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Hazard, HazardKind, Site
from advisor.model.state import How, Place, Read, RootKind
from advisor.model.summary import Summaries
from advisor.model.words import is_named, mentions
from advisor.questions.calls import calls_of, receiver

Limited = Callable[[str], tuple[str, int] | None]  # function -> its name and the line of its sleep, if it is a limiter
_LASTS = (RootKind.SELF, RootKind.GLOBAL, RootKind.CLASS)
_KEEPS = (How.APPEND, How.ADD, How.KEY)
_DEEPEST = 3  # variables behind variables


def limiters(
    program: Program, catalog: Catalog, summaries: Summaries, site: Site, limited: Limited
) -> Iterator[Hazard]:
    """The functions that an iteration runs and that keep its calls apart, and the limiters of the objects it works with."""
    for function in sorted(summaries.reached(site.function, calls_of(site))):
        found = limited(function)
        if found is not None:
            because = f"`{found[0]}` sleeps until enough time has gone by since the last call"
            yield Hazard(HazardKind.RATE_LIMIT, *found, because)
    owners = (owner for call in calls_of(site) if (owner := receiver(call)) is not None)
    used = {_name(owner) for owner in owners}
    for name, line in _limited_objects(program, catalog, site):
        if name in used:
            because = f"`{name}` was given a limiter (line {line}), which keeps its calls apart"
            yield Hazard(HazardKind.RATE_LIMIT, name, line, because)


def limit_of(program: Program, catalog: Catalog, summaries: Summaries, function: str) -> tuple[str, int] | None:
    """The name of a function that keeps its calls apart, with the line on which it sleeps: it looks at the moment that it
    remembered, and remembers this one for the next call. Its caller may do that for it."""
    info = program.functions[function]
    if not any(is_named(name, catalog.words.clocks) for name in info.called_names):
        return None
    sleep = next((call for call in info.calls if is_named(tree.callee(call), catalog.words.pauses)), None)
    if sleep is None:
        return None
    seen = [read for read in summaries.function_state(function).reads if read.exposed]
    kept = any(_reads(read, moment) for moment in _moments(program, catalog, info) for read in seen)
    return (info.name, sleep.line) if kept or _hands_on(program, catalog, info, sleep) else None


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


def _limited_objects(program: Program, catalog: Catalog, site: Site) -> Iterator[tuple[str, int]]:
    """The objects that are given a limiter around the site, by the names that they have there, each with the line."""
    for function in dict.fromkeys((site.function, program.modules[site.path])):
        for call in program.functions[function].calls:
            owner = receiver(call)
            words = (tree.callee(call), *map(_name, call.arguments))
            if owner is not None and any(mentions(word, catalog.words.limiters) for word in words):
                yield _name(owner), call.line


def _name(expression: code.Expr) -> str:
    return tree.callee(expression) if isinstance(expression, code.Call) else tree.dotted(expression) or ""
