"""Calling: what a call decides of the terms on which the function it leads to does things."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from msgspec.structs import replace

from advisor.model import code, tree
from advisor.model.bindings import Bindings
from advisor.model.condition import ALWAYS, OTHER, Condition, ConditionKind, Terms, Under
from advisor.model.effect import Range
from advisor.model.program import Target
from advisor.stages.trace.lazy import Lazy, Walk
from advisor.stages.trace.resets import MADE_BY_CALLING_CLASS
from advisor.stages.trace.standing import Standing, decorated
from advisor.stages.trace.tested import decided, passed_on


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


@dataclass(frozen=True, slots=True)
class Calling:
    """Answers for calls that stand `here`."""

    here: Standing
    lazy: Lazy

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
            forgotten_by = terms.memory.forgotten_by | self.here.replaced_by((*holders, *keys))
            times, memory = self.here.remembered(holders, keys, times, forgotten_by)
            under = under.kept(memory)
        return times, under

    def _verdict(self, call: code.Call, target: Target, test: Condition, fate: Fate) -> Condition | bool | None:
        """Whether `test` holds at the call; the test in terms of this function where its own caller decides."""
        if test.kind is ConditionKind.AWAITED:
            return test if fate is Fate.RETURNED else fate is not Fate.LEFT
        if test.kind is ConditionKind.WALKED:
            walk = Walk.HERE if target.callback else self.lazy.walk(call)
            return test if walk is Walk.BY_CALLER else walk is Walk.HERE
        if test.parameter is None or not self._is_direct(call, target):
            return None
        given = self._given(call, target, test.parameter)
        if given is None:
            return None
        passed = any(given is each for each in (*call.arguments, *(keyword.value for keyword in call.keywords)))
        if passed and self.here.whole:
            carried = passed_on(test, given, self.here.bindings, self.here.line)
            if carried is not None:
                return carried
        if passed and isinstance(given, code.Name) and len(self.here.bindings.values(given.id)) == 1:
            given = self.here.bindings.value(given.id, self.here.line) or given
        if test.kind is ConditionKind.CALLBACK:
            where = self.here.function if passed else self.here.program.functions[target.name].parent or target.name
            return self._is_callback(where, given, test.wanted)
        return decided(test, given)

    def _is_callback(self, where: str, given: code.Expr, wanted: str) -> bool | None:
        values = self.here.program.values(where, given)
        if not values or any(value.kind not in ("function", "external") for value in values):
            return None
        names = {f"{v.kind}:{self.here.catalog.canonical(v.name) if v.kind == 'external' else v.name}" for v in values}
        return False if wanted not in names else True if len(names) == 1 else None

    def _given(self, call: code.Call, target: Target, position: int) -> code.Expr | None:
        """The expression that `call` gives the parameter at `position`, its default where it gives none."""
        info = self.here.program.functions[target.name]
        if position == OTHER or not self._is_direct(call, target) or position >= len(info.parameters):
            return None
        if position == 0 and info.owner is not None and not decorated(info.decorators, "staticmethod"):
            if info.name.endswith(MADE_BY_CALLING_CLASS) and not _calls_super(call):
                return call  # a new object, unless the class keeps its instances
            receiver = self.here.program.argument(target.name, call, 0)
            owner = call.function.value if isinstance(call.function, code.Attribute) else None
            return receiver or (_myself(self.here.bindings) if _calls_super(call) else owner)
        given = self.here.program.argument(target.name, call, position)
        if given is not None:
            return given
        unseen = any(isinstance(a, code.Starred) for a in call.arguments) or any(k.name is None for k in call.keywords)
        return None if unseen else info.parameters[position].default

    def _is_direct(self, call: code.Call, target: Target) -> bool:
        """Does the call name the function that it leads to, so that its arguments are those of the function?"""
        if target.callback:
            return False
        named = tree.callee(call)
        name = self.here.program.functions[target.name].name
        return name.endswith(MADE_BY_CALLING_CLASS) or named.rpartition(".")[2] == name.rpartition(".")[2]

    def callback(self, call: code.Call, target: Target, alternatives: int) -> Condition | None:
        """The condition that a parameter is the function `target`, where `call` calls a parameter or hands it on."""
        if not self.here.whole:
            return None
        handed = (call.function,) if not target.callback else (*call.arguments, *(k.value for k in call.keywords))
        for name in handed:
            position = self.here.bindings.parameter(name.id, self.here.line) if isinstance(name, code.Name) else None
            if position is None:
                continue
            wanted = f"{target.kind}:{target.name}"
            if self._is_callback(self.here.function, name, wanted) is not False:
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
