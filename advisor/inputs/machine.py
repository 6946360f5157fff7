"""The interpreter and machine that the advice is for, and what concurrency usually costs on one."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
import sysconfig
from pathlib import Path

import msgspec

from advisor.errors import AdvisorError
from advisor.files import put, read_bytes
from advisor.model.estimate import Machine, Target

_PYTHON = re.compile(r"3\.([0-9]{1,2})(t?)")
_FIRST_FREE_THREADED = 13


OLDEST = (3, 11)  # task groups, timeouts, and the oldest Python that is still maintained


def this_target(python: str | None = None, cores: int | None = None) -> Target:
    """`python` as `3.11`, `3.14` or `3.14t` (free-threaded); what is left out is taken from the running interpreter.

    Raises AdvisorError for any other spelling and for fewer than one core.
    """
    if cores is not None and cores < 1:
        raise AdvisorError(f"--cores {cores}: at least one core is needed", "leave it out to use this machine's cores")
    version, gil = _parse(python) if python is not None else (sys.version_info[:2], not _free_threaded())
    if version < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise AdvisorError(f"--target-python {python}: what is advised needs Python {oldest}", f"say {oldest} or newer")
    return Target(python=version, gil=gil, cores=cores or usable_cores())


def machine_busy() -> float:
    """Seconds of CPU time that the whole machine has spent so far; 0 where that is not told."""
    try:
        words = Path("/proc/stat").read_text(encoding="ascii").split("\n", 1)[0].split()[1:9]
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, *rest = map(int, words)
    return (user + nice + system + sum(rest)) / os.sysconf("SC_CLK_TCK")


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
        pickle_bandwidth=6.2e7,  # lists and dicts
    )


def this_machine(cache: Path) -> Machine:
    """What was calibrated for this machine and interpreter and is kept in the folder `cache`, else what is usual."""
    try:
        kept = msgspec.json.decode(read_bytes(_calibration_file(cache)), type=_Calibration)
    except (OSError, msgspec.DecodeError, RecursionError):
        return shipped_machine()
    return kept.machine if kept.identity == identity() else shipped_machine()


def keep_machine(machine: Machine, cache: Path) -> Path:
    """Keeps a calibration for this machine and interpreter; the file it went to. AdvisorError where that is no use."""
    file = _calibration_file(cache)
    data = msgspec.json.format(msgspec.json.encode(_Calibration(identity(), machine)))
    try:
        cache.mkdir(parents=True, exist_ok=True)
        put(file, data + b"\n")
    except OSError as error:
        raise AdvisorError(
            f"{file}: cannot be written: {error.strerror}", "set ADVISOR_CACHE to a folder of yours"
        ) from error
    return file


def forget_machine(cache: Path) -> bool:
    """Removes what was kept for this machine and interpreter; False where nothing was. AdvisorError where it cannot be."""
    file = _calibration_file(cache)
    try:
        file.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise AdvisorError(f"{file}: cannot be removed: {error.strerror}", "remove it by hand") from error
    return True


def identity() -> dict[str, str]:
    """What must be the same for a calibration to hold: the hardware, the system, the interpreter."""
    free_threaded = "t" if _free_threaded() else ""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": str(usable_cores()),
        "python": f"{platform.python_implementation()} {sys.version_info[0]}.{sys.version_info[1]}{free_threaded}",
    }


class _Calibration(msgspec.Struct):
    identity: dict[str, str]
    machine: Machine


def _calibration_file(cache: Path) -> Path:
    """One for each machine and interpreter, so that a shared home folder serves several."""
    name = hashlib.blake2b("\n".join(identity().values()).encode(), digest_size=6).hexdigest()
    return cache / f"machine-{name}.json"


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor()
    match = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return match[1].strip() if match else platform.processor()


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
