"""Random small loops, rewritten for every model, behave as they did: results, order, failures, prints."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor.errors import AdvisorError
from tests.generating import did, generated, module
from tests.sampling import sampled

HEAD = """\
import asyncio
import time


def slow(x):
    time.sleep(0.002)
    if x % 11 == 7:
        raise ValueError(x)
    return x * 3 % 17


async def later(x):
    await asyncio.sleep(0.002)
    if x % 11 == 7:
        raise ValueError(x)
    return x * 3 % 17


"""
HEADS = (
    "for x in xs:",
    "for x in sorted(xs):",
    "for x in range(len(xs)):",
    "for i, x in enumerate(xs):",
    "for x, i in zip(xs, range(50)):",
    "for x in (each + 1 for each in xs):",
    "for x in [each for each in xs if each]:",
    "for i, x in {k: k + 1 for k in xs}.items():",
    "while xs:",
)
BEFORE = (
    ("if x % 3 == 0:", "    continue"),
    ("if x % 5 == 4:", "    print('skipped', x)", "    continue"),
    ("print('asking', x)",),
    ("k = x + 2",),
    ("if x > 25:", "    break"),
    ("count += 1",),
)
WORK = (
    ("y = {work}(x)",),
    ("y = {work}(k)",),
    ("y = {work}(x + k)",),
    ("y = {work}(x) + 1",),
    ("y = {work}(x) + {work}(k)",),
    ("z = {work}(x)", "y = {work}(z + 1)"),
    ("try:", "    y = {work}(x)", "except ValueError as error:", "    print('bad', error)", "    y = -1"),
    ("try:", "    y = {work}(x)", "except ValueError:", "    continue"),
    ("if x % 2:", "    y = {work}(x)", "else:", "    y = x"),
    ("y = 0", "for step in range(2):", "    y += {work}(x + step)"),
)
AFTER = (
    ("out.append(y)",),
    ("out.append((x, y))",),
    ("table[x] = y",),
    ("seen.add(y)",),
    ("count += 1",),
    ("total += y",),
    ("print('got', x, y)",),
    ("if y > 12:", "    break"),
    ("if y > 14:", "    return 'early', x, y"),
    ("if y % 4 == 0:", "    continue"),
    ("if best is None or y > best:", "    best = y"),
    ("for step in range(2):", "    out.append(step)"),
)


def lines(choices: tuple[tuple[str, ...], ...], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(choices), max_size=most, unique=True).map(
        lambda groups: [line for g in groups for line in g]
    )


programs = st.tuples(st.sampled_from(HEADS), lines(BEFORE, 2), st.sampled_from(WORK), lines(AFTER, 3), st.booleans())
inputs = st.lists(st.integers(0, 30), max_size=9)


def written(program: tuple[str, list[str], tuple[str, ...], list[str], bool], *, asynchronous: bool) -> str:
    head, before, work, after, ends = program
    call = "await later" if asynchronous else "slow"
    taken = ["x = xs.pop(0)"] if head.startswith("while") else []
    body = [*taken, *before, *(line.format(work=call) for line in work), *after]
    rows = [
        f"{'async ' if asynchronous else ''}def subject(xs):",
        "    k = count = total = 0",
        "    x = y = best = None",
        "    out, table, seen = [], {}, set()",
        f"    {head}  # here",
        *(f"        {line}" for line in body),
        *(["    else:", "        out.append('else')"] if ends and not taken else []),
        "    return x, y, k, out, list(table.items()), sorted(seen), count, total, best",
    ]
    return HEAD + "\n".join(rows) + "\n"


_made = {"threading": 0, "multiprocessing": 0, "asyncio": 0}


@pytest.mark.parametrize("model", sampled(_made, 3))
def test_a_rewritten_loop_behaves_as_it_did(model: str) -> None:
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(programs, st.lists(inputs, min_size=2, max_size=3))
    def behaves(program: tuple[str, list[str], tuple[str, ...], list[str], bool], examples: list[list[int]]) -> None:
        check(program, examples, model)

    behaves()
    assert _made[model] >= 3, "nearly everything was refused"


@pytest.mark.slow
@pytest.mark.parametrize("model", _made)
def test_many_rewritten_loops_behave_as_they_did(model: str) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(programs, st.lists(inputs, min_size=2, max_size=4))
    def behaves(program: tuple[str, list[str], tuple[str, ...], list[str], bool], examples: list[list[int]]) -> None:
        check(program, examples, model)

    behaves()


def check(
    program: tuple[str, list[str], tuple[str, ...], list[str], bool], examples: list[list[int]], model: str
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        text = written(program, asynchronous=model == "asyncio")
        try:
            new = generated(folder, text, model)
        except AdvisorError as error:
            if error.exit_code != 1:
                raise
            return  # refused
        _made[model] += 1
        before, after = module(folder, text), module(folder, new)
        for xs in examples:
            assert did(after, [list(xs)]) == did(before, [list(xs)]), new
