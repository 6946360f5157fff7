"""Which comments keep a place from being reported."""

from __future__ import annotations

import pytest

from advisor.model.facts import ModuleFacts
from advisor.model.source import Source
from advisor.questions.silence import Silence
from advisor.stages.extract import extract

CODES = {"task-dropped": ("RUF006", "ASYNC300"), "blocks": ("ASYNC210",)}


@pytest.mark.parametrize(
    ("comment", "slug", "holds"),
    [
        ("# advisor: ignore", "blocks", True),
        ("# advisor: ignore[blocks]", "blocks", True),
        ("# advisor: ignore[other]", "blocks", False),
        ("# noqa: ASYNC210", "blocks", True),
        ("# noqa: E501, ASYNC210", "blocks", True),
        ("# noqa: ASYNC2", "blocks", True),  # flake8 takes the beginning of a code for all that begin so
        ("# noqa: ASYNC2101", "blocks", False),
        ("# noqa: RUF006", "blocks", False),  # another fault
        ("# noqa: E501", "blocks", False),
        ("# noqa: ASYNC300", "task-dropped", True),
        ("# noqa", "blocks", True),  # silences what other linters say of the line, and this is one of it
        ("# noqa", "waits-overlap", False),  # which no other linter says
        ("# noqa: ASYNC210", "waits-overlap", False),
        ("", "blocks", False),
    ],
)
def test_a_comment_on_its_line(comment: str, slug: str, holds: bool) -> None:
    silence = _silence(f"a\nb(\n)  {comment}\nc")
    assert silence.holds("app.py", (2, 3), frozenset({slug})) is holds
    assert not silence.holds("app.py", (1, 4), frozenset({slug}))
    assert silence.holds("app.py", (2, 3), frozenset({slug, "found-by"})) is holds


@pytest.mark.parametrize(
    ("comment", "slug", "holds"),
    [
        ("# advisor: ignore-file[blocks]", "blocks", True),
        ("# ruff: noqa: ASYNC210", "blocks", True),
        ("# flake8: noqa", "blocks", True),
        ("# flake8: noqa", "waits-overlap", False),
        ("# ruff: noqa: F401", "blocks", False),
    ],
)
def test_a_comment_for_the_whole_file(comment: str, slug: str, holds: bool) -> None:
    assert _silence(f"{comment}\na\nb\n").holds("app.py", (3,), frozenset({slug})) is holds


def test_another_linter_reports_the_call_in_a_loop_and_not_the_loop() -> None:
    silence = _silence("for a in b:\n    get(a)  # noqa: ASYNC210\n")
    assert silence.holds("app.py", (1,), frozenset({"blocks"}), proofs=[2])
    assert not silence.holds("app.py", (1,), frozenset({"blocks"}))
    own = _silence("for a in b:\n    get(a)  # advisor: ignore\n")
    assert not own.holds("app.py", (1,), frozenset({"blocks"}), proofs=[2])


def test_a_comment_above_a_block_counts_for_all_of_it_and_no_further() -> None:
    silence = _silence("# advisor: ignore[blocks]\nfor a in b:\n    get(a)\nget(b)\n")
    assert [silence.holds("app.py", (line,), frozenset({"blocks"})) for line in (2, 3, 4)] == [True, True, False]
    [(ignore, slug)] = silence.silencing("app.py", (3,), frozenset({"blocks", "other"}))
    assert (ignore.line, slug) == (1, "blocks")


def _silence(text: str) -> Silence:
    facts = extract(Source("app.py", text), ())
    assert isinstance(facts, ModuleFacts)
    return Silence({"app.py": facts}, CODES)
