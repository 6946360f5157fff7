"""What a rewrite would change though the loop looks independent: the output of children, what objects share, how they travel,
and the time it takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import did, generated, module, refusal

CHILDREN = """\
import os
import subprocess
import sys


def run(command, **options):
    return subprocess.run(command, **options)


def step(name):
    return {call}


def subject(names):
    codes = []
    for name in names:  # here
        codes.append(step(name))
    return codes
"""
LATER = ["later-effects"]


@pytest.mark.parametrize("model", ["threading", "multiprocessing", "asyncio"])
@pytest.mark.parametrize(
    "call",
    [
        'subprocess.run([sys.executable, "-c", f"print({name!r})"]).returncode',
        'subprocess.call(["tool", name], stderr=subprocess.DEVNULL)',
        'subprocess.check_call(["tool", name], stdout=None)',
        'subprocess.check_call(["tool", name], stdout=sys.stderr)',
        'os.system(f"tool {name}")',
        'os.system(f"mkdir {name}; tool {name}")',
        'subprocess.call(["mkdir", "-pv", name])',
        'subprocess.call(["git", "-C", name, "pull"])',
        'run(["tool", name]).returncode',
    ],
)
def test_children_print_in_the_order_in_which_they_are_started(tmp_path: Path, model: str, call: str) -> None:
    told = refusal(tmp_path, CHILDREN.format(call=call), model, accept=LATER)
    assert "capture the output, and print it in order (ordered-output)" in told


@pytest.mark.parametrize(
    "call",
    [
        'subprocess.run([sys.executable, "-c", f"print({name!r})"], capture_output=True).stdout',
        'subprocess.check_output([sys.executable, "-c", f"print({name!r})"])',
        'subprocess.call([sys.executable, "-c", f"print({name!r})"], stdout=subprocess.DEVNULL)',
        'os.system(f"echo {name} > /dev/null")',
        'os.system(f"mkdir -p {name}; sleep 0.01")',
        'subprocess.call(["mkdir", "-p", name])',
        'subprocess.call(["git", "-C", name, "pull", "-q"])',
    ],
)
def test_children_that_are_captured_or_print_nothing_are_started_at_once(
    tmp_path: Path, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = CHILDREN.format(call=call)
    new = generated(tmp_path, text, accept=LATER)
    assert "ThreadPoolExecutor" in new
    assert did(module(tmp_path, new), ["a", "b"]) == did(module(tmp_path, text), ["a", "b"])


@pytest.mark.parametrize("command", ['"number.py", name', '"-S", "number.py", name', '"-m", "numbers", name'])
def test_a_script_that_nobody_has_read_may_need_what_it_left_behind(tmp_path: Path, command: str) -> None:
    text = CHILDREN.format(call=f"subprocess.check_output([sys.executable, {command}])")
    assert "--accept unknown-program" in refusal(tmp_path, text, accept=LATER)
    assert "ThreadPoolExecutor" in generated(tmp_path, text, accept=[*LATER, "unknown-program"])


def test_what_children_print_may_mix_where_somebody_says_so(tmp_path: Path) -> None:
    text = CHILDREN.format(call='os.system(f"tool {name}")')
    assert "ThreadPoolExecutor" in generated(tmp_path, text, accept=[*LATER, "ordered-output"])


AWAITED = """\
import asyncio


async def step(name):
    child = await asyncio.create_subprocess_exec(name{where})
    return await child.wait()


async def subject(names):
    return [await step(name) for name in names]  # here
"""


def test_children_that_are_awaited_print_in_that_order_too(tmp_path: Path) -> None:
    assert "(ordered-output)" in refusal(tmp_path, AWAITED.format(where=""), "asyncio", accept=LATER)
    captured = AWAITED.format(where=", stdout=asyncio.subprocess.DEVNULL")
    assert "asyncio.create_task(" in generated(tmp_path, captured, "asyncio", accept=LATER)


ROUNDS = """\
import time


def slow(letter):
    time.sleep(0.01)
    return ord(letter)


def subject(word):
    value = 7
    for i in range({times}):  # here
        value = (value * 131 + {call}(word[i % len(word)])) % 999983
    return value
"""


@pytest.mark.parametrize("model", ["threading", "multiprocessing", "asyncio"])
def test_work_that_is_less_than_its_hand_over_is_left_to_the_loop(tmp_path: Path, model: str) -> None:
    text = ROUNDS.format(times=150_000, call="ord")
    assert "(too-little-work)" in refusal(tmp_path, text, model)
    assert "word" in generated(tmp_path, text, model, accept=["too-little-work"])
    assert "slow" in generated(tmp_path, ROUNDS.format(times=4, call="slow"), model)


@pytest.mark.parametrize(("work", "refused"), [("ord(letter)", True), ("slow(letter)", False)])
def test_what_is_handed_over_inside_is_worth_it(work: str, refused: bool, tmp_path: Path) -> None:
    """The loop as a whole may take long, and what a worker would be given no time at all."""
    text = f"""
import time


def slow(letter):
    time.sleep(0.01)
    return ord(letter)


def subject(lines):
    total = 0
    for line in lines:  # here
        for letter in line:
            total = (total * 33 + {work}) % 65521
    return total
"""
    if refused:
        assert "(too-little-work)" in refusal(tmp_path, text, "asyncio")
    assert "asyncio" in generated(tmp_path, text, "asyncio", accept=["too-little-work"] if refused else [])


def test_a_reason_that_is_more_than_time_is_told_first(tmp_path: Path) -> None:
    text = ROUNDS.format(times=150_000, call="ord").replace("[i %", "[value %")
    assert "(carried-dependence)" in refusal(tmp_path, text)


COPIES = """\
import hashlib
import random


class Noise:
    def __init__(self, seed):
        self._draw = random.Random(seed).gauss

    def __call__(self):
        return self._draw(0, 1)


class Options:
    def __init__(self, width):
        self.width = width


class Sensor:
    def __init__(self, source, name):
        self.source = source
        self.mark = hashlib.pbkdf2_hmac("sha256", name.encode(), b"s", 50_000).hex()


class Marked:
    def __init__(self, name):
        self.known = KNOWN
        self.mark = hashlib.pbkdf2_hmac("sha256", name.encode(), b"s", 50_000).hex()


KNOWN = Options([])


def make(source, name):
    return Sensor(source, name)


def alone(name):
    noise = Noise(len(name))
    return Sensor(noise, name)


def subject(names):
    shared = {shared}
    made = [{made} for name in names]  # here
    return [({use}, each.mark) for each in made]


def learn(word):
    {learn}
"""
SEEDED = {"shared": "Noise(7)", "learn": "return word"}


@pytest.mark.parametrize(
    ("parts", "held"),
    [
        ({**SEEDED, "made": "Sensor(shared, name)", "use": "each.source()"}, "shared"),
        ({**SEEDED, "made": "make(shared, name)", "use": "shared()"}, "source"),
        ({**SEEDED, "shared": "random.Random(7)", "made": "Sensor(shared, name)", "use": "shared.random()"}, "shared"),
        ({**SEEDED, "shared": "[]", "made": "Sensor(shared, name)", "use": "shared.append(1)"}, "shared"),
        ({"shared": "0", "made": "Marked(name)", "use": "learn('a')", "learn": "KNOWN.width = word"}, "KNOWN"),
    ],
)
def test_what_several_results_hold_would_come_back_as_a_copy_each(
    tmp_path: Path, parts: dict[str, str], held: str
) -> None:
    told = refusal(tmp_path, COPIES.format(**parts), "multiprocessing")
    assert "(identity)" in told
    assert f"that hold `{held}`" in told or f"gives `{held}`" in told


@pytest.mark.parametrize(
    "parts",
    [
        {**SEEDED, "shared": "Options(3)", "made": "Sensor(shared, name)", "use": "each.source.width"},
        {**SEEDED, "made": "alone(name)", "use": "each.source()"},
        {**SEEDED, "shared": "[1]", "made": "Sensor(shared, name)", "use": "len(each.source)"},
        {"shared": "0", "made": "Marked(name)", "use": "len(each.known.width)", "learn": "return word"},
    ],
)
def test_what_nobody_changes_may_come_back_as_a_copy(tmp_path: Path, parts: dict[str, str]) -> None:
    text = COPIES.format(**parts)
    new = generated(tmp_path, text, "multiprocessing")
    assert "ProcessPoolExecutor" in new
    assert did(module(tmp_path, new), ["a", "bb"]) == did(module(tmp_path, text), ["a", "bb"])


TRAVELS = """\
import hashlib


class Saved:
    transient = ()

    def {method}(self, *given):
        return {result}


class Kept(Saved):
    pass


class Document(Kept):
    transient = ("edits",)
    edits = ()

    def __init__(self, name):
        self.name = name


def render(document):
    text = " ".join((document.name, *document.edits))
    return hashlib.pbkdf2_hmac("sha256", text.encode(), b"x", 60_000).hex()


def subject(names):
    documents = [Document(name) for name in names]
    for document in documents:
        document.edits = (document.name, "end")
    return [render(document) for document in documents]  # here
"""


@pytest.mark.parametrize(
    ("method", "result"),
    [
        ("__getstate__", "{k: v for k, v in vars(self).items() if k not in self.transient}"),
        ("__reduce__", "(type(self), (self.name,))"),
        ("__reduce_ex__", "(type(self), (self.name,))"),
    ],
)
def test_what_is_inherited_tells_how_an_object_travels(tmp_path: Path, method: str, result: str) -> None:
    text = TRAVELS.format(method=method, result=result)
    told = refusal(tmp_path, text, "multiprocessing")
    assert "an object of `Document`, which is pickled in a way of its own" in told
    assert "ThreadPoolExecutor" in generated(tmp_path, text)


def test_an_object_that_inherits_nothing_of_that_travels_whole(tmp_path: Path) -> None:
    text = TRAVELS.format(method="kept", result="self.transient")
    new = generated(tmp_path, text, "multiprocessing")
    assert did(module(tmp_path, new), ["a", "b"]) == did(module(tmp_path, text), ["a", "b"])


ABOVE = """\
import hashlib


class Job:
    def step(self, item):
        return hashlib.pbkdf2_hmac("sha256", bytes([item]), b"x", 60_000).hex()


class Scaled(Job):
    def step(self, item):
        return ""

    def run(self, items):
        return [{above}.step(item) for item in items]  # here


def subject(items):
    return Scaled().run(items)
"""


@pytest.mark.parametrize("model", ["threading", "multiprocessing"])
def test_super_that_says_of_what_class_may_stand_in_a_worker(tmp_path: Path, model: str) -> None:
    assert "`super` in line 14 tells of the place" in refusal(tmp_path, ABOVE.format(above="super()"), model)
    text = ABOVE.format(above="super(Scaled, self)")
    new = generated(tmp_path, text, model)
    assert did(module(tmp_path, new), [1, 2]) == did(module(tmp_path, text), [1, 2])


DRAWN = """
import asyncio


async def office(first):
    number = first
    while True:
        await asyncio.sleep(0.02)
        number += (yield number) or 1


async def lone(number):
    await asyncio.sleep(0.02)
    return number


class Visitor:
    def __init__(self, draw):
        self._draw = draw

    async def enter(self):
        return await self._draw(2)


async def subject(names):
    one = office(40)
    await one.asend(None)
    visitors = [Visitor({draw}) for _ in names]
    notes = []
    for visitor in visitors:  # here
        notes.append(await visitor.enter())
    return notes
"""


def test_a_generator_that_all_draw_from_gives_in_turn(tmp_path: Path) -> None:
    """By a method of it that each object keeps under a name of its own."""
    assert "(shared-write)" in refusal(tmp_path, DRAWN.format(draw="one.asend"), "asyncio")
    assert "asyncio.create_task(" in generated(tmp_path, DRAWN.format(draw="lone"), "asyncio")
