"""Lines and columns as editors count them."""

from __future__ import annotations

import pytest

from advisor.serving.positions import Text


@pytest.mark.parametrize(
    ("encoding", "character"), [("utf-8", 9), ("utf-16", 7), ("utf-32", 6)], ids=["utf-8", "utf-16", "utf-32"]
)
def test_columns_are_counted_in_the_units_that_were_agreed_on(encoding: str, character: int) -> None:
    text = Text('x = "😋" + y\n', encoding)
    assert text.at(0, 6) == (0, character)
    assert text.position(6) == (0, character)


def test_only_three_kinds_of_line_breaks_count() -> None:
    text = Text("a\r\nb\x0cc\u2028d\rlast")
    assert [text.line(number) for number in range(4)] == ["a", "b\x0cc\u2028d", "last", ""]
    assert text.position(text.text.index("last")) == (2, 0)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a\nb", "a\nb\n"),
        ("a\r\nb\r\n", "import x\r\na\r\nb\r\n"),
        ("", "a\n"),
        ("a\x0c\n😋b\nc", "a\x0c\n😋c"),
        ("same\n", "same\n"),
    ],
)
def test_edits_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    text = Text(before)
    edits = text.edits(after)
    lines = [text.starts[line] for line in range(len(text.starts))]
    made = before
    for start, end, new in reversed(edits):
        made = made[: lines[start[0]] + start[1]] + new + made[lines[end[0]] + end[1] :]
    assert made == after
    assert bool(edits) == (before != after)
    assert all(start <= end for start, end, _ in edits)
