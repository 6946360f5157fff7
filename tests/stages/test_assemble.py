"""From a judged case to a finding: what is carried over, what is rounded, and the fingerprint."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from advisor.model.concurrency import Executor, Level, Model
from advisor.model.confidence import Fact
from advisor.model.effect import Effect, EffectTrace, Range, Step
from advisor.model.estimate import Speedup
from advisor.model.evidence import Evidence
from advisor.model.report import Finding, FindingKind, SavedReport
from advisor.model.site import HazardKind, SiteKind
from advisor.model.verdict import Alternative, Rejected, Verdict
from advisor.stages.assemble import assemble, with_unique_ids
from tests.stages.cases import a_case, a_forecast, a_hazard, carried

VERDICT = Verdict(
    rule="waits",
    model=Model.THREADING,
    executor=Executor.THREAD_POOL,
    change=True,
    confidence=Level.HIGH,
    message="The waits overlap.",
    why="Because.",
    ask_first=("How many?",),
    alternatives=(Alternative(Model.ASYNCIO, Executor.TASK_GROUP, "It scales."),),
    rejected=(Rejected(Model.MULTIPROCESSING, "cannot-travel", "It cannot be pickled."),),
)


def a_finding(**changed: Any) -> Finding:
    return assemble(a_case(**changed), VERDICT, a_forecast(threading=2.0))


def test_a_finding_carries_the_verdict_and_its_proof() -> None:
    proof = EffectTrace(Effect.NETWORK, "requests.get", (Step("pull", "app.py", 5),))
    finding = a_finding(effects=(proof,), dependence=carried("read"), hazards=(a_hazard(HazardKind.MEMO, "cache"),))
    assert (finding.rule, finding.model, finding.message) == ("waits", Model.THREADING, "The waits overlap.")
    assert [other.model for other in finding.alternatives] == [Model.ASYNCIO]
    assert [(other.model, other.rule) for other in finding.rejected] == [(Model.MULTIPROCESSING, "cannot-travel")]
    assert finding.work.effects[0].trace[0].line == 5
    assert finding.dependence.details[0].name == "token"
    assert finding.hazards[0].name == "cache"


def test_an_effect_says_when_it_happens_and_what_starts_once_comes_last() -> None:
    each = EffectTrace(Effect.NETWORK, "requests.get", (), condition="only if `wanted`")
    start = EffectTrace(Effect.SUBPROCESS, "subprocess.run", (), condition="only on the first call")
    told = a_finding(effects=(each,), once=(start,)).work.effects
    assert [(effect.api, effect.condition) for effect in told] == [
        ("requests.get", "only if `wanted`"),
        ("subprocess.run", "only on the first call"),
    ]


def test_columns_count_from_one_and_numbers_are_rounded() -> None:
    exact = Speedup(1.23456, 2.34567, 3.45678, "profile", 8, "one for each item", 1.11111, 1.99999)
    forecast = replace(a_forecast(), by_model={**a_forecast().by_model, Model.THREADING: exact})
    finding = assemble(a_case(evidence=Evidence(0.123456, 0.0, 0.0, 0.123456, 1.0)), VERDICT, forecast)
    assert finding.column == 5
    assert (finding.speedup.low, finding.speedup.expected, finding.speedup.high) == (1.23, 2.35, 3.46)
    assert (finding.speedup.program_low, finding.speedup.program_high) == (1.11, 2.0)
    assert finding.share_of_run == 0.1235


def test_what_is_saved_is_what_is_left_of_the_seconds_and_nothing_where_it_takes_longer() -> None:
    gains = {**a_forecast().by_model, Model.THREADING: Speedup(0.0, 4.0, 8.0, "static", 8)}
    forecast = replace(a_forecast(), by_model=gains, sequential_seconds=Range(1.0, 10.0, 30.0))
    saved = assemble(a_case(), VERDICT, forecast).saved
    assert saved == SavedReport(low=0.0, expected=7.5, high=26.2)
    assert assemble(a_case(), replace(VERDICT, change=False), forecast).saved is None


def test_with_a_profile_the_seconds_of_the_whole_run_are_saved() -> None:
    gains = {**a_forecast().by_model, Model.THREADING: Speedup(2.0, 4.0, 8.0, "profile", 8)}
    forecast = replace(a_forecast(), by_model=gains, sequential_seconds=Range(1.0, 1.0, 1.0))  # of each of its runs
    measured = Evidence(0.8, 0.0, 0.0, 0.8, 8.0)
    assert assemble(a_case(evidence=measured), VERDICT, forecast).saved == SavedReport(low=4.0, expected=6.0, high=7.0)


@pytest.mark.parametrize(
    ("verdict", "now", "kind", "before"),
    [
        (VERDICT, None, FindingKind.ADVICE, Model.SEQUENTIAL),
        (replace(VERDICT, change=False), Model.MULTIPROCESSING, FindingKind.LEFT, Model.MULTIPROCESSING),
    ],
)
def test_a_finding_tells_its_kind_and_the_model_in_use(
    verdict: Verdict, now: Model | None, kind: FindingKind, before: Model
) -> None:
    finding = assemble(a_case(concurrent_now=now), verdict, a_forecast(threading=2.0))
    assert (finding.kind, finding.model_now) == (kind, before)


def test_the_probability_comes_with_its_facts() -> None:
    verdict = replace(VERDICT, probability=0.41666, facts=frozenset({Fact.SERVICE, Fact.SETS_UP}))
    finding = assemble(a_case(), verdict, a_forecast(threading=2.0))
    assert (finding.probability, finding.facts) == (0.42, (Fact.SERVICE, Fact.SETS_UP))


def test_without_a_profile_there_is_no_share() -> None:
    finding = a_finding()
    assert finding.share_of_run is None
    assert finding.speedup.program_high is None


def test_the_fingerprint_survives_moves_white_space_and_other_advice() -> None:
    finding = a_finding()
    assert a_finding(line=40, end_line=42, column=8, subject="for  url\n in urls").id == finding.id
    other = replace(VERDICT, rule="other", model=Model.ASYNCIO)
    assert assemble(a_case(), other, a_forecast()).id == finding.id


@pytest.mark.parametrize(
    "changed",
    [{"path": "lib.py"}, {"function": "push"}, {"rule": "while-loop"}, {"kind": SiteKind.MAP}, {"subject": "other"}],
)
def test_the_fingerprint_tells_places_apart(changed: dict[str, Any]) -> None:
    assert a_finding(**changed).id != a_finding().id


def test_places_that_read_alike_are_numbered_in_the_order_of_the_file() -> None:
    last, first, middle, other = (
        a_finding(line=30, end_line=30),
        a_finding(line=10, end_line=10),
        a_finding(line=20, end_line=20),
        a_finding(subject="other"),
    )
    numbered = with_unique_ids([last, first, middle, other])
    assert [finding.id for finding in numbered] == [f"{first.id}-3", first.id, f"{first.id}-2", other.id]
    assert [finding.line for finding in numbered] == [30, 10, 20, 4]
