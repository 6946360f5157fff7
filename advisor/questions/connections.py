"""Connections: those that a library opens for each thread that asks it, and that nobody but the thread can close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.effect import Effect
from advisor.model.program import FunctionInfo, Program
from advisor.questions.calls import last_name, receiver


@dataclass(frozen=True, slots=True)
class Opened:
    """`line` of `function` has the running thread open a connection, which one of `closers` closes; `asked` is what asks."""

    function: str
    line: int
    asked: str
    closers: tuple[str, ...]


def opened(program: Program, catalog: Catalog, functions: Iterable[str]) -> Opened | None:
    """The first connection that one of the functions opens, where none of them closes it; None where nothing is known of any."""
    infos = [program.functions[each] for each in functions]
    found = next((each for info in infos for each in _openings(program, catalog, info)), None)
    if found is None or any(closes(program, catalog, info, found.closers) for info in infos):
        return None
    return found


def _openings(program: Program, catalog: Catalog, info: FunctionInfo) -> Iterator[Opened]:
    for call in info.calls:
        for target in program.targets(info.id, call):
            if target.kind == "external" and not (target.callback or target.guessed or target.conditional):
                known = catalog.call(target.name)
                closers = catalog.closers_of(target.name)
                if closers and known is not None and known[1].effect is Effect.DATABASE:
                    yield Opened(info.id, call.line, tree.callee(call) or target.name, closers)
    for iterable, line in _walked(info):
        for name in _kinds(program, catalog, info, iterable):
            if any(entry.iterates is Effect.DATABASE for entry in catalog.lineage(name)):
                closers = catalog.closers_of(f"{name}.__iter__")
                if closers:
                    yield Opened(info.id, line, _written(iterable), closers)


def _walked(info: FunctionInfo) -> Iterator[tuple[code.Expr, int]]:
    for statement in info.statements:
        if isinstance(statement, code.For) and not statement.is_async:
            yield statement.iterable, statement.line
    for each in info.expressions:
        if isinstance(each, code.Comprehension):
            yield from ((clause.iterable, each.line) for clause in each.clauses if not clause.is_async)


def _kinds(program: Program, catalog: Catalog, info: FunctionInfo, expression: code.Expr) -> Iterator[str]:
    values = program.values(info.id, expression)
    if len(values) == 1:
        yield from (catalog.canonical(value.name) for value in values if value.kind == "object")


def closes(program: Program, catalog: Catalog, info: FunctionInfo, closers: tuple[str, ...]) -> bool:
    """Does a function close the connection of its thread: by a call that is known, or of what is named so?"""
    for call in info.calls:
        names = {catalog.canonical(t.name) for t in program.targets(info.id, call) if t.kind == "external"}
        if not names.isdisjoint(closers):
            return True
        owner = receiver(call)
        for each in closers:
            of, _, last = each.rpartition(".")
            whose = of.rpartition(".")[2]
            if last_name(call) == last and (whose[0].isupper() or owner is None or _is_one(owner, whose)):
                return True
    return False


def _is_one(owner: code.Expr, whose: str) -> bool:
    """`conn.close()`, `connections[name].close()`: an object that goes by such a name."""
    parts = (tree.dotted(owner) or tree.root_name(owner) or "").lower().split(".")
    return any(part.startswith(whose[:4]) for part in parts)


def _written(expression: code.Expr) -> str:
    return (tree.callee(expression) if isinstance(expression, code.Call) else tree.dotted(expression)) or "a query"
