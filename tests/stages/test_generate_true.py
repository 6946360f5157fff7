"""Refusals are true: what looks like a tie between iterations and is none is rewritten, and what is one is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module, refusal
from tests.stages.test_generate import HEAD

SKIPPED = """
def subject(xs):
    out = []
    for x in xs:  # here
        if {test}:
            out.append(slow(x))
        else:
            continue
    return out
"""


@pytest.mark.parametrize(
    "test",
    ["(got := slow(x)) is None", "(got := slow(x) - 4) == 2", "(x or slow(x)) != 2", "(slow(x) if x else 2) in [2, 4]",
     "slow(x) + 2 == 6"],
)  # fmt: skip
@pytest.mark.parametrize("model", ["threading", "multiprocessing"])
def test_the_opposite_of_a_test_keeps_its_brackets(test: str, model: str, tmp_path: Path) -> None:
    text = HEAD + SKIPPED.format(test=test)
    made = generated(tmp_path, text, model)
    for xs in ([], [1, 2, 3, 0]):
        assert did(module(tmp_path, made), (xs,)) == did(module(tmp_path, text), (xs,)), made


GUARDED = """
def subject(xs):
    out = []
    for x in xs:  # here
        if {one}:
            if {other}:
                out.append(counted(x))
        print(x)
    return out, sorted(COUNTED)


COUNTED = []


def counted(x):
    COUNTED.append(x)
    return slow(x)
"""


@pytest.mark.parametrize(
    ("one", "other"),
    [("x or len(xs)", "x > 2"), ("x > 2", "x > 7 or x == 3"), ("x if len(xs) > 3 else x > 2", "x != 5"),
     ("not (x > 2 and x < 4)", "x")],
)  # fmt: skip
def test_tests_that_are_joined_keep_their_brackets(one: str, other: str, tmp_path: Path) -> None:
    text = HEAD + GUARDED.format(one=one, other=other).replace("COUNTED.append(x)", "log.debug(x)")
    made = generated(tmp_path, text, "threading")
    watched = [
        module(tmp_path, each.replace("log.debug(x)", "COUNTED.append(x)")) for each in (text, made)
    ]  # what is done for no use would show
    for xs in ([1, 2, 3], [0, 4, 5, 8, 1]):
        assert did(watched[1], (xs,)) == did(watched[0], (xs,)), made


WALKS = """\
import asyncio


async def pages(count):
    for number in range(count):
        await asyncio.sleep(0.001)
        yield number


async def subject(counts):
    found = []
    last = -1
    for count in counts:  # here
{body}
    return found, last
"""


@pytest.mark.parametrize(
    "body",
    [
        "        async for page in pages(count):\n            found.append(page * count)",
        "        total = 0\n        async for page in pages(count):\n            total += page\n"
        "        found.append(total)",
        "        async for page, step in zipped(count):\n            found.append(page + step)",
    ],
    ids=["collected", "summed", "unpacked"],
)
def test_the_target_of_an_inner_async_for_is_set_by_it(body: str, tmp_path: Path) -> None:
    pairs = "\n\nasync def zipped(count):\n    async for page in pages(count):\n        yield page, count\n"
    text = WALKS.format(body=body) + pairs
    made = generated(tmp_path, text, "asyncio")
    assert not lint(made) - lint(text)
    for counts in ([], [3, 1, 4]):
        assert did(module(tmp_path, made), (counts,)) == did(module(tmp_path, text), (counts,))


@pytest.mark.parametrize(
    "body",
    [
        "        found.append(last)\n        async for last in pages(count):\n            found.append(count)",
        "        async for page in pages(count + last):\n            last = page",
    ],
    ids=["target", "set-within"],
)
def test_what_an_inner_async_for_leaves_behind_ties_the_next_iteration(body: str, tmp_path: Path) -> None:
    assert "carried-dependence" in refusal(tmp_path, WALKS.format(body=body), "asyncio")


DRAWN = """
import itertools


def subject(xs):
    pairs = {pairs}
    out = []
    for {target} in pairs:  # here
        key = x + {other}
        got = slow(key)
{body}
    return out
"""


@pytest.mark.parametrize(
    ("target", "pairs"),
    [
        ("x, y", "itertools.product(xs, xs)"),
        ("x, y", "itertools.combinations(xs, 2)"),
        ("x, y", "itertools.zip_longest(xs, xs)"),
        ("x", "itertools.chain(xs, xs)"),
        ("x", "iter(xs)"),
        ("x", "(x for x in xs if x)"),
    ],
)
def test_what_an_iterator_gave_is_no_longer_in_it(target: str, pairs: str, tmp_path: Path) -> None:
    text = HEAD + DRAWN.format(target=target, pairs=pairs, other=target[-1], body="        out.append((key, got))")
    made = generated(tmp_path, text, "threading")
    for xs in ([], [3, 1, 2], [1, 6, 7]):
        assert did(module(tmp_path, made), (xs,)) == did(module(tmp_path, text), (xs,))


@pytest.mark.parametrize(
    "body",
    [
        "        out.append((got, next(pairs, None)))",
        "        if got > 4:\n            out.extend(pairs)",
        "        out.append(got)\n        if got > 4:\n            break\n    out.extend(pairs)",
    ],
    ids=["next", "rest", "afterwards"],
)
def test_what_is_still_in_an_iterator_is_shared(body: str, tmp_path: Path) -> None:
    text = HEAD + DRAWN.format(target="x, y", pairs="itertools.product(xs, xs)", other="y", body=body)
    told = refusal(tmp_path, text)
    assert "carried-dependence" in told or "early-exit" in told


ENDS = """
def subject(xs):
    out = []
    seen = []
    for x in xs:  # here
        first = slow(x)
        if first % 4:
            {kept}
            {leaves}
        second = slow(first)
        {then}
        out.append(second)
    return out, seen
"""


@pytest.mark.parametrize("model", ["threading", "multiprocessing"])
@pytest.mark.parametrize(
    ("kept", "then"),
    [
        ("out.append(first)", "slow(second)"),
        ("out.append(first)", "pass"),
        ("out.append(first)", "seen.append(second)"),
        ("seen.append(x)", "seen.append(0)"),
    ],
    ids=["all", "one", "after", "two"],
)
def test_an_iteration_may_end_once_it_has_collected_something(kept: str, then: str, model: str, tmp_path: Path) -> None:
    text = HEAD + ENDS.format(kept=kept, then=then, leaves="continue")
    made = generated(tmp_path, text, model)
    assert not lint(made) - lint(text)
    for xs in ([], [1, 2, 3, 4], [1, 13, 2]):
        assert did(module(tmp_path, made), (xs,)) == did(module(tmp_path, text), (xs,)), made


@pytest.mark.parametrize(
    ("kept", "leaves"), [("out.append(first)", "break"), ("out.append(len(out))", "continue")], ids=["break", "read"]
)
def test_it_may_not_end_the_loop_nor_look_at_what_others_collected(kept: str, leaves: str, tmp_path: Path) -> None:
    text = HEAD + ENDS.format(kept=kept, leaves=leaves, then="seen.append(second)\n        slow(second)")
    told = refusal(tmp_path, text)
    assert "early-exit" in told or "shared-write" in told


BRANCH = """
def subject(xs):
    out = []
    for x in xs:  # here
        if slow(x) > 4:
            out.append(x)
            slow(x)
    return out
"""


@pytest.mark.parametrize("model", ["threading", "multiprocessing"])
def test_what_is_collected_under_a_test_that_is_work_itself(model: str, tmp_path: Path) -> None:
    text = HEAD + BRANCH
    made = generated(tmp_path, text, model)
    for xs in ([], [1, 2, 3, 4], [3, 13, 2]):
        assert did(module(tmp_path, made), (xs,)) == did(module(tmp_path, text), (xs,)), made


AWAITS = """
import asyncio

async def user(n):
    await asyncio.sleep(0.1)
    return n

async def main():
    first = await user(1)  # here
    second = await user(2)
    return first, second
"""


@pytest.mark.parametrize("model", ["threading", "multiprocessing"])
def test_awaits_in_a_row_are_for_asyncio_alone(tmp_path: Path, model: str) -> None:
    assert "awaits: only asyncio can run that beside the others (event-loop)" in refusal(tmp_path, AWAITS, model)
    assert "create_task" in generated(tmp_path, AWAITS, "asyncio")


NAMES = """
import time

def asked(n):
    time.sleep(0.1)
    return n

def subject(xs):
    return [asked(x) for x in xs]  # here

def more():
    return {use}
"""


@pytest.mark.parametrize(
    "use", ["sorted(globals())", "[*globals()]", "[n for n in globals()]", "dict(globals().items())"]
)
def test_a_program_that_walks_its_names_would_see_an_import(tmp_path: Path, use: str) -> None:
    assert "walks the names of this module" in refusal(tmp_path, NAMES.format(use=use))


@pytest.mark.parametrize("use", ["globals()['asked']", "globals().get('asked')", "eval('1', globals())"])
def test_one_that_asks_for_a_name_does_not(tmp_path: Path, use: str) -> None:
    assert "pool.map(asked" in generated(tmp_path, NAMES.format(use=use))


COPIED = """
import time

class Numbered(type):
    made = []

    def __init__(cls, name, bases, space):
        super().__init__(name, bases, space)
        Numbered.made.append(name)

class Row(metaclass=Numbered):
    def __init__(self, n):
        self.n = n

    def next(self):
        time.sleep(0.1)
        return type(self)(self.n + 1)

def subject(xs):
    rows = [Row(x) for x in xs]
    return [row.next() for row in rows]  # here
"""


def test_the_type_of_an_object_makes_objects(tmp_path: Path) -> None:
    assert "pool.map(" in generated(tmp_path, COPIED)
