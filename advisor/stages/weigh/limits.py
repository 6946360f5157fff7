"""Limits: functions that look at the clock, sleep and remember when they last did, so that calls keep their distance.

Without a lock of their own, several threads read the same moment, sleep as long and go on together.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import tree
from advisor.model.catalog import Catalog
from advisor.model.program import Program
from advisor.model.site import Hazard, HazardKind, Site
from advisor.model.state import RootKind
from advisor.model.summary import Summaries
from advisor.model.words import is_named
from advisor.questions.calls import calls_of

_CLOCKS = frozenset({"time", "monotonic", "perf_counter", "now", "utcnow"})  # the last names of what tells the time
_LASTS = (RootKind.SELF, RootKind.GLOBAL, RootKind.CLASS)


def limiters(program: Program, catalog: Catalog, summaries: Summaries, site: Site) -> Iterator[Hazard]:
    """The functions that an iteration runs and that keep its calls apart."""
    pauses = catalog.words.pauses
    for function in sorted(summaries.reached(site.function, calls_of(site))):
        info = program.functions[function]
        if info.called_names.isdisjoint(_CLOCKS):
            continue
        line = next((call.line for call in info.calls if is_named(tree.callee(call), pauses)), None)
        kept = any(write.place.root.kind in _LASTS for write in summaries.function_state(function).writes)
        if line is not None and kept:
            because = f"`{info.name}` sleeps until enough time has gone by since the last call"
            yield Hazard(HazardKind.RATE_LIMIT, info.name, line, because)
