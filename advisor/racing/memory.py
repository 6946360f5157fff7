"""The memory of a process and its descendants together, at its peak, as far as the system tells."""

from __future__ import annotations

import os
import re
import resource
import sys
import time
from contextlib import suppress
from pathlib import Path

_COST = 50  # a look may take this part of the time until the next
_SHORTEST = 0.05  # seconds
_PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


class MemoryWatch:
    """`peak` is the most bytes that were seen in use by all of the processes; what they share counts once."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid = pid
        self._next = time.perf_counter()
        self._possible = Path("/proc/self/smaps_rollup").exists()

    def look(self) -> None:
        """Looks, unless that would disturb what runs."""
        started = time.perf_counter()
        if not self._possible or started < self._next:
            return
        worked = time.thread_time()  # on a busy machine a look may wait long, and cost little
        self.peak = max(self.peak, sum(map(_bytes_of, _family(self._pid))))
        self._next = time.perf_counter() + max(_SHORTEST, _COST * (time.thread_time() - worked))

    def peak_or(self, used: resource.struct_rusage) -> int:
        """The peak; where the system does not tell what processes share, that of the largest one.

        On Linux the latter would count the advisor, of which each process is a copy before it starts its program.
        """
        return self.peak if self._possible else used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _family(pid: int) -> list[int]:
    """The process and its descendants."""
    found = [pid]
    for each in found:  # grows meanwhile
        with suppress(OSError):
            for task in os.listdir(f"/proc/{each}/task"):
                with suppress(OSError):
                    found += map(int, Path(f"/proc/{each}/task/{task}/children").read_text(encoding="ascii").split())
    return found


def _bytes_of(pid: int) -> int:
    try:
        match = _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_bytes())
    except OSError:  # it has ended
        return 0
    return int(match[1]) * 1024 if match else 0
