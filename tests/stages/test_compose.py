"""What of all that was found is reported, and in which order."""

from __future__ import annotations

import pytest

from advisor.model.concurrency import Level
from advisor.model.estimate import Target
from advisor.model.facts import ModuleFacts
from advisor.model.report import Finding, MeasuredReport
from advisor.model.source import Source
from advisor.questions.silence import Silence
from advisor.settings import Settings
from advisor.stages.compose import compose
from advisor.stages.extract import extract
from tests.outputs.reports import finding, kept


def lines(*found: Finding, **settings: object) -> list[int]:
    """The lines of what is reported of these findings."""
    named = [(each, frozenset({each.rule})) for each in found]
    module = extract(Source("net/crawler.py", "x = 1\n" * 40), ())
    assert isinstance(module, ModuleFacts)
    silence = Silence({"net/crawler.py": module}, {})
    target, chosen = Target((3, 12), True, 4), Settings(**settings)  # type: ignore[arg-type]
    report = compose(named, len(found), silence, (), chosen, target, False, frozenset())
    assert report.unchanged == 0
    return [each.line for each in report.findings]


def measured(each: Finding, share: float, rounds: int = 10) -> Finding:
    spent = MeasuredReport(seconds=10 * share, waiting=0.0, computing=1.0, entries=1, rounds=rounds)
    return each.model_copy(update={"share_of_run": share, "measured": spent})


def test_where_a_measured_run_spends_its_time_is_told_though_nothing_is_advised() -> None:
    hot, cold = measured(kept(line=3, confidence=Level.LOW), 0.9), measured(kept(line=30), 0.05)
    assert lines(hot, cold) == [3]
    assert lines(hot, cold, all=True, confidence="low") == [3, 30]
    assert lines(kept(line=3), kept(line=30)) == []


@pytest.mark.parametrize(("share", "told"), [(0.6, [7]), (0.2, [3, 7])])
def test_advice_about_half_of_that_time_says_enough(share: float, told: list[int]) -> None:
    assert sorted(lines(measured(kept(line=3), 0.9), measured(finding(line=7), share))) == told


def test_a_hotspot_is_told_beside_advice_on_another_part_of_the_run() -> None:
    hot, other = measured(kept(line=3, end_line=5), 0.56), measured(finding(line=17, end_line=18), 0.3)
    assert sorted(lines(hot, other)) == [3, 17]
    around = hot.model_copy(update={"end_line": 20})
    assert lines(around, other) == [17]


def test_of_a_loop_with_short_iterations_the_one_around_it_speaks() -> None:
    assert lines(measured(kept(line=3), 0.9), measured(kept(line=5), 0.9, rounds=1_000_000)) == [3]
    assert lines(measured(kept(line=5), 0.9, rounds=1_000_000)) == [5]
