"""What a coroutine does in one go stays in one go: no rewrite lets other tasks come in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

HEAD = """
import asyncio
import time

balance = {"a": 100, "b": 0}


def price(item):
    time.sleep(0.02)
    return len(item) * 10


class Shop:
    def __init__(self):
        self.rows = None
        self.total = 0
        self.lock = asyncio.Lock()

    async def work(self, items, out):
"""
SEEN_BETWEEN = [
    'balance["a"] -= 60\nprices = [price(item) for item in items]  # here\nbalance["b"] += 60',
    "if self.rows is None:\n    rows = [price(item) for item in items]  # here\n    self.rows = rows",
    "if self.rows is None:\n    self.rows = [price(item) for item in items]  # here",
    "before = self.total\nfor item in items:  # here\n    before += price(item)\nself.total = before",
    "out.append('starts')\nfound = [price(item) for item in items]  # here\nout.append('ends')",
    "await asyncio.sleep(0)\nbefore = self.total\nparts = [price(item) for item in items]  # here\nself.total = before + 1",
]
NOT_SEEN = [
    "prices = [price(item) for item in items]  # here\nbalance['b'] += 60",  # nothing before
    "before = self.total\nreturn [price(item) + before for item in items]  # here",  # nothing after
    "before = self.total\nparts = [price(item) for item in items]  # here\nself.rows = before",  # something else
    "before = self.total\nparts = [price(item) for item in items]  # here\nawait asyncio.sleep(0)\nself.total = before",
    "before = self.total\nawait asyncio.sleep(0)\nparts = [price(item) for item in items]  # here\nself.total = 1",
    "async with self.lock:\n    before = self.total\n    parts = [price(item) for item in items]  # here\n    self.total = before",
    "own = []\nown.append(1)\nparts = [price(item) for item in items]  # here\nown.append(2)",
]


@pytest.mark.parametrize("body", SEEN_BETWEEN)
def test_what_others_see_is_not_left_half_done(tmp_path: Path, body: str) -> None:
    assert "another task of the event loop could now come in between" in refusal(tmp_path, module(body), "asyncio")


@pytest.mark.parametrize("body", NOT_SEEN)
def test_what_nobody_sees_half_done_may_give_way(tmp_path: Path, body: str) -> None:
    assert "await" in generated(tmp_path, module(body), "asyncio")


def test_a_coroutine_that_has_its_loop_to_itself_may_give_way_anywhere(tmp_path: Path) -> None:
    alone = "\n\nif __name__ == '__main__':\n    asyncio.run(Shop().work(['a', 'bb'], []))\n"
    assert "await" in generated(tmp_path, module(SEEN_BETWEEN[0]) + alone, "asyncio")


def module(body: str) -> str:
    return HEAD + "\n".join(f"        {line}" for line in body.split("\n")) + "\n"


LOADER = """
import asyncio
import time


def read(name):
    time.sleep(0.02)
    return name


class Model:
    async def load(self, name):
{body}

    def infer(self, text):
        return self.weights, self.words, text

    def size(self):
        return self.size_in_bytes
"""
HALF_MADE = [
    "self.weights = name\nself.words = read(name)  # here",
    "self.weights = name\nwords = read(name)  # here\nself.words = words",
    "await asyncio.sleep(0)\nif name:\n    self.weights = name\n    self.words = read(name)  # here",
    "self.weights = None\nfound = read(name)  # here\nself.words = found\nself.weights = name",
]
WHOLE = [
    "weights = name\nwords = read(name)  # here\nself.weights = weights\nself.words = words",
    "self.weights = name\nawait asyncio.sleep(0)\nself.words = read(name)  # here",
    "self.size_in_bytes = 1\nself.words = read(name)  # here",
    "self.weights = name\nreturn read(name)  # here",
]


def loader(body: str) -> str:
    return LOADER.format(body="\n".join(f"        {line}" for line in body.split("\n")))


@pytest.mark.parametrize("body", HALF_MADE)
def test_an_object_that_is_set_up_in_one_go_is_not_seen_half_made(tmp_path: Path, body: str) -> None:
    told = refusal(tmp_path, loader(body), "asyncio")
    assert "another task" in told


@pytest.mark.parametrize("body", WHOLE)
def test_what_nobody_looks_at_together_may_be_set_apart(tmp_path: Path, body: str) -> None:
    assert "await asyncio.to_thread(read, name)" in generated(tmp_path, loader(body), "asyncio")


TOLD = """\
import requests


class Recorder:
    def __init__(self):
        self.chunks = []

    def feed(self, url):
        self.chunks.append(requests.get(url, timeout=5).content)

    def size(self, url):
        return len(requests.get(url, timeout=5).content)


class Other:
    def feed(self, url):
        requests.post(url, timeout=5)


RECORDER = {made}


async def handler(url):
    {call}  # here


async def beside(url):
    RECORDER.chunks.clear()
"""


@pytest.mark.parametrize(
    ("made", "call", "hazard"),
    [
        ("Recorder()", "RECORDER.feed(url)", "shared-write"),
        ("__import__('recorders').make()", "RECORDER.feed(url)", "stateful-capture"),
    ],
)
def test_what_a_call_changes_other_tasks_would_meet_in_a_thread(
    made: str, call: str, hazard: str, tmp_path: Path
) -> None:
    assert f"({hazard})" in refusal(tmp_path, TOLD.format(made=made, call=call), None)


def test_what_a_call_only_works_out_may_be_done_in_a_thread(tmp_path: Path) -> None:
    made = generated(tmp_path, TOLD.format(made="Recorder()", call="return RECORDER.size(url)"), None)
    assert "await asyncio.to_thread(RECORDER.size, url)" in made
