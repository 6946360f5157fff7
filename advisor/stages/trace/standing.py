"""Standing: where in a function a piece of code stands, and what is the same there each time it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from advisor.model import code, tree
from advisor.model.bindings import Bindings, bound_in
from advisor.model.catalog import Catalog
from advisor.model.condition import OTHER, Memory
from advisor.model.effect import Range
from advisor.model.program import Program
from advisor.stages.trace.kept import Kept

_DEEPEST = 4  # names that stand for names


@dataclass(slots=True)
class Loop:
    """A loop around the code in question; `targets` are the names its rounds are told apart by."""

    body: tree.Block
    targets: frozenset[str]
    rounds: Range
    names: frozenset[str] | None = None

    @property
    def bound(self) -> frozenset[str]:
        if self.names is None:
            self.names = self.targets | bound_in(self.body)
        return self.names


@dataclass(slots=True)
class Standing:
    """The surroundings of code in `function`. With `private`, the code is a `block` that runs again and again, and these
    are the names that each run binds for itself; without, it is the whole function.

    Whoever walks the code keeps `loops`, those around it, and `line` up to date.
    """

    program: Program
    catalog: Catalog
    function: str
    kept: Kept
    private: frozenset[str] | None
    block: tree.Block = ()
    loops: list[Loop] = field(default_factory=list)
    line: int = 0

    @property
    def bindings(self) -> Bindings:
        return self.kept.bindings(self.function)

    def remembered(
        self, holders: Iterable[code.Expr | None], keys: Iterable[code.Expr | None], times: Range
    ) -> tuple[Range, Memory | None]:
        """How often something is done that is done once for `holders` and `keys`, of `times` that it is asked for: once
        for a loop in which they stay the same. What is forgotten with its holder has no memory; None stands for an
        expression that cannot be seen."""
        kept_by, kept_for = tuple(holders), tuple(keys)
        for loop in self.loops:
            if self._stays(kept_by, kept_for, loop.bound):
                times = without_rounds(times, loop.rounds)
        by = frozenset(at for each in kept_by for at in self._positions(each, same_object=True))
        keyed = frozenset(at for each in kept_for for at in self._positions(each, same_object=False))
        return times, None if OTHER in by else Memory(by, keyed)

    def _stays(
        self, holders: Iterable[code.Expr | None], keys: Iterable[code.Expr | None], bound: frozenset[str]
    ) -> bool:
        same = all(self._rests_on(each, bound.__contains__, same_object=True) is not None for each in holders)
        return same and all(self._rests_on(each, bound.__contains__, same_object=False) is not None for each in keys)

    def _positions(self, expression: code.Expr | None, *, same_object: bool) -> frozenset[int]:
        """The parameters that `expression` rests on; none where it is the same in each run."""
        expanded = self._is_local if self.private is None else self.private.__contains__
        names = self._rests_on(expression, expanded, same_object=same_object)
        if names is None:
            return frozenset([OTHER])
        if self.private is not None:
            return frozenset()
        found = (self.bindings.parameter(name, self.line) for name in names if name not in self.bindings.declared)
        return frozenset(position for position in found if position is not None) - self._class_parameter

    @property
    def _class_parameter(self) -> frozenset[int]:
        """The `cls` of a class method, which is the same in each run."""
        info = self.program.functions[self.function]
        return frozenset([0]) if info.owner is not None and decorated(info.decorators, "classmethod") else frozenset()

    def _is_local(self, name: str) -> bool:
        return self.bindings.local(name, self.line)

    def _rests_on(
        self, expression: code.Expr | None, expanded: Callable[[str], bool], *, same_object: bool, depth: int = 0
    ) -> frozenset[str] | None:
        """The names that `expression` rests on, those that are `expanded` replaced by what they stand for; None for what
        may be another thing each time it is evaluated."""
        if expression is None or depth > _DEEPEST:
            return None
        names = self._names(expression, same_object=same_object)
        if names is None:
            return None
        found: set[str] = set()
        for name in names:
            if not expanded(name):
                found.add(name)
                continue
            value = self.bindings.value(name, self.line)
            inner = self._rests_on(value, expanded, same_object=same_object, depth=depth + 1)
            if inner is None:
                return None
            found |= inner
        return frozenset(found)

    def _names(self, expression: code.Expr, *, same_object: bool) -> set[str] | None:
        """The names in `expression`. A call makes a new object, and without arguments a new value, unless the function
        that is called remembers."""
        calls = [node for node in tree.every(expression) if isinstance(node, code.Call)]
        base = expression
        while isinstance(base, code.Attribute | code.Subscript | code.Await | code.Walrus):
            base = base.value
        if same_object and not isinstance(base, code.Name | code.Call):
            return None
        made = calls if not same_object else [base] if isinstance(base, code.Call) else []
        for call in made:
            if (same_object or self._says_nothing(call)) and not self._gives_the_same(call):
                return None
        return {node.id for node in tree.every(expression) if isinstance(node, code.Name)}

    def _says_nothing(self, call: code.Call) -> bool:
        """Is it like `now()` or `uuid.uuid4()`, which no argument and no object of the function has a part in?"""
        root = tree.root_name(call.function)
        own = root is not None and (root in self.bindings.positions or root in self.bindings.bound)
        return not (
            call.arguments or call.keywords or own or (isinstance(call.function, code.Attribute) and root is None)
        )

    def _gives_the_same(self, call: code.Call) -> bool:
        if isinstance(call.function, code.Name) and call.function.id == "super":
            return True
        targets = self.program.targets(self.function, call)
        makers = [
            t for t in targets if t.name.endswith(".__new__")
        ] or targets  # of a class, `__new__` says which object
        return bool(makers) and all(t.kind == "function" and self.kept.keeps(t.name) for t in makers)


def decorated(decorators: Iterable[code.Expr], name: str) -> bool:
    """Is the plain `name` among the decorators?"""
    return any(tree.dotted(decorator) == name for decorator in decorators)


def without_rounds(times: Range, rounds: Range) -> Range:
    """`times` of one round each, where there were `rounds`."""
    return Range(
        times.low / rounds.low if rounds.low else times.low,
        times.expected / rounds.expected if rounds.expected else times.expected,
        times.high / rounds.high if rounds.high else times.high,
    )
