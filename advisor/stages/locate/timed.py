"""Timed: is the place a measurement? What runs beside it would be measured with it, so it has to run alone.

Programs also tell how long they took; that is no measurement. It is one where a round's duration is what the round gives,
where the same is done over and over between two looks at the clock, or where `timeit` does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site
from advisor.questions.bars import behind_bar
from advisor.questions.calls import calls_of
from advisor.questions.lengths import is_counter

_CLOCKS = frozenset(
    f"time.{clock}{unit}" for clock in ("time", "perf_counter", "monotonic", "process_time", "thread_time") for unit in ("", "_ns")
) | {"timeit.default_timer"}  # fmt: skip
_BENCH = frozenset({"bench", "benches"})  # belongs to rules/words.yml
_BENCHMARK = frozenset({"benchmark", "benchmarks"})  # so are called measurements of quality, too, which have no clock
_KEEPS = frozenset("append add extend insert appendleft".split())
_ROUNDS = frozenset({"round", "int", "float", "abs"})
_DEEPEST = 2  # calls between a round and the function that measures


def timed(program: Program, catalog: Catalog, info: FunctionInfo, site: Site) -> bool:
    """Does the site measure how long something takes?"""
    words = _words(f"{info.path.removesuffix('.py')} {info.name.replace('.', ' ')}")
    if words & _BENCH or (words & _BENCHMARK and _has_clock(program, info.path)):
        return True
    return (
        _gives_durations(program, info, site.body)
        or _is_repeated_between_clocks(program, catalog, info, site)
        or any(_measures(program, info.id, call, _DEEPEST) for call in calls_of(site))
    )


def _words(text: str) -> frozenset[str]:
    return frozenset(re.split(r"[^a-z]+", text.lower()))


def _has_clock(program: Program, path: str) -> bool:
    return any(_is_clock(program, info.id, call) for info in program.files[path] for call in info.calls)


def _is_clock(program: Program, function: str, call: code.Expr) -> bool:
    return isinstance(call, code.Call) and any(
        target.name in _CLOCKS or target.name.startswith("timeit.") for target in program.targets(function, call)
    )


def _measures(program: Program, function: str, call: code.Call, depth: int) -> bool:
    """Does the call lead to `timeit`, or to a function of the project that returns how long something took?"""
    for target in program.targets(function, call):
        if target.kind == "external" and target.name.startswith("timeit.") and target.name not in _CLOCKS:
            return True
        if target.kind == "function" and not target.guessed and depth:
            inner = program.functions[target.name]
            if _returns_duration(program, inner):
                return True
            if any(_measures(program, inner.id, each, depth - 1) for each in inner.calls):
                return True
    return False


def _returns_duration(program: Program, info: FunctionInfo) -> bool:
    clock = _Clock(program, info.id, info.statements)
    return any(
        isinstance(statement, code.Return) and statement.value is not None and clock.is_duration(statement.value)
        for statement in info.statements
    )


def _gives_durations(program: Program, info: FunctionInfo, body: tree.Block) -> bool:
    """Does a round look at the clock twice and keep or print how long it took?"""
    clock = _Clock(program, info.id, tree.statements(body))
    return bool(clock.started) and any(clock.gives(statement) for statement in tree.statements(body))


def _is_repeated_between_clocks(program: Program, catalog: Catalog, info: FunctionInfo, site: Site) -> bool:
    """`start = clock()`, then the same again and again, then `print(clock() - start)`."""
    if not isinstance(site.node, code.For) or site.iterable is None:
        return False
    read = {node.id for node in tree.expressions(site.body) if isinstance(node, code.Name)}
    walked = behind_bar(program, catalog, info.id, site.iterable)
    if read & site.targets or not (is_counter(program, catalog, info.id, walked) or _repeats(program, info, walked)):
        return False
    clock = _Clock(program, info.id, (s for s in info.statements if s.line < site.line or s.line > site.end_line))
    begun = any(line < site.line for line in clock.started.values())
    return begun and any(clock.gives(s) or _returns(clock, s) for s in info.statements if s.line > site.end_line)


def _repeats(program: Program, info: FunctionInfo, walked: code.Expr) -> bool:
    targets = program.targets(info.id, walked) if isinstance(walked, code.Call) else ()
    return any(target.name == "itertools.repeat" for target in targets)


def _returns(clock: _Clock, statement: code.Stmt) -> bool:
    return isinstance(statement, code.Return) and statement.value is not None and clock.mentions(statement.value)


class _Clock:
    """The names of a block that hold moments (`started`, with the line) and durations."""

    def __init__(self, program: Program, function: str, statements: Iterable[code.Stmt]) -> None:
        self.program = program
        self.function = function
        self.started: dict[str, int] = {}
        self.durations: set[str] = set()
        for statement in statements:
            if isinstance(statement, code.Assign) and statement.operator is None and statement.value is not None:
                names = [name for target in statement.targets for name in tree.bound_names(target)]
                if _is_clock(program, function, statement.value):
                    self.started.update(dict.fromkeys(names, statement.line))
                elif self.is_duration(statement.value):
                    self.durations.update(names)

    def is_duration(self, value: code.Expr) -> bool:
        """Is it how long something took, perhaps rounded or divided, and nothing else?"""
        match value:
            case code.Name(id=name):
                return name in self.durations
            case code.Operation(operator="-", operands=(end, code.Name(id=start))) if start in self.started:
                return _is_clock(self.program, self.function, end) or (
                    isinstance(end, code.Name) and end.id in self.started
                )
            case code.Operation(operator="/" | "*", operands=(first, *_)):
                return self.is_duration(first)
            case code.Call(function=code.Name(id=name), arguments=(first, *_)) if name in _ROUNDS:
                return self.is_duration(first)
        return False

    def mentions(self, value: code.Expr) -> bool:
        return any(self.is_duration(node) for node in tree.every(value))

    def gives(self, statement: code.Stmt) -> bool:
        """Is a duration, and nothing else, kept, or is one printed?"""
        match statement:
            case code.Assign(targets=targets, value=value, operator=operator) if value is not None:
                kept = operator is not None or any(isinstance(target, code.Subscript) for target in targets)
                return kept and self.is_duration(value)
        return any(self._call_gives(node) for head in tree.heads(statement) for node in tree.every(head))

    def _call_gives(self, node: code.Expr) -> bool:
        match node:
            case code.Call(function=code.Attribute(name=name), arguments=arguments) if name in _KEEPS:
                return any(self.is_duration(argument) for argument in arguments)
            case code.Call(function=code.Name(id="print"), arguments=arguments):
                return any(self.mentions(argument) for argument in arguments)
        return False
