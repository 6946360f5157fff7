"""What the work raises must come back as what it is."""

from __future__ import annotations

import ast
import builtins
import itertools
from collections.abc import Iterable, Iterator, Sequence

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Program
from advisor.model.refactor import Order
from advisor.model.state import RootKind
from advisor.questions.pickling import is_not_remade
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.names import dotted
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.sent import unsendable
from advisor.stages.generate.work import Cut

# Their HTTPError holds the open answer, so that no process can send it to another.
_OPENS = frozenset({"urllib.request.urlopen", "urllib.request.OpenerDirector.open"})
_EVERY = frozenset({"Exception", "BaseException"})
_KEPT = (RootKind.GLOBAL, RootKind.CLASS, RootKind.SELF, RootKind.DEFAULT)  # roots of what outlives the work
_LOOKS_BACK = ("__cause__", "__context__", "__traceback__")
_TELLS_BACK = (
    "format_exception",
    "print_exception",
    "extract_tb",
    "format_tb",
    "print_tb",
    "walk_tb",
    "TracebackException",
)
_STOPS = frozenset({"StopIteration", "StopAsyncIteration"})
_BEYOND = frozenset({"BaseException", "KeyboardInterrupt", "SystemExit", "GeneratorExit"})
_CANCELS = frozenset({"CancelledError"})  # what ends a task


def check_stop_iteration(draft: Draft, made: Cut) -> None:
    """StopIteration cannot pass a future, a coroutine or a generator as what it is."""
    program = draft.order.program
    for function in draft.inquiry.reached(made.nodes):
        for call in program.functions[function].calls:
            if (
                tree.dotted(call.function) == "next"
                and len(call.arguments) == 1
                and not _caught(program.functions[function], call)
                and not _never_ends(program, function, call.arguments[0])
            ):
                because = f"`next` in line {call.line} may raise StopIteration, which does not come back from a worker"
                raise Refused("unpicklable-error", because, draft.loop)


def _never_ends(program: Program, function: str, walked: code.Expr) -> bool:
    """Is it a counter, which always has a next number?"""
    made = program.objects.values_of(function, walked.id) if isinstance(walked, code.Name) else (walked,)
    return bool(made) and all(
        isinstance(each, code.Call) and {t.name for t in program.targets(function, each)} == {"itertools.count"}
        for each in made or ()
    )


def _caught(info: FunctionInfo, call: code.Call) -> bool:
    """Does a `try` around the call handle what it raises?"""
    for statement in info.statements:
        if (
            isinstance(statement, code.Try)
            and statement.handlers
            and any(c is call for c in tree.calls(statement.body))
        ):
            return True
    return False


def check_raised(draft: Draft, made: Cut) -> None:
    """What does not come back as it was raised: StopIteration never does, what is no `Exception` ends an event loop, and
    is not carried back from a process."""
    program = draft.order.program
    inside = frozenset(draft.inquiry.reached(made.nodes))
    around = _reached_by_all(draft.order) - inside if draft.way.tasks else frozenset()
    beyond = _BEYOND if draft.way.tasks or draft.way.isolated else frozenset[str]()
    beyond |= _CANCELS if draft.way.tasks and not draft.way.through else frozenset()
    for function in sorted(inside | around):
        lost = _STOPS | beyond if function in inside else _STOPS  # the function around turns into a coroutine
        for statement in program.functions[function].statements:
            if isinstance(statement, code.Raise) and statement.value is not None:
                raised = statement.value.function if isinstance(statement.value, code.Call) else statement.value
                if _is_one_of(program, function, raised, lost):
                    because = f"what line {statement.line} raises would not come back from a worker as it is"
                    raise Refused("error-handling", because, draft.loop)


def _reached_by_all(order: Order) -> frozenset[str]:
    """What the function of the site leads to."""
    return frozenset(order.summaries.reached(order.site.function, order.program.functions[order.site.function].calls))


def _is_one_of(program: Program, function: str, raised: code.Expr, names: frozenset[str], depth: int = 5) -> bool:
    """Is an exception of one of these classes, or of one below them?"""
    for value in program.values(function, raised):
        if value.kind == "external" and value.name.rpartition(".")[2] in names:
            return True
        if value.kind == "class" and depth:
            info = program.classes[value.name]
            if any(_is_one_of(program, info.parent, base, names, depth - 1) for base in info.bases):
                return True
    return False


def may_stop(draft: Draft, made: Cut) -> bool:
    """May the loop end while later items have been begun: because it ends early, or because one fails?"""
    return made.early or not made.protected or passes_handlers(draft, made)


def passes_handlers(draft: Draft, made: Cut) -> bool:
    """Does the work raise what none of the handlers around it takes, so that the loop ends there?"""
    program, inquiry = draft.order.program, draft.inquiry
    handlers = [each for around in made.tries if isinstance(around, ast.Try) for each in around.handlers]
    if any(handler.type is None for handler in handlers):
        return False
    taken = frozenset(name.rpartition(".")[2] for name in _taken(handlers))
    return any(
        not (_lineage(program, function, raised) & taken)
        for function in inquiry.reached(made.nodes)
        for statement in program.functions[function].statements
        if isinstance(statement, code.Raise) and statement.value is not None
        for raised in [statement.value.function if isinstance(statement.value, code.Call) else statement.value]
    )


def taken_alone(made: Cut) -> tuple[str, ...]:
    """The exceptions that the handlers around the work take, as written; nothing where they take all there are."""
    handlers = [each for around in made.tries if isinstance(around, ast.Try) for each in around.handlers]
    taken = _taken(handlers)
    every = any(each.type is None for each in handlers) or not frozenset(taken).isdisjoint(_EVERY)
    return () if every else taken


def _taken(handlers: Sequence[ast.ExceptHandler]) -> tuple[str, ...]:
    types = [part for h in handlers for part in (h.type.elts if isinstance(h.type, ast.Tuple) else [h.type])]
    return tuple(dict.fromkeys(str(dotted(each)) for each in types if each is not None))


def _lineage(program: Program, function: str, raised: code.Expr, depth: int = 5) -> frozenset[str]:
    """The last names of an exception's class and of those above it."""
    found: set[str] = set()
    for value in program.values(function, raised):
        found.add(value.name.rpartition(".")[2])
        if value.kind in ("class", "instance", "some") and depth:
            info = program.classes[value.name]
            found |= {name for base in info.bases for name in _lineage(program, info.parent, base, depth - 1)}
        known = getattr(builtins, value.name.removeprefix("builtins."), None)
        if isinstance(known, type):
            found |= {each.__name__ for each in known.__mro__}
    return frozenset(found)


def check_traceback(draft: Draft, made: Cut) -> None:
    """What is raised in a worker has passed other frames on its way."""
    program = draft.order.program
    if not draft.inquiry.reads_attribute("__traceback__"):
        return
    line = next((n for f in draft.inquiry.reached(made.nodes) for n in raised_lines([program.functions[f].body])), None)
    if line is not None:
        because = (
            f"the program looks at the traceback of an exception, and that of line {line} would tell of the worker"
        )
        raise Refused("error-handling", because, draft.loop)


def check_failures(draft: Draft, made: Cut) -> None:
    if made.protected or _is_waited_for(draft):
        for node in made.nodes:
            if any(proof.api in _OPENS for proof in draft.inquiry.summary(node).ever):
                because = (
                    "`urlopen` raises HTTPError, which cannot be sent from a process to the handler that waits for it"
                )
                raise Refused("unpicklable-error", because, node)
    program = draft.order.program
    if any(draft.inquiry.reads_attribute(name) for name in _LOOKS_BACK):
        because = (
            "the program looks at where exceptions come from, and one that comes out of a process has another cause"
        )
        raise Refused("unpicklable-error", because, draft.loop)
    told = next((calls[0][1].line for name in _TELLS_BACK if (calls := program.objects.calls_named(name))), None)
    for function in draft.inquiry.reached(made.nodes):
        info = program.functions[function]
        for raised in (s for s in info.statements if isinstance(s, code.Raise) and s.value is not None):
            because = _kept_by_others(draft.order, info, raised) or _holds_unsendable(draft.order, info, raised)
            if because:
                raise Refused("unpicklable-error", because, draft.loop)
        for name, line in _raised(draft.order, info):
            because = f"line {line} raises `{name}`, which cannot be made anew from its `args` when it comes back from a process"
            raise Refused("unpicklable-error", because, draft.loop)
        returned = _returns_caught(info) if told is not None else None
        if returned is not None:
            because = f"line {returned} gives an exception, of which line {told} tells where it was raised: a process loses that"
            raise Refused("unpicklable-error", because, draft.loop)


def _is_waited_for(draft: Draft) -> bool:
    """Does a handler around the site, in its function, tell failures apart by their kind?"""
    above = itertools.takewhile(
        lambda each: not isinstance(each, ast.FunctionDef | ast.Lambda), draft.source.above(draft.loop)
    )
    return any(isinstance(each, ast.Try) and each.handlers for each in above)


def _returns_caught(info: FunctionInfo) -> int | None:
    """The line on which a function returns an exception that it has caught, or puts it into what it returns."""
    caught = {h.name for s in info.statements if isinstance(s, code.Try) for h in s.handlers if h.name is not None}
    for statement in info.statements:
        if isinstance(statement, code.Return) and statement.value is not None:
            parts = statement.value.items if isinstance(statement.value, code.Display) else (statement.value,)
            if any(isinstance(part, code.Name) and part.id in caught for part in parts):
                return statement.line
    return None


def _kept_by_others(order: Order, info: FunctionInfo, raised: code.Raise) -> str:
    """Why it matters that an exception was made elsewhere: from a process comes a copy. Empty where each has its own."""
    if isinstance(raised.value, code.Call) or raised.value is None:
        return ""
    values = order.program.values(info.id, raised.value)
    if values and all(value.kind in ("class", "external") for value in values):
        return ""  # an object of it is made right here
    places = order.program.objects.places(info.id, raised.value)
    held = next((p for p in sorted(places) if p.root.kind in _KEPT), None)
    return f"line {raised.line} raises `{held.label}` itself, and from a process comes a copy" if held else ""


def _holds_unsendable(order: Order, info: FunctionInfo, raised: code.Raise) -> str:
    """What is put into an exception and cannot be sent, told in words."""
    given: list[code.Expr] = []
    match raised.value:
        case code.Call(arguments=arguments):
            given += arguments
        case code.Name(id=name):
            for made in order.program.objects.values_of(info.id, name) or ():
                given += made.arguments if isinstance(made, code.Call) else ()
            for statement in info.statements:
                match statement:
                    case code.Assign(targets=targets, value=value) if value is not None:
                        holders = (t.value for t in targets if isinstance(t, code.Attribute))
                        given += [value] if any(h == code.Name(name) for h in holders) else []
    for each in given:
        stuck = next((why for v in sorted(order.program.values(info.id, each)) if (why := unsendable(order, v))), "")
        if stuck:
            return f"what line {raised.line} raises holds {stuck}, which cannot be sent back from a process"
    return ""


def _raised(order: Order, info: FunctionInfo) -> Iterator[tuple[str, int]]:
    """The exceptions of the project that a function raises and that do not survive pickling."""
    for statement in info.statements:
        match statement:
            case code.Raise(value=code.Call(function=made, keywords=keywords), line=line):
                for value in order.program.values(info.id, made):
                    if value.kind != "class":
                        continue
                    cls = order.program.classes[value.name]
                    if is_not_remade(order.program, cls, named=bool(keywords)):
                        yield cls.name, line


def raised_lines(bodies: Iterable[tree.Block]) -> Iterator[int]:
    """The lines of `raise` statements that no handler around them in the same function catches."""
    for body in bodies:
        yield from _raised_in(body)


def _raised_in(block: tree.Block) -> Iterator[int]:
    for statement in block:
        match statement:
            case code.Raise(line=line):
                yield line
            case code.Try(handlers=handlers, body=body, orelse=orelse, final=final):
                if not handlers:
                    yield from _raised_in(body)
                for inner in (*(handler.body for handler in handlers), orelse, final):
                    yield from _raised_in(inner)
            case code.Class() | code.Function():
                pass
            case _:
                for inner in tree.blocks(statement):
                    yield from _raised_in(inner)
