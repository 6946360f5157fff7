"""Branches: how often and under what the code of a branch, of a handler, and behind an early exit runs."""

from __future__ import annotations

from dataclasses import dataclass, replace

from advisor.model import code, tree
from advisor.model.bindings import Bindings, bound_in
from advisor.model.condition import ALWAYS, RARELY, SOMETIMES, Condition, ConditionKind, Memory, Under
from advisor.model.effect import Range
from advisor.stages.trace.exits import gives_answer, leaves
from advisor.stages.trace.seldom import gives_up, rarely_true
from advisor.stages.trace.slots import Facts, Filling, Slot, facts, looked_up, missing
from advisor.stages.trace.standing import Standing, without_rounds
from advisor.stages.trace.tested import of_one_item, of_parameter, of_setting, words

_NO_DUPLICATES = frozenset({"builtins.dict", "builtins.set", "builtins.frozenset"})  # whose items come once each

Stands = tuple[Range, Under]  # how often, and under what


@dataclass(frozen=True, slots=True)
class Branches:
    """Answers for the code that stands `here`."""

    here: Standing

    @property
    def _bindings(self) -> Bindings:
        return self.here.bindings

    def branch(
        self, test: code.Expr, truth: bool, block: tree.Block, times: Range, under: Under, *, dispatched: bool = False
    ) -> Stands:
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
            return times * chance, under.given(*here).tested(*(each.likely(ALWAYS) for each in on_call))
        first, *rest = on_call
        return times, under.tested(first.likely(chance), *(each.likely(ALWAYS) for each in rest))

    def after(self, statement: code.If, rest: tree.Block, times: Range, under: Under) -> Stands:
        """How often and under what the `rest` of a block runs, after an `if` that may have left it."""
        if not rest:
            return times, under
        for block, truth in ((statement.body, False), (statement.orelse, True)):
            if leaves(block):
                known = facts(statement.test, truth)
                found = self._kept(known, rest, times, under, left=block) or self._one_item(known, times, under)
                if found is not None:
                    return found
                if not gives_up(block) and self.here.whole:
                    tests = (of_parameter(*fact, self._bindings, self.here.line) for fact in known)
                    under = under.tested(*(each.likely(ALWAYS) for each in tests if each is not None))
        return times, under

    def handler(
        self, statement: code.Try, handler: code.Handler, rest: tree.Block, times: Range, under: Under
    ) -> Stands:
        """How often and under what `handler` runs: after a failure, or where `statement` looked in vain for what the
        handler, or the `rest` behind it, then puts there."""
        slot = looked_up(statement, self._bindings)
        block = handler.body if leaves(handler.body) else (*handler.body, *rest)
        found = None if slot is None else self._kept_in(slot, block, times, under)
        return found or (times * RARELY, under.given(Condition(ConditionKind.FAILURE, chance=RARELY)))

    def after_try(self, statement: code.Try, rest: tree.Block, times: Range, under: Under) -> Stands:
        """The same for what follows `try: return cache[key]`."""
        slot = looked_up(statement, self._bindings) if statement.body and leaves(statement.body) else None
        return (None if slot is None else self._kept_in(slot, rest, times, under)) or (times, under)

    def filtered(self, test: code.Expr, times: Range, under: Under) -> Stands:
        """The same for what a comprehension makes of the items for which `test` holds."""
        return self._one_item(facts(test, True), times, under) or (times, under)

    def other_operand(self, test: code.Expr, truth: bool, under: Under) -> Under:
        """Under what the second operand of `test or …` (where the first is false) is evaluated, if a call decides it."""
        if not self.here.whole:
            return under
        tests = (of_parameter(*fact, self._bindings, self.here.line) for fact in facts(test, truth))
        return under.tested(*(each.likely(ALWAYS) for each in tests if each is not None))

    def _conditions(
        self, test: code.Expr, truth: bool, known: Facts, *, failing: bool
    ) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
        """The conditions that a call decides, and those that stay as they are; one of them at least."""
        on_parameters = [of_parameter(*fact, self._bindings, self.here.line) for fact in known]
        if self.here.whole and not failing:
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
        if missing(test, truth, self._bindings, self.here.line) is None:
            return False
        place = test.operands[0] if isinstance(test, code.Operation) else test
        return of_setting(self.here.program, self.here.catalog, self.here.function, place, self._bindings)

    def _one_item(self, known: Facts, times: Range, under: Under) -> Stands | None:
        """The same behind a test that holds for one item alone: the keys of a dictionary, and numbers, come once each."""
        for test, truth in known:
            name = of_one_item(test, truth)
            walks = () if name is None else self._bindings.items.get(name, ())
            if name is None or not walks or not all(self._come_once(name, *walk) for walk in walks):
                continue
            condition = Condition(ConditionKind.ONE_ITEM, words(test, truth))
            for loop in self.here.loops:
                if name in loop.targets:
                    return without_rounds(times, loop.rounds), under.given(condition)
            own = self.here.renews(name) and not (self.here.in_runs or name in bound_in(self.here.block))
            if own:
                return times, under.given(condition).kept(Memory())
        return None

    def _come_once(self, name: str, target: code.Expr, iterable: code.Expr) -> bool:
        """Is `name` another value in each round of a loop over `iterable`?"""
        match iterable, target:
            case code.Call(function=code.Attribute(name="keys")) | code.Call(
                function=code.Name(id="range")
            ), code.Name():
                return True
            case (
                code.Call(function=code.Name(id="enumerate") | code.Attribute(name="items")),
                code.Display(items=(code.Name(id=first), *_)),
            ):
                return first == name
            case _, code.Name():
                walked = {value.name for value in self.here.program.values(self.here.function, iterable)}
                return bool(walked) and walked <= _NO_DUPLICATES
        return False

    def _kept(
        self, known: Facts, block: tree.Block, times: Range, under: Under, *, left: tree.Block | None = None
    ) -> Stands | None:
        """How often and under what `block` runs, where one of the facts is that a slot is empty which it fills. It may
        stand after a block that has `left` with what is kept for a key: `if key in seen: continue` only tells of it."""
        for test, truth in known:
            slot = missing(test, truth, self._bindings, self.here.line)
            if slot is not None and slot.key is not None and left is not None and not gives_answer(left):
                continue
            found = None if slot is None else self._kept_in(slot, block, times, under)
            if found is not None:
                return found
        return None

    def _kept_in(self, slot: Slot, block: tree.Block, times: Range, under: Under) -> Stands | None:
        """How often and under what `block` runs, which runs where `slot` is empty, if it fills it."""
        here = self.here
        filling = Filling(here.program, here.function, slot, known=self._is_variable(slot))
        sure = filling.sure(block)
        if not sure and not replace(filling, by_method=True).sure(block):
            return None
        if filling.known:
            return self._kept_in_variable(slot, block, times, under)
        owner = slot.place.value if isinstance(slot.place, code.Attribute) else slot.place
        keys: tuple[code.Expr | None, ...] = () if slot.key is None else (slot.key,)
        if slot.key is not None and (not sure or here.kept.expires(here.function, slot.place)):
            keys = (*keys, None)  # who is handed what to keep may drop it again
        forgotten_by = here.kept.resets.emptying(here.function, slot)
        forgotten_by |= here.replaced_by((owner, slot.key) if isinstance(slot.place, code.Attribute) else (slot.key,))
        often, memory = here.remembered((owner,), keys, times, forgotten_by)
        return None if memory is None else (often, under.kept(memory))

    def _is_variable(self, slot: Slot) -> bool:
        """Is the slot a local variable or a parameter, which lives no longer than one run of the function?"""
        if slot.key is not None or not isinstance(slot.place, code.Name):
            return False
        name = slot.place.id
        return name not in self._bindings.declared and (
            name in self._bindings.positions or name in self._bindings.bound
        )

    def _kept_in_variable(self, slot: Slot, block: tree.Block, times: Range, under: Under) -> Stands | None:
        """`if connection is None: connection = connect()` in a loop is for all its rounds."""
        name = slot.root or ""
        if name in bound_in(self.here.block, without=block):
            return None
        once = times
        for loop in self.here.loops:
            if name not in loop.targets and name not in bound_in(loop.body, without=block):
                once = without_rounds(once, loop.rounds)
        if not (self.here.whole or self.here.renews(name)):
            return once, under.kept(Memory())
        return None if once == times else (once, under)
