"""Made-up programs do what they did once they have been rewritten, and few that are independent are refused."""

from __future__ import annotations

import ast
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.errors import AdvisorError
from advisor.model.concurrency import Model
from advisor.refactoring import refactor, wanted
from tests.differential.__main__ import Entry, told
from tests.differential.grammar import PLAIN, TYING, drawn, numbered
from tests.differential.harness import MODELS, SETTINGS, Harness
from tests.differential.running import Runner, without_the_race_at_the_end
from tests.sampling import sampled

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="programs run in forks of a warm process")

SEED = 1
QUICK, SLOW, CHUNK = 36, 204, 6
MOST_REFUSED = 0.45  # of the independent programs, for the model that suits their work


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    with Harness() as made:
        yield made


def differing(harness: Harness, numbers: range) -> list[str]:
    entries = [Entry(number, program := numbered(SEED, number), harness.tried(program)) for number in numbers]
    return [
        f"program {SEED}:{each.number}: {told(each)}"
        for each in entries
        if each.tried.differences or each.tried.unsteady
    ]


@pytest.mark.parametrize("first", sampled(range(0, QUICK, CHUNK), 3))
def test_rewritten_programs_do_what_they_did(harness: Harness, first: int) -> None:
    assert differing(harness, range(first, first + CHUNK)) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(QUICK, QUICK + SLOW, CHUNK))
def test_so_do_many(harness: Harness, first: int) -> None:
    assert differing(harness, range(first, first + CHUNK)) == []


@pytest.mark.slow
def test_few_independent_programs_are_refused(harness: Harness) -> None:
    refused: dict[Model, list[bool]] = {model: [] for model in MODELS}
    for program in (numbered(SEED, 3 * number) for number in range(120)):
        if program.independent:  # two parts that tie nothing by themselves may do so together
            refused[program.suits].append(bool(harness.refusal(program)))
    assert all(len(each) > 20 for each in refused.values())
    assert {model: share for model, each in refused.items() if (share := sum(each) / len(each)) > MOST_REFUSED} == {}


# ---- the grammar


def test_a_number_names_a_program_and_productions_take_turns() -> None:
    assert numbered(3, 7) == numbered(3, 7)
    assert numbered(3, 7) != numbered(4, 7)
    programs = [numbered(3, number) for number in range(len(TYING) * 3 // 2 + 3)]
    assert {name for program in programs for name in program.ties} >= {each.name for each in TYING}
    assert len({each.name for each in (*TYING, *PLAIN)}) == len(TYING) + len(PLAIN)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.randoms(use_true_random=False))
def test_whatever_is_drawn_is_a_program(rng: random.Random) -> None:
    program = drawn(rng)
    lines = {node.lineno for node in ast.walk(ast.parse(program.text)) if hasattr(node, "lineno")}
    assert program.line in lines
    assert program.ties <= set(program.productions)


@pytest.mark.slow
def test_every_production_does_the_same_every_time() -> None:
    with Runner() as runner:
        for production in TYING:
            program = drawn(random.Random(production.name), production.name)
            before = runner.warm(program.text)
            assert before.code is not None, program
            assert before.differences(runner.cold(program.text)) == [], program


# ---- the harness

WALK = """\
import time


def work(n):
    time.sleep(0.001)
    if n == 5:
        raise ValueError(n)
    with open(f"{n}.txt", "w") as file:
        file.write(str(n))
    return n


for n in (3, 1, 2):
    print(work(n))
"""


@pytest.mark.parametrize(
    ("was", "becomes", "what"),
    sampled(
        [
            ("(3, 1, 2)", "(3, 2, 1)", "out"),
            ("(3, 1, 2)", "(3, 1, 2, 5)", "code"),
            ("file.write(str(n))", "file.write(str(n + 1))", "files"),
            ('{n}.txt"', '{n}.text"', "files"),
            ("    print(work(n))", "    print(work(n))\nwhile True:\n    time.sleep(1)", "hangs"),
            ("import time", "import sys\nimport time\n\nsys.stderr.write('late')", "log"),
        ],
        3,
    ),
)
def test_a_broken_rewrite_is_noticed(was: str, becomes: str, what: str) -> None:
    with Harness(patience=3) as harness:
        assert harness.compared(WALK, WALK) == ()
        assert any(each.startswith(f"{what}:") for each in harness.compared(WALK, WALK.replace(was, becomes)))


def test_which_failure_it_was_is_noticed(harness: Harness) -> None:
    failing = WALK.replace("(3, 1, 2)", "(3, 5, 2)")
    assert harness.compared(failing, failing) == ()
    (found,) = harness.compared(failing, failing.replace("ValueError(n)", "ValueError(n + 1)"))
    assert found.startswith("failure: 'ValueError: 5'")


def test_threads_that_meet_in_an_object_are_noticed(harness: Harness) -> None:
    before = """\
import time
from concurrent.futures import ThreadPoolExecutor


class Runner:
    def set(self, n):
        self.current = n

    def work(self):
        time.sleep(0.002)
        return self.current


runner = Runner()
out = []
for n in range(4):
    runner.set(n)
    out.append(runner.work())
print(out)
"""
    after = before.partition("out = []")[0] + """\
with ThreadPoolExecutor() as pool:
    futures = []
    for n in range(4):
        runner.set(n)
        futures.append(pool.submit(runner.work))
print([future.result() for future in futures])
"""  # fmt: skip
    assert harness.compared(before, after)


def test_processes_that_keep_what_was_to_come_back_are_noticed(harness: Harness) -> None:
    before = """\
from concurrent.futures import ProcessPoolExecutor

seen = []


def work(n):
    seen.append(n)
    return n


if __name__ == "__main__":
    print(list(map(work, range(4))), seen)
"""
    head = "    with ProcessPoolExecutor(2) as pool:\n        print(list(pool.map(work, range(4))), seen)\n"
    assert harness.compared(before, before.partition("    print(")[0] + head)


@pytest.mark.parametrize(("number", "model"), [(0, Model.THREADING), (2, Model.MULTIPROCESSING), (12, Model.ASYNCIO)])
def test_what_is_tried_is_what_generate_makes(harness: Harness, number: int, model: Model, tmp_path: Path) -> None:
    program = numbered(SEED, number)
    made = harness.rewritten(program.text)
    by_order = {order: each.text for each in made.texts for order in each.orders}
    (tmp_path / "pyproject.toml").touch()
    file = tmp_path / "app.py"
    file.write_text(program.text, encoding="utf-8")

    def asked(place: str, model: str | None) -> str:
        try:
            result = refactor(wanted(place, model, None, everything=model is None), SETTINGS)
        except AdvisorError as error:
            return error.title.partition(": ")[2]
        return result.files[0].text if result.files else program.text

    assert asked(f"{file}:{program.line}", model.value) == {**by_order, **made.refused}[f"{program.line} {model}"]
    assert asked(str(tmp_path), None) == by_order["all-in"]


CLOSED_TOO_SOON = """\
Exception ignored in: <module 'threading' from '/usr/lib/python3.11/threading.py'>
Traceback (most recent call last):
  File "/usr/lib/python3.11/threading.py", line 1571, in _shutdown
    atexit_call()
  File "/usr/lib/python3.11/concurrent/futures/process.py", line 111, in _python_exit
    thread_wakeup.wakeup()
  File "/usr/lib/python3.11/multiprocessing/connection.py", line 384, in _send
    n = write(self._handle, buf)
OSError: [Errno 9] Bad file descriptor
"""


@pytest.mark.parametrize(
    ("err", "left"),
    [
        ("did 1\n" + CLOSED_TOO_SOON, "did 1\n"),
        (CLOSED_TOO_SOON.replace("_python_exit", "work"), CLOSED_TOO_SOON.replace("_python_exit", "work")),
        (CLOSED_TOO_SOON.partition("\n")[2], CLOSED_TOO_SOON.partition("\n")[2]),  # it was not ignored
    ],
)
def test_only_the_race_at_the_end_of_the_interpreter_is_left_out(err: str, left: str) -> None:
    assert without_the_race_at_the_end(err) == left
