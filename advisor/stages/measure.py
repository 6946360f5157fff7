"""Measure: what a profiled run says about each case, and the case revised by it. Measured time outranks a guess.

A site's time is that of every sample in whose stack one of its lines stands: what its callees took is its own, however
deep they lie. A profile tells waiting from computing, and nothing finer; which effect it was that waited, and whether
computing held the GIL, stays as the catalog says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.case import Case
from advisor.model.effect import ZERO, Effect, Range
from advisor.model.estimate import Work
from advisor.model.evidence import Evidence, Frame, Place, Profile, Rounds, Stack
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site, SiteKind
from advisor.questions.thresholds import is_too_little

_WAITS = 0.65  # part of the time from which a round counts as waiting
_MIXED = 0.25  # part of the time below which the waiting does not matter
_PUSHED_ASIDE = 0.7  # a line not known to wait may be off the CPU so long: other programs, or the system, took it
_CORES_OF_A_PARALLEL_CALL = 1.3
_ERROR = 0.1  # of sampled seconds
_BELIEVABLE_SHARE = 0.02  # a share below rests on a sample or two: what it was spent on is not told

_WAITING_EFFECTS = frozenset(
    {Effect.NETWORK, Effect.DATABASE, Effect.DISK, Effect.SUBPROCESS, Effect.SLEEP, Effect.LOCK, Effect.ASYNC}
)
_WAITING_KINDS = frozenset({"network", "database", "sleep", "lock", "async", "subprocess"})


def measure(
    program: Program, sites: Iterable[Site], cases: Iterable[Case], profile: Profile | None
) -> tuple[Case, ...]:
    """The cases (one a site, in the same order) with their evidence, and their work as it was measured; unchanged
    without a profile."""
    if profile is None:
        return tuple(cases)
    return tuple(_measured(program, site, case, profile) for site, case in zip(sites, cases, strict=True))


def _measured(program: Program, site: Site, case: Case, profile: Profile) -> Case:
    evidence = _evidence(program, site, case, profile)
    if evidence.share < _BELIEVABLE_SHARE:
        return replace(case, evidence=evidence)
    work = _work(case, evidence)
    kind = _kind(case, work)
    return replace(
        case,
        work=work,
        work_kind=kind,
        evidence=replace(evidence, disagrees=_disagreement(case, kind, evidence)),
    )


# ---- evidence


def _evidence(program: Program, site: Site, case: Case, profile: Profile) -> Evidence:
    proofs = [(Frame(each.trace[-1].path, each.trace[-1].line), each.effect) for each in case.effects if each.trace]
    waits = frozenset(frame for frame, effect in proofs if effect in _WAITING_EFFECTS)
    computes = frozenset(frame for frame, _ in proofs) - waits
    interpreter = native = waiting = busy = 0.0
    for stack in _here(program, site, case, profile):
        waited = _waited(stack, waits, computes)
        computed = stack.share - waited
        part = stack.interpreter / (stack.interpreter + stack.native) if stack.interpreter + stack.native > 0 else 1.0
        interpreter += computed * part
        native += computed * (1 - part)
        waiting += waited
        busy += stack.cores * stack.share
    waiting = min(waiting, 1.0 - interpreter - native)  # waits of several tasks overlap
    share = interpreter + native + waiting
    return Evidence(
        share=share,
        interpreter=interpreter,
        native=native,
        waiting=waiting,
        seconds=share * profile.seconds,
        counted=_counted(program, site, profile),
        cores=busy / share if share > 0 else 0.0,
    )


def _here(program: Program, site: Site, case: Case, profile: Profile) -> list[Stack]:
    """The samples that belong to the site."""
    lines = frozenset(Frame(case.path, line) for line in range(case.line, case.end_line + 1))
    if profile.flat:  # the proofs say where the site leads, since no stack does
        lines |= {Frame(step.path, step.line) for effect in case.effects for step in effect.trace}
    neighbours = _neighbours(program, site)

    def belongs(stack: Stack) -> bool:
        for frame, inner in zip(stack.frames, (*stack.frames[1:], None), strict=True):
            if frame in lines:
                return inner is None or not any(_in(inner, function) for function in neighbours)
        return False

    return [stack for stack in profile.stacks if belongs(stack)]


def _neighbours(program: Program, site: Site) -> list[FunctionInfo]:
    """The functions called on the lines of a site, but not by its iterations: beside an expression, or to get what it walks."""
    own = _calls_of_iterations(site.node)
    if own is None:
        return []
    called: dict[bool, set[str]] = {True: set(), False: set()}
    for call in program.functions[site.function].calls:
        if call.line <= site.end_line and call.end_line >= site.line:
            targets = program.targets(site.function, call)
            called[call.uid in own].update(target.name for target in targets if target.kind == "function")
    return [program.functions[name] for name in called[False] - called[True]]


def _calls_of_iterations(node: code.Stmt | code.Expr) -> set[int] | None:
    """Those of a loop's body, or of an expression without what it walks; None of a site whose every line is its own."""
    if isinstance(node, code.For):
        return {call.uid for call in tree.calls(node.body)}
    if not isinstance(node, code.Call | code.Comprehension):
        return None
    calls = {each.uid for each in tree.every(node) if isinstance(each, code.Call)}
    if isinstance(node, code.Comprehension):
        calls -= {each.uid for each in tree.every(node.clauses[0].iterable) if isinstance(each, code.Call)}
    return calls


def _in(frame: Frame, function: FunctionInfo) -> bool:
    return frame.path == function.path and function.line <= frame.line <= function.end_line


def _waited(stack: Stack, waits: frozenset[Frame], computes: frozenset[Frame]) -> float:
    """The waiting in it, unless it is a line that only computes and had to queue for the CPU."""
    if not waits.isdisjoint(stack.frames):
        return stack.waiting
    pushed_aside = stack.frames[-1] in computes or stack.waiting <= _PUSHED_ASIDE * stack.share
    return 0.0 if pushed_aside else stack.waiting


def _counted(program: Program, site: Site, profile: Profile) -> Rounds | None:
    """The rounds of a loop as they were counted; of a call that blocks an event loop, the tasks that it kept waiting."""
    if site.kind is SiteKind.BLOCKING_IN_ASYNC:
        function = program.functions[site.function]
        tasks = sum(number for frame, number in profile.tasks.items() if _in(frame, function))
        return Rounds(1, tasks) if tasks > 1 else None
    return profile.rounds.get(Place(site.path, site.line, site.column))


# ---- work


def _work(case: Case, evidence: Evidence) -> Work:
    """The work with its seconds taken from the profile; how the computing divides by the GIL, and the waiting by who
    computes meanwhile, a profile cannot tell: there the static proportions stand."""
    work = case.work
    entries = evidence.counted.entries if evidence.counted is not None and evidence.counted.entries else 1
    seconds = evidence.seconds / entries
    per_item, items = _spread(work, evidence, seconds)
    waits = evidence.waiting / evidence.share
    interpreter, native = _divide(work.interpreter.expected, work.native.expected, per_item * (1 - waits))
    waiting, child = _divide(work.waiting.expected, work.child.expected, per_item * waits)
    if case.effects and case.effects[0].effect is Effect.DISK:  # what looks like waiting is the system's own work
        native, waiting = native + waiting, ZERO
    return replace(
        work,
        items=items,
        items_known=work.items_known or evidence.counted is not None,
        interpreter=interpreter,
        native=native,
        waiting=waiting,
        child=child,
        parallel_native=work.parallel_native or (native.expected > 0 and evidence.cores > _CORES_OF_A_PARALLEL_CALL),
    )


def _spread(work: Work, evidence: Evidence, seconds: float) -> tuple[float, Range]:
    """Seconds per item, and the items: those counted, else known, else as many as items of a believable length make."""
    counted = evidence.counted
    if counted is not None and counted.entries and counted.rounds:
        rounds = counted.rounds / counted.entries
        return seconds / rounds, Range.exactly(rounds)
    each = seconds / max(1.0, work.items.expected)
    if work.items_known:
        return each, work.items
    believable = min(max(each, work.per_item.low), max(work.per_item.high, work.per_item.low))
    if believable <= 0:
        return each, work.items
    items = max(1.0, seconds / believable)
    return seconds / items, Range(min(work.items.low, items), items, max(work.items.high, items))


def _divide(first: float, second: float, seconds: float) -> tuple[Range, Range]:
    part = first / (first + second) if first + second > 0 else 1.0
    return _about(seconds * part), _about(seconds * (1 - part))


def _about(seconds: float) -> Range:
    return Range(seconds * (1 - _ERROR), seconds, seconds * (1 + _ERROR))


# ---- what kind of work it is, after all


def _kind(case: Case, work: Work) -> str:
    """The kind of work by its measured time; the effects tell which wait, or which computing, it was."""
    if is_too_little(
        work.per_item, _about(work.per_item.expected * work.items.expected)
    ):  # what was measured, however it is shared out
        return "tiny"
    if work.parallel_native:
        return "parallel-native"
    waits = work.waiting.expected / work.per_item.expected + work.child.expected / work.per_item.expected
    if waits >= _WAITS:
        return _waiting_kind(case, work)
    if waits >= _MIXED:
        return "mixed"
    return _computing_kind(case, work)


def _waiting_kind(case: Case, work: Work) -> str:
    if work.child.expected > work.waiting.expected:
        return "subprocess"
    if case.work_kind in _WAITING_KINDS or case.work_kind == "disk":
        return case.work_kind
    effects = [effect.effect.value for effect in case.effects if effect.effect in _WAITING_EFFECTS]
    return effects[0] if effects else "unknown"


def _computing_kind(case: Case, work: Work) -> str:
    if case.work_kind.startswith("cpu") or case.work_kind == "disk":
        return case.work_kind
    kinds = [effect.effect.value for effect in case.effects if effect.effect.value.startswith("cpu")]
    if kinds:
        return kinds[0]
    return "cpu-native-nogil" if work.native.expected > work.interpreter.expected else "cpu-python"


def _disagreement(case: Case, kind: str, evidence: Evidence) -> str:
    """In words, where what was measured is another kind of work than the code seemed to be."""
    waits = evidence.waiting / evidence.share
    seemed_waiting = case.work_kind in _WAITING_KINDS
    seemed_computing = case.work_kind.startswith("cpu") or case.work_kind == "parallel-native"
    if seemed_waiting and kind not in _WAITING_KINDS:
        return f"the code seems to wait ({case.work_kind}), but only {waits:.0%} of its time was waiting"
    if seemed_computing and waits >= _MIXED:
        return f"the code seems to compute ({case.work_kind}), but {waits:.0%} of its time was waiting"
    if case.work_kind == "tiny" and kind != "tiny" and case.kind is not SiteKind.BLOCKING_IN_ASYNC:
        return f"the code seems too small to matter, but it took {evidence.seconds:.1f} seconds"
    return ""
