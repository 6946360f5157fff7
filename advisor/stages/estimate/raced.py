"""What a race measured in place of what was forecast: nobody has to guess what was tried."""

from __future__ import annotations

from dataclasses import replace

from advisor.model.estimate import WORTHWHILE, Forecast, Speedup, Target
from advisor.model.race import Gain, Kept


def with_race(forecast: Forecast, race: Kept | None, target: Target) -> Forecast:
    """The forecast with the gains of the models that ran in the race, if that was run on such a target."""
    if race is None or race.python != ".".join(map(str, target.python)) or race.cores != target.cores or not target.gil:
        return forecast
    measured = {model: _speedup(gain, forecast.by_model.get(model), race.winner is model)
                for model, gain in race.gains.items()}  # fmt: skip
    return replace(forecast, by_model={**forecast.by_model, **measured})


def _speedup(gain: Gain, before: Speedup | None, wins: bool) -> Speedup:
    workers = gain.workers or (1 if before is None else before.workers)
    if not gain.same:
        return Speedup(1.0, 1.0, 1.0, "measured", workers, "it gave another result in a race")
    pays = 1.0 if wins else 0.9 if gain.low >= WORTHWHILE else 0.0
    return Speedup(gain.low, gain.expected, gain.high, "measured", workers, "as in the race",
                   program_low=gain.low, program_high=gain.high, pays=pays)  # fmt: skip
