"""Repeats: the same computation done again in every round of a loop, which no model of concurrency mends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.effect import COMPUTING, Effect
from advisor.model.fault import Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import RootKind, State
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written

_ONLY_COMPUTES = COMPUTING | {Effect.NONE}
_WORTH_SAYING = 1e-3  # seconds of a call


def _same_call(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A pure and costly function of the project, called in each round with what no round changes."""
    for spot in sight.spots(info):
        call = spot.call
        if (
            not isinstance(spot.loop, code.For)
            or not isinstance(call.function, code.Name)
            or spot.fate is not Fate.USED
        ):
            continue
        if not _is_constant(call, _changed_in(spot.loop, call)):
            continue
        targets = sight.program.targets(info.id, call)
        if len(targets) != 1 or targets[0].kind != "function" or targets[0].guessed or targets[0].callback:
            continue
        called = sight.program.functions[targets[0].name]
        if not (called.is_async or called.is_generator or called.decorators) and _is_pure(sight, called):
            because = f"`{called.name}` only computes, and no iteration changes what it is given"
            yield at(call, written(call), because)


def _changed_in(loop: code.For, itself: code.Call) -> frozenset[str]:
    """The names that a loop binds, and those whose objects its rounds may change by calling their methods."""
    changed = set(tree.bound_each_round(loop))
    for statement in tree.statements(loop.body):
        if isinstance(statement, code.Assign):
            changed.update(name for target in statement.targets if (name := tree.root_name(target)) is not None)
    for call in tree.calls(loop.body):
        if isinstance(call.function, code.Attribute) and (owner := tree.root_name(call.function)) is not None:
            changed.add(owner)
        elif isinstance(call.function, code.Name) and call is not itself:
            changed.update(argument.id for argument in call.arguments if isinstance(argument, code.Name))
    return frozenset(changed)


def _is_constant(call: code.Call, changed: frozenset[str]) -> bool:
    """Are all arguments literals, or names of the function that no statement and no other call of the loop touches?"""
    arguments = (*call.arguments, *(keyword.value for keyword in call.keywords))
    return bool(arguments) and all(
        isinstance(argument, code.Literal) or (isinstance(argument, code.Name) and argument.id not in changed)
        for argument in arguments
    )


def _is_pure(sight: Sight, called: FunctionInfo) -> bool:
    summary = sight.summaries.function(called.id)
    return (
        not summary.unresolved
        and summary.cost.total.expected >= _WORTH_SAYING
        and all(proof.effect in _ONLY_COMPUTES and not proof.guessed for proof in summary.proofs)
        and _is_untouched(sight.summaries.function_state(called.id))  # which is dear to know
    )


def _is_untouched(state: State) -> bool:
    shared = (RootKind.GLOBAL, RootKind.SELF, RootKind.CLASS, RootKind.DEFAULT, RootKind.LOCAL)
    return not (state.writes or state.uses or state.ambient or state.deeds) and not any(
        read.place.root.kind in shared for read in state.reads
    )


REPEAT_FACTS: Mapping[str, Detector] = {Fact.SAME_CALL_EACH_ROUND: _same_call}
