"""Source code with its colours: the lines of a file, each as HTML of its own.

A file is highlighted as a whole, so that texts over several lines come out right, and only once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from advisor.outputs.characters import visible
from advisor.outputs.excerpt import excerpt

_LONGEST = 400  # characters of a line that are shown
_HIGHLIGHTED = 10_000  # lines of a file from which on it stays plain: generated code, most of it
_EXCERPT = 18


@dataclass(frozen=True, slots=True)
class Row:
    """A line of an excerpt, or a gap between lines (`number` None). `inside` the site; `marks` say what is told of it."""

    number: int | None
    code: Markup
    inside: bool = False
    marks: tuple[str, ...] = ()


class Listing:
    """The files of a report, highlighted when one of their lines is first asked for."""

    def __init__(self, sources: Callable[[str], list[str] | None]) -> None:
        self._lines = cache(lambda path: _highlighted(sources(path)))

    def line(self, path: str, number: int) -> Markup | None:
        """The line without its indent; None where the file or the line is not there."""
        lines = self._lines(path)
        return _without_indent(lines[number - 1]) if 0 < number <= len(lines) else None

    def excerpt(self, path: str, first: int, last: int, marks: Iterable[tuple[int, str]]) -> tuple[Row, ...]:
        """The lines `first` to `last` with the line above; of a long site its head, its end and what is marked."""
        lines, told = self._lines(path), dict[int, dict[str, None]]()
        for number, mark in marks:
            told.setdefault(number, {})[mark] = None
        last = min(last, len(lines))
        if first > last:
            return ()
        above = [first - 1] if first > 1 and lines[first - 2].strip() else []
        return tuple(
            Row(None, Markup())
            if number is None
            else Row(number, lines[number - 1], number >= first, tuple(told.get(number, ())))
            for number in (*above, *excerpt(first, last, sorted(told), _EXCERPT))
        )


def _highlighted(lines: list[str] | None) -> list[Markup]:
    shown = [_shortened(visible(line.rstrip())) for line in lines or ()]
    if not shown or len(shown) > _HIGHLIGHTED:
        return [escape(line) for line in shown]
    lexer = PythonLexer(stripnl=False, ensurenl=False)
    html = highlight("\n".join(shown), lexer, HtmlFormatter(nowrap=True))
    coloured = [Markup(line) for line in html.split("\n")]  # a span ends with its line
    return coloured[: len(shown)] if len(coloured) >= len(shown) else [escape(line) for line in shown]


def _shortened(line: str) -> str:
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]} …"


def _without_indent(line: Markup) -> Markup:
    """Pygments puts the spaces at the beginning of a line into no span, or into one that holds nothing else."""
    text = line.lstrip()
    blank = '<span class="w">'
    if text.startswith(blank):
        inner, _, rest = text.removeprefix(blank).partition("</span>")
        text = Markup(rest) if not inner.strip() else text
    return Markup(text)
