"""Numbers that are not known: sums and products of ranges, and what they come to far from the median."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.model.effect import Range

sizes = st.floats(1e-6, 1e6)
spreads = st.floats(1.0, 100.0)
ranges = st.builds(lambda middle, down, up: Range(middle / down, middle, middle * up), sizes, spreads, spreads)


@given(ranges, ranges)
def test_a_product_spreads_more_than_either_factor_and_less_than_both_at_their_ends(one: Range, other: Range) -> None:
    product = one * other
    assert product.expected == pytest.approx(one.expected * other.expected)
    spread = product.high / product.expected
    assert spread >= max(one.high / one.expected, other.high / other.expected) * (1 - 1e-9)
    assert product.high <= one.high * other.high * (1 + 1e-9)
    assert product.low >= one.low * other.low * (1 - 1e-9)
    assert product == other * one


@given(ranges, sizes)
def test_what_is_exactly_known_only_scales(one: Range, factor: float) -> None:
    assert one * Range.exactly(factor) == one.scaled(factor) == Range.exactly(factor) * one


@given(ranges)
def test_the_ends_are_the_fifth_and_the_ninety_fifth_percentile(one: Range) -> None:
    assert one.at(0.0) == one.expected
    assert one.at(1.6449) == pytest.approx(one.high)
    assert one.at(-1.6449) == pytest.approx(one.low)
    assert one.at(3.0) >= one.at(1.0)


def test_what_may_be_nothing_at_all_stays_so() -> None:
    never = Range(0.0, 0.5, 1.0)
    assert (never * Range(1.0, 2.0, 4.0)).low == 0.0
    assert math.isfinite(never.at(-2.0))
    assert Range.exactly(0.0) * never == Range.exactly(0.0)
