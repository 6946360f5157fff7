"""Bindings: what the names of a function stand for at a line, and which names a block binds."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import FunctionInfo

_Walk = tuple[code.Expr, code.Expr]  # what is bound, and what is walked
_Bound = tuple[float, code.Expr | None]  # the line, and the value where the name gets just that


class Bindings:
    """The names of one function."""

    def __init__(self, info: FunctionInfo) -> None:
        self.positions = {parameter.name: position for position, parameter in enumerate(info.parameters)}
        self.declared: set[str] = set()
        self.bound: dict[str, list[_Bound]] = {}
        self.items: dict[str, list[_Walk]] = {}  # the names that loops and comprehensions bind
        self.in_loops: dict[str, list[tuple[float, float]]] = {}  # where loops begin and end that bind a name
        for statement in tree.statements(info.body):
            if isinstance(statement, code.Scope):
                self.declared.update(statement.names)
            for walk in _walked(statement):
                for name in tree.bound_names(walk[0]):
                    self.items.setdefault(name, []).append(walk)
            for name, line, value in _bound(statement):
                self.bound.setdefault(name, []).append((line, value))
            if isinstance(statement, code.For | code.While):
                inside = tuple(tree.statements((statement,)))
                span = (statement.line, max(tree.line_of(each) for each in inside))
                for name in bound_in((statement,)):
                    self.in_loops.setdefault(name, []).append(span)

    def parameter(self, name: str, line: int) -> int | None:
        """The position of the parameter that `name` is at `line`; None once it may be bound to something else."""
        if name not in self.positions or any(at < line for at, _ in self.bound.get(name, ())):
            return None
        again = any(first <= line <= last for first, last in self.in_loops.get(name, ()))
        return None if again else self.positions[name]

    def local(self, name: str, line: int) -> bool:
        """Is `name` a local variable at `line`, and no parameter as it was passed?"""
        return name in self.bound and name not in self.declared and self.parameter(name, line) is None

    def value(self, name: str, line: int) -> code.Expr | None:
        """What the local variable `name` was given before `line`, where there is just one assignment that may have."""
        if name in self.declared or name in self.positions:
            return None
        before = [value for at, value in self.bound.get(name, ()) if at < line]
        return before[0] if len(before) == 1 else None

    def values(self, name: str) -> tuple[code.Expr | None, ...]:
        """All that the function gives the variable `name`, None for what does not tell."""
        return tuple(value for _, value in self.bound.get(name, ()))


def _walked(statement: code.Stmt) -> Iterator[_Walk]:
    if isinstance(statement, code.For):
        yield statement.target, statement.iterable
    for head in tree.heads(statement):
        for node in tree.every(head):
            if isinstance(node, code.Comprehension):
                yield from ((clause.target, clause.iterable) for clause in node.clauses)


def bound_in(block: tree.Block, without: tree.Block = ()) -> frozenset[str]:
    """The names that a block binds, but for what is inside the block `without`."""
    left_out = {id(statement) for statement in tree.statements(without)}
    inside = (statement for statement in tree.statements(block) if id(statement) not in left_out)
    return frozenset(name for statement in inside for name, _, _ in _bound(statement))


def renewed(info: FunctionInfo) -> frozenset[str]:
    """The names that stand for something else in each run of a function: its variables, and what it is handed but for
    the object of a method."""
    method = info.owner is not None and not any(tree.dotted(each) == "staticmethod" for each in info.decorators)
    return frozenset(parameter.name for parameter in info.parameters[1 if method else 0 :]) | bound_in(info.body)


def _bound(statement: code.Stmt) -> Iterator[tuple[str, float, code.Expr | None]]:
    """The names that a statement itself binds. What a walrus binds stands before the rest of its line; what is imported
    is the same thing each time, wherever it is imported."""
    line = tree.line_of(statement)
    match statement:
        case code.Assign(targets=(code.Name(id=only),), value=value, operator=None):
            yield only, line, value
        case code.Assign(targets=targets) | code.Delete(targets=targets):
            for target in targets:
                yield from ((name, line, None) for name in tree.bound_names(target))
        case code.For(target=target):
            yield from ((name, line, None) for name in tree.bound_names(target))
        case code.With(items=items):
            for context, given in items:
                found = () if given is None else tree.bound_names(given)
                yield from ((name, line, context if isinstance(given, code.Name) else None) for name in found)
        case code.Try(handlers=handlers):
            yield from ((handler.name, handler.line, None) for handler in handlers if handler.name is not None)
        case code.Match(cases=cases):
            yield from ((name, line, None) for case in cases for name in case.binds)
        case code.Function(name=defined) | code.Class(name=defined):
            yield defined, line, None
    for head in tree.heads(statement):
        for node in tree.every(head):
            if isinstance(node, code.Walrus):
                yield node.name, line - 0.5, node.value
            elif isinstance(node, code.Comprehension):
                for clause in node.clauses:
                    yield from ((name, line, None) for name in tree.bound_names(clause.target))
