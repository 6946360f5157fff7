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
    assert "start(step" in generated(tmp_path, captured, "asyncio", accept=LATER)


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


def test_a_reason_that_is_more_than_time_is_told_first(tmp_path: Path) -> None:
    text = ROUNDS.format(times=150_000, call="ord").replace("[i %", "[value %")
    assert "(carried-dependence)" in refusal(tmp_path, text)
