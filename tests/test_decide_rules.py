"""Held to its own form: every judgement in `rules/decide/`, and what they say together about typical cases.

That each example gets its verdict is tested where the whole pipeline runs.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from advisor.model.case import Case
from advisor.model.concurrency import Executor, Level, Model
from advisor.model.confidence import Calibration
from advisor.model.effect import Effect, EffectTrace, Range
from advisor.model.estimate import Target
from advisor.model.rule import PLACEHOLDER, Rule
from advisor.model.site import Context, Dependence, DependenceKind, Detail, HazardKind, SiteKind
from advisor.model.verdict import ONE_CAUSE, UNEXAMINED, Verdict
from advisor.stages.decide import GAIN_TOO_SMALL, NO_REASON, decide
from advisor.stages.estimate import estimate
from tests.stages.cases import MACHINE, TWO_CORES, a_case, a_hazard, a_work, carried, computing

FOLDER = Path(__file__).parents[1] / "rules" / "decide"
FILES = sorted(FOLDER.glob("*.yml"))
RULES = tuple(Rule.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in FILES)
SURE = Calibration(base=5.0, weights={}, high=0.9, medium=0.5)  # what makes advice less sure are the rules
QUOTED = (GAIN_TOO_SMALL, NO_REASON, ONE_CAUSE, UNEXAMINED)
NEEDS_A_PROFILE = ("hardly-any-of-the-run",)
NO_GIL = Target(python=(3, 14), gil=False, cores=2)


def judged(case: Case, target: Target = TWO_CORES) -> Verdict:
    return decide(case, estimate(case, MACHINE, target), target, RULES, SURE)


# ---- form


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_for_its_rule_and_offers_the_editor_its_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../schema/decide.json\n")
    assert yaml.safe_load(text)["id"] == path.stem


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_texts_are_whole_sentences_and_messages_one_clause(rule: Rule) -> None:
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert rule.message
    assert rule.message[0] in "`{" or rule.message[0].islower() or rule.message.startswith("asyncio")
    assert not rule.message.endswith(".")
    assert len(rule.message) < 130
    for text in (rule.why.strip(), *(other.because.strip() for other in rule.also)):
        assert text.endswith((".", ")"))
    assert all("?" in question for question in rule.ask_first)
    assert rule.sources


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_shows_itself_firing_and_a_near_miss(rule: Rule) -> None:
    for example in rule.examples:
        ast.parse(example.code)
        assert example.line is None or example.line <= len(example.code.splitlines())
    assert any(not example.fires for example in rule.examples)
    assert all(example.because for example in rule.examples if not example.fires)
    if rule.id not in (*QUOTED, *NEEDS_A_PROFILE):
        assert any(example.fires for example in rule.examples)


def test_every_hazard_is_spoken_for() -> None:
    tested = {kind for rule in RULES if rule.when.hazards for kind in rule.when.hazards.any_of}
    assert tested == set(HazardKind)


@pytest.mark.parametrize("kind", HazardKind)
def test_no_text_reaches_a_user_with_a_word_in_braces(kind: HazardKind) -> None:
    """Each hazard beside each sort of work, in and out of async code, with and without details."""
    for effect in Effect:
        for contexts in (frozenset[Context](), frozenset({Context.ASYNC})):
            for details in ((), (Detail("token", 3, "it is read"),)):
                case = a_case(
                    effect, hazards=(a_hazard(kind),), contexts=contexts, batch="executemany",
                    dependence=Dependence(DependenceKind.UNKNOWN, details), async_counterpart="lib.acall",
                )  # fmt: skip
                if effect in (Effect.NONE, Effect.ASYNC):
                    case = replace(case, work_kind="mixed")
                verdict = judged(case)
                shown = [verdict.message, verdict.why, *verdict.ask_first]
                shown += [other.because for other in verdict.alternatives]
                shown += [other.because for other in verdict.rejected]
                assert not PLACEHOLDER.search(" ".join(shown))


# ---- what they say together


def in_async(effect: Effect = Effect.NETWORK, **changed: Any) -> Case:
    return a_case(effect, contexts=frozenset({Context.ASYNC}), **changed)


def with_hazard(kind: HazardKind, **changed: Any) -> Case:
    return a_case(hazards=(a_hazard(kind),), **changed)


NATIVE = a_work(items=40, native=0.03)
THOUSAND = a_work(items=1500, waiting=0.05, interpreter=1e-4)
TYPICAL: dict[str, tuple[Case, Model, str]] = {
    "network": (a_case(), Model.THREADING, "independent-waits-in-sync-code"),
    "a thousand": (
        a_case(work=THOUSAND, async_counterpart="httpx.AsyncClient.get"), Model.ASYNCIO, "a-thousand-waits",
    ),
    "a thousand, perhaps": (
        a_case(work=replace(THOUSAND, items_known=False), async_counterpart="httpx.AsyncClient.get"),
        Model.THREADING, "independent-waits-in-sync-code",
    ),
    "database": (a_case(Effect.DATABASE), Model.THREADING, "database-waits-with-a-connection-each"),
    "one connection": (
        a_case(Effect.DATABASE, hazards=(a_hazard(HazardKind.SERIALISED_CAPTURE),)),
        Model.SEQUENTIAL, "database-calls-over-one-connection",
    ),
    "programs": (a_case(Effect.SUBPROCESS), Model.THREADING, "waiting-for-programs"),
    "sleep": (a_case(Effect.SLEEP), Model.THREADING, "sleep-is-the-work"),
    "awaits": (in_async(Effect.ASYNC), Model.ASYNCIO, "awaits-in-a-loop"),
    "awaits in a row": (
        in_async(Effect.ASYNC, kind=SiteKind.AWAITS, work=a_work(items=3, waiting=0.1)),
        Model.ASYNCIO, "awaits-in-a-row",
    ),
    "blocking": (
        in_async(kind=SiteKind.BLOCKING_IN_ASYNC, work=a_work(items=1, waiting=0.05), async_counterpart="httpx.get"),
        Model.ASYNCIO, "blocking-wait-in-a-coroutine",
    ),
    "blocking for microseconds": (
        in_async(Effect.DISK, kind=SiteKind.BLOCKING_IN_ASYNC, work=a_work(items=1, native=1e-4)),
        Model.SEQUENTIAL, NO_REASON,
    ),
    "pure Python": (computing(), Model.MULTIPROCESSING, "pure-python-work"),
    "short pure Python": (computing(work=a_work(items=30, interpreter=1e-4)), Model.SEQUENTIAL, GAIN_TOO_SMALL),
    "native": (
        a_case(Effect.CPU_NATIVE, work=a_work(items=50, interpreter=0.02)),
        Model.MULTIPROCESSING, "native-work-that-holds-the-gil",
    ),
    "native, GIL freed": (
        a_case(Effect.CPU_NATIVE_NOGIL, work=NATIVE), Model.THREADING, "native-work-that-frees-the-gil",
    ),
    "native on all cores": (
        a_case(Effect.PARALLEL_NATIVE, work=replace(NATIVE, parallel_native=True)),
        Model.SEQUENTIAL, "native-work-that-fills-all-cores",
    ),
    "little computing": (
        a_case(work_kind="mixed", work=a_work(waiting=0.05, interpreter=0.004)),
        Model.THREADING, "waits-with-little-computing",
    ),
    "much computing": (
        a_case(work_kind="mixed", work=a_work(waiting=0.03, interpreter=0.03)),
        Model.MULTIPROCESSING, "waits-with-much-computing",
    ),
    "small files": (
        a_case(Effect.DISK, work=a_work(items=500, interpreter=5e-5, native=5e-5)),
        Model.SEQUENTIAL, "small-files-from-the-page-cache",
    ),
    "flushed files": (
        a_case(Effect.DISK, work=a_work(items=500, interpreter=3e-4, native=1.5e-3)),
        Model.THREADING, "flushed-or-large-files",
    ),
    "tiny": (a_case(work_kind="tiny", effects=(), work=a_work(interpreter=1e-6)), Model.SEQUENTIAL, "too-little-work"),
    "unknown": (a_case(work_kind="unknown", effects=()), Model.SEQUENTIAL, NO_REASON),
    "carried": (a_case(dependence=carried()), Model.SEQUENTIAL, "each-iteration-needs-the-one-before"),
    "test": (a_case(contexts=frozenset({Context.TEST})), Model.SEQUENTIAL, "test-code"),
    "worker": (a_case(contexts=frozenset({Context.POOL_WORKER})), Model.SEQUENTIAL, "already-in-a-worker"),
    "a second level": (a_case(contexts=frozenset({Context.NESTED})), Model.SEQUENTIAL, "one-level-of-a-nest"),
    "one task at a time": (
        a_case(kind=SiteKind.POOL, rule="submit-result-in-one-step", concurrent_now=Model.THREADING),
        Model.THREADING, "one-task-at-a-time",
    ),
    "threads compute": (
        computing(kind=SiteKind.POOL, rule="executor-map", concurrent_now=Model.THREADING),
        Model.MULTIPROCESSING, "threads-on-computing",
    ),
    "processes wait": (
        a_case(kind=SiteKind.POOL, rule="pool-map", concurrent_now=Model.MULTIPROCESSING),
        Model.THREADING, "processes-on-waits",
    ),
    "threads wait": (
        a_case(kind=SiteKind.POOL, rule="executor-map", concurrent_now=Model.THREADING), Model.THREADING, NO_REASON,
    ),
    "a thread for each crumb": (
        a_case(
            kind=SiteKind.THREAD, rule="thread-per-item", concurrent_now=Model.THREADING,
            work_kind="tiny", effects=(), work=a_work(items=8000, interpreter=1e-6),
        ),
        Model.SEQUENTIAL, "pool-for-nothing",
    ),
    "an event loop for each item": (
        a_case(Effect.ASYNC, kind=SiteKind.GATHER, rule="asyncio-run-in-loop", concurrent_now=Model.ASYNCIO),
        Model.ASYNCIO, "event-loop-for-every-item",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPICAL)
def test_typical_cases_get_the_model_that_measurement_favours(name: str) -> None:
    case, model, rule = TYPICAL[name]
    verdict = judged(case)
    assert (verdict.model, verdict.rule) == (model, rule)


@pytest.mark.parametrize("name", ["threads wait", "small files", "carried", "tiny", "unknown"])
def test_what_is_right_as_it_is_is_no_change(name: str) -> None:
    assert not judged(TYPICAL[name][0]).change


@pytest.mark.parametrize("name", ["one task at a time", "a thread for each crumb", "an event loop for each item"])
def test_a_misuse_is_a_change(name: str) -> None:
    assert judged(TYPICAL[name][0]).change


@pytest.mark.parametrize(
    "kind",
    [
        HazardKind.CARRIED_DEPENDENCE, HazardKind.STATEFUL_CAPTURE, HazardKind.INSIDE_POOL, HazardKind.RATE_LIMIT,
        HazardKind.POLLING, HazardKind.RETRY, HazardKind.PAGINATION, HazardKind.STREAMING, HazardKind.LAZY_GENERATOR,
        HazardKind.INTERACTIVE, HazardKind.PROCESS_STATE, HazardKind.LOCK_HELD, HazardKind.TRANSACTION,
    ],
)  # fmt: skip
def test_hazards_that_forbid_threads_leave_the_waits_sequential(kind: HazardKind) -> None:
    verdict = judged(with_hazard(kind))
    assert verdict.model is Model.SEQUENTIAL
    assert verdict.message.startswith("Not recommended: threads would fit, but ")


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        (HazardKind.EARLY_EXIT, Level.LOW),
        (HazardKind.ORDERED_OUTPUT, Level.HIGH),
        (HazardKind.SERIALISED_CAPTURE, Level.LOW),
        (HazardKind.THREAD_UNSAFE_CAPTURE, Level.MEDIUM),
        (HazardKind.SHARED_WRITE, Level.MEDIUM),
        (HazardKind.EVENT_LOOP, Level.MEDIUM),
        (HazardKind.LOCK_AROUND, Level.MEDIUM),
        (HazardKind.MAY_ASK, Level.MEDIUM),
        (HazardKind.DYNAMIC_CALL, Level.LOW),
    ],
)
def test_hazards_that_only_raise_a_question_are_asked_about(kind: HazardKind, level: Level) -> None:
    plain, doubted = judged(a_case()), judged(with_hazard(kind))
    assert (doubted.model, doubted.confidence) == (Model.THREADING, level)
    assert len(doubted.ask_first) == len(plain.ask_first) + 1


def test_what_cannot_reach_a_process_forbids_processes() -> None:
    verdict = judged(computing(hazards=(a_hazard(HazardKind.UNPICKLABLE_CAPTURE),)))
    assert verdict.model is Model.SEQUENTIAL
    assert verdict.message.startswith("Not recommended: processes would fit, but ")


@pytest.mark.parametrize(
    "kind",
    [
        HazardKind.UNPICKLABLE_FUNCTION, HazardKind.NO_MAIN_GUARD, HazardKind.MEMO,
        HazardKind.SHARED_WRITE, HazardKind.GLOBAL_WRITE,
    ],
)  # fmt: skip
def test_what_can_be_moved_is_asked_about_before_processes_are_taken(kind: HazardKind) -> None:
    verdict = judged(computing(hazards=(a_hazard(kind),)))
    assert verdict.model is Model.MULTIPROCESSING
    assert verdict.confidence is not Level.HIGH


def test_computing_goes_to_threads_where_there_is_no_gil() -> None:
    assert judged(computing(), NO_GIL).model is Model.THREADING


def test_interpreters_are_named_from_python_3_14_on() -> None:
    def executors(minor: int) -> list[Executor]:
        verdict = judged(computing(), replace(TWO_CORES, python=(3, minor)))
        assert verdict.model is Model.MULTIPROCESSING
        return [other.executor for other in verdict.alternatives]

    assert Executor.INTERPRETER_POOL in executors(14)
    assert Executor.INTERPRETER_POOL not in executors(13)


def test_a_heavy_payload_forbids_processes_only_where_it_eats_the_gain() -> None:
    hazard = (a_hazard(HazardKind.HEAVY_PAYLOAD),)
    short = computing(hazards=hazard, work=a_work(items=50, interpreter=0.02, payload=2e6))
    long = computing(hazards=hazard, work=a_work(items=50, interpreter=0.5, payload=2e6))
    assert judged(short).model is Model.SEQUENTIAL
    assert judged(long).model is Model.MULTIPROCESSING


def test_a_blocking_call_is_advised_though_rounds_need_each_other() -> None:
    case = in_async(
        kind=SiteKind.BLOCKING_IN_ASYNC, dependence=carried(), work=a_work(items=1, waiting=0.05),
    )  # fmt: skip
    verdict = judged(case)
    assert (verdict.model, verdict.executor) == (Model.ASYNCIO, Executor.TO_THREAD)


def test_a_batched_call_is_asked_about_first() -> None:
    verdict = judged(a_case(Effect.DATABASE, batch="executemany"))
    assert any("executemany" in question for question in verdict.ask_first)


def test_asyncio_stands_beside_threads_where_there_is_an_async_form() -> None:
    with_form = judged(a_case(async_counterpart="httpx.AsyncClient.get", blast_radius=3))
    assert [other.model for other in with_form.alternatives] == [Model.ASYNCIO]
    assert "3 functions" in with_form.alternatives[0].because
    assert judged(a_case()).alternatives == ()


def test_unknown_numbers_of_items_do_not_hide_waits() -> None:
    unknown = replace(a_work(known=False, waiting=0.05), items=Range(2, 30, 2000))
    verdict = judged(a_case(work=unknown))
    assert verdict.model is Model.THREADING


# ---- what beats concurrency


def test_a_batched_call_is_said_before_the_model_that_is_the_second_choice() -> None:
    verdict = judged(a_case(Effect.SUBPROCESS, batch="one run with all files"))
    assert (verdict.model, verdict.change) == (Model.THREADING, True)
    assert verdict.message.startswith(
        "One call could replace the loop (one run with all files); if not: each iteration"
    )
    assert "one run with all files" in verdict.ask_first[0]


def test_where_no_model_helps_the_batched_call_is_the_advice() -> None:
    over_one = with_hazard(HazardKind.SERIALISED_CAPTURE)
    case = replace(over_one, work_kind="database", effects=a_case(Effect.DATABASE).effects, batch="executemany")
    verdict = judged(case)
    assert (verdict.rule, verdict.model, verdict.change) == ("one-call-for-all", Model.SEQUENTIAL, True)
    assert next(other.rule for other in verdict.rejected) == "database-calls-over-one-connection"
    assert not judged(replace(case, batch=None)).change


@pytest.mark.parametrize("kind", [HazardKind.RETRY, HazardKind.PAGINATION, HazardKind.PROCESS_STATE])
def test_rounds_that_must_follow_each_other_are_not_batched(kind: HazardKind) -> None:
    assert not judged(with_hazard(kind, batch="one call")).change


def test_a_handful_of_rounds_is_left_alone() -> None:
    few = a_case(Effect.DATABASE, batch="executemany", work=a_work(items=3, waiting=0.05))
    assert not judged(few).message.startswith("One call")


@pytest.mark.parametrize("target", [TWO_CORES, NO_GIL], ids=str)
def test_coroutines_that_compute_are_moved_off_the_event_loop(target: Target) -> None:
    gathered = computing(kind=SiteKind.GATHER, rule="gather-call", concurrent_now=Model.ASYNCIO)
    assert judged(gathered, target).model is (Model.MULTIPROCESSING if target.gil else Model.THREADING)
    native = a_case(
        Effect.CPU_NATIVE_NOGIL, work=NATIVE, kind=SiteKind.GATHER, rule="gather-call", concurrent_now=Model.ASYNCIO
    )
    verdict = judged(native, target)
    assert (verdict.model, verdict.executor, verdict.change) == (Model.ASYNCIO, Executor.TO_THREAD, True)


def test_awaits_with_computing_between_them_get_a_pool_beside_the_event_loop() -> None:
    effects = (EffectTrace(Effect.ASYNC, "client.get", ()), EffectTrace(Effect.CPU_PYTHON, "crunch", ()))
    verdict = judged(in_async(work_kind="mixed", effects=effects, work=a_work(waiting=0.03, interpreter=0.03)))
    assert (verdict.model, verdict.rule) == (Model.ASYNCIO, "awaits-with-much-computing")


def test_processes_that_compute_are_threads_without_a_gil() -> None:
    case = computing(kind=SiteKind.POOL, rule="pool-map", concurrent_now=Model.MULTIPROCESSING)
    assert (judged(case, NO_GIL).model, judged(case, NO_GIL).confidence) == (Model.THREADING, Level.LOW)
    assert not judged(case).change
