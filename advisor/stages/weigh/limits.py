"""Limits: functions that look at the clock, sleep and remember when they last did, so that calls keep their distance.

Several threads would read the same moment, sleep as long and go on together, or stand in a queue and gain nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from advisor.model import tree
from advisor.model.catalog import Catalog
from advisor.model.program import Program
from advisor.model.site import Hazard, HazardKind, Site
from advisor.model.state import RootKind
from advisor.model.summary import Summaries
from advisor.model.words import is_named
from advisor.questions.calls import calls_of

_CLOCKS = frozenset({"time", "monotonic", "perf_counter", "now", "utcnow"})  # the last names of what tells the time
Limited = Callable[[str], tuple[str, int] | None]  # function -> its name and the line of its sleep, if it is a limiter
_LASTS = (RootKind.SELF, RootKind.GLOBAL, RootKind.CLASS)


def limiters(summaries: Summaries, site: Site, limited: Limited) -> Iterator[Hazard]:
    """The functions that an iteration runs and that keep its calls apart."""
    for function in sorted(summaries.reached(site.function, calls_of(site))):
        found = limited(function)
        if found is not None:
            because = f"`{found[0]}` sleeps until enough time has gone by since the last call"
            yield Hazard(HazardKind.RATE_LIMIT, *found, because)


def limit_of(program: Program, catalog: Catalog, summaries: Summaries, function: str) -> tuple[str, int] | None:
    """The name of a function that keeps its calls apart, with the line on which it sleeps."""
    info = program.functions[function]
    if info.called_names.isdisjoint(_CLOCKS):
        return None
    line = next((call.line for call in info.calls if is_named(tree.callee(call), catalog.words.pauses)), None)
    kept = any(write.place.root.kind in _LASTS for write in summaries.function_state(function).writes)
    return (info.name, line) if line is not None and kept else None
