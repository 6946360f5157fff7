"""Lines: what is printed or logged where somebody sees it, in the order in which it is written."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model.program import Objects
from advisor.model.state import LINES, Ambient, AmbientUse, Deed, State

# Below a warning, the standard library's loggers show nothing until somebody sets them up.
_QUIET = frozenset({"debug", "info"})
_SETS_UP = ("basicConfig", "dictConfig", "fileConfig", "addHandler", "setLevel")


def shows(objects: Objects, state: State) -> Iterator[AmbientUse]:
    """The uses of the output and of logs that can be seen when the program runs."""
    for use in state.ambient:
        if use.what not in LINES:
            continue
        quiet = use.what is Ambient.LOG and use.api.startswith("logging.") and use.api.rpartition(".")[2] in _QUIET
        if not quiet or any(objects.calls_named(name) for name in _SETS_UP):
            yield use


def may_show(state: State) -> Iterator[Deed]:
    """The starts of other programs that print where this one does, if they print at all."""
    return (deed for deed in state.deeds if not deed.quiet)
