"""What counts by itself."""

from __future__ import annotations

import pytest

from advisor.questions.lengths import is_counter, is_endless
from tests.linking import linked


@pytest.mark.parametrize(
    ("iterable", "head", "counter"),
    [
        ("range(n)", "", True),
        ("np.arange(n)", "import numpy as np", True),
        ("trange(n)", "from tqdm import trange", True),
        ("trange(n)", "from elsewhere import trange", True),
        ("xs.range(n)", "", False),
        ("range(n)", "def range(n): return [n]", False),
        ("tqdm(xs)", "from tqdm import tqdm", False),
        ("xs", "", False),
    ],
)
def test_what_counts_like_range(iterable: str, head: str, counter: bool) -> None:
    found = linked(f"{head}\ndef work(xs, n):\n    for x in {iterable}:\n        print(x)\n")
    assert is_counter(found.program, found.catalog, found.work.id, found.loop.iterable) is counter


@pytest.mark.parametrize(
    ("iterable", "head", "endless"),
    [
        ("count()", "from itertools import count", True),
        ("itertools.count(n)", "import itertools", True),
        ("iter(xs.next, None)", "", True),
        ("iter(xs)", "", False),
        ("xs.count(n)", "", False),
        ("range(n)", "", False),
    ],
)
def test_what_has_no_end_of_its_own(iterable: str, head: str, endless: bool) -> None:
    found = linked(f"{head}\ndef work(xs, n):\n    for x in {iterable}:\n        print(x)\n")
    assert is_endless(found.program, found.work.id, found.loop.iterable) is endless
