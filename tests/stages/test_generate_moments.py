"""Work that goes another way by when it runs, by who else is at work, or by what a process has not been told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

TIMED = """\
import threading
import time

LONGEST = 5.0


class Shop:
    def __init__(self):
        self.end = time.monotonic() + 1
        self.lock = threading.Lock()

    def serve(self, item, grace=0.5):
        {test}
        time.sleep(0.1)
        return item


def subject(items):
    shop = Shop()
    served = []
    for item in items:  # here
        served.append(shop.serve(item))
    return served
"""
CLOCK, LOCK = "holds the clock against a moment", "asks whether `self.lock` is free"


@pytest.mark.parametrize("model", ["threading", "asyncio"])
@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("if time.monotonic() > self.end: return None", CLOCK),
        ("if self.end - time.monotonic() < grace: return None", CLOCK),
        ("if not self.lock.acquire(blocking=False): return None", LOCK),
        ("if not self.lock.acquire(timeout=0.01): return None", LOCK),
        ("if time.monotonic() - item > LONGEST: return None", CLOCK),  # what is given may be one moment for all
    ],
)
def test_who_comes_late_or_finds_it_taken_goes_another_way(tmp_path: Path, model: str, test: str, told: str) -> None:
    assert told in refusal(tmp_path, TIMED.format(test=test), model)


@pytest.mark.parametrize(
    "test",
    [
        "began = time.monotonic(); took = time.monotonic() - began",
        "if time.monotonic() > LONGEST * 1e9: return None",
        "with self.lock: pass",
    ],
)
def test_how_long_the_work_itself_takes_is_its_own_affair(tmp_path: Path, test: str) -> None:
    assert "ThreadPoolExecutor" in generated(tmp_path, TIMED.format(test=test), "threading")


SENT = """\
import functools
import hashlib
import sys
import threading


def plain(function):
    {wraps}
    def inner(*arguments):
        return function(*arguments)
    return inner


@functools.singledispatch
def weight(item):
    return 1


{decorator}
def work(item):
    return hashlib.pbkdf2_hmac("sha256", bytes([item]), b"x", 100_000 * weight(item)).hex()


class Guarded:
    def __init__(self):
        self.guard = {guard}


class Engine(Guarded):
    def __init__(self):
        super().__init__()

    def run(self, item):
        return work(item)


def configure():
    {configure}


def subject(items):
    configure()
    engine = Engine()
    results = []
    for item in items:  # here
        results.append({call})
    return results


if __name__ == "__main__":
    print(subject([1, 2]))
"""
FINE = {"wraps": "", "decorator": "", "guard": "None", "configure": "pass", "call": "work(item)"}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"decorator": "@plain"}, "puts a function within a function in the place of `work`"),
        ({"guard": "threading.Lock()", "call": "engine.run(item)"}, "an object that holds a `threading.Lock`"),
        ({"configure": "weight.register(int, abs)"}, "registers something with `weight` while the program runs"),
        (
            {"configure": 'setattr(sys.modules[__name__], "work", len)'},
            "sets what a module holds while the program runs",
        ),
    ],
)
def test_a_process_does_not_find_what_was_made_as_the_program_ran(
    tmp_path: Path, parts: dict[str, str], told: str
) -> None:
    assert told in refusal(tmp_path, SENT.format(**{**FINE, **parts}), "multiprocessing")


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"decorator": "@plain", "wraps": "@functools.wraps(function)"},
        {"call": "engine.run(item)"},
        {"configure": 'setattr(sys, "answer", 42)'},
    ],
)
def test_a_process_finds_what_a_module_makes(tmp_path: Path, parts: dict[str, str]) -> None:
    assert "ProcessPoolExecutor" in generated(tmp_path, SENT.format(**{**FINE, **parts}), "multiprocessing")
