"""Bindings: what the names of a function stand for at a line, and which names a block binds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from advisor.model import code, tree
from advisor.model.program import FunctionInfo

_Walk = tuple[code.Expr, code.Expr]  # what is bound, and what is walked
_Bound = tuple[float, code.Expr | None]  # the line, and the value where the name gets just that
_Binding = tuple[str, float, code.Expr | None, _Walk | None]


class Bindings:
    """The names of one function, worked out when first asked for."""

    def __init__(self, info: FunctionInfo) -> None:
        self.info = info
        self.positions = {parameter.name: position for position, parameter in enumerate(info.parameters)}

    @cached_property
    def bound(self) -> dict[str, list[_Bound]]:
        """What each name is bound to, in source order."""
        found: dict[str, list[_Bound]] = {}
        for name, line, value, _ in self._all:
            found.setdefault(name, []).append((line, value))
        return found

    @cached_property
    def items(self) -> dict[str, list[_Walk]]:
        """The names that loops and comprehensions bind."""
        found: dict[str, list[_Walk]] = {}
        for name, _, _, walk in self._all:
            if walk is not None:
                found.setdefault(name, []).append(walk)
        return found

    @cached_property
    def declared(self) -> frozenset[str]:
        """The names that are declared `global` or `nonlocal`."""
        scopes = (s for s in self.info.statements if isinstance(s, code.Scope))
        return frozenset(name for scope in scopes for name in scope.names)

    @cached_property
    def in_loops(self) -> dict[str, list[tuple[float, float]]]:
        """The lines where loops begin and end that bind a name."""
        found: dict[str, list[tuple[float, float]]] = {}
        for statement in self.info.statements:
            if isinstance(statement, code.For | code.While):
                span = (statement.line, max(each.line for each in tree.statements((statement,))))
                for name in bound_in((statement,)):
                    found.setdefault(name, []).append(span)
        return found

    @cached_property
    def renewed(self) -> frozenset[str]:
        """What stands for something else in each run of the function: all but the object of a method."""
        info = self.info
        method = info.owner is not None and not any(tree.dotted(each) == "staticmethod" for each in info.decorators)
        passed = frozenset(parameter.name for parameter in info.parameters[1 if method else 0 :])
        return passed | self.bound.keys()

    @cached_property
    def _all(self) -> tuple[_Binding, ...]:
        return tuple(binding for statement in self.info.statements for binding in _bound(statement))

    def parameter(self, name: str, line: int) -> int | None:
        """The position of the parameter that `name` is at `line`; None once it may be bound to something else."""
        if name not in self.positions:
            return None
        if name not in self.bound:
            return self.positions[name]
        if any(at < line for at, _ in self.bound[name]):
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


def bound_in(block: tree.Block, without: tree.Block = ()) -> frozenset[str]:
    """The names that a block binds, but for what is inside the block `without`."""
    left_out = {id(statement) for statement in tree.statements(without)}
    inside = (statement for statement in tree.statements(block) if id(statement) not in left_out)
    return frozenset(name for statement in inside for name, *_ in _bound(statement))


def _bound(statement: code.Stmt) -> Iterator[_Binding]:
    """The names that a statement itself binds. What a walrus binds stands before the rest of its line; what is imported
    is the same thing each time, wherever it is imported."""
    line = statement.line
    match statement:
        case code.Assign(targets=(code.Name(id=only),), value=value, operator=None):
            yield only, line, value, None
        case code.Assign(targets=targets) | code.Delete(targets=targets):
            for target in targets:
                yield from ((name, line, None, None) for name in tree.bound_names(target))
        case code.For(target=target, iterable=iterable):
            yield from ((name, line, None, (target, iterable)) for name in tree.bound_names(target))
        case code.With(items=items):
            for context, given in items:
                found = () if given is None else tree.bound_names(given)
                yield from ((name, line, context if isinstance(given, code.Name) else None, None) for name in found)
        case code.Try(handlers=handlers):
            yield from ((handler.name, handler.line, None, None) for handler in handlers if handler.name is not None)
        case code.Match(cases=cases):
            yield from ((name, line, None, None) for case in cases for name in case.binds)
        case code.Function(name=defined) | code.Class(name=defined):
            yield defined, line, None, None
    for head in tree.heads(statement):
        for node in tree.every(head):
            if type(node) is code.Walrus:  # asked for every expression
                yield node.name, line - 0.5, node.value, None
            elif type(node) is code.Comprehension:
                for clause in node.clauses:
                    walk = clause.target, clause.iterable
                    yield from ((name, line, None, walk) for name in tree.bound_names(clause.target))
