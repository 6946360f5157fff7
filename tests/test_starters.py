"""Starters do what they promise: each is run for real, as it is, with other work in it, and with Ctrl-C pressed."""

from __future__ import annotations

import ast
import asyncio
import os
import re
import runpy
import signal
import subprocess
import sys
import time
from array import array
from itertools import pairwise
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple
from unittest.mock import AsyncMock, patch

import pytest

from advisor.inputs.knowledge import builtin_rules
from advisor.inputs.starters import read_starters

FOLDER = builtin_rules() / "skeletons"
TEXTS = {starter.slug: starter.text for starter in read_starters((builtin_rules(),))}

_HERE = [slug for slug in TEXTS if slug != "interpreter-pool" or sys.version_info >= (3, 14)]
RUNNABLE = [pytest.param(slug, marks=pytest.mark.slow if slug == "dask-map" else ()) for slug in _HERE]
FINITE = [each for each in RUNNABLE if each.values != ("periodic-service",)]
IN_ORDER = {"async-fanout", "dask-map", "interpreter-pool", "process-map", "thread-map"}
START_METHODS = ["spawn", "forkserver", "fork"]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a test cannot press Ctrl-C there")


class Ran(NamedTuple):
    code: int
    out: list[str]
    err: str


def write(text: str, folder: Path) -> Path:
    file = folder / "my-program.py"  # a name that cannot be imported
    file.write_text(text, encoding="utf-8")
    return file


def run(text: str, folder: Path, limit: float = 60) -> Ran:
    command = [sys.executable, str(write(text, folder))]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=limit, check=False)
    return Ran(ran.returncode, ran.stdout.splitlines(), ran.stderr)


def put(text: str, **own: str) -> str:
    """The program with functions of it replaced and constants set, as its user would."""
    for name, source in own.items():
        lines = text.splitlines(keepends=True)
        node = next(node for node in ast.parse(text).body if name in _names(node))
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        lines[first - 1 : node.end_lineno] = [source + "\n"]
        text = "".join(lines)
    return text


def _names(node: ast.stmt) -> set[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return {name}
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
    return set()


def own(slug: str, body: str, items: str = "range(7)") -> dict[str, str]:
    """`body` as the work of one `item` (a number), and what to work on, in the words of each starter."""
    lines = "\n".join(f"    {line}" for line in ["import os, time, asyncio", *body.splitlines()])
    sync_items = f"def items():\n    return {items}"
    match slug:
        case "async-fanout":
            return {"items": sync_items, "work": f"async def work(item):\n{lines}"}
        case "async-worker-queue":
            jobs = f"async def jobs():\n    for item in {items}:\n        yield item\n        await asyncio.sleep(0)"
            return {"jobs": jobs, "work": f"async def work(item):\n{lines}"}
        case "async-process-pipeline":
            download = "async def download(item):\n    return item"
            return {"items": sync_items, "download": download, "crunch": f"def crunch(item):\n{lines}"}
        case "process-map":
            return {"items": sync_items, "work": f"def work(item, table):\n{lines}"}
        case "producer-consumer":
            work = "def work(item):\n    with printing:\n        print(item, result(item))"
            return {"items": sync_items, "work": f"def result(item):\n{lines}\n\n\n{work}"}
        case "periodic-service":
            work = "async def work(resource, item):\n    print(item, await result(item), flush=True)"
            return {"work": f"async def result(item):\n{lines}\n\n\n{work}"}
    return {"items": sync_items, "work": f"def work(item):\n{lines}"}


def own_program(slug: str, body: str, items: str = "range(7)") -> str:
    return put(TEXTS[slug], **own(slug, body, items))


def with_endless_source(text: str) -> str:
    """A generator `endless()` beside the user's functions, which counts in `read` how far it was read."""
    source = """\
    read, done = 0, __import__("itertools").count()


    def endless():
        global read
        for read in range(10_000):
            yield read
    """
    return text.replace("# ---- the machinery", f"{dedent(source)}\n\n# ---- the machinery")


# ---- what they are


def test_those_that_are_promised_are_there() -> None:
    assert set(TEXTS) == {
        "async-fanout",
        "async-process-pipeline",
        "async-worker-queue",
        "dask-map",
        "interpreter-pool",
        "periodic-service",
        "process-map",
        "producer-consumer",
        "thread-map",
    }


@pytest.mark.parametrize("slug", TEXTS)
def test_each_is_a_program_that_explains_itself(slug: str) -> None:
    text = TEXTS[slug]
    compile(text, slug, "exec")
    assert text.isascii()
    assert text.endswith('\n\nif __name__ == "__main__":\n    sys.exit(main())\n')
    assert "TODO" not in text
    assert max(map(len, text.splitlines())) <= 100
    about = ast.get_docstring(ast.parse(text)) or ""
    for promise in (r"^For ", r"\bNot (for|where|while)\b", r"^Put your own code into", r"Ctrl-C", r"exit code"):
        assert re.search(promise, about, re.MULTILINE), promise
    assert re.search("^# ---- yours: ", text, re.MULTILINE)
    for name in re.findall(r"`([a-z_]+)`", about.partition("Put your own code into")[2].partition(", and set")[0]):
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), name


@pytest.mark.parametrize("slug", TEXTS)
def test_each_names_only_others_that_exist(slug: str) -> None:
    about = ast.get_docstring(ast.parse(TEXTS[slug])) or ""
    assert set(re.findall(r"\b(?:async|dask|process|thread|interpreter)-(?!safe)[a-z]+\b", about)) <= set(TEXTS)


@pytest.mark.parametrize("options", [(), ("--isolated",)])
def test_they_pass_ruff_with_its_defaults_and_ours(options: tuple[str, ...]) -> None:
    for command in (("format", "--check"), ("check",)):
        arguments = [sys.executable, "-m", "ruff", *command, "--no-cache", *options, str(FOLDER)]
        ran = subprocess.run(arguments, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.slow
def test_the_interpreter_pool_passes_mypy_for_its_python(tmp_path: Path) -> None:
    file = FOLDER / "interpreter_pool.py"
    command = [sys.executable, "-m", "mypy", "--strict", "--python-version", "3.14", str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert ran.returncode == 0, ran.stdout


# ---- that they run


@pytest.mark.parametrize("slug", RUNNABLE)
def test_it_runs_as_written_and_gives_what_the_sequential_form_gives(slug: str, tmp_path: Path) -> None:
    ran = run(TEXTS[slug], tmp_path)
    assert (ran.code, "Traceback" in ran.err) == (0, False), ran.err
    expected = sequential(slug)
    assert len(expected) > 4
    assert (ran.out if slug in IN_ORDER else sorted(ran.out)) == (expected if slug in IN_ORDER else sorted(expected))


def sequential(slug: str) -> list[str]:
    """The lines that the functions of the starter give one after another."""
    with patch("time.sleep"), patch("asyncio.sleep", AsyncMock()):
        return _sequential(slug)


def _sequential(slug: str) -> list[str]:
    program: dict[str, Any] = runpy.run_path(str(FOLDER / f"{slug.replace('-', '_')}.py"))
    match slug:
        case "async-fanout":
            return asyncio.run(_async_fanout(program))
        case "async-worker-queue":
            return asyncio.run(_async_worker_queue(program))
        case "async-process-pipeline":
            return asyncio.run(_async_process_pipeline(program))
        case "process-map":
            table: array[float] = program["table"]()
            return [f"{item} {program['work'](item, table)}" for item in program["items"]()]
        case "producer-consumer":
            return [f"{item} {len(item)}" for item in program["items"]()]
        case "periodic-service":
            return [f"round {number}" for number in range(program["ROUNDS"])]
    return [f"{item} {program['work'](item)}" for item in program["items"]()]


async def _async_fanout(program: dict[str, Any]) -> list[str]:
    return [f"{item} {await program['work'](item)}" for item in program["items"]()]


async def _async_worker_queue(program: dict[str, Any]) -> list[str]:
    program["refused"].update(range(1000))  # all have failed once
    return [f"{job} {await program['work'](job)}" async for job in program["jobs"]()]


async def _async_process_pipeline(program: dict[str, Any]) -> list[str]:
    return [f"{item} {program['crunch'](await program['download'](item))}" for item in program["items"]()]


@pytest.mark.slow
@pytest.mark.parametrize("slug", RUNNABLE)
def test_it_runs_ones_own_work(slug: str, tmp_path: Path) -> None:
    ran = run(own_program(slug, "return item * item"), tmp_path)
    rounds = 5 if slug == "periodic-service" else 7
    assert (ran.code, sorted(ran.out)) == (0, [f"{n} {n * n}" for n in range(rounds)]), ran.err


@pytest.mark.parametrize("slug", FINITE)
def test_nothing_to_do_is_fine(slug: str, tmp_path: Path) -> None:
    assert run(own_program(slug, "return item", items="()"), tmp_path)[:2] == (0, [])


@pytest.mark.parametrize("slug", FINITE)
def test_an_item_that_fails_is_logged_and_the_others_go_on(slug: str, tmp_path: Path) -> None:
    body = "if item in (2, 5):\n    raise ValueError(f'no {item}')\nreturn item"
    ran = run(own_program(slug, body), tmp_path)
    assert (ran.code, sorted(ran.out)) == (1, ["0 0", "1 1", "3 3", "4 4", "6 6"]), ran.err
    assert re.search(r"ERROR failed (items|jobs): 2$", ran.err, re.MULTILINE)
    assert "ValueError: no 2" in ran.err
    assert "ValueError: no 5" in ran.err


@pytest.mark.parametrize("slug", FINITE)
def test_a_source_that_fails_is_not_taken_for_the_end(slug: str, tmp_path: Path) -> None:
    ran = run(own_program(slug, "return item", items="(1 // (3 - n) for n in range(7))"), tmp_path)
    assert ran.code == 1
    assert "ZeroDivisionError" in ran.err


@pytest.mark.parametrize("slug", FINITE)
def test_a_source_without_end_is_read_no_faster_than_the_work(slug: str, tmp_path: Path) -> None:
    """When the fourth result is used, no more than a bounded number of items was read."""
    if slug in ("async-fanout", "producer-consumer"):
        pytest.skip("keeps its results, or gives them out in the work itself")
    text = own_program(slug, "return item", items="endless()")
    text = put(text, use="def use(item, result):\n    if item == 3:\n        raise SystemExit(f'{read} read')")
    text = with_endless_source(text)
    ran = run(text, tmp_path)
    found = re.search(r"^(\d+) read$", ran.err, re.MULTILINE)
    assert found, ran.err
    assert int(found[1]) < 5_000


# ---- Ctrl-C and signals


@pytest.mark.slow
@pytest.mark.parametrize("slug", RUNNABLE)
def test_ctrl_c_stops_it_soon_and_with_130(slug: str, tmp_path: Path) -> None:
    wait = "await asyncio.sleep" if slug.startswith(("async-f", "async-w", "per")) else "time.sleep"
    body = f"open('begun', 'w').close()\n{wait}(0.3)\nreturn item"
    text = own_program(slug, body, items="range(1_000_000)")
    text = put(
        text, **{name: f"{name} = 3" for name in ("CHUNK", "ROUNDS") if name in text and slug != "periodic-service"}
    )
    if slug == "periodic-service":
        text = put(text, ROUNDS="ROUNDS = None")
    ran, took = interrupt(text, tmp_path)
    assert ran.code == 130, ran.err
    assert took < 8
    assert "Traceback" not in ran.err
    assert "WARNING interrupted" in ran.err or slug == "periodic-service"


def interrupt(text: str, folder: Path, number: int = signal.SIGINT, after: float = 0.4) -> tuple[Ran, float]:
    """Runs the program and sends a signal to it and its children, as a terminal does, when its work has begun."""
    begun = folder / "begun"
    command = [sys.executable, str(write(text, folder))]
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=_listen_to_ctrl_c,
    ) as program:  # fmt: skip
        deadline = time.monotonic() + 30
        while not begun.exists() and program.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(after)
        sent = time.monotonic()
        os.killpg(program.pid, number)
        try:
            out, err = program.communicate(timeout=30)
        finally:
            if program.poll() is None:
                os.killpg(program.pid, signal.SIGKILL)
        return Ran(program.returncode, out.splitlines(), err), time.monotonic() - sent


def _listen_to_ctrl_c() -> None:
    """Shells start what runs in the background deaf to Ctrl-C, and their children inherit it; these tests must not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.parametrize("slug", ["process-map", "async-process-pipeline"])
def test_ctrl_c_while_processes_hand_over_much(slug: str, tmp_path: Path) -> None:
    """To end a process that writes its result would leave half a message, for which the pool waits for ever."""
    body = "open('begun', 'w').close()\nreturn bytes(3_000_000)"
    text = own_program(slug, body, items="range(1_000_000)")
    text = put(text, use="def use(item, result):\n    pass")
    if slug == "process-map":
        text = put(text, CHUNK="CHUNK = 2")
    ran, took = interrupt(text, tmp_path)
    assert (ran.code, "Traceback" in ran.err) == (130, False), ran.err
    assert took < 10


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_the_service_finishes_its_round_when_it_is_asked_to_stop(number: int, code: int, tmp_path: Path) -> None:
    text = own_program("periodic-service", "open('begun', 'w').close()\nawait asyncio.sleep(1)\nreturn 'finished'")
    ran, _ = interrupt(text, tmp_path, number)
    assert (ran.code, ran.out) == (code, ["0 finished"])
    assert ran.err.rstrip().endswith("INFO down")


@pytest.mark.slow
def test_the_service_does_not_wait_for_ever(tmp_path: Path) -> None:
    text = own_program("periodic-service", "open('begun', 'w').close()\nawait asyncio.sleep(60)\nreturn 'finished'")
    ran, took = interrupt(put(text, GRACE="GRACE = 0.3", TIMEOUT="TIMEOUT = 90"), tmp_path)
    assert (ran.code, ran.out) == (130, [])
    assert took < 5
    assert "WARNING what was under way is cancelled" in ran.err
    assert "INFO down" in ran.err


# ---- what each promises beyond that


@pytest.mark.slow
@pytest.mark.parametrize("method", START_METHODS)
@pytest.mark.parametrize("slug", ["process-map", "async-process-pipeline"])
def test_it_runs_under_every_start_method(slug: str, method: str, tmp_path: Path) -> None:
    text = own_program(slug, "return item * item")
    begin = f'    multiprocessing.set_start_method("{method}")\n    sys.exit(main())\n'
    ran = run(text.replace("    sys.exit(main())\n", begin), tmp_path)
    assert (ran.code, sorted(ran.out), ran.err) == (0, [f"{n} {n * n}" for n in range(7)], "")


@pytest.mark.slow
@pytest.mark.parametrize(("trouble", "message"), [("os._exit(1)", "is lost"), ("time.sleep(60)", "is lost")])
@pytest.mark.parametrize("slug", ["process-map", "async-process-pipeline"])
def test_a_worker_that_is_lost_ends_the_run(slug: str, trouble: str, message: str, tmp_path: Path) -> None:
    text = own_program(slug, f"if item == 3:\n    {trouble}\nreturn item")
    limit = "TIMEOUT" if slug == "process-map" else "CRUNCH_TIMEOUT"
    begun = time.monotonic()
    ran = run(put(text, **{limit: f"{limit} = 1.0"}), tmp_path)
    assert ran.code == 1
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert time.monotonic() - begun < 15


def test_a_call_that_takes_too_long_fails_alone(tmp_path: Path) -> None:
    for slug in ("async-fanout", "async-worker-queue"):
        text = own_program(slug, "await asyncio.sleep(60 if item == 3 else 0)\nreturn item")
        ran = run(put(text, TIMEOUT="TIMEOUT = 0.1"), tmp_path)
        assert (ran.code, len(ran.out)) == (1, 6)
        assert "TimeoutError" in ran.err


def test_the_worker_queue_tries_again_and_gives_up_in_the_end(tmp_path: Path) -> None:
    body = "print('try', item)\nif item == 2:\n    raise ConnectionError\nreturn item"
    ran = run(put(own_program("async-worker-queue", body), FIRST_PAUSE="FIRST_PAUSE = 0.001"), tmp_path)
    assert ran.code == 1
    assert ran.out.count("try 2") == 4
    assert sum(line.startswith("try") for line in ran.out) == 6 + 4
    assert "failed jobs: 1" in ran.err


@pytest.mark.slow
def test_the_service_goes_on_after_a_round_that_fails(tmp_path: Path) -> None:
    ran = run(own_program("periodic-service", "return 1 // (item - 1)"), tmp_path)
    assert (ran.code, ran.out) == (0, ["0 -1", "2 1", "3 0", "4 0"])
    assert "ERROR round 1 failed" in ran.err
    assert "ZeroDivisionError" in ran.err


def test_the_service_leaves_out_beats_that_it_missed(tmp_path: Path) -> None:
    text = own_program("periodic-service", "await asyncio.sleep(0.25 if item == 0 else 0)\nreturn time.monotonic()")
    times = [float(line.split()[1]) for line in run(put(text, PERIOD="PERIOD = 0.1"), tmp_path).out]
    gaps = [after - before for before, after in pairwise(times)]
    assert all(gap > 0.02 for gap in gaps)
    assert 0.2 < times[-1] - times[0] < 1.5


def test_the_producer_waits_while_the_queue_is_full(tmp_path: Path) -> None:
    text = own_program("producer-consumer", "return read - next(done)", items="endless()")
    text = with_endless_source(text)
    ran = run(text, tmp_path)
    ahead = [int(line.split()[1]) for line in ran.out]
    assert (ran.code, max(ahead) <= 16 + 4 + 1) == (0, True)


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="runs here, see above")
def test_the_interpreter_pool_says_which_python_it_needs(tmp_path: Path) -> None:
    ran = run(TEXTS["interpreter-pool"], tmp_path)
    assert (ran.code, ran.out) == (1, [])
    assert ran.err == "this program needs Python 3.14 or newer, for its pool of interpreters\n"


@pytest.mark.slow
def test_dask_uses_the_cluster_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import LocalCluster

    with LocalCluster(  # type: ignore[no-untyped-call, unused-ignore]
        n_workers=1, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        monkeypatch.setenv("DASK_SCHEDULER_ADDRESS", cluster.scheduler_address)
        ran = run(own_program("dask-map", "return os.getppid()"), tmp_path)
    assert ran.code == 0, ran.err
    assert len({line.split()[1] for line in ran.out}) == 1
