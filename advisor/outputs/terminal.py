"""How the formats for terminals are laid out: a console that writes to a text, and lines cut to its width."""

from __future__ import annotations

from collections.abc import Iterable
from io import StringIO

from rich.console import Console, RenderableType
from rich.text import Text

from advisor.model.concurrency import Level, Model
from advisor.model.report import Finding
from advisor.outputs.characters import to_ascii, visible
from advisor.outputs.view import View

MODEL_STYLE = {
    Model.SEQUENTIAL: "bold yellow",
    Model.THREADING: "bold green",
    Model.MULTIPROCESSING: "bold magenta",
    Model.ASYNCIO: "bold blue",
}
LEVEL_STYLE = {Level.HIGH: "green", Level.MEDIUM: "yellow", Level.LOW: "red"}


def laid_out(parts: Iterable[RenderableType], view: View) -> str:
    """The parts below each other, without blanks at the ends of lines. A `Text` that may not be wrapped is not cut either."""
    out = StringIO()
    console = Console(
        file=out, width=view.width, force_terminal=view.color, color_system="standard" if view.color else None,
        highlight=False, markup=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    for part in parts:
        keeps = isinstance(part, Text) and part.no_wrap  # the console forgets it of a text
        console.print(part, crop=False, no_wrap=keeps, overflow=part.overflow if isinstance(part, Text) else None)
    text = "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
    return to_ascii(text) if view.ascii_only else text


def header(finding: Finding, view: View) -> Text:
    """Place, rule, and `[*]` where `generate` can write it; on one line, however long, so that the place can be clicked."""
    place = f"{visible(view.shown_path(finding.path))}:{finding.line}:{finding.column}"
    mark = "  [*]" if view.writable(finding) else ""
    return Text.assemble(
        (place, "bold"), "  ", (finding.rule, "cyan"), (mark, "green"), no_wrap=True, overflow="ignore"
    )


def numbered(number: int, digits: int, line: str) -> Text:
    """A line of source behind its number."""
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"  {number:>{digits}} │ ", "dim")
    return text.append(visible(line.rstrip()))


def one_line(text: Text, width: int) -> Text:
    """The text cut to `width` columns, with an ellipsis where something is cut off."""
    text.no_wrap, text.overflow = True, "ellipsis"
    text.truncate(width, overflow="ellipsis")
    return text


def wrapped(text: Text, width: int, lines: int, indent: str) -> list[Text]:
    """The text in at most `lines` lines of `width` columns, each but the first behind `indent`; the last one is cut."""
    from rich.cells import cell_len

    room = width - cell_len(indent)
    rows = list(text.wrap(Console(width=room), room))
    for row in rows:
        row.rstrip()
    if len(rows) > lines:
        rest = Text(" ").join(rows[lines - 1 :])
        rows = [*rows[: lines - 1], rest]
    return [one_line(Text.assemble(indent, row), width) for row in rows]
