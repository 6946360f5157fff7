"""Standing: where in a function a piece of code stands, and what is the same there each time it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from advisor.model import code, tree
from advisor.model.bindings import Bindings, bound_in
from advisor.model.catalog import Catalog
from advisor.model.condition import OTHER, Memory
from advisor.model.effect import Effect, Range
from advisor.model.program import Program
from advisor.stages.trace.kept import Kept

_WORKS_OUT = frozenset({Effect.NONE, Effect.CPU_PYTHON, Effect.CPU_NATIVE, Effect.CPU_NATIVE_NOGIL})


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
    are the names that each run binds for itself; without, it is the whole function. With `in_runs`, what runs again and
    again is the function around the block, which binds all its names for itself.

    Whoever walks the code keeps `loops`, those around it, and `line` up to date.
    """

    program: Program
    catalog: Catalog
    function: str
    kept: Kept
    private: frozenset[str] | None
    block: tree.Block = ()
    in_runs: bool = False
    loops: list[Loop] = field(default_factory=list)
    line: int = 0

    @property
    def whole(self) -> bool:
        """Is it the whole function, of which callers know more?"""
        return self.private is None

    def renews(self, name: str) -> bool:
        """Does each run of the piece bind the name for itself?"""
        return name in (self.bindings.renewed if self.in_runs else self.private or ())

    @property
    def bindings(self) -> Bindings:
        return self.kept.bindings(self.function)

    def remembered(
        self,
        holders: Iterable[code.Expr | None],
        keys: Iterable[code.Expr | None],
        times: Range,
        forgotten_by: frozenset[str] = frozenset(),
    ) -> tuple[Range, Memory | None]:
        """How often something is done that is done once for `holders` and `keys`, of `times` that it is asked for: once
        for a loop in which they stay the same and nothing forgets it. What is forgotten with its holder, or by the code
        itself, has no memory; None stands for an expression that cannot be seen."""
        kept_by, kept_for = tuple(holders), tuple(keys)
        for loop in self.loops:
            if self._stays(kept_by, kept_for, loop.bound) and not self._forgotten_in(loop.body, forgotten_by):
                times = without_rounds(times, loop.rounds)
        by = frozenset(at for each in kept_by for at in self._positions(each, same_object=True))
        keyed = frozenset(at for each in kept_for for at in self._positions(each, same_object=False))
        if OTHER in by or self._forgotten(forgotten_by):
            return times, None
        return times, Memory(by, keyed, forgotten_by)

    def replaced_by(self, expressions: Iterable[code.Expr | None]) -> frozenset[str]:
        """The functions after which one of these may be another object or value."""
        found: frozenset[str] = frozenset()
        for expression in expressions:
            if expression is not None:
                found |= self.kept.replacing(self.function, expression)
        return found

    def _forgotten(self, by: frozenset[str]) -> bool:
        """Does the code itself lead to one of the functions that make it forget what was done, or does one run between two
        runs of the function that it stands in?"""
        if not by:
            return False
        if self.whole:
            return self.kept.resets.reached([self.function], by)
        if self.in_runs:
            return self.kept.resets.between_runs(self.function, by)
        return self._forgotten_in(self.block, by)

    def _forgotten_in(self, block: tree.Block, by: frozenset[str]) -> bool:
        resets = self.kept.resets
        return bool(by) and (self.function in by or resets.reached(resets.called(self.function, block), by))

    def _stays(
        self, holders: Iterable[code.Expr | None], keys: Iterable[code.Expr | None], bound: frozenset[str]
    ) -> bool:
        same = all(self._rests_on(each, bound.__contains__, same_object=True) is not None for each in holders)
        return same and all(self._rests_on(each, bound.__contains__, same_object=False) is not None for each in keys)

    def _positions(self, expression: code.Expr | None, *, same_object: bool) -> frozenset[int]:
        """The parameters that `expression` rests on; none where it is the same in each run."""
        expanded = self._is_bound if self.whole else self.renews
        names = self._rests_on(expression, expanded, same_object=same_object)
        if names is None or (self.whole and any(map(self._is_of_a_function_around, names))):
            return frozenset([OTHER])
        if not self.whole:
            return frozenset()
        positions = self.bindings.positions
        return frozenset(positions[name] for name in names if name in positions) - self._class_parameter

    @property
    def _class_parameter(self) -> frozenset[int]:
        """The `cls` of a class method, which is the same in each run."""
        info = self.program.functions[self.function]
        return frozenset([0]) if info.owner is not None and decorated(info.decorators, "classmethod") else frozenset()

    def _is_bound(self, name: str) -> bool:
        return name in self.bindings.bound and name not in self.bindings.declared

    def _is_variable(self, name: str) -> bool:
        return name in self.bindings.positions or name in self.bindings.bound

    def _is_of_a_function_around(self, name: str) -> bool:
        """Is `name` a variable of a function that this one is written in?"""
        if name in self.bindings.positions:
            return False
        home = self.program.objects.home(self.function, name)
        return home is not None and home != self.function and not self.program.functions[home].is_module

    def _rests_on(
        self,
        expression: code.Expr | None,
        expanded: Callable[[str], bool],
        *,
        same_object: bool,
        through: frozenset[str] = frozenset(),
    ) -> frozenset[str] | None:
        """The names that `expression` rests on, those that are `expanded` replaced by all that they may stand for; None for
        what may be another thing each time it is evaluated."""
        names = None if expression is None else self._names(expression, same_object=same_object)
        if names is None:
            return None
        found: set[str] = set()
        for name in names:
            if not expanded(name):
                found.add(name)
                continue
            values, passed = self.bindings.values(name), name in self.bindings.positions and self.whole
            if name in through:  # `url = url.strip()` of what was passed is the same; in a loop, it goes on and on
                if name in self.bindings.in_loops or not passed:
                    return None
                continue
            if not (values or passed) or None in values:
                return None
            if passed:
                found.add(name)
            for value in values:
                inner = self._rests_on(value, expanded, same_object=same_object, through=through | {name})
                if inner is None:
                    return None
                found |= inner
        return frozenset(found)

    def _names(self, expression: code.Expr, *, same_object: bool) -> set[str] | None:
        """The names in `expression`; None where it makes a new object each time, or may give a new value."""
        match expression:
            case code.Name(id=name):
                return {name}
            case code.Literal():
                return set()
            case code.Attribute(value=value) | code.Await(value=value) | code.Walrus(value=value):
                return self._names(value, same_object=same_object)
            case code.Subscript(value=value, index=index):
                return self._joined((value,), (index,), same_object=same_object)
            case code.Call():
                return self._names_of_call(expression, same_object=same_object)
        if same_object or isinstance(expression, code.Lambda | code.Yield):
            return None
        return self._joined((), tree.parts(expression), same_object=False)

    def _joined(
        self, objects: Iterable[code.Expr], values: Iterable[code.Expr], *, same_object: bool
    ) -> set[str] | None:
        """The names in all of these, of which the first must be the same objects, or else values."""
        parts = [self._names(each, same_object=same_object) for each in objects]
        parts += [self._names(each, same_object=False) for each in values]
        return None if None in parts else set().union(*(part for part in parts if part is not None))

    def _names_of_call(self, call: code.Call, *, same_object: bool) -> set[str] | None:
        """A call makes a new object, unless the function that is called gives what is kept; its value is the same for the
        same arguments where it only works something out."""
        if not self._gives_the_same(call) and (same_object or not self._works_out(call)):
            return None
        receiver = (call.function.value,) if isinstance(call.function, code.Attribute) else ()
        given = (*call.arguments, *(keyword.value for keyword in call.keywords))
        return self._joined(receiver, given, same_object=same_object)

    def _works_out(self, call: code.Call) -> bool:
        """Is it known to do nothing but work out a value from what it is given? What no variable of the function has a part
        in, such as `now()`, is asked because it changes."""
        if not any(isinstance(node, code.Name) and self._is_variable(node.id) for node in tree.every(call)):
            return False
        targets = self.program.targets(self.function, call)
        if not targets and isinstance(call.function, code.Attribute):
            name = call.function.name
            return name in self.catalog.builtin_methods and name not in self.catalog.changing_methods
        entries = [self.catalog.call(t.name) for t in targets if t.kind == "external" and not t.callback]
        known = [entry for found in entries if found is not None for entry in found[1:]]
        return (
            bool(targets)
            and len(known) == len(targets)
            and all(
                entry.effect in _WORKS_OUT and not (entry.changes or entry.state or entry.unique or entry.lazy)
                for entry in known
            )
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
