"""The gain of an advice as two curves: against the number of cores, and against that of items, both on logarithmic axes.

Pygal draws; what it would load or run, and the colours it would set, are taken out. The page's style gives the colours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

import pygal
from markupsafe import Markup

from advisor.model.report import CurvesReport, GainAt
from advisor.outputs.html.numbers import factor
from advisor.outputs.phrases import count, times

_LEAST = 0.1  # gains below this are drawn here
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_ROOM = 1.15  # above and below the curve
_WIDTH, _HEIGHT = 380, 210
_FRACTION = re.compile(r"\d+\.\d+")
_LEFT_OUT = {"defs", "desc", "title"}


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with what it shows in words: `title` above, `caption` below, which also names the point that is marked."""

    title: str
    caption: str
    svg: Markup


def charts(curves: CurvesReport, cores: int, has_items: bool) -> tuple[Chart, ...]:
    """Against the cores, with the target's `cores` marked; where something is repeated also against the items."""
    drawn = [_by_cores(curves, cores)]
    return tuple([*drawn, _by_items(curves, cores)] if has_items else drawn)


def _by_cores(curves: CurvesReport, cores: int) -> Chart:
    here = next(point for point in curves.cores if point.number == cores)
    last = curves.cores[-1]
    caption = f"{factor(here.expected)} on {count(cores, 'core')}, {factor(last.expected)} on {last.number}."
    if last.expected < here.expected * 1.1:
        caption = f"{factor(here.expected)} on {count(cores, 'core')}; more cores add nothing."
    svg = _draw(curves.cores, here, "core", (cores, cores))
    return Chart("Speed-up by cores", caption, svg)


def _by_items(curves: CurvesReport, cores: int) -> Chart:
    here = min(curves.items, key=lambda point: abs(point.number - curves.items_expected))
    low, high = (min(max(number, 1), curves.items[-1].number) for number in (curves.items_low, curves.items_high))
    expected = count(curves.items_expected, "item")
    if low == high:
        caption = f"{factor(here.expected)} with {expected} on {count(cores, 'core')}."
    else:
        more = "" if curves.items_high <= high else " or more"
        caption = f"{factor(here.expected)} with {expected}; {low:,} to {high:,}{more} are likely."
    return Chart("Speed-up by items", caption, _draw(curves.items, here, "item", (low, high)))


@lru_cache(
    maxsize=2048
)  # places of one kind have one curve: of a few hundred findings, half of the charts are the same
def _draw(points: tuple[GainAt, ...], here: GainAt, noun: str, likely: tuple[int, int]) -> Markup:
    """The series, which the style knows by their order: what is likely, the range, the curve, and where it is `here`."""
    floor = min(0.5, _clipped(min(point.low for point in points)) / _ROOM)
    ceiling = max(2.0, max(point.high for point in points) * _ROOM)
    chart = pygal.XY(
        js=[], css=[], width=_WIDTH, height=_HEIGHT, margin=4, margin_right=14, spacing=8, dots_size=3,
        disable_xml_declaration=True, show_legend=False, no_prefix=True, logarithmic=True, show_x_guides=False,
        range=(floor, ceiling), xrange=(points[0].number, points[-1].number), y_labels_major=[1],
        y_labels=[{"value": step, "label": f"{step:g}×"} for step in _STEPS if floor <= step <= ceiling],
        x_labels=[{"value": number, "label": _short(number)} for number in _ticks(points)],
    )  # fmt: skip
    first, last = likely
    chart.add("likely", [(first, floor), (first, ceiling), (last, ceiling), (last, floor)], show_dots=False)
    lows = [(point.number, _clipped(point.low)) for point in points]
    highs = [(point.number, _clipped(point.high)) for point in reversed(points)]
    chart.add("range", [*lows, *highs], show_dots=False)
    chart.add("expected", [(point.number, _clipped(point.expected)) for point in points])
    chart.add("here", [(here.number, _clipped(here.expected))], stroke=False, dots_size=5)
    told = [
        f"{count(point.number, noun)}: {factor(point.expected)} ({times(point.low, point.high)})" for point in points
    ]
    return _plain(chart.render_tree(), [*told, told[points.index(here)]])


def _clipped(gain: float) -> float:
    return max(_LEAST, gain)


def _ticks(points: Sequence[GainAt]) -> list[int]:
    """Powers of two or of ten among the points: labels of others would lie on each other."""
    numbers = [point.number for point in points]
    tens = [number for number in numbers if str(number).strip("0") == "1"]
    return tens if len(tens) > 2 else [number for number in numbers if number & (number - 1) == 0]


def _short(number: int) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number // size}{letter}"
    return str(number)


def _plain(tree: Any, told: Iterable[str]) -> Markup:
    """The drawing without scripts, styles, identifiers and comments, in tenths of a unit; each dot says what it stands for."""
    _prune(tree)
    for dot, words in zip(tree.iter("circle"), told, strict=True):
        dot.set("class", "dot")
        ElementTree.SubElement(dot, "title").text = words
    for element in tree.iter():
        element.attrib.pop("style", None)
        for key, value in element.attrib.items():
            if key != "class":
                element.set(key, _FRACTION.sub(lambda found: f"{float(found[0]):.1f}".removesuffix(".0"), value))
    tree.attrib.clear()
    tree.attrib.update({"viewBox": f"0 0 {_WIDTH} {_HEIGHT}", "aria-hidden": "true"})
    return Markup(ElementTree.tostring(tree, encoding="unicode"))


def _prune(parent: Any) -> None:
    """Drops what is not drawn: comments (whose tag is no text), scripts and styles, what belongs to tooltips, empty groups."""
    for child in list(parent):
        if isinstance(child.tag, str):
            _prune(child)
        drawn = (
            isinstance(child.tag, str)
            and child.tag not in _LEFT_OUT
            and "tooltip-overlay" not in child.get("class", "")
        )
        if not drawn or (child.tag == "g" and not len(child)):
            parent.remove(child)
