"""Constants: the variables of a module that hold one thing for good, which nobody can change: who reads them needs nothing from
others."""

from __future__ import annotations

from functools import cached_property

from advisor.model import code, tree
from advisor.model.state import Root, RootKind
from advisor.stages.link.ask import Ask, in_order

_BY_NAME = ("setattr", "delattr", "__setattr__", "__delattr__")
_ALL_NAMES = ("globals", "vars", "locals", "exec", "eval")
_MADE_FOR_GOOD = frozenset({"re.compile", "builtins.frozenset", "builtins.object"})


class Constants:
    """The constants of a program, each found when it is first asked for."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._known: dict[Root, bool] = {}
        self._bound_at_once: dict[str, frozenset[str]] = {}

    def holds(self, root: Root) -> bool:
        """Is it a variable that is bound once, where the module is read, to what nobody can change?

        Not one that any function may set: by `global`, through the module, or by a name that is made up as it runs.
        """
        if root.kind is not RootKind.GLOBAL:
            return False
        if root not in self._known:
            self._known[root] = self._is_constant(root.owner, root.name)
        return self._known[root]

    def _is_constant(self, path: str, name: str) -> bool:
        index = self._ask.index
        top = index.modules.get(path)
        bindings = index.scopes[top].get(name, ()) if top is not None else ()
        if len(bindings) != 1 or bindings[0].where != top or name in index.set_from_outside:
            return False
        if path in self._open or (path, name) in self._declared or name in self._set_by_name:
            return False
        if name not in self._at_once(path):
            return False
        binding = bindings[0]
        if binding.kind == "function":  # as it is defined: a decorator may put anything in its place
            return not index.functions[binding.target].decorators and name not in self._with_attributes
        whole = binding.kind == "value" and not binding.place and binding.expression is not None
        return whole and binding.expression is not None and self._is_fixed(binding.where, binding.expression)

    def _at_once(self, path: str) -> frozenset[str]:
        """The names that a module binds whenever it is read, under no test (as `if __name__ == "__main__"` is)."""
        if path not in self._bound_at_once:
            info = self._ask.index.functions[self._ask.index.modules[path]]
            plain = (s for s in info.body if isinstance(s, code.Assign | code.Import | code.Function | code.Class))
            self._bound_at_once[path] = frozenset(name for s in plain for name in tree.bound_in((s,)))
        return self._bound_at_once[path]

    def _is_fixed(self, where: str, expression: code.Expr) -> bool:
        match expression:
            case code.Literal():
                return True
            case code.Display(kind="tuple", items=items):
                return all(self._is_fixed(where, item) for item in items)
            case code.Operation(operands=operands):
                return all(self._is_fixed(where, operand) for operand in operands)
            case code.Call():
                values = self._ask.values(where, expression.function)
                made = bool(values) and all(v.kind == "external" and v.name in _MADE_FOR_GOOD for v in values)
                return made and not expression.keywords and all(self._is_plain(where, a) for a in expression.arguments)
        return False

    def _is_plain(self, where: str, given: code.Expr) -> bool:
        """Is it fixed, or a collection of what is, of which something is made?"""
        if isinstance(given, code.Display):
            return all(self._is_fixed(where, item) for item in given.items)
        return self._is_fixed(where, given)

    @cached_property
    def _declared(self) -> frozenset[tuple[str, str]]:
        """The names that functions declare `global`, by path."""
        index = self._ask.index
        return frozenset(
            (index.functions[function].path, name)
            for function, declared in index.declared.items()
            for name, how in declared.items()
            if how == "global"
        )

    @cached_property
    def _with_attributes(self) -> frozenset[str]:
        """The last names of what attributes are set on: `load.calls = 0`."""
        stores = (store for several in self._ask.index.set_from_outside.values() for store in several)
        return frozenset((tree.dotted(store.receiver) or "").rpartition(".")[2] for store in stores)

    @cached_property
    def _set_by_name(self) -> frozenset[str]:
        """The names of attributes that are set by a name which is written out."""
        calls = (call for last in _BY_NAME for _, call in self._ask.index.calls.get(last, ()))
        given = (argument for call in calls for argument in call.arguments[:2])
        return frozenset(each.value for each in given if isinstance(each, code.Literal) and isinstance(each.value, str))

    @cached_property
    def _open(self) -> frozenset[str]:
        """The modules whose variables may be set by names that are made up as the program runs."""
        index = self._ask.index
        here = {index.functions[where].path for last in _ALL_NAMES for where, _ in index.calls.get(last, ())}
        through = (
            value.name
            for last in _BY_NAME
            for where, call in index.calls.get(last, ())
            if call.arguments
            for value in in_order(self._ask.values(where, call.arguments[0]))
            if value.kind == "module"
        )
        return frozenset(here).union(through)
