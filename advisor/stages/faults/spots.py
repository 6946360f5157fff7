"""Spots: every call of a function with what surrounds it and what becomes of its value, read off in one walk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.fault import Around, Fate
from advisor.model.program import FunctionInfo, Program
from advisor.questions.calls import receiver
from advisor.questions.doubt import may_be_another
from advisor.questions.locks import is_guard, is_own

Surroundings = frozenset[Around]
IsGuard = Callable[[code.Expr], bool]

_NOTES = frozenset(["print", "debug", "info", "append", "add"])
_WAITS = frozenset(["join", "result", "get", "wait"])
_LEAVES = frozenset({code.Name, code.Literal, code.Lambda})
_ANY_EXCEPTION = frozenset(["Exception", "BaseException"])
_GOES_AWAY = frozenset(["raise", "return", "break", "exit", "_exit", "abort", "fail"])


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """A call in `function`, with the names of what it surely leads to outside the project, and of what it hands on.

    `loop` is the innermost loop or comprehension that evaluates it anew each round.
    """

    function: FunctionInfo
    call: code.Call
    statement: code.Stmt
    around: Surroundings
    fate: Fate
    loop: code.For | code.While | code.Comprehension | None
    names: tuple[str, ...]
    handed: tuple[str, ...]

    @property
    def last(self) -> str:
        """The last part of the name by which it is called."""
        match self.call.function:
            case code.Name(id=name) | code.Attribute(name=name):
                return name
        return ""


Loop = code.For | code.While | code.Comprehension | None


def spots(program: Program, catalog: Catalog, info: FunctionInfo, base: Surroundings) -> tuple[Spot, ...]:
    """All calls of `info`, not of functions inside it; `base` is what surrounds the whole function."""

    def guards(context: code.Expr) -> bool:
        return is_guard(program, catalog, info.id, context) and not is_own(program, catalog, info.id, context)

    walk = _Walk(program, info, guards)
    walk.block(info.body, base, None)
    return tuple(walk.found)


class _Walk:
    def __init__(self, program: Program, info: FunctionInfo, is_guard: IsGuard) -> None:
        self.program = program
        self.info = info
        self.is_guard = is_guard
        self.found: list[Spot] = []
        self.asked: list[frozenset[str]] = []  # the objects that the tests around have asked something

    def block(self, block: tree.Block, around: Surroundings, loop: Loop) -> None:
        for place, statement in enumerate(block):
            in_turn = loop is not None and _is_waited_for(_started(statement), block[place + 1 :])
            self._heads(statement, around | {Around.IN_TURN} if in_turn else around, loop)
            match statement:
                case code.For(body=body, orelse=orelse) | code.While(body=body, orelse=orelse):
                    self.asked.append(_asked(statement.test) if isinstance(statement, code.While) else frozenset())
                    self.block(body, around | {Around.LOOP}, statement)
                    self.asked.pop()
                    self.block(orelse, around, loop)
                case code.Try(body=body, handlers=handlers) if handlers:
                    caught = {Around.TRY} | ({Around.SWALLOWED} if any(map(_swallows, handlers)) else set())
                    self.block(body, around | caught, loop)
                    for inner in tree.blocks(statement)[1:]:
                        self.block(inner, around, loop)
                case code.With(body=body):
                    locked = any(self.is_guard(context) for context, _ in statement.items)
                    self.block(body, around | {Around.LOCK} if locked else around, loop)
                case code.If(body=body, orelse=orelse) if _is_main_guard(statement.test):
                    self.block(body, around | {Around.MAIN_GUARD}, loop)
                    self.block(orelse, around, loop)
                case code.If(test=test, body=body, orelse=orelse):
                    self.asked.append(_asked(test))
                    self.block(body, around, loop)
                    self.block(orelse, around, loop)
                    self.asked.pop()
                case code.Class():
                    pass  # the body of a class is seldom more than definitions
                case _:
                    for inner in tree.blocks(statement):
                        self.block(inner, around, loop)

    def _heads(self, statement: code.Stmt, around: Surroundings, loop: Loop) -> None:
        if isinstance(statement, code.Class):
            return
        heads = tree.heads(statement)
        for head in heads:
            anew = isinstance(statement, code.While)
            self._expression(
                head,
                statement,
                around | {Around.LOOP} if anew else around,
                statement if isinstance(statement, code.While) else loop,
                _fate_of_statement(statement),
            )

    def _expression(
        self, expression: code.Expr, statement: code.Stmt, around: Surroundings, loop: Loop, fate: Fate
    ) -> None:
        pending: list[tuple[code.Expr, Surroundings, Loop, Fate]] = [(expression, around, loop, fate)]
        while pending:
            node, here, within, fate = pending.pop()
            if type(node) in _LEAVES:
                continue
            if isinstance(node, code.Comprehension):
                pending.extend(_parts_of_comprehension(node, here, within))
                continue
            if isinstance(node, code.Call):
                self._note(node, statement, here, within, fate)
            inner = _inner_fate(node, fate)
            pending.extend((part, here, within, inner) for part in reversed(tree.parts(node)))

    def _note(self, call: code.Call, statement: code.Stmt, around: Surroundings, loop: Loop, fate: Fate) -> None:
        targets = self.program.targets(self.info.id, call)
        sure = [t for t in targets if t.kind == "external" and not (t.guessed or t.conditional)]
        owner = call.function.value if isinstance(call.function, code.Attribute) else None
        if sure and owner is not None and may_be_another(self.program, self.info.id, owner):
            sure = [t for t in sure if t.callback]
        names = tuple(t.name for t in sure if not t.callback)
        handed = tuple(t.name for t in sure if t.callback in ("thread", "process"))
        if any(_ends_one(tree.callee(inner).rpartition(".")[2]) for inner in _calls_in_arguments(call)):
            around |= {Around.SHUTDOWN}
        owner = receiver(call)
        if owner is not None and any(tree.dotted(owner) in asked for asked in self.asked):
            around |= {Around.TESTED}
        self.found.append(Spot(self.info, call, statement, around, fate, loop, names, handed))


def _started(statement: code.Stmt) -> str | None:
    """What a statement may have started, as it is written: `thread` in `thread.start()`, `task` in `task = create_task(…)`."""
    match statement:
        case code.Evaluate(value=code.Call(function=code.Attribute(name="start", value=owner))):
            return tree.dotted(owner)
        case code.Assign(targets=(target,), value=code.Call()):
            return tree.dotted(target)
    return None


def _is_waited_for(started: str | None, following: tree.Block) -> bool:
    """Do the statements behind one that started something wait for it before they do anything else?"""
    for statement in following if started is not None else ():
        if started is not None and _waits_for(statement, started):
            return True
        if not _only_notes(statement):
            return False
    return False


def _only_notes(statement: code.Stmt) -> bool:
    """Does a statement only say or note that something was started, which takes no time?"""
    match statement:
        case code.Evaluate(value=code.Call() as call):
            return tree.callee(call).rpartition(".")[2] in _NOTES
    return False


def _waits_for(statement: code.Stmt, started: str) -> bool:
    """Does a statement wait for what was started, however long that takes?"""
    for node in (each for head in tree.heads(statement) for each in tree.every(head)):
        match node:
            case code.Await(value=code.Call(arguments=(awaited, *_)) as call) if tree.callee(call).endswith("wait_for"):
                if tree.dotted(awaited) == started:
                    return True
            case code.Await(value=awaited) if tree.dotted(awaited) == started:
                return True
            case code.Call(function=code.Attribute(name=name, value=owner), arguments=(), keywords=()):
                if name in _WAITS and tree.dotted(owner) == started:
                    return True
    return False


def _asked(test: code.Expr) -> frozenset[str]:
    """The objects whose methods a test calls, as they are written."""
    owners = (receiver(node) for node in tree.every(test) if isinstance(node, code.Call))
    return frozenset(name for owner in owners if owner is not None and (name := tree.dotted(owner)) is not None)


def _ends_one(name: str) -> bool:
    return not _ENDS_ONE.isdisjoint(name.lower().strip("_").split("_"))


def _calls_in_arguments(call: code.Call) -> Iterator[code.Call]:
    for argument in call.arguments:
        if type(argument) not in _LEAVES:
            yield from (node for node in tree.every(argument) if isinstance(node, code.Call))


def _parts_of_comprehension(
    node: code.Comprehension, around: Surroundings, loop: Loop
) -> Iterator[tuple[code.Expr, Surroundings, Loop, Fate]]:
    """The first iterable is evaluated once, all else each round."""
    first, *others = node.clauses
    anew = around | {Around.LOOP}
    yield first.iterable, around, loop, Fate.USED
    each = [*first.conditions, *(part for clause in others for part in (clause.iterable, *clause.conditions))]
    for part in (*each, node.element):
        yield part, anew, node, Fate.USED


def _fate_of_statement(statement: code.Stmt) -> Fate:
    return Fate.DROPPED if isinstance(statement, code.Evaluate) else Fate.USED


def _inner_fate(node: code.Expr, fate: Fate) -> Fate:
    """What becomes of the parts of `node`, whose own value meets `fate`."""
    if isinstance(node, code.Await):
        return Fate.AWAITED_AND_DROPPED if fate is Fate.DROPPED else Fate.AWAITED
    return Fate.USED


def _swallows(handler: code.Handler) -> bool:
    """Does it catch any exception and then go on as if nothing had happened?"""
    caught = handler.caught
    named = () if caught is None else caught.items if isinstance(caught, code.Display) else (caught,)
    wide = caught is None or any((tree.dotted(name) or "").rpartition(".")[2] in _ANY_EXCEPTION for name in named)
    return wide and not _leaves(handler.body)


def _leaves(block: tree.Block) -> bool:
    for statement in tree.statements(block):
        if isinstance(statement, code.Raise | code.Return) or (
            isinstance(statement, code.Jump) and statement.kind == "break"
        ):
            return True
    return any(tree.callee(call).rpartition(".")[2] in _GOES_AWAY for call in tree.calls(block))


def _is_main_guard(test: code.Expr) -> bool:
    return any(isinstance(node, code.Name) and node.id == "__name__" for node in tree.every(test))


def base_of(info: FunctionInfo, in_pool: bool) -> Surroundings:
    """What surrounds everything in a function."""
    found: set[Around] = set()
    if info.is_async:
        found.add(Around.COROUTINE)
    if info.is_module:
        found.add(Around.MODULE_LEVEL)
    if in_pool:
        found.add(Around.WORKER)
    if _ends_things(info):
        found.add(Around.SHUTDOWN)
    return frozenset(found)


_ENDS_ONE = frozenset(["wait", "join", "close", "aclose", "stop", "cancel", "shutdown", "disconnect", "terminate"])
_ENDS = frozenset(["all_tasks", "stop", "terminate", "kill", "shutdown", "aclose"])
_NAMED_FOR_THE_END = ("stop", "close", "shutdown", "cleanup", "teardown", "cancel", "disconnect", "__aexit__", "exit")


def _ends_things(info: FunctionInfo) -> bool:
    last = info.name.rpartition(".")[2].lower()
    if any(word in last for word in _NAMED_FOR_THE_END):
        return True
    return not info.called_names.isdisjoint(_ENDS) or any("cancel" in name for name in info.called_names)


def always(block: tree.Block) -> Iterator[code.Stmt]:
    """The statements of a block that run whenever it does, up to the first that may leave it."""
    for statement in block:
        yield statement
        if isinstance(statement, code.With):
            yield from always(statement.body)
        elif isinstance(statement, code.If | code.Try | code.Match) and any(
            isinstance(each, code.Return | code.Raise) for each in tree.statements((statement,))
        ):
            return
