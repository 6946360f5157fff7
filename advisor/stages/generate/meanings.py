"""Meanings: the names that the written text calls mean there what the writer took them for."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from advisor.model.refactor import Needed
from advisor.stages.generate.names import binds, here, parameters
from advisor.stages.generate.refused import Refused

_BUILTINS = frozenset(dir(builtins))


def check_meanings(before: ast.Module, after: ast.Module, needs: Collection[Needed]) -> None:
    """Refused where the new text calls a builtin, or uses what it imports, by a name that is bound to something else there."""
    new = _Taken(after, needs).found - _Taken(before, needs).found
    for name in sorted(new):
        line = next((n.lineno for n in ast.walk(before) if isinstance(n, ast.stmt) and name in binds([n])), 1)
        raise Refused("layout", f"the text would need `{name}`, which means something else here", line)


class _Taken:
    """How often each builtin is called, or what is imported used, where the name is bound to something else."""

    def __init__(self, module: ast.Module, needs: Collection[Needed]) -> None:
        self.needs, self.imported = needs, frozenset(need.binds for need in needs)
        self.found: Counter[str] = Counter()
        own = self._bound(module.body) - self.imported  # of these it is known already that the module means the same
        self._count(module.body, own)

    def _count(self, nodes: Sequence[ast.AST], hidden: frozenset[str]) -> None:
        for node in nodes:
            inner = hidden
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self._count([*node.decorator_list, node.args], hidden)
                    self._count(node.body, hidden | self._own(node))
                    continue
                case ast.Lambda():
                    inner = hidden | parameters(node.args)
                case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                    inner = hidden | binds([clause.target for clause in node.generators])
                case ast.Call(func=ast.Name(id=name)) if name in _BUILTINS and name in hidden:
                    self.found[name] += 1
                case ast.Name(id=name, ctx=ast.Load()) if name in self.imported and name in hidden:
                    self.found[name] += 1
            self._count(list(ast.iter_child_nodes(node)), inner)

    def _own(self, function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
        """The names of a function itself, not those that it sets for the module."""
        elsewhere = {name for node in ast.walk(function) if isinstance(node, ast.Global) for name in node.names}
        return (parameters(function.args) | self._bound(function.body)) - elsewhere

    def _bound(self, statements: Sequence[ast.stmt]) -> frozenset[str]:
        """What statements bind, but for imports of just what is meant."""
        return binds(statements) - frozenset(self._meant(statements))

    def _meant(self, statements: Sequence[ast.stmt]) -> Iterator[str]:
        for node in here(statements):
            match node:
                case ast.Import(names=names):
                    yield from (alias.name for alias in names if alias.asname in (None, alias.name))
                case ast.ImportFrom(module=str(module), names=names, level=0):
                    plain = [alias.name for alias in names if alias.asname in (None, alias.name)]
                    yield from (n for n in plain if module == "builtins" or Needed(module, n) in self.needs)
