"""What a loop walks."""

from __future__ import annotations

import pytest

from advisor.model import code
from advisor.model.rounds import Walked
from advisor.questions.rounds import counted_up, once_or_more, rounds, walked
from tests.linking import linked


@pytest.mark.parametrize(
    ("iterable", "head", "kind"),
    [
        ("os.listdir(x)", "import os", Walked.FOLDER),
        ("sorted(Path(x).rglob('*.py'))", "from pathlib import Path", Walked.FOLDER),
        ("x.iterdir()", "", Walked.FOLDER),
        ("os.environ(x)", "import os", Walked.OTHER),
        ("open(x)", "", Walked.RECORDS),
        ("enumerate(open(x))", "", Walked.RECORDS),
        ("open(x).readlines()", "", Walked.RECORDS),
        ("open(x).read().split()", "", Walked.OTHER),
        ("open(x).name", "", Walked.ATTRIBUTE),
        ("sqlite3.connect(x).execute('select 1')", "import sqlite3", Walked.RECORDS),
        ("tqdm(cursor.fetchall())", "from tqdm import tqdm\nfrom elsewhere import cursor", Walked.RECORDS),
        ("sqlite3.connect(x).total_changes", "import sqlite3", Walked.ATTRIBUTE),
        ("x.items()", "", Walked.MAPPING),
        ("list(x.values())", "", Walked.MAPPING),
        ("items(x)", "from elsewhere import items", Walked.OTHER),
        ("range(x)", "", Walked.RANGE),
        ("range(len(x))", "", Walked.RANGE),
        ("trange(x)", "from elsewhere import trange", Walked.RANGE),
        ("range(x)", "def range(x): return x.all()", Walked.OTHER),
        ("x.children", "", Walked.ATTRIBUTE),
        ("reversed(x.children or [])", "", Walked.ATTRIBUTE),
        ("[each for each in x.children if each]", "", Walked.ATTRIBUTE),
        ("x.children()", "", Walked.OTHER),
        ("x[0]", "", Walked.PART),
        ("zip(x[1:], x)", "", Walked.PART),
        ("x", "", Walked.OTHER),
        ("x + y", "", Walked.OTHER),
        ("(a for a in x for b in y)", "", Walked.OTHER),
    ],
)
def test_what_is_walked(iterable: str, head: str, kind: Walked) -> None:
    found = linked(f"{head}\ndef work(x, y):\n    for each in {iterable}:\n        print(each)\n")
    assert walked(found.program, found.catalog, found.work.id, found.loop.iterable) is kind


@pytest.mark.parametrize(
    ("before", "kind"),
    [
        ("found = x.items()", Walked.MAPPING),
        ("found = sorted(x.items())\n    found = list(found)", Walked.MAPPING),
        ("found = None\n    found = x.rows", Walked.ATTRIBUTE),
        ("found = ALL", Walked.MAPPING),  # what stands for something in another scope
        ("x = x.items()\n    found = x", Walked.OTHER),  # a parameter, whatever else it may be
        ("found = []\n    found.append(x.items())", Walked.OTHER),
    ],
)
def test_a_name_is_what_it_stands_for(before: str, kind: Walked) -> None:
    head = "from elsewhere import table\nALL = table.items()\n"
    found = linked(f"{head}def work(x):\n    {before}\n    for each in found:\n        print(each)\n")
    assert walked(found.program, found.catalog, found.work.id, found.loop.iterable) is kind


def test_names_that_stand_for_one_another_come_to_an_end() -> None:
    found = linked("def work():\n    a = b\n    b = a\n    for each in a:\n        print(each)\n")
    assert walked(found.program, found.catalog, found.work.id, found.loop.iterable) is Walked.OTHER


def test_an_element_of_what_another_loop_walks_is_a_part() -> None:
    found = linked("def work(x):\n    for row in x.items():\n        for cell in row:\n            print(cell)\n")
    (inner,) = found.loop.body
    assert walked(found.program, found.catalog, found.work.id, inner.iterable) is Walked.PART  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("body", "ends"),
    [
        ("try:\n            return get(each)\n        except OSError:\n            pass", True),
        ("print(each)\n        break", True),
        ("try:\n            get(each)\n        except OSError:\n            pass", False),
        ("if each:\n            break", False),
    ],
)
def test_a_loop_that_ends_once_something_succeeds_usually_runs_once(body: str, ends: bool) -> None:
    found = linked(f"def work(x):\n    for each in x:\n        {body}\n")
    assert (once_or_more(found.loop.body) is not None) is ends


@pytest.mark.parametrize(
    ("loop", "rounds"),
    [
        ("while i < 4_000_000:\n        i += 1", 4e6),
        ("while i <= n:\n        print(i)\n        i += 5", 20),
        ("while i < len(xs):\n        i += 1", None),
        ("while i < 100:\n        i += step(i)", None),
        ("while i > 0:\n        i -= 1", None),
        ("while True:\n        i += 1", None),
    ],
)
def test_a_while_may_count_up_to_a_bound(loop: str, rounds: float | None) -> None:
    program = linked(f"n = 100\ndef work(xs):\n    i = 0\n    {loop}\n")
    statement = next(s for s in program.statements() if isinstance(s, code.While))
    assert counted_up(program.program, program.work.id, statement) == rounds


@pytest.mark.parametrize(
    ("iterable", "text", "expected"),
    [
        ("csv.DictReader(io.StringIO(x))", "'a' * 40_000", 1000.0),
        ("x.splitlines()", "'a' * 4_000", 100.0),
        ("x.split()", "'a' * 900", 100.0),
        ("x.split()", "unknown()", None),
        ("csv.reader(open(x))", "'a' * 40_000", None),  # the text is the name of a file
    ],
)
def test_a_text_of_known_size_has_about_so_many_lines_or_words(
    iterable: str, text: str, expected: float | None
) -> None:
    source = f"import csv, io\ndef work(x: str):\n    for each in {iterable}:\n        print(each)\nwork({text})\n"
    found = linked(source)
    loop = found.loop.iterable
    usual = found.catalog.rounds.of(walked(found.program, found.catalog, found.work.id, loop))
    seen = rounds(found.program, found.catalog, found.work.id, loop)
    assert seen == usual if expected is None else seen.expected == expected
    assert seen.low <= seen.expected <= seen.high
