"""Programs of every kind, profiled for real: what Scalene measures here and now, and what becomes of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.slow

SLEEP = """
    import time
    def settle(item):
        time.sleep(0.03)
        return item
    def work(items):
        done = []
        for item in items:  # here
            done.append(settle(item))
        return done
    print(len(work(range(60))))
"""
SOCKET = """
    import socket, subprocess, sys
    SERVER = '''
    import socket, time
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1], flush=True)
    while True:
        connection, _ = listening.accept()
        with connection:
            time.sleep(0.04)
            connection.sendall(b"x" * 100)
    '''
    def ask(port):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            return connection.recv(1000)
    def work(port, count):
        answers = []
        for _ in range(count):  # here
            answers.append(ask(port))
        return answers
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    try:
        print(len(work(int(server.stdout.readline()), 40)))
    finally:
        server.kill()
"""
DISK = """
    import os, tempfile
    def save(path, data):
        with open(path, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    def work(folder, count):
        for number in range(count):  # here
            save(os.path.join(folder, str(number)), bytes(4_000_000))
    with tempfile.TemporaryDirectory() as folder:
        work(folder, 250)
"""
CPU = """
    def primes(limit):
        found = 0
        for number in range(2, limit):
            factor = 2
            while factor * factor <= number and number % factor:
                factor += 1
            found += factor * factor > number
        return found
    def work(limits):
        totals = []
        for limit in limits:  # here
            totals.append(primes(limit))
        return totals
    print(work([20_000] * 100))
"""
NUMPY = """
    import numpy as np
    def spectrum(seed):
        return float(np.abs(np.fft.rfft(np.random.default_rng(seed).normal(size=1 << 18))).max())
    def work(count):
        peaks = []
        for seed in range(count):  # here
            peaks.append(spectrum(seed))
        return peaks
    print(len(work(120)))
"""
HASHING = """
    import hashlib
    def work(passwords):
        keys = []
        for password in passwords:  # here
            keys.append(hashlib.pbkdf2_hmac("sha256", password, b"salt", 100_000))
        return keys
    print(len(work([str(n).encode() for n in range(50)])))
"""
MIXED = """
    import time
    def fetch(item):
        time.sleep(0.08)
        return item
    def crunch(item):
        total = 0
        for step in range(400_000):
            total = (total * 31 + step) % 1_000_003
        return total + item
    def work(items):
        totals = []
        for item in items:  # here
            totals.append(crunch(fetch(item)))
        return totals
    print(len(work(range(35))))
"""
THREADED = """
    import time
    from concurrent.futures import ThreadPoolExecutor
    def fetch(item):
        time.sleep(0.1)
        return item
    def work(items):
        results = []
        with ThreadPoolExecutor(max_workers=4) as pool:
            for item in items:  # here
                results.append(pool.submit(fetch, item).result())
        return results
    print(len(work(range(25))))
"""
ASYNCIO = """
    import asyncio
    async def fetch(item):
        await asyncio.sleep(0.04)
        return item
    async def work(items):
        results = []
        for item in items:  # here
            results.append(await fetch(item))
        return results
    print(len(asyncio.run(work(range(60)))))
"""


class Ran(NamedTuple):
    finding: dict[str, Any]
    saved: dict[str, Any]

    @property
    def waiting(self) -> float:
        return float(self.finding["measured"]["waiting"])


def profile(folder: Path, program: str) -> Ran:
    """The finding at the line of `program` that is marked `# here`, after a run of it under Scalene."""
    text = dedent(program).lstrip()
    (folder / "app.py").write_text(text, encoding="utf-8")
    environment = {**os.environ, "ADVISOR_CACHE": str(folder / "cache")}

    def advisor(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "advisor", *arguments]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    ran = advisor("profile", "-o", "profile.json", "--", "app.py")
    assert ran.returncode == 0, ran.stderr
    assert "advisor" not in ran.stdout
    assert "profile.json" in ran.stderr
    asked = advisor("analyze", "--all", "--format", "json", "--profile", "profile.json", "--cores", "4", "app.py")
    assert asked.returncode == 0, asked.stderr
    line = 1 + next(number for number, each in enumerate(text.splitlines()) if "# here" in each)
    findings = json.loads(asked.stdout)["findings"]
    near = [finding for finding in findings if finding["line"] <= line <= finding["end_line"] and finding["measured"]]
    saved = json.loads((folder / "profile.json").read_text(encoding="utf-8"))
    return Ran(min(near, key=lambda finding: abs(finding["line"] - line)), saved)


@pytest.mark.parametrize(
    ("program", "models", "waits"),
    [
        (SLEEP, {"threading"}, (0.8, 1.0)),
        (SOCKET, {"threading"}, (0.7, 1.0)),
        (CPU, {"multiprocessing"}, (0.0, 0.3)),
        (NUMPY, {"threading", "multiprocessing"}, (0.0, 0.5)),
        (HASHING, {"threading"}, (0.0, 0.4)),
        (MIXED, {"threading", "multiprocessing"}, (0.2, 0.85)),
        (THREADED, {"threading"}, (0.8, 1.0)),
        (ASYNCIO, {"asyncio"}, (0.8, 1.0)),
    ],
    ids=["sleep", "socket", "cpu", "numpy", "hashing", "mixed", "threaded", "asyncio"],
)
def test_what_is_measured(tmp_path: Path, program: str, models: set[str], waits: tuple[float, float]) -> None:
    finding, _ = ran = profile(tmp_path, program)
    assert finding["model"] in models, finding["message"]
    assert finding["share_of_run"] > 0.5
    assert waits[0] <= ran.waiting <= waits[1]
    assert finding["speedup"]["basis"] == "profile"
    assert finding["speedup"]["program_low"] <= finding["speedup"]["program_high"] <= finding["speedup"]["high"] + 0.01


def test_disk_time_needs_cores_as_computing_does(tmp_path: Path) -> None:
    finding, _ = profile(tmp_path, DISK)
    assert finding["share_of_run"] > 0.5
    assert finding["speedup"]["high"] <= 4.1  # as many as there are cores, not as many as may wait


@pytest.mark.parametrize(
    ("program", "rounds"),
    [(SLEEP, 60), (CPU, 100), (MIXED, 35), (ASYNCIO, 60)],
    ids=["sleep", "cpu", "mixed", "asyncio"],
)
def test_rounds_are_counted(tmp_path: Path, program: str, rounds: int) -> None:
    _, saved = profile(tmp_path, program)
    line = 1 + next(n for n, each in enumerate(dedent(program).lstrip().splitlines()) if "# here" in each)
    (loop,) = (loop for loop in saved["advisor"]["loops"] if loop["line"] == line)
    assert (loop["entries"], loop["rounds"]) == (1, rounds)


def test_streams_arguments_and_exit_code_are_the_programs_own(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(
        "import sys, time\ntime.sleep(1.2)\nprint(sys.stdin.read(), sys.argv[1:])\nprint('!', file=sys.stderr)\nsys.exit(3)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "advisor", "profile", "-o", "p.json", "--", "app.py", "--cpu-only", "-o", "--a"]
    ran = subprocess.run(command, cwd=tmp_path, input="hello", capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (3, "hello ['--cpu-only', '-o', '--a']\n")
    assert "!\n" in ran.stderr
    assert "exit code 3" in ran.stderr


@pytest.mark.parametrize("program", [("-m", "pkg", "-x"), ("pytest", "-q", "test_it.py")], ids=["module", "pytest"])
def test_modules_and_test_runs(tmp_path: Path, program: tuple[str, ...]) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "core.py").write_text(
        "import time\n\n\ndef pull(count):\n    for _ in range(count):\n        time.sleep(0.05)\n    return count\n"
    )
    (tmp_path / "pkg" / "__init__.py").touch()
    (tmp_path / "pkg" / "__main__.py").write_text("from pkg.core import pull\n\nprint(pull(30))\n")
    (tmp_path / "test_it.py").write_text("from pkg.core import pull\n\n\ndef test_it():\n    assert pull(30) == 30\n")
    (tmp_path / "pyproject.toml").touch()
    command = [sys.executable, "-m", "advisor", "profile", "-o", "p.json", "--", *program]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    saved = json.loads((tmp_path / "p.json").read_text(encoding="utf-8"))
    assert "core.py" in {Path(name).name for name in saved["files"]}  # others as the samples fall
    assert [
        (loop["line"], loop["rounds"]) for loop in saved["advisor"]["loops"] if loop["path"].endswith("core.py")
    ] == [(5, 30)]


def test_calibrating_measures_and_keeps(tmp_path: Path) -> None:
    environment = {**os.environ, "ADVISOR_CACHE": str(tmp_path)}

    def calibrate(*options: str) -> str:
        command = [sys.executable, "-m", "advisor", "calibrate", *options]
        ran = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True, timeout=60)
        return ran.stdout

    assert "usual figures" in calibrate("--show")
    measured = calibrate()
    assert "measured here" in measured
    assert calibrate("--show") == measured
