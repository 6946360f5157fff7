"""Kept: functions that remember their answers, and functions that give what is kept somewhere rather than something new."""

from __future__ import annotations

from collections.abc import Collection

from advisor.model import code, tree
from advisor.model.bindings import Bindings
from advisor.model.catalog import CallEntry, Catalog
from advisor.model.condition import OTHER, Memory
from advisor.model.program import FunctionInfo, Program
from advisor.stages.trace.circles import Circles, Known
from advisor.stages.trace.resets import Resets
from advisor.stages.trace.slots import slot_of

_DEEPEST = 4  # functions that give what other functions give, names that stand for names


class Kept:
    """Answers about the functions of a program, each worked out once."""

    def __init__(self, program: Program, catalog: Catalog) -> None:
        self.program = program
        self.catalog = catalog
        self.resets = Resets(program, catalog)
        self._bindings: dict[str, Bindings] = {}
        self._keeping = Circles(lambda _: (), self._is_keeping, unknown=False)
        self._returns: dict[str, tuple[code.Expr, ...]] = {}

    def bindings(self, function: str) -> Bindings:
        """The names of a function."""
        if function not in self._bindings:
            self._bindings[function] = Bindings(self.program.functions[function])
        return self._bindings[function]

    def memory(self, function: str) -> Memory | None:
        """What the decorators of a function make it remember: its answer for each set of arguments; for a while only where
        nobody promises that it is for good."""
        info = self.program.functions[function]
        for decorator in info.decorators:
            maker = decorator.function if isinstance(decorator, code.Call) else decorator
            if _last(maker) not in self.catalog.remembering:
                continue
            keys = frozenset(range(len(info.parameters)))
            known = self._entries(info.parent or function, maker)
            if not known or any(self._expires(info.parent or function, decorator, entry) for entry in known):
                return Memory(keys=keys | {OTHER})
            methods = {name for entry in known for name in entry.forgets}
            return Memory(keys=keys, forgotten_by=self.resets.forgetting(function, methods))
        return None

    def expires(self, function: str, holder: code.Expr) -> bool:
        """Does a collection drop after a while what was put into it?"""
        made = (v.name for v in self.program.values(function, holder) if v.kind == "object")
        return any(known is not None and known[1].expires for known in map(self.catalog.call, made))

    def _entries(self, function: str, decorator: code.Expr) -> list[CallEntry]:
        """What is known of a decorator, where it surely is one that remembers."""
        values = self.program.values(function, decorator)
        known = [self.catalog.call(value.name) if value.kind == "external" else None for value in values]
        found = [entry for each in known if each is not None and (entry := each[1]).remembers]
        return found if len(found) == len(values) else []

    def _expires(self, function: str, decorator: code.Expr, entry: CallEntry) -> bool:
        """Does the decorator forget after a while: always, by one of its arguments, or by the collection that it fills?"""
        if not isinstance(decorator, code.Call):
            return entry.expires is True
        given = (*decorator.arguments, *(keyword.value for keyword in decorator.keywords))
        return (
            entry.expires is True
            or any(keyword.name == entry.expires for keyword in decorator.keywords)
            or any(self.expires(function, each) for each in given)
        )

    def replacing(self, function: str, expression: code.Expr, depth: int = 0) -> frozenset[str]:
        """The functions after which `expression`, which stands in `function`, may give something else; also what is kept by
        the functions that it calls."""
        found = self.resets.replacing(function, expression)
        calls = [node for node in tree.every(expression) if isinstance(node, code.Call)] if depth < _DEEPEST else []
        for target in (t for call in calls for t in self.program.targets(function, call) if t.kind == "function"):
            for value in self._returned(target.name):
                found |= self.replacing(target.name, value, depth + 1)
            found |= getattr(self.memory(target.name), "forgotten_by", frozenset())
        return found

    def keeps(self, function: str) -> bool:
        """Does the function give something that is kept outside of it, so that asked again it gives the same object?"""
        return self._keeping(function)

    def _is_keeping(self, function: str, known: Known[bool]) -> bool:
        memory = self.memory(function)
        return (memory is not None and OTHER not in memory.keys) or self._gives_kept(function, known)

    def _gives_kept(self, function: str, known: Known[bool]) -> bool:
        info = self.program.functions[function]
        if info.is_generator:
            return False
        given = self._returned(function)
        return bool(given) and all(self._is_kept(info, value, known) for value in given)

    def _returned(self, function: str) -> tuple[code.Expr, ...]:
        """What a function may give, as it is written."""
        if function not in self._returns:
            statements = self.program.functions[function].statements
            values = (s.value for s in statements if isinstance(s, code.Return))
            self._returns[function] = tuple(value for value in values if value is not None)
        return self._returns[function]

    def _is_kept(self, info: FunctionInfo, value: code.Expr, known: Known[bool], depth: int = 0) -> bool:
        while isinstance(value, code.Attribute | code.Subscript | code.Await):
            value = value.value
        if depth > _DEEPEST:
            return False
        if isinstance(value, code.Call):
            targets = self.program.targets(info.id, value)
            if all(t.name.startswith("builtins.") for t in targets) and slot_of(value, None, 0):
                return True
            return bool(targets) and all(t.kind == "function" and known(t.name) for t in targets)
        if not isinstance(value, code.Name):
            return False
        bindings = self.bindings(info.id)
        if value.id not in bindings.bound or value.id in bindings.declared:
            return True
        if _is_stored(info.body, value.id, bindings.declared):
            return True  # a new one is put where the others are, and found there the next time
        behind = bindings.values(value.id)
        return all(bound is not None and self._is_kept(info, bound, known, depth + 1) for bound in behind)


def _is_stored(body: tree.Block, name: str, declared: Collection[str]) -> bool:
    """Is the variable `name` put into something that lives on?"""
    return any(
        isinstance(target, code.Attribute | code.Subscript) or getattr(target, "id", None) in declared
        for s in tree.statements(body)
        if isinstance(s, code.Assign) and (s.value == code.Name(name) or code.Name(name) in s.targets)
        for target in s.targets
    )


def _last(decorator: code.Expr) -> str:
    function = decorator.function if isinstance(decorator, code.Call) else decorator
    return (tree.dotted(function) or "").rpartition(".")[2]
