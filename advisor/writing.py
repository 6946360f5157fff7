"""Write a file whole or not at all: whoever looks sees what was there before, or everything that is there now."""

from __future__ import annotations

import os
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.files import put, read_bytes


def write_new(file: Path, text: str, *, force: bool = False) -> None:
    """Creates `file`, in UTF-8. One that exists is replaced with `force` only, and then keeps its mode.

    A symbolic link stays, and what it leads to is written. Raises AdvisorError that says why it cannot be.
    """
    target = Path(os.path.realpath(file))
    exists = os.path.exists(target)  # unlike those of Path, these questions are never an error
    if os.path.isdir(target):
        raise AdvisorError(f"{file}: is a folder", "give the name of a file in it")
    if exists and not os.path.isfile(target):
        raise AdvisorError(f"{file}: is not a regular file", "`-` is standard output")
    if exists and not force:
        raise AdvisorError(f"{file}: exists already", "--force replaces it")
    if not os.path.isdir(target.parent):
        raise AdvisorError(f"{file}: its folder does not exist", f"create {file.parent} first")
    try:
        put(target, text.encode("utf-8"), target if exists else None)
    except OSError as error:
        raise AdvisorError(f"{file}: cannot be written: {error.strerror}") from error


def append(file: Path, text: str) -> None:
    """Adds `text` at the end of `file`, on a line of its own, with the line endings that the file has."""
    target = Path(os.path.realpath(file))
    try:
        before = read_bytes(target)
        ending = b"\r\n" if b"\r\n" in before else b"\n"
        between = b"" if not before or before.endswith(b"\n") else ending
        put(target, before + between + text.encode("utf-8").replace(b"\n", ending), target)
    except OSError as error:
        raise AdvisorError(f"{file}: cannot be written: {error.strerror}") from error
