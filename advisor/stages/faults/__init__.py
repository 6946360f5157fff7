"""Faults: misuses of threads, processes and coroutines that are wrong whatever the work.

Some are told by the shape of the source, some by what linked calls lead to, some by facts that take a closer look.
Each is found by a rule of `rules/sites/` that says what to do about it. Tests are left alone: they do odd things on
purpose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from msgspec import structs

from advisor.model.concurrency import Model
from advisor.model.facts import Found, ModuleFacts
from advisor.model.fault import Fault
from advisor.model.program import FunctionInfo, Program
from advisor.model.rule import SiteRule
from advisor.model.site import SiteKind
from advisor.questions.tests import is_for_developers, is_test
from advisor.stages.faults.across import ACROSS_FACTS
from advisor.stages.faults.afresh import AFRESH_FACTS
from advisor.stages.faults.ambient import AMBIENT_FACTS
from advisor.stages.faults.calls import Matcher
from advisor.stages.faults.checks import CHECK_FACTS
from advisor.stages.faults.closures import CLOSURE_FACTS
from advisor.stages.faults.connections import CONNECTION_FACTS
from advisor.stages.faults.contexts import CONTEXT_FACTS
from advisor.stages.faults.copied import COPIED_FACTS
from advisor.stages.faults.coroutines import COROUTINE_FACTS
from advisor.stages.faults.cutoff import CUT_OFF_FACTS
from advisor.stages.faults.daemons import DAEMON_FACTS
from advisor.stages.faults.emptiness import EMPTINESS_FACTS
from advisor.stages.faults.ending import ENDING_FACTS
from advisor.stages.faults.endpoints import ENDPOINT_FACTS
from advisor.stages.faults.failures import FAILURE_FACTS
from advisor.stages.faults.finishing import FINISHING_FACTS
from advisor.stages.faults.forking import FORKING_FACTS
from advisor.stages.faults.given import GIVEN_FACTS
from advisor.stages.faults.holding import HOLDING_FACTS
from advisor.stages.faults.isolation import ISOLATION_FACTS
from advisor.stages.faults.loading import LOADING_FACTS
from advisor.stages.faults.loops import LOOP_FACTS
from advisor.stages.faults.lost import LOST_FACTS
from advisor.stages.faults.orders import ORDER_FACTS
from advisor.stages.faults.ownloops import OWN_LOOP_FACTS
from advisor.stages.faults.ownpool import OWN_POOL_FACTS
from advisor.stages.faults.passing import PASSING_FACTS
from advisor.stages.faults.pauses import PAUSE_FACTS
from advisor.stages.faults.processes import PROCESS_FACTS
from advisor.stages.faults.queues import QUEUE_FACTS
from advisor.stages.faults.repeats import REPEAT_FACTS
from advisor.stages.faults.sessions import SESSION_FACTS
from advisor.stages.faults.sight import Clue, Detector, Sight
from advisor.stages.faults.single import SINGLE_FACTS
from advisor.stages.faults.tasks import TASK_FACTS
from advisor.stages.faults.threads import THREAD_FACTS
from advisor.stages.faults.timeouts import TIMEOUT_FACTS
from advisor.stages.faults.trifles import TRIFLE_FACTS
from advisor.stages.faults.turns import TURN_FACTS
from advisor.stages.faults.twice import TWICE_FACTS
from advisor.stages.faults.unbounded import UNBOUNDED_FACTS
from advisor.stages.faults.waits import WAIT_FACTS

__all__ = ["Sight", "find_faults", "with_linked_sites"]

_POOLS = {
    "concurrent.futures.ThreadPoolExecutor": Model.THREADING,
    "multiprocessing.pool.ThreadPool": Model.THREADING,
    "concurrent.futures.ProcessPoolExecutor": Model.MULTIPROCESSING,
    "multiprocessing.pool.Pool": Model.MULTIPROCESSING,
    "multiprocessing.Pool": Model.MULTIPROCESSING,
    "multiprocessing.Process": Model.MULTIPROCESSING,
    "multiprocessing.context.DefaultContext": Model.MULTIPROCESSING,
}
_FACTS: Mapping[str, Detector] = {
    **ACROSS_FACTS,
    **AFRESH_FACTS,
    **AMBIENT_FACTS,
    **CHECK_FACTS,
    **CLOSURE_FACTS,
    **CONNECTION_FACTS,
    **CONTEXT_FACTS,
    **COPIED_FACTS,
    **COROUTINE_FACTS,
    **CUT_OFF_FACTS,
    **DAEMON_FACTS,
    **EMPTINESS_FACTS,
    **ENDING_FACTS,
    **ENDPOINT_FACTS,
    **FAILURE_FACTS,
    **FINISHING_FACTS,
    **FORKING_FACTS,
    **GIVEN_FACTS,
    **HOLDING_FACTS,
    **ISOLATION_FACTS,
    **LOADING_FACTS,
    **LOOP_FACTS,
    **LOST_FACTS,
    **ORDER_FACTS,
    **OWN_LOOP_FACTS,
    **OWN_POOL_FACTS,
    **PASSING_FACTS,
    **PAUSE_FACTS,
    **PROCESS_FACTS,
    **QUEUE_FACTS,
    **REPEAT_FACTS,
    **SESSION_FACTS,
    **SINGLE_FACTS,
    **TASK_FACTS,
    **THREAD_FACTS,
    **TIMEOUT_FACTS,
    **TRIFLE_FACTS,
    **TURN_FACTS,
    **TWICE_FACTS,
    **UNBOUNDED_FACTS,
    **WAIT_FACTS,
}


def with_linked_sites(
    sight: Sight, modules: Mapping[str, ModuleFacts], rules: tuple[SiteRule, ...]
) -> dict[str, ModuleFacts]:
    """`modules` with the places of site rules whose linked calls tell what names alone do not: aliases, renamed classes."""
    matcher = Matcher(sight, [rule for rule in rules if not rule.reported])
    found: dict[str, list[Found]] = {path: list(facts.found) for path, facts in modules.items()}
    for path in modules:
        for info in sight.program.files[path]:
            known = {(place.line, place.column) for place in modules[info.path].found}
            for rule, clue in matcher.clues(info):
                if rule.misuse or (clue.line, clue.column) not in known:
                    found[info.path].append(Found(rule.id, clue.line, clue.column, clue.end_line, {}))
    return {path: structs.replace(facts, found=tuple(found[path])) for path, facts in modules.items()}


def find_faults(sight: Sight, modules: Mapping[str, ModuleFacts], rules: tuple[SiteRule, ...]) -> tuple[Fault, ...]:
    """The misuses in `modules` that `rules` report by themselves, in the order of path, line and column; one a line and rule."""
    program = sight.program
    reported = [rule for rule in rules if rule.reported]
    matcher = Matcher(sight, reported)
    facts = [(rule, _FACTS[rule.fact]) for rule in reported if rule.fact is not None]
    instead = {rule.id: rule.instead_of for rule in reported}
    by_id = {rule.id: rule for rule in reported}
    shaped = {rule.id for rule in reported if rule.rule is not None}
    found: dict[tuple[str, int, str], Fault] = {}
    for path in modules:
        for info in program.files[path] if not is_test(path) else ():
            clues = [*matcher.clues(info), *((rule, clue) for rule, look in facts for clue in look(sight, info))]
            for rule, clue in clues:
                fault = _fault(sight, info, rule, clue)
                found.setdefault((fault.path, fault.line, fault.rule), fault)
    for path in modules:
        if not is_test(path):
            for fault in _shaped(program, path, modules[path].found, shaped):
                fault = replace(fault, aside=_is_beside(sight, by_id[fault.rule], path))
                found.setdefault((fault.path, fault.line, fault.rule), fault)
    said = {(fault.path, fault.line, less) for fault in found.values() for less in instead.get(fault.rule, ())}
    return tuple(sorted(fault for key, fault in found.items() if key not in said))


def _fault(sight: Sight, info: FunctionInfo, rule: SiteRule, clue: Clue) -> Fault:
    model = _pool_in_use(sight, info, clue) if rule.site is SiteKind.POOL and rule.advise in _POOLS.values() else None
    return Fault(info.path, clue.line, clue.column, max(clue.line, clue.end_line), rule.id, info.name, clue.name,
                 clue.proof or clue.line, clue.because, model,
                 clue.aside or _is_beside(sight, rule, info.path))  # fmt: skip


def _is_beside(sight: Sight, rule: SiteRule, path: str) -> bool:
    """Does a file stand beside the program, so that what only may go wrong hardly matters there?"""
    return not rule.certain and is_for_developers(sight.catalog.words, path)


def _pool_in_use(sight: Sight, info: FunctionInfo, clue: Clue) -> Model | None:
    """What kind of pool takes the work at a place: a rule about any pool does not say which one it should be."""
    names = [name for spot in sight.spots(info) if spot.call.line == clue.line for name in spot.names]
    known = {model for name in names for pool, model in _POOLS.items() if f"{name}.".startswith(f"{pool}.")}
    return known.pop() if len(known) == 1 else None


def _shaped(program: Program, path: str, places: tuple[Found, ...], shaped: set[str]) -> Iterator[Fault]:
    """What the shapes of rules matched; a capture `NAME` is what it is about."""
    for place in places:
        if place.rule in shaped:
            around = [
                info for info in program.files[path] if info.is_module or info.line <= place.line <= info.end_line
            ]
            inner = max(around, key=lambda info: (not info.is_module, info.line), default=None)
            if inner is not None:
                name = place.captures.get("NAME", inner.name)
                yield Fault(
                    path, place.line, place.column, place.end_line, place.rule, inner.name, name, place.line, ""
                )
