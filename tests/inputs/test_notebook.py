"""Notebooks: which cells are read, as what text, and in which cell a finding is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from advisor.inputs.notebook import read_notebook
from advisor.model.source import Cell, Skipped, Source
from tests.running import analyse
from tests.test_cli import Advisor, advisor

__all__ = ["advisor"]  # the fixture

LOOP = "pages = []\nfor url in open('urls'):\n    pages.append(requests.get(url, timeout=9).text)"


def notebook(*cells: str | list[str], **metadata: Any) -> bytes:
    """Each cell of code behind one of text, so that the second, fourth and so on are those of code."""
    both = [
        each
        for code in cells
        for each in ({"cell_type": "markdown", "source": "# text"}, {"cell_type": "code", "source": code})
    ]
    return json.dumps({"cells": both, "metadata": metadata, "nbformat": 4}).encode()


def read(*cells: str | list[str]) -> Source:
    source = read_notebook("a.ipynb", notebook(*cells), True)
    assert isinstance(source, Source)
    return source


def test_cells_are_one_text_with_a_line_above_each() -> None:
    source = read(["import os\n", "a = 1"], "b = a\n")
    assert source.text == "# %% cell 2\nimport os\na = 1\n# %% cell 4\nb = a\n\n"
    assert source.cells == (Cell(2, 2), Cell(4, 5))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("%matplotlib inline\na", "pass  # %matplotlib inline\na"),
        ("if a:\n    !ls", "if a:\n    pass  # !ls"),
        ("files = !ls \\\n  -l\na", "files = None  # !ls \\\n#   -l\na"),
        ("a.b?", "pass  # a.b?"),
        ("%%time\na", "pass  # %%time\na"),
        ("%%bash\nls", "# %%bash\n# ls"),
        ("a = (b\n% c)", "a = (b\n% c)"),  # no magic
        ("await a", "await a"),
    ],
)
def test_magics_are_no_code(cell: str, text: str) -> None:
    source = read(cell)
    assert source.text == f"# %% cell 2\n{text}\n"
    assert source.unread == ()


def test_a_cell_that_is_not_python_is_left_out_and_reported() -> None:
    source = read("a = 1", "def (", "b = 2")
    assert "# def (" in source.text
    [left_out] = source.unread
    assert (left_out.line, left_out.why.startswith("cell 4 is left out: syntax error")) == (4, True)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{", "not a notebook: not valid JSON"),
        (b"[]", "not a notebook of format 4"),
        (b'{"worksheets": []}', "not a notebook of format 4"),
        (notebook("a", language_info={"name": "R"}), "a notebook of r, not Python"),
        (notebook("a", kernelspec={"language": "julia"}), "a notebook of julia, not Python"),
    ],
)
def test_what_is_no_notebook_of_python(data: bytes, why: str) -> None:
    skipped = read_notebook("a.ipynb", data, True)
    assert isinstance(skipped, Skipped)
    assert skipped.why == why


@pytest.mark.parametrize(
    "cell", [{"cell_type": "code"}, {"cell_type": "code", "source": [1, "a"]}, "a", {"source": "a"}]
)
def test_odd_cells_are_no_trouble(cell: object) -> None:
    assert isinstance(read_notebook("a.ipynb", json.dumps({"cells": [cell]}).encode(), True), Source)


def test_a_finding_says_its_cell_and_comments_silence_it(advisor: Advisor) -> None:
    file = advisor.folder / "a.ipynb"
    file.write_bytes(notebook("import requests", LOOP))
    [finding] = analyse(advisor.folder, all=False).findings
    assert finding.cell is not None
    assert (finding.path, finding.line, finding.cell.number, finding.cell.line) == ("a.ipynb", 5, 4, 2)
    assert finding.message.startswith("Cell 4, line 2: ")
    refused = advisor("generate", "a.ipynb:5")
    assert (refused.code, refused.out, "notebook" in refused.err) == (1, "", True)
    assert file.read_bytes() == notebook("import requests", LOOP)
    file.write_bytes(notebook("import requests", LOOP.replace("'):", "'):  # advisor: ignore")))
    assert analyse(advisor.folder, all=False).findings == ()
