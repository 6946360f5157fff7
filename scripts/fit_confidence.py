"""Fit how likely advice is right: `fit_confidence.py [--reports FOLDER] [--check]` writes `rules/confidence.yml`.

The truth is `tests/truth/advice.jsonl`: one piece of advice a line, with where it stood, the facts it rested on, and what it
was worth: `right` 1 or 0, as a reader judged it who had read callers and callees, or as a measurement said. Rows without
`judged` are places that maintainers did change, of which one knows only that they are right: these tell which facts
matter, and nothing of how many are right.

Misuses that were judged stand in `tests/truth/misuses.jsonl`, and advice on what runs side by side already counts like
them. Of each rule the share that was right is taken, drawn towards
what the rule states of itself; how much that counts is chosen by how well repositories are predicted that were left out.

The model is a logistic regression with a prior that pulls the weights towards nothing. How strong that prior is, and how
much a place counts that was not judged, is chosen by how well repositories are predicted that were left out; the
reliability table comes from the same predictions.

With `--reports`, the facts are taken anew from `FOLDER/OWNER+NAME@COMMIT.json`: reports of
`advisor analyze --all --format json .` in a checkout of each repository. A row whose place is no longer advised is left
out of the fit. With `--check`, nothing is written, and the exit code is 1 where the file is not what it would be.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from advisor.model.concurrency import Level
from advisor.model.confidence import Band, Calibration, Fact, Share
from advisor.model.rule import Rule
from advisor.model.verdict import ONE_CAUSE

ROOT = Path(__file__).resolve().parents[1]
TRUTH = ROOT / "tests" / "truth" / "advice.jsonl"
MISUSES = ROOT / "tests" / "truth" / "misuses.jsonl"
RULES = ROOT / "rules" / "sites"
JUDGEMENTS = ROOT / "rules" / "decide"
WRITTEN = ROOT / "rules" / "confidence.yml"
HIGH = 0.9
_PRIORS = (0.5, 1.0, 2.0, 4.0, 8.0)
_WEIGHTS = (0.0, 0.1, 0.25, 0.5, 1.0)  # of a place that nobody judged
_STATED = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # judged misuses that the word of a rule counts for
_BANDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
Numbers = NDArray[np.float64]


class Data(NamedTuple):
    """What is fitted: a row a piece of advice, a column a fact behind a column of ones."""

    facts: Numbers
    right: Numbers
    judged: NDArray[np.bool_]
    groups: tuple[str, ...]  # what belongs together and is left out together

    def without(self, group: str) -> tuple[Data, NDArray[np.bool_]]:
        """The data without one group, and which rows that are."""
        out = np.array([each == group for each in self.groups])
        kept = tuple(each for each in self.groups if each != group)
        return Data(self.facts[~out], self.right[~out], self.judged[~out], kept), out


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--reports", type=Path)
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    rows = read_rows(TRUTH)
    if given.reports:
        rows = [with_facts(row, given.reports) for row in rows]
        write_rows(TRUTH, rows)
        write_rows(MISUSES, [as_told(row, given.reports) for row in read_rows(MISUSES)])
    calibration, chosen = fit(data_of(row for row in rows if row["facts"] is not None))
    calibration = with_misuses(calibration, [*read_rows(MISUSES), *standing(rows)])
    text = written(calibration)
    if given.check:
        return int(WRITTEN.read_text(encoding="utf-8") != text)
    WRITTEN.write_text(text, encoding="utf-8")
    print(f"{calibration.judged} judged of {len(rows)}, {chosen}")
    for band in calibration.reliability:
        print(f"  {band.least:.1f} to {band.below:.1f}: {band.right} of {band.judged} right")
    return 0


def data_of(rows: Iterable[dict[str, Any]]) -> Data:
    """The rows as numbers."""
    kept = list(rows)
    facts = [[1.0, *(float(fact in row["facts"]) for fact in Fact)] for row in kept]
    right = [float(row["right"]) for row in kept]
    groups = tuple(row["repo"].partition("@")[0] for row in kept)
    return Data(np.array(facts), np.array(right), np.array([row["judged"] for row in kept]), groups)


def fit(data: Data) -> tuple[Calibration, str]:
    """The weights that predict best what was left out, and what was chosen for that."""
    tried = {(prior, weight): left_out(data, prior, weight) for prior, weight in itertools.product(_PRIORS, _WEIGHTS)}
    prior, weight = min(tried, key=lambda each: _surprise(tried[each], data))
    base, *weights = _regressed(data, prior, weight)
    reliability = _bands(tried[prior, weight][data.judged], data.right[data.judged])
    calibration = Calibration(
        base=round(float(base), 2),
        weights={
            fact: round(float(value), 2)
            for fact, value in zip(Fact, weights, strict=True)
            if data.facts[:, 1 + list(Fact).index(fact)].any()
        },
        high=HIGH,
        medium=_more_right_than_not(reliability),
        judged=int(data.judged.sum()),
        repositories=len({group for group, judged in zip(data.groups, data.judged, strict=True) if judged}),
        reliability=reliability,
    )
    return calibration, f"prior {prior}, weight {weight}, surprise {_surprise(tried[prior, weight], data):.4f}"


def left_out(data: Data, prior: float, weight: float) -> Numbers:
    """The probability of each row, by weights fitted without its group."""
    found = np.zeros(len(data.right))
    for group in sorted(set(data.groups)):
        others, out = data.without(group)
        found[out] = _probability(data.facts[out] @ _regressed(others, prior, weight))
    return found


def _regressed(data: Data, prior: float, weight: float) -> Numbers:
    """The weights of a logistic regression, by Newton's method; `weight` is what a row counts that nobody judged.

    These rows only say which facts matter: at the end the base is fitted anew to those that were judged.
    """
    counts = np.where(data.judged, 1.0, weight)
    pull = np.array([1e-6, *[prior] * (data.facts.shape[1] - 1)])
    found = np.zeros(data.facts.shape[1])
    for _ in range(50):
        likely = _probability(data.facts @ found)
        slope = data.facts.T @ (counts * (data.right - likely)) - pull * found
        curve = (data.facts * (counts * likely * (1 - likely))[:, None]).T @ data.facts + np.diag(pull)
        step = np.linalg.solve(curve, slope)
        found += step
        if np.abs(step).max() < 1e-8:
            break
    facts, right = data.facts[data.judged], data.right[data.judged]
    for _ in range(50):
        likely = _probability(facts @ found)
        step = (right - likely).sum() / max(1e-9, (likely * (1 - likely)).sum())
        found[0] += step
        if abs(step) < 1e-8:
            break
    return found


def _probability(odds: Numbers) -> Numbers:
    likely: Numbers = 1 / (1 + np.exp(-odds))
    return likely


def _surprise(likely: Numbers, data: Data) -> float:
    """The mean logarithmic loss over what was judged."""
    right, likely = data.right[data.judged], np.clip(likely[data.judged], 1e-6, 1 - 1e-6)
    return float(-(right * np.log(likely) + (1 - right) * np.log(1 - likely)).mean())


def _bands(likely: Numbers, right: Numbers) -> tuple[Band, ...]:
    found = []
    for least, below in itertools.pairwise(_BANDS):
        inside = (likely >= least) & ((likely < below) | (below == 1.0))
        found.append(Band(least=least, below=below, judged=int(inside.sum()), right=int(right[inside].sum())))
    return tuple(found)


def _more_right_than_not(reliability: Sequence[Band]) -> float:
    """The least probability from which on every band was right at least as often as not, in what was left out."""
    good = itertools.takewhile(lambda band: 2 * band.right >= band.judged, reversed(reliability))
    return min((band.least for band in good), default=HIGH)


def with_facts(row: dict[str, Any], reports: Path) -> dict[str, Any]:
    """The row with the facts that the report of its repository tells of its place; None where nothing is advised there."""
    path = reports / f"{row['repo'].replace('/', '+')}.json"
    if not path.exists():
        return row
    findings = _advice(path)
    there = [
        f
        for f in findings
        if f["path"] == row["path"] and f["line"] <= row["end_line"] and row["line"] <= f["end_line"]
    ]
    there = [f for f in there if f["model"] in row["models"]] if "models" in row else there
    nearest = min(there, key=lambda f: (f["rule"] != row.get("rule"), abs(f["line"] - row["line"])), default=None)
    return {**row, "facts": None if nearest is None else nearest["facts"]}


@cache
def _advice(path: Path) -> Sequence[dict[str, Any]]:
    """What is advised, also at the places that leave it to another one with the same cause."""
    findings = json.loads(path.read_text(encoding="utf-8"))["findings"]
    advice = [finding for finding in findings if finding["kind"] == "advice"]
    spoken_for = {(place["path"], place["line"]): each for each in advice for place in each.get("also", ())}
    for left in findings:
        told = spoken_for.get((left["path"], left["line"])) if left["rule"] == ONE_CAUSE else None
        if told is not None:
            advice.append({**left, "rule": told["rule"], "model": told["model"]})
    return advice


def read_rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def write_rows(file: Path, rows: Iterable[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


# ---- misuses


def as_told(row: dict[str, Any], reports: Path) -> dict[str, Any]:
    """The row of a misuse with the facts that the report tells of it; None where it is not reported any more."""
    path = reports / f"{row['repo'].replace('/', '+')}.json"
    if not path.exists():
        return row
    findings = (f for f in json.loads(path.read_text(encoding="utf-8"))["findings"] if f["kind"] == "misuse")
    same = (f for f in findings if (f["path"], f["line"], f["rule"]) == (row["path"], row["line"], row["rule"]))
    return {**row, "facts": next((f["facts"] for f in same), None)}


def with_misuses(calibration: Calibration, rows: Sequence[dict[str, Any]]) -> Calibration:
    """The calibration with the shares of what was judged, and what the rules' own word counts beside them."""
    told = [row for row in rows if row["facts"] is not None]
    known = calibration.model_copy(update={"misuses": _shares(told)})
    tried = {count: _surprise_of_misuses(known.model_copy(update={"stated": count}), told) for count in _STATED}
    return known.model_copy(update={"stated": min(tried, key=lambda count: tried[count])})


def _shares(rows: Iterable[dict[str, Any]]) -> dict[str, Share]:
    by_key: dict[str, list[bool]] = {}
    for row in rows:
        by_key.setdefault(_key(row), []).append(row["verdict"] == "right")
    return {key: Share(judged=len(right), right=sum(right)) for key, right in sorted(by_key.items())}


def _key(row: dict[str, Any]) -> str:
    return str(Fact.HARDLY_MATTERS if Fact.HARDLY_MATTERS in row["facts"] else row["rule"])


def _surprise_of_misuses(calibration: Calibration, rows: Sequence[dict[str, Any]]) -> float:
    """The mean logarithmic loss of each repository's misuses, by the shares of all others."""
    losses = []
    for row in rows:
        others = _shares(other for other in rows if _repository(other) != _repository(row))
        aside = _key(row) == Fact.HARDLY_MATTERS
        likely = calibration.model_copy(update={"misuses": others}).misuse(
            row["rule"], _stated(row["rule"]), aside=aside
        )
        losses.append(-math.log(likely if row["verdict"] == "right" else 1 - likely))
    return sum(losses) / max(1, len(losses))


def _repository(row: dict[str, Any]) -> str:
    return str(row["repo"]).partition("@")[0]


def standing(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of judged advice, that on what runs side by side already."""
    return [row for row in rows if row["judged"] and _judges_what_stands(row.get("rule"))]


@cache
def _judges_what_stands(rule: str | None) -> bool:
    """Is it a judgement about what runs side by side already?"""
    file = JUDGEMENTS / f"{rule}.yml"
    return file.exists() and Rule.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))).judges_what_stands


@cache
def _stated(rule: str) -> Level:
    file = next(folder / f"{rule}.yml" for folder in (RULES, JUDGEMENTS) if (folder / f"{rule}.yml").exists())
    return Level(yaml.safe_load(file.read_text(encoding="utf-8")).get("confidence", Level.HIGH))


def written(calibration: Calibration) -> str:
    """The text of the file."""
    head = (
        "# yaml-language-server: $schema=schema/confidence.json\n# Written by scripts/fit_confidence.py: do not edit.\n"
    )
    data = calibration.model_dump(mode="json")
    data["weights"] = dict(sorted(data["weights"].items(), key=lambda each: -each[1]))
    return head + yaml.safe_dump(data, sort_keys=False, default_flow_style=None, width=100)


if __name__ == "__main__":
    sys.exit(main())
