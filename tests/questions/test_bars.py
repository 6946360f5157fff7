"""Progress bars: what is behind them, and what moves them on."""

from __future__ import annotations

import pytest

from advisor.model import tree
from advisor.questions.bars import behind_bar, is_bar, moves_bar
from tests.linking import linked


def walking(iterable: str, head: str) -> str:
    return f"{head}\ndef work(urls):\n    for url in {iterable}:\n        print(url)\n"


AROUND = [
    ("tqdm(urls)", "from tqdm import tqdm"),
    ("tqdm(urls, total=3)", "from tqdm.auto import tqdm"),
    ("tqdm(iterable=urls)", "from tqdm import tqdm"),
    ("t.tqdm(urls)", "import tqdm as t"),
    ("track(urls)", "from rich.progress import track"),
    ("Progress().track(urls)", "from rich.progress import Progress"),
    ("alive_it(urls)", "from alive_progress import alive_it"),
    ("progressbar.progressbar(urls)", "import progressbar"),
    ("click.progressbar(urls)", "import click"),
    ("progress_bar(urls)", "from fastprogress import progress_bar"),
    ("status_iterator(urls, 'reading')", "from sphinx.util.display import status_iterator"),
]


@pytest.mark.parametrize(("iterable", "head"), AROUND)
def test_what_is_walked_stands_behind_the_bar(iterable: str, head: str) -> None:
    found = linked(walking(iterable, head))
    assert tree.dotted(behind_bar(found.program, found.catalog, found.work.id, found.loop.iterable)) == "urls"


@pytest.mark.parametrize(
    ("iterable", "head"),
    [
        ("sorted(urls)", ""),
        ("shipping.track(urls)", "import shipping"),
        ("progress_file(urls)", ""),
        ("tqdm_free(urls)", ""),
        ("urls", "from tqdm import tqdm"),
    ],
)
def test_other_calls_are_no_bars(iterable: str, head: str) -> None:
    found = linked(walking(iterable, head))
    assert behind_bar(found.program, found.catalog, found.work.id, found.loop.iterable) is found.loop.iterable


@pytest.mark.parametrize("head", ["from tqdm import trange", "from elsewhere import trange"])
def test_a_bar_that_counts_by_itself_stays(head: str) -> None:
    found = linked(walking("trange(len(urls))", head))
    assert behind_bar(found.program, found.catalog, found.work.id, found.loop.iterable) is found.loop.iterable


@pytest.mark.parametrize(
    ("iterable", "head", "length"),
    [
        ("trange(3, 7)", "from tqdm import trange", 4),
        ("trange(5)", "from elsewhere import trange", 5),
        ("tqdm('abc')", "from tqdm import tqdm", 3),
        ("track(sorted('ab'))", "from rich.progress import track", 2),
        ("progress_bar([1, 2])", "from fastprogress import progress_bar", 2),
        ("track('ab')", "from shipping import track", None),
    ],
)
def test_a_bar_keeps_the_length(iterable: str, head: str, length: float | None) -> None:
    found = linked(walking(iterable, head))
    assert found.program.length(found.work.id, found.loop.iterable) == length


MOVES = [
    "from tqdm import tqdm\ndef work(n):\n    bar = tqdm(total=n)\n    bar.update(1)",
    "from tqdm import tqdm\ndef work(xs):\n    shown = tqdm(xs)\n    shown.update()",
    "from tqdm import tqdm\ndef work(n):\n    with tqdm(total=n) as shown:\n        shown.update(1)",
    "from rich.progress import Progress\ndef work(n):\n    with Progress() as p:\n        p.advance(n)",
    "from alive_progress import alive_bar\ndef work(n):\n    with alive_bar(n) as step:\n        step()",
    "import click\ndef work(n):\n    with click.progressbar(length=n) as shown:\n        shown.update(1)",
    "def work(self):\n    self.pbar.update(1)",
    "def printProgressBar(i, n):\n    print(i, n)\ndef work(n):\n    printProgressBar(1, n)",
]


@pytest.mark.parametrize("text", MOVES)
def test_a_bar_is_moved_on(text: str) -> None:
    found = linked(text)
    assert moves_bar(found.program, found.catalog, found.work.id, found.last_call)


@pytest.mark.parametrize(
    "text",
    [
        "def work(self):\n    self.cache.update(1)",
        "def work(bar):\n    bar.append(1)",
        "def work(ax):\n    ax.bar([1], [2])",
        "from tqdm import tqdm\ndef work(n):\n    bar = tqdm(total=n)\n    bar.set_description('x')",
        "def work():\n    bar = {}\n    bar.update(a=1)",
    ],
)
def test_other_calls_move_no_bar(text: str) -> None:
    found = linked(text)
    assert not moves_bar(found.program, found.catalog, found.work.id, found.last_call)


def test_a_bar_is_known_by_its_type_before_its_name() -> None:
    found = linked("def work():\n    bar = [1]\n    bar.pop()")
    receiver = tree.parts(found.last_call.function)[0]
    assert not is_bar(found.program, found.catalog, found.work.id, receiver)
