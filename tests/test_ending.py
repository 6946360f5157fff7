"""However a run ends, nothing of it stays: neither workers, nor the program that it profiles, nor its scratch folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.children import scratch_folder
from tests.running import ROOT

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="processes are looked for in /proc")

ENDED = {signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -signal.SIGKILL, signal.SIGINT: 130}
LONGEST = 60.0  # seconds that anything here may take


def started(folder: Path, *arguments: str, ignoring: bool = False) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(folder)}
    command = [sys.executable, "-P", "-m", "advisor", *arguments]
    quiet, before = subprocess.DEVNULL, signal.getsignal(signal.SIGHUP)
    # a child has it from us, and these tests may run under `nohup`
    signal.signal(signal.SIGHUP, signal.SIG_IGN if ignoring else signal.SIG_DFL)
    try:
        return subprocess.Popen(command, cwd=folder, env=environment, stdin=quiet, stdout=quiet, stderr=quiet)
    finally:
        signal.signal(signal.SIGHUP, before)


def children(process: int) -> list[int]:
    alive = {int(entry): status(int(entry)) for entry in os.listdir("/proc") if entry.isdigit()}
    return [number for number, fields in alive.items() if fields and int(fields[1]) == process]


def status(process: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; empty for a process that has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
    return [] if fields[0] in "ZX" else fields


def waited(until: object, seconds: float = LONGEST) -> bool:
    assert callable(until)
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A project that two workers read for a while."""
    text = "".join(
        f"def f{number}(a):\n    for b in a:\n        print(a, b)\n    return {number}\n" for number in range(4_000)
    )
    for number in range(8):
        (tmp_path / f"m{number}.py").write_text(text)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("number", ENDED)
def test_workers_end_with_their_parent(large: Path, number: signal.Signals) -> None:
    run = started(large, "analyze", "--jobs", "2", ".")
    assert waited(lambda: len(children(run.pid)) == 2 or run.poll() is not None)
    workers = children(run.pid)
    assert len(workers) == 2
    run.send_signal(number)
    assert run.wait(LONGEST) == ENDED[number]
    assert waited(lambda: not any(map(status, workers)), 10)


@pytest.mark.slow
def test_a_signal_that_is_ignored_stays_ignored(large: Path) -> None:
    (large / "m0.py").write_text("a = 1\n")
    run = started(large, "analyze", "--jobs", "1", "m0.py", ignoring=True)
    for _ in range(40):
        run.send_signal(signal.SIGHUP)
        time.sleep(0.05)
    assert run.wait(LONGEST) == 0


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Path]:
    """A program that says which process it is, and ends by itself in a minute."""
    text = """\
        import os
        import time

        with open("process", "w") as file:
            print(os.getpid(), file=file)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            sum(range(1000))
        open("finished", "w").close()
        """
    (tmp_path / "app.py").write_text("\n".join(line.removeprefix(" " * 8) for line in text.split("\n")))
    yield tmp_path
    assert not (tmp_path / "finished").exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, pytest.param(signal.SIGKILL, marks=pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a process that its parent has ended"))])  # fmt: skip
def test_the_program_ends_with_profile(program: Path, number: signal.Signals) -> None:
    pytest.importorskip("scalene")
    run = started(program, "profile", "--", "app.py")
    file = program / "process"
    assert waited(lambda: (file.exists() and file.read_text()) or run.poll() is not None)
    process = int(file.read_text())
    run.send_signal(number)
    assert run.wait(LONGEST) == ENDED[number]
    assert waited(lambda: not status(process), 30)  # it is told by a signal, and may be in the midst of a sample
    scratch = list(program.glob("advisor-scratch-*"))
    assert len(scratch) == (number == signal.SIGKILL)


# ---- scratch folders


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def aged(folder: Path) -> None:
    os.utime(folder, (time.time() - 3_600,) * 2)


def test_a_scratch_folder_is_gone_after_its_block(temporary: Path) -> None:
    with scratch_folder() as folder:
        Path(folder, "inner").mkdir()
        assert Path(folder).parent == temporary
    assert not list(temporary.iterdir())


def test_what_a_killed_run_left_is_removed(temporary: Path) -> None:
    left = temporary / "advisor-scratch-left"
    (left / "inner").mkdir(parents=True)
    (left / ".in-use").touch()
    aged(left)
    with scratch_folder():
        assert not left.exists()


def test_what_a_living_run_uses_stays_and_so_does_what_is_no_scratch(temporary: Path) -> None:
    for name in ("advisor-scratch-new", "advisor-notes", "other"):
        (temporary / name).mkdir()
    (temporary / "elsewhere").mkdir()
    (temporary / "elsewhere/file").touch()
    (temporary / "advisor-scratch-link").symlink_to(temporary / "elsewhere")
    aged(temporary / "advisor-notes")
    aged(temporary / "other")
    with scratch_folder() as mine:
        aged(Path(mine))
        with scratch_folder():
            assert Path(mine).exists()
    names = {"advisor-scratch-new", "advisor-scratch-link", "advisor-notes", "other", "elsewhere"}
    assert {entry.name for entry in temporary.iterdir()} == names
    assert (temporary / "elsewhere/file").exists()
