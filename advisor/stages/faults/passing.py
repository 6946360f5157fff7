"""Passing: a function that is called where it should have been passed, so that nothing is left to be called later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.questions.given import called_instead
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written


def _called_instead(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`Thread(target=work())`: the work is done here and now, and its None is handed over."""
    for spot in sight.spots(info):
        for given, gives in called_instead(sight.program, sight.catalog, info.id, spot.call):
            yield at(spot.call, written(given), f"`{written(spot.call)}` gets {gives}", given.line)


PASSING_FACTS: Mapping[str, Detector] = {Fact.CALLED_INSTEAD_OF_PASSED: _called_instead}
