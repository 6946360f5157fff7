"""Generate: programs that coroutines run, through asyncio's own subprocesses: the same results, and the same failures."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module
from tests.sampling import sampled

HEAD = f"""\
import asyncio
import os
import subprocess
import sys

PYTHON = {sys.executable!r}
ECHO = [PYTHON, "-c", "import sys; sys.stdout.write(sys.stdin.read()); sys.stderr.write('noise'); sys.exit(len(sys.argv) - 1)"]


"""

SAME = {
    "run, captured": 'return str(subprocess.run([*ECHO, "a"], input="x\\r\\ny\\n", capture_output=True, text=True))  # here',
    "run, bytes": 'return str(subprocess.run(ECHO, input=b"\\xff" * 300000, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))  # here',
    "run, nothing kept": 'return str(subprocess.run(["true"]))  # here',
    "run, both streams as one": (
        'return subprocess.run(["sh", "-c", "echo a; echo b >&2"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout  # here'
    ),
    "run, checked": 'return subprocess.run([*ECHO, "a", "b"], input="é", capture_output=True, encoding="utf-8", check=True)  # here',
    "run, elsewhere": 'return subprocess.run(["pwd"], cwd="/", env={}, stdout=subprocess.PIPE, universal_newlines=True).stdout  # here',
    "run, no such program": 'return subprocess.run(["no-such-program-here"])  # here',
    "run, no such folder": 'return subprocess.run(["true"], cwd="/no/such/folder")  # here',
    "run, not to be decoded": 'return subprocess.run(["printf", "\\\\377"], stdout=subprocess.PIPE, encoding="utf-8")  # here',
    "run, input not read": 'return str(subprocess.run(["true"], input=b"x" * 3000000))  # here',
    "run, in a shell": 'return str(subprocess.run("echo $((1 + 1)); exit 3", shell=True, capture_output=True))  # here',
    "run, killed by a signal": 'return str(subprocess.run(["sh", "-c", "kill -9 $$"]))  # here',
    "call": 'return subprocess.call(["sh", "-c", "exit 4"])  # here',
    "check_call": 'return subprocess.check_call(["sh", "-c", "exit 4"])  # here',
    "check_call, passed": 'return subprocess.check_call(["true"])  # here',
    "check_output": 'return subprocess.check_output(ECHO, input=b"given", stderr=subprocess.STDOUT).upper()  # here',
    "check_output, failed": 'return subprocess.check_output([*ECHO, "a"], input=b"given", stderr=subprocess.PIPE)  # here',
    "getoutput": 'return subprocess.getoutput("echo one; echo two >&2; echo; exit 3")  # here',
    "too slow": 'return subprocess.run(["sh", "-c", "echo begun; exec sleep 20"], stdout=subprocess.PIPE, timeout=0.3)  # here',
    "too slow, and the pipe is kept open": (
        'return subprocess.run(["sh", "-c", "sleep 3 & echo begun; wait"], stdout=subprocess.PIPE, timeout=0.3)  # here'
    ),
}

LEFT_TO_A_THREAD = {
    "a text that a shell would read elsewhere": 'return subprocess.run("true")  # here',
    "a command that is only known at run time": "return subprocess.run(argument)  # here",
    "a file for its output": 'with open(os.devnull, "w") as sink:\n        return subprocess.run(["true"], stdout=sink)  # here',
    "keywords from elsewhere": 'return subprocess.run(["true"], **options)  # here',
    "an option that the helper does not know": 'return subprocess.run(["true"], start_new_session=True)  # here',
    "input that may be None": 'return subprocess.check_output(["cat"], input=argument)  # here',
    "a pipe that nobody reads": 'return subprocess.call(["echo", "x"], stdout=subprocess.PIPE)  # here',
    "two ways to give the input": 'return subprocess.run(["cat"], input=b"", stdin=subprocess.DEVNULL)  # here',
}


def written(line: str, parameters: str = "") -> str:
    return f"{HEAD}async def subject({parameters}):\n    {line}\n"


@pytest.mark.parametrize("case", sampled(SAME, 7))
def test_a_program_gives_the_same_through_asyncio(tmp_path: Path, case: str) -> None:
    text = written(SAME[case])
    new = generated(tmp_path, text, "asyncio")
    assert "await _run_program(" in new
    assert "to_thread" not in new
    began = time.monotonic()
    assert did(module(tmp_path, new), ()) == did(module(tmp_path, text), ())
    assert time.monotonic() - began < 10
    assert lint(new) <= lint(text)


@pytest.mark.parametrize("case", LEFT_TO_A_THREAD)
def test_what_the_helper_would_do_otherwise_stays_in_a_thread(tmp_path: Path, case: str) -> None:
    new = generated(tmp_path, written(LEFT_TO_A_THREAD[case], "argument=None, options={}"), "asyncio")
    assert "await asyncio.to_thread(subprocess." in new


@pytest.mark.parametrize("case", ["run, checked", "check_output, failed", "too slow"])
def test_a_failure_carries_what_it_carried(tmp_path: Path, case: str) -> None:
    line = SAME[case].removeprefix("return ").removesuffix("  # here")
    text = f"{HEAD}async def subject():\n    try:\n        return {line}  # here\n    except subprocess.SubprocessError as error:\n"
    text += "        return type(error), error.cmd, error.output, error.stderr, getattr(error, 'timeout', error.args)\n"
    new = generated(tmp_path, text, "asyncio")
    assert did(module(tmp_path, new), ()) == did(module(tmp_path, text), ())


def test_a_cancelled_wait_leaves_no_program_behind(tmp_path: Path) -> None:
    text = written('return subprocess.run(["sleep", "31.4159"])  # here')
    made = module(tmp_path, generated(tmp_path, text, "asyncio"))

    async def cancelled() -> bool:
        task = asyncio.create_task(made.subject())
        await asyncio.sleep(0.2)
        assert running()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return running()

    def running() -> bool:
        shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
        return "sleep 31.4159" in shown.splitlines()

    assert asyncio.run(cancelled()) is False


def test_other_tasks_run_meanwhile(tmp_path: Path) -> None:
    text = written('subprocess.run(["sleep", "0.3"], check=True)  # here')
    made = module(tmp_path, generated(tmp_path, text, "asyncio"))

    async def both() -> None:
        await asyncio.gather(made.subject(), made.subject(), made.subject())

    began = time.monotonic()
    asyncio.run(both())
    assert time.monotonic() - began < 0.8
