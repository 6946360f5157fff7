"""What a round does before its work comes before its work: taken along, or the site is refused; never done late."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from tests.generating import did, generated, module, refusal
from tests.sampling import sampled

REFUSED = {
    "a file that all iterations write": (
        "carried-dependence",
        """
import subprocess


def subject(folder, texts):
    out = []
    for text in texts:  # here
        with open(folder / "input.tmp", "w") as file:
            file.write(text)
        out.append(subprocess.run(["cat", str(folder / "input.tmp")], capture_output=True).stdout)
    return out
""",
    ),
    "an attribute of the client": (
        "carried-dependence",
        """
import requests


def subject(url, pages):
    session, out = requests.Session(), {}
    for page in pages:  # here
        session.headers["X-Page"] = str(page)
        out[page] = session.get(url).request.headers["X-Page"]
    return out
""",
    ),
    "an attribute of an object that is asked": (
        "carried-dependence",
        """
import subprocess


class Job:
    args = ()

    def run(self):
        return subprocess.run(self.args, capture_output=True).stdout


def subject(folder, texts):
    job, out = Job(), []
    for text in texts:  # here
        job.args = ["echo", text]
        out.append(job.run())
    return out
""",
    ),
    "the environment": (
        "process-state",
        """
import os
import subprocess


def subject(folder, texts):
    out = []
    for text in texts:  # here
        os.environ["FLAG"] = text
        out.append(subprocess.run("echo $FLAG", shell=True, capture_output=True).stdout)
    return out
""",
    ),
    "a pace": (
        "rate-limit",
        """
import subprocess
import time


class Limiter:
    def wait(self):
        time.sleep(0.2)


def subject(folder, texts):
    limiter, out = Limiter(), []
    for text in texts:  # here
        limiter.wait()
        out.append(subprocess.run(["echo", text], capture_output=True).stdout)
    return out
""",
    ),
    "a list that grows while it is walked": (
        "carried-dependence",
        """
import subprocess


def subject(folder, texts):
    out = []
    for text in texts:  # here
        out.append(subprocess.run(["echo", text], capture_output=True).stdout)
        if len(text) < 3:
            texts.append(text + "x")
    return out
""",
    ),
    "a statement before the try": (
        "error-handling",
        """
import subprocess


def opened(text):
    if text == "b":
        raise OSError(text)
    return subprocess.check_output(["echo", text])


def subject(folder, texts):
    out = []
    for text in texts:  # here
        made = opened(text)
        try:
            out.append(subprocess.check_output(["cat"], input=made))
        except OSError:
            out.append(None)
    return out
""",
    ),
    "numbers of the one seeded generator": (
        "random-draw",
        """
import random


def draw(count):
    return sum(random.random() for _ in range(count * 20000))


def subject(folder, texts):
    random.seed(7)
    return [draw(len(text)) for text in texts]  # here
""",
    ),
}


@pytest.mark.parametrize("model", ["threading", "multiprocessing", "asyncio"])
@pytest.mark.parametrize("case", sampled(REFUSED, 8))
def test_what_would_be_done_too_late_is_refused_or_done_in_time(case: str, model: str, tmp_path: Path) -> None:
    _, text = REFUSED[case]
    made = text
    with suppress(AdvisorError):
        made = generated(tmp_path, text, model)
    if "requests" not in text:
        for texts in (["a", "b", "cc", "d"], ["x"], []):
            before = did(module(tmp_path, text), (tmp_path, list(texts)))
            assert did(module(tmp_path, made), (tmp_path, list(texts))) == before, made


@pytest.mark.parametrize("case", [case for case in REFUSED if "try" not in case])
def test_threads_are_refused_with_the_hazard(case: str, tmp_path: Path) -> None:
    hazard, text = REFUSED[case]
    assert f"({hazard})" in refusal(tmp_path, text)


KEPT = {
    "a file of its own for each iteration": """
import subprocess


def subject(folder, texts):
    out = []
    for text in texts:  # here
        path = folder / f"{text}.tmp"
        with open(path, "w") as file:
            file.write(text)
        out.append(subprocess.run(["cat", str(path)], capture_output=True).stdout)
    return out
""",
    "an object made anew in each iteration": """
import subprocess


class Job:
    args = ()

    def run(self):
        return subprocess.run(self.args, capture_output=True).stdout


def subject(folder, texts):
    out = []
    for text in texts:  # here
        job = Job()
        job.args = ["echo", text]
        out.append(job.run())
    return out
""",
    "names that are nested": """
import subprocess


def subject(folder, texts):
    table = {(text, len(text)): number for number, text in enumerate(texts)}
    out = []
    for (text, length), number in table.items():  # here
        print(number, length, subprocess.run(["echo", text], capture_output=True).stdout)
        out.append(text)
    return out
""",
    "a generator of its own for each iteration": """
import random


def draw(count):
    dice = random.Random(count)
    return sum(dice.random() for _ in range(count * 20000))


def subject(folder, texts):
    random.seed(7)
    return [draw(len(text)) for text in texts]  # here
""",
}


@pytest.mark.parametrize("case", KEPT)
def test_what_is_of_one_round_goes_along_with_it(case: str, tmp_path: Path) -> None:
    made = generated(tmp_path, KEPT[case], "threading", accept=["later-effects"])
    before = did(module(tmp_path, KEPT[case]), (tmp_path, ["a", "b", "cc"]))
    assert did(module(tmp_path, made), (tmp_path, ["a", "b", "cc"])) == before, made


FIRST_COME = """\
import time
from concurrent.futures import ThreadPoolExecutor, as_completed


def ask(mirror):
    time.sleep(mirror / 100)
    return mirror


def finished(waiting):
    yield from as_completed(waiting)


def outcome(future):
    time.sleep(0.1)
    return future.result()


def subject(mirrors):
    found = []
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(ask, mirror) for mirror in mirrors]
        coming = as_completed(waiting)
        for future in {walked}:  # here
            {body}
    return found
"""
SERVES = """answer = outcome(future)
            if answer % 2:
                return answer"""
ALL_TAKEN = "found.append(outcome(future))"


@pytest.mark.parametrize("model", ["threading", "asyncio"])
@pytest.mark.parametrize("walked", ["as_completed(waiting)", "coming", "finished(waiting)"])
def test_a_race_ends_with_the_first_that_serves(tmp_path: Path, model: str, walked: str) -> None:
    text = FIRST_COME.format(walked=walked, body=SERVES)
    assert "(early-exit)" in refusal(tmp_path, text, model)


@pytest.mark.parametrize(
    ("walked", "body"), [("as_completed(waiting)", ALL_TAKEN), ("waiting", ALL_TAKEN), ("waiting", SERVES)]
)
def test_where_all_are_taken_or_come_in_order_none_is_waited_for_too_long(
    tmp_path: Path, walked: str, body: str
) -> None:
    assert "max_workers" in generated(tmp_path, FIRST_COME.format(walked=walked, body=body), "threading")
