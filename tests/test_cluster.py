"""`analyze --executor` on a real Dask cluster: the same report, also when a worker is killed; what is wrong is told in one line."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from advisor.cluster import _check
from advisor.errors import AdvisorError
from advisor.model.concurrency import Level
from advisor.pipeline import advise
from advisor.settings import Settings, load_settings
from tests.running import ROOT

distributed = pytest.importorskip("distributed")
cloudpickle = pytest.importorskip("cloudpickle")  # which Dask comes with


def refused(folder: Path, *options: str) -> str:
    """What is told of a file where the analysis cannot be begun."""
    (folder / "app.py").write_text("x = 1\n")
    command = [sys.executable, "-m", "advisor", "analyze", "--no-cache", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Traceback" not in ran.stderr
    return ran.stderr


@pytest.mark.slow
def test_a_scheduler_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        told = refused(tmp_path, "--executor", address)
    assert told == f"error: --executor: nothing answers at {address}\nhint: start it with `dask scheduler`\n"


@pytest.mark.parametrize("address", ["127.0.0.1:8786", "http://127.0.0.1", "tcp://"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(AdvisorError, match="executor"):
        load_settings(ROOT, {"executor": address})


def test_a_project_may_not_say_where_its_sources_are_sent(tmp_path: Path) -> None:
    (tmp_path / "advisor.toml").write_text('executor = "tcp://192.0.2.1:8786"\n')
    with pytest.raises(AdvisorError, match="executor"):
        load_settings(tmp_path, {})


def test_a_worker_without_the_advisor_can_tell_so(tmp_path: Path) -> None:
    """What asks for the version is run where no such module can be found."""
    sent: list[bytes] = []

    class Asked:
        def wait_for_workers(self, *_: object, **__: object) -> None:
            pass

        def run(self, function: object) -> dict[str, str]:
            sent.append(cloudpickle.dumps(function))
            return {"tcp://192.0.2.1:1": ""}

    with pytest.raises(AdvisorError, match="has no advisor"):
        _check(Asked(), "tcp://192.0.2.1:8786")
    (tmp_path / "asked").write_bytes(sent[0])
    program = (
        "import sys, cloudpickle\nsys.modules['advisor'] = None\n"
        "print(repr(cloudpickle.loads(open('asked', 'rb').read())()))"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout == "''\n"


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as made:
        yield made


@pytest.mark.slow
def test_the_report_is_the_same_also_where_a_worker_is_killed(scheduler: Any) -> None:
    package = ROOT / "advisor" / "outputs"
    with distributed.Client(scheduler.scheduler_address, set_as_default=False) as client:
        victims = list(client.run(os.getpid).values())[:1]

    def kill_one(done: int, total: int) -> None:
        assert done <= total
        while victims:
            os.kill(victims.pop(), signal.SIGKILL)

    settings = Settings(project=ROOT, confidence=Level.LOW, jobs=1)
    there = settings.model_copy(update={"executor": scheduler.scheduler_address})
    found = advise((package,), there, kill_one)
    assert victims == []
    assert found.model_dump_json() == advise((package,), settings).model_dump_json()
    assert found.summary.files > 10


@pytest.mark.slow
def test_a_cluster_without_workers_is_told(tmp_path: Path) -> None:
    with distributed.LocalCluster(n_workers=0, dashboard_address=None, host="127.0.0.1") as empty:
        assert "has no worker" in refused(tmp_path, "--executor", empty.scheduler_address)
