"""How likely advice is right: the laws of the number, and that the weights are those which the truth gives."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.concurrency import Level
from advisor.model.confidence import Calibration, Fact
from tests.knowing import own_rules

ROOT = Path(__file__).resolve().parents[1]
FITTED = own_rules().calibration
_WEIGHT = st.floats(-5, 5)
CALIBRATIONS = st.builds(
    Calibration, base=_WEIGHT, weights=st.dictionaries(st.sampled_from(Fact), _WEIGHT), high=st.just(0.8), medium=st.just(0.3)
)  # fmt: skip


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that fits the weights."""
    spec = importlib.util.spec_from_file_location("fit_confidence", ROOT / "scripts" / "fit_confidence.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@given(CALIBRATIONS, st.frozensets(st.sampled_from(Fact)), st.sampled_from(Fact))
def test_a_fact_moves_the_probability_the_way_of_its_weight(
    calibration: Calibration, facts: frozenset[Fact], fact: Fact
) -> None:
    before, after = calibration.probability(facts - {fact}), calibration.probability(facts | {fact})
    assert 0 < before < 1
    weight = calibration.weights.get(fact, 0.0)
    assert (after >= before) if weight >= 0 else (after <= before)


@given(CALIBRATIONS, st.permutations(list(Fact)))
def test_the_order_of_the_facts_is_nothing(calibration: Calibration, facts: list[Fact]) -> None:
    assert calibration.probability(facts) == calibration.probability(sorted(facts))


@pytest.mark.parametrize(
    ("probability", "level"),
    [(0.0, Level.LOW), (0.29, Level.LOW), (0.3, Level.MEDIUM), (0.79, Level.MEDIUM), (0.8, Level.HIGH), (1.0, Level.HIGH)],
)  # fmt: skip
def test_a_level_is_the_probability_in_a_word(probability: float, level: Level) -> None:
    assert Calibration(base=0, weights={}, high=0.8, medium=0.3).level(probability) is level


def test_medium_begins_where_advice_was_right_as_often_as_not() -> None:
    at_least = [band for band in FITTED.reliability if band.least >= FITTED.medium]
    below = max((band for band in FITTED.reliability if band.below <= FITTED.medium), key=lambda b: b.least)
    assert all(2 * band.right >= band.judged for band in at_least)
    assert 2 * below.right < below.judged


@pytest.mark.slow
def test_the_weights_are_those_that_the_truth_gives(script: ModuleType) -> None:
    rows = script.read_rows(script.TRUTH)
    calibration, _ = script.fit(script.data_of(row for row in rows if row["facts"] is not None))
    calibration = script.with_misuses(calibration, [*script.read_rows(script.MISUSES), *script.standing(rows)])
    assert script.written(calibration) == (ROOT / "rules" / "confidence.yml").read_text(encoding="utf-8")


def test_in_repositories_left_out_as_many_were_right_as_was_said() -> None:
    """Each band's share lies within what chance makes of its middle; eight points where hundreds were judged."""
    assert sum(band.judged for band in FITTED.reliability) == FITTED.judged
    for band in FITTED.reliability:
        if band.judged:
            chance = 2 * (0.25 / band.judged) ** 0.5
            share = band.right / band.judged
            assert band.least - chance <= share <= band.below + chance


def a_row(*facts: Fact, right: int, repo: str = "a/b@1", judged: bool = True) -> dict[str, Any]:
    return {"repo": repo, "facts": [fact.value for fact in facts], "right": right, "judged": judged}


def test_what_tells_right_from_wrong_gets_weight_and_what_does_not_gets_hardly_any(script: ModuleType) -> None:
    rng = np.random.default_rng(5)
    rows = []
    for number in range(400):
        telling, noise = rng.random(2) < 0.5
        right = int(rng.random() < (0.7 if telling else 0.2))
        facts = [*[Fact.SERVICE] * int(telling), *[Fact.IN_SIGHT] * int(noise)]
        rows.append(a_row(*facts, right=right, repo=f"a/{number % 10}@1"))
    calibration, _ = script.fit(script.data_of(rows))
    assert calibration.weights[Fact.SERVICE] > 1.5
    assert abs(calibration.weights[Fact.IN_SIGHT]) < 0.6
    assert calibration.probability([Fact.SERVICE]) == pytest.approx(0.7, abs=0.1)


@pytest.mark.slow
def test_places_that_nobody_judged_do_not_raise_how_many_are_right(script: ModuleType) -> None:
    judged = [a_row(right=int(number % 4 == 0), repo=f"a/{number % 8}@1") for number in range(80)]
    changed = [a_row(right=1, repo=f"b/{number}@1", judged=False) for number in range(200)]
    calibration, _ = script.fit(script.data_of([*judged, *changed]))
    assert calibration.probability([]) == pytest.approx(0.25, abs=0.02)
    assert (calibration.judged, calibration.repositories) == (80, 8)


def test_the_facts_of_a_row_come_from_the_advice_that_stands_there(script: ModuleType, tmp_path: Path) -> None:
    def finding(line: int, model: str, kind: str = "advice") -> dict[str, Any]:
        told = {"path": "app.py", "line": line, "end_line": line + 2, "rule": "r", "facts": [f"at {line}"]}
        return {**told, "model": model, "kind": kind}

    found = [finding(3, "threading"), finding(3, "asyncio", "left"), finding(9, "asyncio")]
    (tmp_path / "a+b@1.json").write_text(json.dumps({"findings": found}), encoding="utf-8")
    row = {**a_row(right=1), "path": "app.py", "line": 4, "end_line": 4}
    assert script.with_facts(row, tmp_path)["facts"] == ["at 3"]
    assert script.with_facts({**row, "line": 20, "end_line": 20}, tmp_path)["facts"] is None
    assert script.with_facts({**row, "models": ["asyncio"]}, tmp_path)["facts"] is None  # no advice of that model
    assert script.with_facts({**row, "repo": "c/d@1"}, tmp_path) == {**row, "repo": "c/d@1"}  # no report


def test_what_leaves_its_advice_to_the_same_cause_elsewhere_keeps_its_facts(script: ModuleType, tmp_path: Path) -> None:
    def at(line: int, rule: str, kind: str, model: str, *also: int) -> dict[str, Any]:
        places = [{"path": "app.py", "function": "f", "line": other} for other in also]
        told = {"path": "app.py", "line": line, "end_line": line, "rule": rule, "kind": kind, "model": model}
        return {**told, "facts": [f"at {line}"], "also": places}

    found = [
        at(3, "r", "advice", "asyncio", 9),
        at(9, "one-cause-one-finding", "left", "sequential"),
        at(12, "one-cause-one-finding", "left", "sequential"),  # of advice that the report does not hold
    ]
    (tmp_path / "a+b@1.json").write_text(json.dumps({"findings": found}), encoding="utf-8")
    row = {**a_row(right=1), "path": "app.py", "line": 9, "end_line": 9, "models": ["asyncio"]}
    assert script.with_facts(row, tmp_path)["facts"] == ["at 9"]
    assert script.with_facts({**row, "line": 12, "end_line": 12}, tmp_path)["facts"] is None
