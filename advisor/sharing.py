"""Sharing: work on the parts of something large, done by copies of this process.

A copy knows all that this process knows, so that nothing is sent there but the number of a part, and only what comes of
it is sent back. Copies are made where that is safe, by a process with one thread on Linux; elsewhere all is done here.
The results and their order are the same for any number of workers.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar, overload

from advisor.workers import by_processes

Part = TypeVar("Part")
Result = TypeVar("Result")

_THREADS = "/proc/self/task"  # a folder with an entry for each, those of libraries included


class Lazily(Sequence[Result]):
    """So many values, each made when it is asked for."""

    def __init__(self, number: int, make: Callable[[int], Result]) -> None:
        self._number, self._make = number, make

    def __len__(self) -> int:
        return self._number

    @overload
    def __getitem__(self, place: int) -> Result: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Result]: ...

    def __getitem__(self, place: int | slice) -> Result | Sequence[Result]:
        if isinstance(place, slice):
            return [self._make(each) for each in range(self._number)[place]]
        return self._make(range(self._number)[place])


def may_fork() -> bool:
    """Can this process be copied as it stands, with all its locks free?"""
    if not sys.platform.startswith("linux") or threading.active_count() > 1:
        return False
    with suppress(OSError):
        return len(os.listdir(_THREADS)) == 1
    return False


def share(work: Callable[[Part], Result], parts: Sequence[Part], workers: int) -> Iterator[Result]:
    """What `work` gives for each part, in their order as it comes, by as many copies of this process as there are `workers`.

    What it gives is pickled on its way back. The first error raised is raised here; AdvisorError where a worker was ended
    from outside.
    """
    gc.collect()
    gc.freeze()  # what is here now is not looked through again, so that the copies share the memory it lies in
    try:
        yield from by_processes(work, parts, workers, order=_from_both_ends(len(parts)), method="fork")
    finally:
        gc.unfreeze()


def _from_both_ends(number: int) -> list[int]:
    """First and last, second and last but one: parts that lie together have much in common, and two workers that begin at
    either end each learn of it once."""
    return [place for pair in zip(range(number), reversed(range(number)), strict=True) for place in pair][:number]
