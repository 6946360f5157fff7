"""Which lines of a site are shown."""

from __future__ import annotations

from advisor.outputs.excerpt import excerpt


def test_a_short_site_is_shown_whole() -> None:
    assert excerpt(3, 6, [5]) == [3, 4, 5, 6]
    assert excerpt(3, 3, []) == [3]


def test_a_long_one_keeps_its_ends_and_what_is_mentioned() -> None:
    assert excerpt(1, 100, [40, 200], limit=5) == [1, 2, 3, None, 40, None, 100]


def test_a_gap_of_one_line_is_filled() -> None:
    assert excerpt(1, 9, [4], limit=4) == [1, 2, 3, 4, None, 9]
    assert excerpt(1, 5, [3], limit=3) == [1, 2, 3, 4, 5]
