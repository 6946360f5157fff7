"""A progress bar on standard error, for runs that take long enough to make a person wonder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

_PATIENCE = 0.5  # seconds before anything is shown
_PACE = 0.1  # seconds from one picture to the next


@contextmanager
def progress_bar(
    interactive: bool, doing: str = "Analysing", what: str = "files"
) -> Iterator[Callable[[int, int], None] | None]:
    """A function to call with (files done, files in all), or None where nobody watches. The bar is gone afterwards."""
    if not interactive:
        yield None
        return
    bar = _Bar(doing, what)
    try:
        yield bar.show
    finally:
        bar.close()


class _Bar:
    """Imports rich when first shown. Draws only when it is called: a thread of its own would meet worker processes."""

    def __init__(self, doing: str, what: str) -> None:
        self._words = doing, what
        self._progress: Progress | None = None
        self._next = monotonic() + _PATIENCE

    def show(self, done: int, total: int) -> None:
        if monotonic() < self._next:
            return
        if self._progress is None:
            self._progress = _started(*self._words)
        self._progress.update(self._progress.task_ids[0], completed=done, total=total, refresh=True)
        self._next = monotonic() + _PACE

    def close(self) -> None:
        if self._progress is not None:
            self._progress.stop()


def _started(doing: str, what: str) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn(what))
    progress = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    progress.add_task("")
    progress.start()
    return progress
