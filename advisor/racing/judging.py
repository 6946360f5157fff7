"""Judge: what the timed runs of a race amount to, and who wins, in numbers and in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from advisor.model.concurrency import Model
from advisor.model.estimate import WORTHWHILE
from advisor.model.race import Ending, Standing, VariantReport
from advisor.racing.ranks import chance_of_lead

SURE = 0.05  # a lead that comes about by chance more often than this is noise
_AS_GOOD = 1.05  # a simpler variant may be this much slower than the best
_BUSY = 0.25  # part of the machine that others may use before the times mean little
_TOO_BUSY = 0.5  # from here on a variant that needs the cores cannot win
_MODELS = tuple(Model)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Who won, how the race ended, and why, in one sentence and further notes."""

    ending: Ending
    winner: str | None
    verdict: str
    notes: tuple[str, ...] = ()


def ranked(variants: Sequence[VariantReport]) -> tuple[VariantReport, ...]:
    """The variants with their speed-up over the first one, the original, and the chance that it is an accident."""
    original = variants[0]
    return (original, *(_ranked(each, original) for each in variants[1:]))


def judge(
    variants: Sequence[VariantReport], rounds: int, now: Model, load: float, cores: int, unstable: str
) -> Judgement:
    """The judgement on variants that are ranked; `now` is how the place runs in the original, `unstable` how its results
    differ from run to run."""
    stay = "leave it sequential" if now is Model.SEQUENTIAL else "leave it as it is"
    notes = [*_sizes(variants), *_busy(load, cores)]
    raced = [each for each in variants[1:] if each.standing is not Standing.REFUSED]
    if not raced:
        refused = "no variant can be written safely" if len(variants) > 1 else "there is nothing else to try"
        return Judgement(Ending.STAYS, None, f"{stay}: {refused}", tuple(notes))
    if unstable:
        told = f"no verdict: the original gives another result each time ({unstable})"
        hint = "--ignore-lines REGEX leaves lines out of the comparison, --any-order compares them as a set"
        return Judgement(Ending.UNPROVEN, None, told, (hint, *notes))
    finished = [each for each in raced if each.standing is Standing.SAME and len(each.runs) == rounds]
    too_busy = load > _TOO_BUSY * cores and any(_might_win(each, variants[0], cores) for each in finished)
    leading = [each for each in finished if each.speedup and each.speedup >= WORTHWHILE and (each.chance or 0) <= SURE]
    if leading:
        winner = _simplest_of_the_best(leading)
        notes += [f"{winner.name} is not safe in all cases: {winner.caveat}"] if winner.caveat else []
        return Judgement(Ending.WON, winner.name, _won(winner), tuple(notes))
    if too_busy:
        told = f"no verdict: nothing wins, but other programs kept {load:.1f} of {cores} cores busy, too many to tell"
        return Judgement(Ending.UNPROVEN, None, told, ("measure again on a quiet machine", *_sizes(variants)))
    return Judgement(Ending.STAYS, None, f"{stay}: {_why_not(raced, finished)}", tuple(notes))


def undecided(variants: Sequence[VariantReport], rounds: int) -> bool:
    """Nothing leads surely, but something leads by enough: more rounds could tell whether that is an accident."""
    ahead = [each for each in variants[1:] if each.standing is Standing.SAME and len(each.runs) == rounds
             and (each.speedup or 0) >= WORTHWHILE]  # fmt: skip
    return bool(ahead) and all((each.chance or 0) > SURE for each in ahead)


def _might_win(variant: VariantReport, original: VariantReport, cores: int) -> bool:
    """Could it be worth it with all cores to itself, by the CPU time that it takes?"""
    return variant.median_cpu / cores * WORTHWHILE < original.median_cpu


def _ranked(variant: VariantReport, original: VariantReport) -> VariantReport:
    if not variant.runs or not original.runs:
        return variant
    chance = chance_of_lead(variant.seconds, original.seconds)
    speedup = original.median / max(variant.median, 1e-9)
    return variant.model_copy(update={"speedup": round(speedup, 3), "chance": round(chance, 5)})


def _simplest_of_the_best(leading: Sequence[VariantReport]) -> VariantReport:
    """The simplest variant that is about as fast as the fastest: of models the first, of sizes the smallest."""
    best = min(leading, key=lambda each: each.median)
    as_good = [each for each in leading if each.median <= best.median * _AS_GOOD
               or chance_of_lead(best.seconds, each.seconds) > SURE]  # fmt: skip
    return min(as_good, key=lambda each: (_MODELS.index(each.model), each.workers or 0, each.median))


def _won(winner: VariantReport) -> str:
    predicted = winner.predicted
    told = "" if predicted is None else f" (predicted {predicted.low:.3g}–{predicted.high:.3g}× for the place)"
    return f"{winner.name} wins, {winner.speedup:.1f}×{told}, same result in {winner.checked} of {winner.checked} runs"


def _why_not(raced: Sequence[VariantReport], finished: Sequence[VariantReport]) -> str:
    if not finished:
        return (
            "no variant gives the result of the original"
            if len(raced) > 1
            else f"{raced[0].name} is {_failing(raced[0])}"
        )
    best = min(finished, key=lambda each: each.median)
    speedup = best.speedup or 1.0
    if speedup <= 1.0:
        return "every variant is slower" if len(finished) > 1 else f"{best.name} is slower"
    if (best.chance or 0) > SURE:
        return f"no variant is faster by more than the noise (best: {best.name}, {speedup:.2f}×)"
    return (
        f"{best.name} is faster by {speedup:.2f}× only, and below {WORTHWHILE}× it does not pay for the code it takes"
    )


def _failing(variant: VariantReport) -> str:
    return {Standing.TIMED_OUT: "too slow", Standing.FAILED: "failing"}.get(variant.standing, "wrong")


def _sizes(variants: Iterable[VariantReport]) -> Iterator[str]:
    """Of each model that ran with several pool sizes: where a larger pool stops paying."""
    sized = [each for each in variants if each.workers and each.standing is Standing.SAME and each.runs]
    for model, group in groupby(sorted(sized, key=lambda e: _MODELS.index(e.model)), key=lambda each: each.model):
        tried = sorted(group, key=lambda each: each.workers or 0)
        if len(tried) < 2:
            continue
        best = min(tried, key=lambda each: each.median)
        enough = next(each for each in tried if each.median <= best.median * _AS_GOOD)
        if enough is tried[-1]:
            yield f"{model}: {enough.workers} workers are the most that was tried, and still faster than fewer"
        else:
            yield f"{model}: more than {enough.workers} workers do not pay"


def _busy(load: float, cores: int) -> Iterator[str]:
    if load > _BUSY * cores:
        told = f"other programs kept {load:.1f} of {cores} cores busy meanwhile (a local server counts as one)"
        close = (
            "processes may gain more than this shows"
            if load > _TOO_BUSY * cores
            else "measure again if the result is close"
        )
        yield f"{told}: {close}"
