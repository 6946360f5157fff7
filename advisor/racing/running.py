"""One run of a program: its time, CPU and memory with those of its children, and what it wrote, all of it bounded.

The program gets a session of its own without a terminal, and an empty standard input. However the run ends, also by an
interrupt of the advisor, its whole process group is ended with it.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from advisor.errors import AdvisorError
from advisor.inputs.machine import machine_busy
from advisor.racing.memory import MemoryWatch
from advisor.racing.output import Output, Recorder, Sieve

_CHUNK = 1 << 16
_TAIL = 16 << 10  # bytes of standard error that are kept
_PATIENCE = 2.0  # seconds between a request to end and the end
_POLL = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of wall-clock and CPU time, bytes of memory at the peak, the exit code (negative: a signal), whether it was
    stopped for its time, its output, the end of its standard error, and how many cores others kept busy meanwhile."""

    seconds: float
    cpu_user: float
    cpu_system: float
    memory: int
    exit_code: int
    timed_out: bool
    output: Output
    errors: str
    foreign: float


class Interrupted(BaseException):
    """Ctrl-C, or a request to end (SIGTERM): `signal` is its number."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = number


@contextmanager
def interruptible() -> Iterator[None]:
    """Within it, SIGINT, SIGTERM and SIGHUP raise Interrupted, once; only in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, _frame: object) -> None:
        for each in before:
            signal.signal(each, signal.SIG_IGN)  # what is left to do is to clean up
        if _starting:
            _starting[:] = [number]
            return
        raise Interrupted(number)

    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for each, handler in before.items():
        if handler is not signal.SIG_IGN:  # as under nohup
            signal.signal(each, interrupt)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


_starting: list[int] = []  # not empty while a program is being started; the signal that came meanwhile, or 0


@contextmanager
def _undisturbed() -> Iterator[None]:
    """A block that starts a program: a signal that comes meanwhile ends it at its end, when it is known what to clean up."""
    _starting.append(0)
    try:
        yield
    finally:
        came = _starting.pop()
    if came:
        raise Interrupted(came)


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], timeout: float, sieve: Sieve) -> Run:
    """Runs `command` in `folder`, for at most `timeout` seconds. AdvisorError where it cannot be started."""
    busy, own = machine_busy(), time.process_time()
    started = time.perf_counter()
    recorder, tail = Recorder(sieve), bytearray()
    process: subprocess.Popen[bytes] | None = None
    try:
        with _undisturbed():
            process = _started(command, folder, environment)
        assert process.stdout is not None
        assert process.stderr is not None
        readers = [_reader(process.stdout, recorder.feed), _reader(process.stderr, lambda data: _keep_end(tail, data))]
        watch = MemoryWatch(process.pid)
        timed_out = not _ends(process.pid, started + timeout, watch)
        seconds = time.perf_counter() - started
    except BaseException:
        if process is not None:
            _end_group(process.pid, gently=True)
            process.wait()
        raise
    if timed_out:
        _end_group(process.pid, gently=True)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    _end_group(process.pid, gently=False)  # what it left behind
    for reader in readers:
        reader.join(_PATIENCE)
    cpu = used.ru_utime + used.ru_stime + time.process_time() - own  # also of a proxy, which is a thread
    foreign = max(0.0, machine_busy() - busy - cpu) / max(seconds, 0.01)
    return Run(seconds, used.ru_utime, used.ru_stime, watch.peak_or(used), process.returncode,
               timed_out, recorder.finish(), tail.decode("utf-8", "backslashreplace"), foreign)  # fmt: skip


def _started(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise AdvisorError(f"{command[0]}: cannot be run: {error.strerror}", "--python takes an interpreter") from error


def _reader(stream: IO[bytes], take: Callable[[bytes], object]) -> threading.Thread:
    """Hands over what comes through a pipe until its last writer is gone."""

    def read() -> None:
        with suppress(OSError, ValueError), stream:
            while data := os.read(stream.fileno(), _CHUNK):
                take(data)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread


def _keep_end(tail: bytearray, data: bytes) -> None:
    tail += data
    del tail[:-_TAIL]


def _ends(pid: int, deadline: float, watch: MemoryWatch) -> bool:
    """Waits for the process, which stays a zombie; False where it still ran at the deadline."""
    handle = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
    pause = _POLL / 4
    try:
        while True:
            pause = min(2 * pause, _POLL)
            left = deadline - time.perf_counter()
            if left <= 0:
                return False
            if handle is None:
                time.sleep(min(left, 0.002))
                if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                    return True
            elif select.select([handle], [], [], min(left, pause))[0]:
                return True
            watch.look()
    finally:
        if handle is not None:
            os.close(handle)


def _end_group(pid: int, *, gently: bool) -> None:
    """Ends the process group of `pid`: with a request first, then by force."""
    if gently:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                break
            time.sleep(0.01)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
