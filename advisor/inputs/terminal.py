"""Where the output goes: how wide it is, whether it shows colours, and which characters it can take."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TextIO

_WIDTH_OF_A_PIPE = 100
_WIDEST = 120  # longer lines are hard to read
_TYPOGRAPHIC = "→×–│…⋮·•"


@dataclass(frozen=True, slots=True)
class Terminal:
    """`width` in columns; `interactive` when a person watches standard error, so that progress may be shown there."""

    width: int
    color: bool
    ascii_only: bool
    interactive: bool


def this_terminal(stdout: TextIO | None = None, stderr: TextIO | None = None) -> Terminal:
    """Standard output as it is. NO_COLOR wins over FORCE_COLOR, both over what the stream is; COLUMNS is the width.

    A stream that was closed before the start (`>&-`) is None in `sys`: nobody watches it and it shows nothing.
    """
    out: TextIO | None = stdout or sys.stdout
    err: TextIO | None = stderr or sys.stderr
    columns = shutil.get_terminal_size((_WIDTH_OF_A_PIPE, 24)).columns
    return Terminal(
        width=max(40, min(columns, _WIDEST)),
        color=_color(out),
        ascii_only=not _can_show(_TYPOGRAPHIC, out.encoding if out else None),
        interactive=err is not None and err.isatty() and os.environ.get("TERM") != "dumb",
    )


def _color(stream: TextIO | None) -> bool:
    if os.environ.get("NO_COLOR") or stream is None:
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def _can_show(text: str, encoding: str | None) -> bool:
    try:
        text.encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
