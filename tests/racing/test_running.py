"""Running a program: what it used, how it is ended, and that nothing of it stays."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.racing.output import ALL, KEPT
from advisor.racing.running import Interrupted, Run, interruptible, run

LINUX = pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="/proc tells what processes share")


def ran(code: str, folder: Path, timeout: float = 60.0) -> Run:
    return run([sys.executable, "-I", "-c", code], folder, dict(os.environ), timeout, ALL)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


def ended(pid: int, within: float = 5) -> bool:
    """A process that was killed goes on for a moment on a busy machine."""
    until = time.monotonic() + within
    while alive(pid) and time.monotonic() < until:
        time.sleep(0.02)
    return not alive(pid)


def pid_in(file: Path) -> int:
    return int(file.read_text())


CHILD = """\
import os, pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path("child").write_text(str(child.pid))
"""


def test_what_it_wrote_and_how_it_ended(tmp_path: Path) -> None:
    found = ran("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)", tmp_path)
    assert (found.output.head, found.errors, found.exit_code, found.timed_out) == (b"out\n", "err\n", 3, False)
    assert 0 < found.cpu_user + found.cpu_system < found.seconds * 4


def test_it_has_no_input_and_no_terminal(tmp_path: Path) -> None:
    found = ran("input()", tmp_path)
    assert "EOFError" in found.errors
    assert ran("open('/dev/tty')", tmp_path).exit_code == 1


def test_children_count(tmp_path: Path) -> None:
    work = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(3_000_000))'])"
    alone = ran("import subprocess, sys", tmp_path)
    assert (found := ran(work, tmp_path)).cpu_user > alone.cpu_user
    assert found.exit_code == 0


@LINUX
def test_the_memory_of_all_processes_together(tmp_path: Path) -> None:
    hold = "data = b'x' * 40_000_000; import time; time.sleep(0.6)"
    both = f"import os, subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {hold!r}]); {hold}; p.wait()"
    assert 40e6 < ran(hold, tmp_path).memory < 75e6
    assert ran(both, tmp_path).memory > 80e6


def test_one_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    found = ran(CHILD + "time.sleep(60)", tmp_path, timeout=1.0)
    assert found.timed_out
    assert found.seconds < 5
    assert ended(pid_in(tmp_path / "child"))


def test_what_it_leaves_behind_is_ended(tmp_path: Path) -> None:
    started = time.monotonic()
    found = ran(CHILD, tmp_path)
    assert found.exit_code == 0
    assert time.monotonic() - started < 10
    assert ended(pid_in(tmp_path / "child"))


def test_a_flood_is_read_and_not_kept(tmp_path: Path) -> None:
    found = ran("import sys\nfor _ in range(300): sys.stdout.buffer.write(b'x' * 99_999 + b'\\n')", tmp_path)
    assert (len(found.output.head), found.output.size) == (KEPT, 30_000_000)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_the_children(tmp_path: Path, number: signal.Signals) -> None:
    def soon() -> None:
        while not (tmp_path / "child").exists() or not (tmp_path / "child").read_text():
            time.sleep(0.02)
        os.kill(os.getpid(), number)

    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
    threading.Thread(target=soon, daemon=True).start()
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(Interrupted) as caught, interruptible():
        ran(CHILD + "time.sleep(60)", tmp_path)
    assert caught.value.signal == number
    assert ended(pid_in(tmp_path / "child"))
    assert signal.getsignal(signal.SIGTERM) is before


def test_no_such_interpreter(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="cannot be run"):
        run([str(tmp_path / "python")], tmp_path, {}, 1.0, ALL)
