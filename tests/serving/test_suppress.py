"""The comment that silences a finding, and that it does."""

from __future__ import annotations

import pytest

from advisor.model.facts import ModuleFacts
from advisor.model.source import Source
from advisor.serving.suppress import with_suppression
from advisor.stages.extract import extract


@pytest.mark.parametrize(
    ("text", "line", "end_line", "marked"),
    [
        ("for x in y:\n    f(x)\n", 1, 2, "for x in y:  # advisor: ignore[slug]\n    f(x)\n"),
        ("for x in y: f(x)", 1, 1, "for x in y: f(x)  # advisor: ignore[slug]"),
        ("f(x)  # why\n", 1, 1, "f(x)  # why  # advisor: ignore[slug]\n"),
        ("f(x)  # advisor: ignore[other] why\n", 1, 1, "f(x)  # advisor: ignore[other, slug] why\n"),
        ("f('# advisor: ignore[no]')\n", 1, 1, "f('# advisor: ignore[no]')  # advisor: ignore[slug]\n"),
        ("f('''a\nb''')\n", 1, 2, "f('''a\nb''')  # advisor: ignore[slug]\n"),
        ("f(a, \\\n  b)\n", 1, 2, "f(a, \\\n  b)  # advisor: ignore[slug]\n"),
        (
            "if a:\n    f(\n        b\n    )\nelse\n",
            2,
            4,
            "if a:\n    f(  # advisor: ignore[slug]\n        b\n    )\nelse\n",
        ),
    ],
)
def test_the_mark_stands_where_the_advisor_reads_it(text: str, line: int, end_line: int, marked: str) -> None:
    assert with_suppression(text, line, end_line, "slug") == marked
    facts = extract(Source("app.py", marked.removesuffix("else\n")), ())
    assert isinstance(facts, ModuleFacts)
    silenced = [mark for mark in facts.ignores if "slug" in mark.slugs]
    assert any(mark.covers(number) for mark in silenced for number in (line, end_line))


def test_what_is_silenced_already_stays_as_it_is() -> None:
    text = "f(x)  # advisor: ignore\n"
    assert with_suppression(text, 1, 1, "slug") == text


def test_no_mark_where_there_is_no_room_for_one() -> None:
    assert with_suppression("f('''a\nb''', \\\n'''c\nd''')\n", 1, 2, "slug") is None
