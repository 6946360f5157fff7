"""Reading: a file's bytes as the text that Python would read, or a clear reason why not."""

from __future__ import annotations

import codecs
import errno
import io
import os
import tokenize

from advisor.files import LARGEST, read_bytes
from advisor.inputs.notebook import ENDING, read_notebook
from advisor.model.source import Skipped, Source

__all__ = ["LARGEST", "decode", "read_file"]

_SLOW_CODECS = frozenset({"idna", "punycode"})
"""Their time grows with the square of the text. They are for names of hosts."""


def read_file(file: str, path: str, reported: bool) -> Source | Skipped:
    """The text of `file`, known as `path` in the report. Never waits: what is no regular file is not opened."""
    try:
        data = read_bytes(file)
    except OSError as error:
        return Skipped(path, _cannot_read(file, error))
    return read_data(data, path, reported)


def read_data(data: bytes, path: str, reported: bool) -> Source | Skipped:
    """The text in `data`, the contents of a file that is known as `path`."""
    if path.endswith(ENDING):
        return read_notebook(path, data, reported)
    text = decode(data)
    return Source(path, text, reported) if isinstance(text, str) else Skipped(path, *text)


def decode(data: bytes) -> str | tuple[str, int]:
    """The text of a Python file by its byte order mark or encoding comment, with every line ending a line feed.

    Else why there is none, and the line (from 1).
    """
    if b"\0" in data:
        return "binary data (NUL bytes)", _line(data, data.index(b"\0"))
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        if str(error).startswith("unknown encoding"):
            return str(error), 1 if b"coding" in data.partition(b"\n")[0] else 2
        encoding = "utf-8"
    if codecs.lookup(encoding).name in _SLOW_CODECS:
        return f"not text: {encoding} is an encoding of host names", 1 if b"coding" in data.partition(b"\n")[0] else 2
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        return f"not valid {encoding.removesuffix('-sig')} (byte 0x{data[error.start]:02x})", _line(data, error.start)
    except (UnicodeError, LookupError) as error:
        return f"cannot be decoded as {encoding}: {error}", 1
    if "\0" in text:
        return "binary data (NUL characters)", text.count("\n", 0, text.index("\0")) + 1
    return with_line_feeds(text)


def with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _line(data: bytes, offset: int) -> int:
    before = data[:offset]
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1


def _cannot_read(file: str, error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "a broken symbolic link" if os.path.islink(file) else "gone before it could be read"
    if error.errno in (errno.EISDIR, errno.EINVAL, errno.EFBIG):
        return error.strerror or str(error)
    return f"cannot be read: {(error.strerror or str(error)).lower()}"
