"""Work shared with copies of this process: the same results for any number of workers, and none of them outlives its parent."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from advisor import sharing
from advisor.errors import AdvisorError
from advisor.pipeline import examine, report
from advisor.settings import Settings
from advisor.sharing import Lazily, may_fork
from tests.running import ROOT

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="copies are made on Linux alone")

APP = """
import requests
from helper import clean


async def wait(urls):
    for url in urls:
        clean(url)


def pull(urls):
    found = []
    for url in urls:
        found.append(clean(requests.get(url, timeout=10).text))
    return found
"""
HELPER = "import time\n\n\ndef clean(text):\n    time.sleep(1)\n    return text.strip()\n"


def run(program: str) -> str:
    """What a program prints that has one thread, as this one may not have."""
    command = [sys.executable, "-c", program]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@linux_only
def test_results_come_in_the_order_of_the_parts_from_processes_of_their_own() -> None:
    told = run(
        "import os, json\nfrom advisor.sharing import may_fork, share\nassert may_fork()\n"
        "known = {n: n * n for n in range(9)}\n"
        "got = list(share(lambda n: (known[n], os.getpid()), list(range(9)), 2))\n"
        "print(json.dumps([[g for g, _ in got], os.getpid() in {p for _, p in got}, len({p for _, p in got})]))"
    )
    assert json.loads(told)[:2] == [[n * n for n in range(9)], False]
    assert json.loads(told)[2] in (1, 2)


@linux_only
def test_an_error_in_a_copy_is_raised_here_and_a_copy_that_is_ended_is_told() -> None:
    told = run(
        "import os, signal\nfrom advisor.errors import AdvisorError\nfrom advisor.sharing import share\n"
        "for work in (lambda n: 1 // n, lambda n: os.kill(os.getpid(), signal.SIGKILL)):\n"
        "    try:\n        list(share(work, [0, 1], 2))\n"
        "    except (ZeroDivisionError, AdvisorError) as error:\n        print(type(error).__name__)"
    )
    assert told.split() == ["ZeroDivisionError", "AdvisorError"]
    assert AdvisorError("", "").exit_code == 2


def test_a_process_with_several_threads_is_not_copied() -> None:
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    try:
        assert not may_fork()
    finally:
        ended.set()
        thread.join()


def test_parts_are_handed_out_from_both_ends() -> None:
    assert sharing._from_both_ends(5) == [0, 4, 1, 3, 2]
    assert sharing._from_both_ends(1) == [0]


def test_values_are_made_when_they_are_asked_for() -> None:
    made: list[int] = []

    def make(place: int) -> int:
        made.append(place)
        return place * 2

    values = Lazily(3, make)
    assert (len(values), made) == (3, [])
    assert (values[-1], values[0:2], made) == (4, [0, 2], [2, 0, 1])
    with pytest.raises(IndexError):
        values[3]


@linux_only
def test_side_by_side_the_report_is_the_same(tmp_path: Path) -> None:
    """Also where other parts are in question after it: sites, and the functions that the rounds of one reach."""
    (tmp_path / "helper.py").write_text(HELPER)
    for number in range(4):
        (tmp_path / f"app{number}.py").write_text(APP)
    told = run(
        "from pathlib import Path\nfrom advisor import judging, pipeline\nfrom advisor.settings import Settings\n"
        f"judging._PART = 10\npaths = (Path({str(tmp_path)!r}),)\n"
        "for jobs in (1, 2):\n"
        "    settings = Settings(all=True, project=paths[0], target_python='3.12', cores=4, jobs=jobs)\n"
        "    seen = pipeline.examine(paths, settings)\n"
        "    print([(s.path, s.line, s.kind.value) for s in seen.sites], [sorted(j.reached()) for j in seen.judged],"
        " pipeline.report(seen, settings).model_dump_json())"
    )
    first, *others = told.splitlines()
    assert others == [first]
    assert "app3.py" in first
    settings = Settings(all=True, project=tmp_path, target_python="3.12", cores=4, jobs=1)
    seen = examine((tmp_path,), settings)
    assert report(seen, settings).findings
    assert [judged.case.line for judged in seen.judged] == [site.line for site in seen.sites]


@linux_only
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_copy_outlives_its_parent(tmp_path: Path, number: signal.Signals) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    program = (
        "import os, time\nfrom pathlib import Path\nfrom advisor.children import exit_on_signals\n"
        "from advisor.sharing import share\nexit_on_signals()\n"
        f"notes = Path({str(notes)!r})\n"
        "list(share(lambda n: ((notes / str(os.getpid())).touch(), time.sleep(60)), [0, 1], 2))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    parent = subprocess.Popen([sys.executable, "-c", program], env=environment, stderr=subprocess.DEVNULL)
    _until(lambda: len(os.listdir(notes)) == 2)
    parent.send_signal(number)
    parent.wait(30)
    _until(lambda: not any(_is_alive(int(name)) for name in os.listdir(notes)))


def _until(holds: object) -> None:
    assert callable(holds)
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
