"""The standard library as a test: our tree must hold what Python's own `ast` finds, at the same places."""

from __future__ import annotations

import sysconfig
import tokenize
from pathlib import Path

import pytest

from advisor.model.facts import ModuleFacts
from advisor.model.source import Source
from advisor.stages.extract import extract
from tests.stages.extract_oracle import differences, of_facts, of_python

LIBRARY = Path(sysconfig.get_path("stdlib"))
_NOT_OURS = {"site-packages", "__pycache__", "lib2to3", "test", "tests"}
FILES = sorted(file for file in LIBRARY.rglob("*.py") if not _NOT_OURS.intersection(file.relative_to(LIBRARY).parts))


@pytest.mark.parametrize("part", range(4))
def test_a_sample_of_the_library(part: int) -> None:
    for file in FILES[part * 3 :: max(1, len(FILES) // 16)]:
        _same(file)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_the_whole_library(part: int) -> None:
    for file in FILES[part::8]:
        _same(file)


def _same(file: Path) -> None:
    with tokenize.open(file) as opened:
        text = opened.read()
    read = extract(Source(file.name, text), ())
    assert isinstance(read, ModuleFacts), (file, read)
    assert differences(of_facts(read), of_python(text)) == {}, file
