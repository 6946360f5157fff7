"""The interpreter and machine that the advice is for, and what concurrency usually costs on one."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.model.estimate import Machine, Target

_PYTHON = re.compile(r"3\.([0-9]{1,2})(t?)")
_FIRST_FREE_THREADED = 13


def this_target(python: str | None = None, cores: int | None = None) -> Target:
    """`python` as `3.11`, `3.14` or `3.14t` (free-threaded); what is left out is taken from the running interpreter.

    Raises AdvisorError for any other spelling and for fewer than one core.
    """
    if cores is not None and cores < 1:
        raise AdvisorError(f"--cores {cores}: at least one core is needed", "leave it out to use this machine's cores")
    version, gil = _parse(python) if python is not None else (sys.version_info[:2], not _free_threaded())
    return Target(python=version, gil=gil, cores=cores or usable_cores())


def usable_cores(cgroup: Path = Path("/sys/fs/cgroup")) -> int:
    """The cores this process may use: its CPU affinity, or a container's CPU quota where that is less (rounded up)."""
    if hasattr(os, "process_cpu_count"):
        allowed = os.process_cpu_count()
    else:
        allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota = _quota(cgroup)
    cores = allowed or 1
    return cores if quota is None else max(1, min(cores, quota))


def shipped_machine() -> Machine:
    """Medians measured on a small Linux server (CPython 3.11, two cores): for machines that were not calibrated."""
    return Machine(
        thread_start=1.7e-4,
        thread_task=3.3e-5,
        process_start={"fork": 7.6e-3, "forkserver": 1.0e-1, "spawn": 2.2e-1},
        process_task=2.5e-4,
        process_task_chunked=4.5e-6,
        coroutine_task=1.2e-5,
        to_thread=1.3e-4,
        pickle_bandwidth=6.2e7,  # pickle, pipe and unpickle of lists and dicts; plain bytes go three times as fast
    )


def _parse(python: str) -> tuple[tuple[int, int], bool]:
    match = _PYTHON.fullmatch(python)
    if match is None:
        raise AdvisorError(f'"{python}" is not a Python version', "write it like 3.11, 3.14 or 3.14t (free-threaded)")
    minor, free_threaded = int(match[1]), bool(match[2])
    if free_threaded and minor < _FIRST_FREE_THREADED:
        raise AdvisorError(f"there is no free-threaded Python 3.{minor}", "free-threaded builds begin with 3.13t")
    return (3, minor), not free_threaded


def _free_threaded() -> bool:
    return bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


def _quota(cgroup: Path) -> int | None:
    """A container's CPU quota in cores, rounded up; None where there is none."""
    try:
        if (cgroup / "cpu.max").exists():
            quota, period = (cgroup / "cpu.max").read_text().split()
        else:
            quota = (cgroup / "cpu/cpu.cfs_quota_us").read_text().strip()
            period = (cgroup / "cpu/cpu.cfs_period_us").read_text().strip()
        microseconds = int(quota)  # "max" (version 2) and -1 (version 1) mean no limit
    except (OSError, ValueError):
        return None
    return -(-microseconds // int(period)) if microseconds > 0 else None
