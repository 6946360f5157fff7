"""Keep: what a race measured, as evidence for later analyses of the same place."""

from __future__ import annotations

from pathlib import Path

from advisor.inputs.races import digest, keep_race
from advisor.model.concurrency import Model
from advisor.model.race import Ending, Gain, Kept, RaceReport, Standing, VariantReport
from advisor.racing.variants import Found
from advisor.stages.assemble import fingerprint

_TOLD = frozenset({Ending.WON, Ending.STAYS})


def keep(report: RaceReport, found: Found, cache: Path) -> Path | None:
    """The file that the race is kept in; None where it measured nothing that could be used later."""
    gains: dict[Model, Gain] = {}
    for variant in report.variants[1:]:
        gain = _gain(variant, report.original)
        known = gains.get(variant.model)
        if gain is not None and (known is None or gain.expected > known.expected):
            gains[variant.model] = gain
    if found.judged is None or not gains or report.ending not in _TOLD:
        return None
    root = found.examined.project.root
    functions = found.examined.program.functions
    reached = {found.path, *(functions[each].path for each in found.judged.reached() if each in functions)}
    winner = None if report.winner is None else report.variant(report.winner).model
    race = Kept(
        site=fingerprint(found.judged.case), path=found.path, line=report.line, function=report.function,
        command=report.command, python=report.python, cores=report.cores, winner=winner, gains=gains,
        files={path: digest(root / path) for path in sorted(reached)},
    )  # fmt: skip
    return keep_race(cache, root, race)


def _gain(variant: VariantReport, original: VariantReport) -> Gain | None:
    if variant.standing in (Standing.WRONG, Standing.FAILED):
        return Gain(low=1.0, expected=1.0, high=1.0, same=False, workers=variant.workers, predicted=variant.predicted)
    if variant.standing is not Standing.SAME or variant.speedup is None or not original.runs:
        return None
    low = min(original.seconds) / max(variant.seconds)
    high = max(original.seconds) / min(variant.seconds)
    return Gain(low=round(low, 3), expected=variant.speedup, high=round(high, 3), workers=variant.workers,
                predicted=variant.predicted)  # fmt: skip
