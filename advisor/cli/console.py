"""What is written where: results to a file or standard output, complaints to standard error, both in any encoding."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from textwrap import fill
from typing import TextIO

import typer

from advisor.errors import AdvisorError
from advisor.files import put
from advisor.outputs.characters import coloured_diff, visible, visible_lines

_WIDTH = 80  # of a terminal that does not tell
_BROKEN_PIPE = 141  # what a shell sees of a program that a closed pipe ended


def check_writable(output: Path | None) -> None:
    """An output that cannot be is an error before the work, not after it."""
    if output is None and sys.stdout is None:  # started with `>&-`
        raise AdvisorError("standard output is closed", "redirect it to a file instead")
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise AdvisorError(f"{output}: cannot be written", "give a file in a folder that exists")


def write_out(text: str, output: Path | None = None, encoding: str | None = None, stream: TextIO | None = None) -> None:
    """To the file in UTF-8, or to a stream (standard output), where what its encoding cannot hold is escaped."""
    check_writable(output)
    out = stream or sys.stdout
    try:
        if output is not None:
            _write_file(output, text.encode("utf-8", "backslashreplace"))
            return
        rest = memoryview(text.encode(encoding or out.encoding or "utf-8", "backslashreplace"))
        while rest:  # an unbuffered stream may take less than all at once
            rest = rest[out.buffer.write(rest) :]
        out.flush()
    except OSError as error:
        if output is None:  # or the interpreter complains as well, when it flushes at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(_BROKEN_PIPE) from None
        raise AdvisorError(f"{output or 'standard output'}: cannot be written: {error.strerror}") from error


def read_in() -> bytes:
    """All of standard input. AdvisorError where there is none."""
    if sys.stdin is None:  # started with `<&-`
        raise AdvisorError("standard input is closed", "pipe something into it")
    return sys.stdin.buffer.read()


def write_source(text: str, *, diff: bool = False) -> None:
    """Source text, or a `diff`, in UTF-8 to standard output, byte for byte. A terminal gets to see what would only move its
    cursor, and a diff in colours; never a pipe, whatever FORCE_COLOR says, for `patch` could not read it."""
    if sys.stdout is not None and sys.stdout.isatty():
        from advisor.inputs.terminal import this_terminal

        text = visible_lines(text)
        text = coloured_diff(text) if diff and this_terminal().color else text
    write_out(text, encoding="utf-8")


def _write_file(output: Path, data: bytes) -> None:
    """Whole or not at all, unless it is a pipe or a device, which takes what comes."""
    target = os.path.realpath(output)
    if os.path.lexists(target) and not os.path.isfile(target):
        output.write_bytes(data)
    else:
        put(target, data, target if os.path.exists(target) else None)


def settle_left() -> None:
    """Finishes or takes back what a killed run left half done, before anything is read, and tells of it."""
    from advisor.inputs.remembered import user_cache

    folder = user_cache() / "changes"
    if folder.is_dir():
        from advisor.journal import settle_left

        for line in settle_left(folder):
            complain(f"note: {line}", "")


def complain(line: str, hint: str) -> None:
    if sys.stderr is None:  # closed before the start: the exit code has to say it
        return
    lines = [visible(" ".join(line.splitlines())) for line in ([line, f"hint: {hint}"] if hint else [line])]
    if sys.stderr.isatty():  # a person reads it: no word is torn at the edge
        width = os.get_terminal_size(sys.stderr.fileno()).columns or _WIDTH
        lines = [
            fill(line, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False) for line in lines
        ]
    text = "".join(f"{line}\n" for line in lines)
    sys.stderr.buffer.write(text.encode(sys.stderr.encoding or "utf-8", "backslashreplace"))
    sys.stderr.flush()


def progress_shown(*, quiet: bool = False) -> AbstractContextManager[Callable[[int, int], None] | None]:
    """A bar for what takes long, where a person looks on."""
    from advisor.inputs.terminal import this_terminal
    from advisor.outputs.progress import progress_bar

    return progress_bar(this_terminal().interactive and not quiet)
