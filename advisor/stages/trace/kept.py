"""Kept: functions that remember their answers, and functions that give what is kept somewhere rather than something new."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.bindings import Bindings
from advisor.model.catalog import Catalog
from advisor.model.condition import Memory
from advisor.model.program import FunctionInfo, Program
from advisor.stages.trace.slots import slot_of

_DEEPEST = 4  # functions that give what other functions give, names that stand for names


class Kept:
    """Answers about the functions of a program, each worked out once."""

    def __init__(self, program: Program, catalog: Catalog) -> None:
        self.program = program
        self.catalog = catalog
        self._bindings: dict[str, Bindings] = {}
        self._keeps: dict[str, bool] = {}

    def bindings(self, function: str) -> Bindings:
        """The names of a function."""
        if function not in self._bindings:
            self._bindings[function] = Bindings(self.program.functions[function])
        return self._bindings[function]

    def memory(self, function: str) -> Memory | None:
        """What the decorators of a function make it remember: its answer for each set of arguments."""
        info = self.program.functions[function]
        if not any(_last(decorator) in self.catalog.remembering for decorator in info.decorators):
            return None
        return Memory(keys=frozenset(range(len(info.parameters))))

    def keeps(self, function: str, depth: int = 0) -> bool:
        """Does the function give something that is kept outside of it, so that asked again it gives the same object?"""
        if function not in self._keeps:
            self._keeps[function] = False
            self._keeps[function] = self.memory(function) is not None or self._gives_kept(function, depth)
        return self._keeps[function]

    def _gives_kept(self, function: str, depth: int) -> bool:
        info = self.program.functions[function]
        if info.is_generator:
            return False
        given = [s for s in tree.statements(info.body) if isinstance(s, code.Return) and s.value is not None]
        return bool(given) and all(s.value is not None and self._is_kept(info, s.value, s.line, depth) for s in given)

    def _is_kept(self, info: FunctionInfo, value: code.Expr, line: int, depth: int) -> bool:
        while isinstance(value, code.Attribute | code.Subscript | code.Await):
            value = value.value
        if depth > _DEEPEST:
            return False
        if isinstance(value, code.Call):
            targets = self.program.targets(info.id, value)
            if all(t.name.startswith("builtins.") for t in targets) and slot_of(value, self.bindings(info.id), line):
                return True
            return bool(targets) and all(t.kind == "function" and self.keeps(t.name, depth + 1) for t in targets)
        if not isinstance(value, code.Name):
            return False
        bindings = self.bindings(info.id)
        if not bindings.local(value.id, line):
            return True
        behind = (bound for at, bound in bindings.bound[value.id] if bound is not None and at <= line)
        return any(self._is_kept(info, bound, line, depth + 1) for bound in behind if bound != value)


def _last(decorator: code.Expr) -> str:
    function = decorator.function if isinstance(decorator, code.Call) else decorator
    return (tree.dotted(function) or "").rpartition(".")[2]
