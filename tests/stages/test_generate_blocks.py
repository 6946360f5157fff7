"""Where a round is cut within a `with`: the worker enters it, and the caller goes on outside with what it left there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module, refusal
from tests.sampling import sampled
from tests.servers import Web, web


@pytest.fixture(scope="module")
def site() -> Iterator[Web]:
    with web() as made:
        yield made


PAGES = """\
import {imports}


{start}def subject(bases):
    count, longest, out = 0, "", []
    {session}for base in bases:  # here
        {opens} as answer:
            {body}
    return count, longest, out
"""
BODIES = {
    "counted": ("count += len({text})", "return {text}"),
    "the longest of all": (
        "text = {text}\n            # the longest\n            if len(text) > len(longest):\n                longest = text",
        "return {text}",
    ),
    "told and kept": (
        "text = {text}\n            print(base, len(text))\n            out.append(text[:3])",
        "return {text}",
    ),
    "a test of the answer": ("if answer.{status} == 200:\n                count += 1", "return answer.{status}"),
}
CLIENTS = {
    "threading": {"imports": "requests", "start": "", "session": "", "opens": "with requests.get(base)",
                  "text": "answer.text", "status": "status_code"},
    "asyncio": {"imports": "aiohttp", "start": "async ",
                "session": "async with aiohttp.ClientSession() as session:\n      ", "opens": "  async with session.get(base)",
                "text": "await answer.text()", "status": "status"},
}  # fmt: skip


def _program(client: str, body: str) -> str:
    words = CLIENTS[client]
    lines = body.format(**words)
    if client == "asyncio":
        lines = lines.replace("\n", "\n  ")
    return PAGES.format(**words, body=("  " if client == "asyncio" else "") + lines)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("kind", sampled(BODIES, 2))
def test_the_caller_goes_on_outside_of_the_block(kind: str, client: str, site: Web, tmp_path: Path) -> None:
    body, given = BODIES[kind]
    text = _program(client, body)
    made = generated(tmp_path, text, client)
    assert given.format(**CLIENTS[client]) in made
    assert not lint(made) - lint(text)
    bases = [f"{site.address}/{path}" for path in ("a", "longer", "b", "fail")]
    before, after = module(tmp_path, text), module(tmp_path, made)
    assert did(after, (bases,)) == did(before, (bases,)), made
    assert did(after, (["http://127.0.0.1:1/", *bases],)).raised


FILES = """\
import csv
import json
import sqlite3
import tempfile
import threading

guard = threading.Lock()


def subject(folder, names):
    count, out = 0, []
    for name in names:  # here
        {body}
    return count, out
"""
TABLES = {
    "parsed as a whole": (
        'with open(folder / f"{name}.json") as file:\n            rows = json.load(file)\n            count += len(rows)',
        "return json.load(file)",
    ),
    "all lines": (
        'with open(folder / f"{name}.csv") as file:\n            rows = list(csv.reader(file))\n            count += len(rows)',
        "return list(csv.reader(file))",
    ),
}


@pytest.mark.parametrize("model", ["threading", "multiprocessing"])
@pytest.mark.parametrize("kind", TABLES)
def test_a_file_is_closed_by_whoever_read_it(kind: str, model: str, tmp_path: Path) -> None:
    body, given = TABLES[kind]
    text = FILES.format(body=body)
    made = generated(tmp_path, text, model)
    assert given in made
    for name, rows in (("a", 3), ("b", 0), ("c", 5)):
        (tmp_path / f"{name}.csv").write_text("1,2\n" * rows)
        (tmp_path / f"{name}.json").write_text(str(list(range(rows))))
    before, after = module(tmp_path, text), module(tmp_path, made)
    for names in ("abc", "", "abx"):
        assert did(after, (tmp_path, names)) == did(before, (tmp_path, names)), made


OPEN = {
    "rows that are read later": """
        with open(folder / name) as file:
            rows = csv.reader(file)
            for row in rows:
                count += int(row[0])""",
    "a folder that goes with the block": """
        with tempfile.TemporaryDirectory() as scratch:
            path = f"{scratch}/{json.load(open(folder / name))}"
            count += len(open(path, 'w').name)""",
    "a transaction": """
        with sqlite3.connect(folder / name) as database:
            rows = database.execute("select * from t").fetchall()
            count += len(rows)""",
    "a lock": """
        with guard:
            rows = json.load(open(folder / name))
            count += len(rows)""",
    "a file that is written": """
        with open(folder / f"{name}.out", "w") as file:
            rows = json.load(open(folder / name))
            file.write(str(rows))
            count += 1""",
}


@pytest.mark.parametrize("kind", OPEN)
def test_a_block_that_is_more_than_opened_and_closed_is_not_left_early(kind: str, tmp_path: Path) -> None:
    assert "not safe" in refusal(tmp_path, FILES.format(body=OPEN[kind].strip()), "threading")


AWAITED = """\
import asyncio
import aiofiles
import aiosqlite


async def subject(paths):
    count = 0
    for path in paths:  # here
        {body}
    return count
"""


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("async with aiofiles.open(path) as file:\n            text = await file.read()\n            count += len(text)", True),
        ("async with aiosqlite.connect(path) as db:\n            rows = await db.execute('select a from t')\n"
         "            async for row in rows:\n                count += row[0]", False),
    ],
)  # fmt: skip
def test_what_is_awaited_may_have_to_be_read_further(body: str, left: bool, tmp_path: Path) -> None:
    text = AWAITED.format(body=body)
    if left:
        assert "return await file.read()" in generated(tmp_path, text, "asyncio")
    else:
        assert "not safe" in refusal(tmp_path, text, "asyncio")


def test_a_handler_in_a_block_takes_no_failure_to_enter_it(tmp_path: Path) -> None:
    """A file that is missing ends the loop; one that cannot be read is passed over."""
    body = (
        "with open(folder / name) as file:\n            try:\n                rows = json.load(file)\n"
        "            except (OSError, ValueError):\n                rows = []\n            out.append(len(rows))"
    )
    text = FILES.format(body=body)
    (tmp_path / "a").write_text("[1, 2]")
    (tmp_path / "b").write_text("no json")
    made = generated(tmp_path, text, "threading")
    before, after = module(tmp_path, text), module(tmp_path, made)
    for names in ("ab", "axb"):
        assert did(after, (tmp_path, names)) == did(before, (tmp_path, names)), made
