"""Standing: where in a function a piece of code stands, and so how often and under what it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.condition import ALWAYS, OTHER, RARELY, SOMETIMES, Condition, ConditionKind, Memory, Terms, Under
from advisor.model.effect import Range
from advisor.model.program import Program, Target
from advisor.stages.trace.bindings import Bindings, bound_in
from advisor.stages.trace.kept import Kept
from advisor.stages.trace.seldom import gives_up, leaves, rarely_true
from advisor.stages.trace.slots import Facts, Slot, emptied, facts, filled, looked_up, missing
from advisor.stages.trace.tested import decided, of_one_item, of_parameter, of_setting, passed_on, words

_MADE_BY_CALLING_CLASS = ("__init__", "__new__", "__post_init__")
_DEEPEST = 4  # names that stand for names


class Fate(Enum):
    """What becomes of a coroutine that an expression makes."""

    LEFT = "left"  # nothing awaits it here
    RETURNED = "returned"  # the caller may await it
    HANDED = "handed"  # it is handed to something that is awaited
    AWAITED = "awaited"

    @property
    def of_arguments(self) -> Fate:
        """What becomes of coroutines among the arguments of a call whose own result has this fate."""
        return Fate.HANDED if self is Fate.AWAITED else self


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

    # ---- branches

    def branch(
        self, test: code.Expr, truth: bool, block: tree.Block, times: Range, under: Under, *, dispatched: bool = False
    ) -> tuple[Range, Under]:
        """How often and under what `block` runs, which does where `test` is `truth`. In a chain of `elif`s that tell
        one item from another (`dispatched`), most items have a branch."""
        known = facts(test, truth)
        found = self._kept(known, block, times, under)
        if found is not None:
            return found
        if not dispatched:
            found = self._one_item(known, times, under)
            if found is not None:
                return found
        rare = gives_up(block) or (truth and rarely_true(test))
        chance = RARELY if rare else SOMETIMES
        on_call, here = self._conditions(test, truth, known, failing=gives_up(block))
        if here:
            return times * chance, under.given(*here).tested(*(replace(each, chance=ALWAYS) for each in on_call))
        first, *rest = on_call
        return times, under.tested(replace(first, chance=chance), *(replace(each, chance=ALWAYS) for each in rest))

    def after(self, statement: code.If, rest: tree.Block, times: Range, under: Under) -> tuple[Range, Under]:
        """How often and under what the `rest` of a block runs, after an `if` that may have left it."""
        if not rest:
            return times, under
        for block, truth in ((statement.body, False), (statement.orelse, True)):
            if leaves(block):
                known = facts(statement.test, truth)
                found = self._kept(known, rest, times, under) or self._one_item(known, times, under)
                if found is not None:
                    return found
                if not gives_up(block) and self.private is None:
                    tests = (of_parameter(*fact, self.bindings, self.line) for fact in known)
                    under = under.tested(*(replace(each, chance=ALWAYS) for each in tests if each is not None))
        return times, under

    def handler(
        self, statement: code.Try, handler: code.Handler, rest: tree.Block, times: Range, under: Under
    ) -> tuple[Range, Under]:
        """How often and under what `handler` runs: after a failure, or where `statement` looked in vain for what the
        handler, or the `rest` behind it, then puts there."""
        slot = looked_up(statement, self.bindings)
        block = handler.body if leaves(handler.body) else (*handler.body, *rest)
        found = None if slot is None else self._kept_in(slot, block, times, under)
        return found or (times * RARELY, under.given(Condition(ConditionKind.FAILURE, chance=RARELY)))

    def after_try(self, statement: code.Try, rest: tree.Block, times: Range, under: Under) -> tuple[Range, Under]:
        """The same for what follows `try: return cache[key]`."""
        slot = looked_up(statement, self.bindings) if statement.body and leaves(statement.body) else None
        return (None if slot is None else self._kept_in(slot, rest, times, under)) or (times, under)

    def filtered(self, test: code.Expr, times: Range, under: Under) -> tuple[Range, Under]:
        """The same for what a comprehension makes of the items for which `test` holds."""
        return self._one_item(facts(test, True), times, under) or (times, under)

    def other_operand(self, test: code.Expr, truth: bool, under: Under) -> Under:
        """Under what the second operand of `test or …` (where the first is false) is evaluated, if a call decides it."""
        if self.private is not None:
            return under
        tests = (of_parameter(*fact, self.bindings, self.line) for fact in facts(test, truth))
        return under.tested(*(replace(each, chance=ALWAYS) for each in tests if each is not None))

    def _conditions(
        self, test: code.Expr, truth: bool, known: Facts, *, failing: bool
    ) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
        """The conditions that a call decides, and those that stay as they are; one of them at least."""
        on_parameters = [of_parameter(*fact, self.bindings, self.line) for fact in known]
        if self.private is None and not failing:
            on_call = tuple(each for each in on_parameters if each is not None)
            if len(on_call) == len(known):
                return on_call, ()
        else:
            on_call = ()
        told = words(test, truth)
        if failing:
            return on_call, (Condition(ConditionKind.FAILURE, chance=RARELY),)
        if any(self._setting(*fact) for fact in known):
            return on_call, (Condition(ConditionKind.UNCONFIGURED, told),)
        kind = ConditionKind.PARAMETER if on_parameters and all(on_parameters) else ConditionKind.TEST
        return on_call, (Condition(kind, told),)

    def _setting(self, test: code.Expr, truth: bool) -> bool:
        if missing(test, truth, self.bindings, self.line) is None:
            return False
        place = test.operands[0] if isinstance(test, code.Operation) else test
        return of_setting(self.program, self.catalog, self.function, place, self.bindings)

    def _one_item(self, known: Facts, times: Range, under: Under) -> tuple[Range, Under] | None:
        for test, truth in known:
            name = of_one_item(test, truth)
            if name is None:
                continue
            condition = Condition(ConditionKind.ONE_ITEM, words(test, truth))
            for loop in self.loops:
                if name in loop.targets:
                    return _without(times, loop.rounds), under.given(condition)
            if self.private is not None and name in self.private - bound_in(self.block):
                return times, under.given(condition).kept(Memory())
        return None

    # ---- what is remembered

    def _kept(self, known: Facts, block: tree.Block, times: Range, under: Under) -> tuple[Range, Under] | None:
        for test, truth in known:
            slot = missing(test, truth, self.bindings, self.line)
            found = None if slot is None else self._kept_in(slot, block, times, under)
            if found is not None:
                return found
        return None

    def _kept_in(self, slot: Slot, block: tree.Block, times: Range, under: Under) -> tuple[Range, Under] | None:
        """How often and under what `block` runs, which runs where `slot` is empty, if it fills it."""
        if not filled(self.program, self.function, slot, block):
            return None
        if self._is_variable(slot):
            return self._kept_in_variable(slot, block, times, under)
        if emptied(slot, self.program.functions[self.function].body):
            return None
        owner = slot.place.value if isinstance(slot.place, code.Attribute) else slot.place
        keys = () if slot.key is None else (slot.key,)
        often, memory = self.remembered((owner,), keys, times)
        return None if memory is None else (often, under.kept(memory))

    def _is_variable(self, slot: Slot) -> bool:
        """Is the slot a local variable or a parameter, which lives no longer than one run of the function?"""
        if slot.key is not None or not isinstance(slot.place, code.Name):
            return False
        name = slot.place.id
        return name not in self.bindings.declared and (name in self.bindings.positions or name in self.bindings.bound)

    def _kept_in_variable(
        self, slot: Slot, block: tree.Block, times: Range, under: Under
    ) -> tuple[Range, Under] | None:
        """`if connection is None: connection = connect()` in a loop is for all its rounds."""
        name = slot.root or ""
        once = times
        for loop in self.loops:
            if name not in loop.targets and name not in bound_in(loop.body, without=block):
                once = _without(once, loop.rounds)
        if self.private is not None and name not in self.private:
            return once, under.kept(Memory())
        return None if once == times else (once, under)

    def remembered(
        self, holders: Iterable[code.Expr | None], keys: Iterable[code.Expr | None], times: Range
    ) -> tuple[Range, Memory | None]:
        """How often something is done that is done once for `holders` and `keys`, of `times` that it is asked for: once
        for a loop in which they stay the same. What is forgotten with its holder has no memory; None stands for an
        expression that cannot be seen."""
        kept_by, kept_for = tuple(holders), tuple(keys)
        for loop in self.loops:
            if self._stays(kept_by, kept_for, loop.bound):
                times = _without(times, loop.rounds)
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
        return frozenset([0]) if info.owner is not None and _decorated(info.decorators, "classmethod") else frozenset()

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
            fresh = same_object or not (call.arguments or call.keywords or isinstance(call.function, code.Attribute))
            if fresh and not self._gives_the_same(call):
                return None
        return {node.id for node in tree.every(expression) if isinstance(node, code.Name)}

    def _gives_the_same(self, call: code.Call) -> bool:
        if isinstance(call.function, code.Name) and call.function.id == "super":
            return True
        targets = self.program.targets(self.function, call)
        return bool(targets) and all(t.kind == "function" and self.kept.keeps(t.name) for t in targets)

    # ---- calls

    def met(
        self, call: code.Call, target: Target, terms: Terms, times: Range, fate: Fate
    ) -> tuple[Range, Under] | None:
        """How often and under what a share of the function `target` is done that it does on `terms`, where `call` stands
        here; None where the call's arguments rule it out."""
        under = Under()
        for test in terms.tests:
            verdict = self._verdict(call, target, test, fate)
            if verdict is False:
                return None
            if isinstance(verdict, Condition):
                under = under.tested(verdict)
            elif verdict is None:
                times, under = times * test.chance, under.given(replace(test, parameter=None))
        if terms.memory is not None:
            holders = [self._given(call, target, at) for at in sorted(terms.memory.holders)]
            keys = [self._given(call, target, at) for at in sorted(terms.memory.keys)]
            if any(at == OTHER for at in terms.memory.keys):
                keys.append(None)
            times, memory = self.remembered(holders, keys, times)
            under = under.kept(memory)
        return times, under

    def _verdict(self, call: code.Call, target: Target, test: Condition, fate: Fate) -> Condition | bool | None:
        """Whether `test` holds at the call; the test in terms of this function where its own caller decides."""
        if test.kind is ConditionKind.AWAITED:
            return test if fate is Fate.RETURNED else fate is not Fate.LEFT
        if test.parameter is None or not self._is_direct(call, target):
            return None
        given = self._given(call, target, test.parameter)
        if given is None:
            return None
        passed = any(given is each for each in (*call.arguments, *(keyword.value for keyword in call.keywords)))
        if passed and self.private is None:
            carried = passed_on(test, given, self.bindings, self.line)
            if carried is not None:
                return carried
        if passed and isinstance(given, code.Name) and len(self.bindings.bound.get(given.id, ())) == 1:
            given = self.bindings.value(given.id, self.line) or given
        if test.kind is ConditionKind.CALLBACK:
            where = self.function if passed else self.program.functions[target.name].parent or target.name
            return self._is_callback(where, given, test.wanted)
        return decided(test, given)

    def _is_callback(self, where: str, given: code.Expr, wanted: str) -> bool | None:
        values = self.program.values(where, given)
        if not values or any(value.kind not in ("function", "external") for value in values):
            return None
        names = {f"{v.kind}:{self.catalog.canonical(v.name) if v.kind == 'external' else v.name}" for v in values}
        return False if wanted not in names else True if len(names) == 1 else None

    def _given(self, call: code.Call, target: Target, position: int) -> code.Expr | None:
        """The expression that `call` gives the parameter at `position`, its default where it gives none."""
        info = self.program.functions[target.name]
        if position == OTHER or not self._is_direct(call, target) or position >= len(info.parameters):
            return None
        if position == 0 and info.owner is not None and not _decorated(info.decorators, "staticmethod"):
            if info.name.endswith(_MADE_BY_CALLING_CLASS) and not _calls_super(call):
                return None  # a new object
            receiver = self.program.argument(target.name, call, 0)
            owner = call.function.value if isinstance(call.function, code.Attribute) else None
            return receiver or (_myself(self.bindings) if _calls_super(call) else owner)
        given = self.program.argument(target.name, call, position)
        unseen = any(isinstance(a, code.Starred) for a in call.arguments) or any(k.name is None for k in call.keywords)
        return given or (None if unseen else info.parameters[position].default)

    def _is_direct(self, call: code.Call, target: Target) -> bool:
        """Does the call name the function that it leads to, so that its arguments are those of the function?"""
        if target.callback:
            return False
        named = tree.callee(call)
        name = self.program.functions[target.name].name
        return name.endswith(_MADE_BY_CALLING_CLASS) or named.rpartition(".")[2] == name.rpartition(".")[2]

    def callback(self, call: code.Call, target: Target, alternatives: int) -> Condition | None:
        """The condition that a parameter is the function `target`, where `call` calls a parameter or hands it on."""
        if self.private is not None:
            return None
        wanted = f"{target.kind}:{target.name}"
        handed = (call.function,) if not target.callback else (*call.arguments, *(k.value for k in call.keywords))
        for name in handed:
            position = self.bindings.parameter(name.id, self.line) if isinstance(name, code.Name) else None
            if position is not None and self._is_callback(self.function, name, wanted) is not False:
                chance = Range(0.0, 1.0 / alternatives, 1.0) if alternatives > 1 else ALWAYS
                return Condition(ConditionKind.CALLBACK, "", chance, position, wanted)
        return None


def _calls_super(call: code.Call) -> bool:
    match call.function:
        case code.Attribute(value=code.Call(function=code.Name(id="super"))):
            return True
    return False


def _myself(bindings: Bindings) -> code.Expr | None:
    return next((code.Name(name) for name, position in bindings.positions.items() if position == 0), None)


def _decorated(decorators: Iterable[code.Expr], name: str) -> bool:
    return any(tree.dotted(decorator) == name for decorator in decorators)


def _without(times: Range, rounds: Range) -> Range:
    """`times` of one round each, where there were `rounds`."""
    return Range(
        times.low / rounds.low if rounds.low else times.low,
        times.expected / rounds.expected if rounds.expected else times.expected,
        times.high / rounds.high if rounds.high else times.high,
    )
