"""The verdict: who wins, why nobody does, and what is said of sizes and of a busy machine."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.model.concurrency import Executor, Model
from advisor.model.race import Ending, Predicted, RunReport, Standing, VariantReport
from advisor.racing.judging import Judgement, judge, ranked, undecided

ROUNDS = 5


def variant(name: str, seconds: float, spread: float = 0.01, **values: Any) -> VariantReport:
    runs = tuple(
        RunReport(seconds=seconds + spread * turn, cpu_user=0.1, cpu_system=0.0, memory=10_000_000, exit_code=0)
        for turn in range(ROUNDS)
    )
    model = Model(name.split()[0]) if name != "original" else Model.SEQUENTIAL
    chosen = {"runs": runs, "standing": Standing.SAME, "checked": ROUNDS + 1, **values}
    return VariantReport(name=name, model=model, executor=Executor.NONE, **chosen)


def judged(*variants: VariantReport, now: Model = Model.SEQUENTIAL, load: float = 0.0, unstable: str = "") -> Judgement:
    return judge(ranked([variant("original", 1.0), *variants]), ROUNDS, now, load, 2, unstable)


def test_the_fastest_wins_with_what_was_predicted() -> None:
    found = judged(variant("threading", 0.25, predicted=Predicted(low=2, high=6)), variant("asyncio", 0.4))
    assert (found.ending, found.winner) == (Ending.WON, "threading")
    assert found.verdict == "threading wins, 3.8× (predicted 2–6× for the place), same result in 6 of 6 runs"


def test_of_two_that_are_as_good_the_simpler_one_wins() -> None:
    assert judged(variant("asyncio", 0.250), variant("threading", 0.255)).winner == "threading"
    assert judged(variant("asyncio", 0.25), variant("threading", 0.35)).winner == "asyncio"
    noisy = judged(variant("asyncio", 0.25, spread=0.05), variant("threading", 0.27, spread=0.05))
    assert noisy.winner == "threading"


@pytest.mark.parametrize("standing", [Standing.WRONG, Standing.FAILED, Standing.TIMED_OUT])
def test_one_with_another_result_never_wins(standing: Standing) -> None:
    found = judged(variant("threading", 0.1, standing=standing), variant("asyncio", 0.5))
    assert found.winner == "asyncio"
    found = judged(variant("threading", 0.1, standing=standing))
    assert (found.ending, found.winner) == (Ending.STAYS, None)


@pytest.mark.parametrize(
    ("variants", "told"),
    [
        ((variant("threading", 1.5), variant("asyncio", 2.0)), "leave it sequential: every variant is slower"),
        ((variant("threading", 0.97, spread=0.02),), "faster by more than the noise"),
        ((variant("threading", 0.4, spread=0.29),), "faster by more than the noise"),
        ((variant("threading", 0.9),), "does not pay for the code it takes"),
        ((variant("threading", 0.0, runs=(), standing=Standing.REFUSED),), "no variant can be written safely"),
        ((), "there is nothing else to try"),
    ],
)
def test_where_nothing_wins_it_stays(variants: tuple[VariantReport, ...], told: str) -> None:
    found = judged(*variants)
    assert (found.ending, found.winner) == (Ending.STAYS, None)
    assert told in found.verdict


def test_a_pool_stays_as_it_is() -> None:
    assert judged(variant("multiprocessing", 2.0), now=Model.THREADING).verdict.startswith("leave it as it is")


def test_what_cannot_be_compared_does_not_win() -> None:
    found = judged(variant("threading", 0.1, standing=Standing.UNCHECKED), unstable="output, line 1")
    assert (found.ending, found.winner) == (Ending.UNPROVEN, None)
    assert "--ignore-lines" in found.notes[0]


def test_sizes_that_stop_paying() -> None:
    sizes = [variant(f"threading × {size}", time, workers=size) for size, time in ((2, 0.5), (4, 0.3), (8, 0.295))]
    found = judged(*sizes)
    assert found.winner == "threading × 4"
    assert "threading: more than 4 workers do not pay" in found.notes
    assert (
        "8 workers are the most that was tried" in judged(*sizes[:2], variant("threading × 8", 0.1, workers=8)).notes[0]
    )


def test_on_a_busy_machine_nothing_is_no_verdict() -> None:
    assert judged(variant("multiprocessing", 0.99), load=1.5).ending is Ending.UNPROVEN
    assert judged(variant("multiprocessing", 0.99), load=0.2).ending is Ending.STAYS
    assert judged(variant("multiprocessing", 0.5), load=1.5).ending is Ending.WON
    dear = RunReport(
        seconds=1.5, cpu_user=0.3, cpu_system=0.0, memory=1, exit_code=0
    )  # three times the original's work
    assert judged(variant("multiprocessing", 1.5, runs=(dear,) * ROUNDS), load=1.5).ending is Ending.STAYS


@pytest.mark.parametrize(
    ("seconds", "spread", "more"),
    [
        (0.5, 0.01, False),  # surely faster
        (0.25, 0.2, True),  # by a third in the middle, but one run was slower than the original
        (0.97, 0.02, False),  # not by enough in any case
        (1.5, 0.3, False),
    ],
)
def test_more_rounds_are_run_where_they_could_tell(seconds: float, spread: float, more: bool) -> None:
    found = ranked([variant("original", 1.0), variant("threading", seconds, spread=spread)])
    assert undecided(found, ROUNDS) is more
    assert not undecided(ranked([variant("original", 1.0), variant("asyncio", 0.1), *found[1:]]), ROUNDS)
    wrong = found[1].model_copy(update={"standing": Standing.WRONG})
    assert not undecided([found[0], wrong], ROUNDS)
