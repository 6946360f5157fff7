"""Files: the one way to read a file, and the one way to put a whole file in place.

What is read is a regular file of bounded size, so that nothing waits for a pipe or a device and nothing fills the memory.
What is written goes to a new file under a name that nobody can guess, which takes the place of the old one in one step.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import stat
from pathlib import Path

LARGEST = 5_000_000
"""Bytes. A larger file is data or generated, and reading it would hold up all others."""

_Path = str | os.PathLike[str]


def read_bytes(file: _Path, largest: int = LARGEST) -> bytes:
    """What the regular file `file` holds, at most `largest` bytes.

    OSError, its `strerror` fit to be shown, for what cannot be read, is larger, or is no regular file; none of these is
    waited for.
    """
    with _opened(file) as opened:
        _check_size(os.fstat(opened.fileno()).st_size, largest, file)
        data = bytearray()
        while len(data) <= largest and (part := opened.read(min(1 << 20, largest + 1 - len(data)))):
            data += part
    _check_size(len(data), largest, file)  # one of /proc says 0 whatever it holds
    return bytes(data)


def read_start(file: _Path, size: int) -> bytes:
    """The first bytes of the regular file `file`, at most `size` of them. OSError as `read_bytes`."""
    with _opened(file) as opened:
        return opened.read(size)


def _opened(file: _Path) -> io.FileIO:
    """Without a buffer, which would be as large as the file claims to be."""
    _check_regular(os.stat(file).st_mode, file)
    opened = io.FileIO(os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)))
    try:
        _check_regular(os.fstat(opened.fileno()).st_mode, file)  # it may be another one by now
    except OSError:
        opened.close()
        raise
    return opened


def read_text(file: _Path, encoding: str = "utf-8", errors: str = "strict", largest: int = LARGEST) -> str:
    """The text of the regular file `file`, with every line ending a line feed. OSError as `read_bytes`; UnicodeDecodeError."""
    text = read_bytes(file, largest).decode(encoding, errors)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def put(target: _Path, data: bytes, like: _Path | None = None) -> None:
    """`data` as the file `target`, whole or not at all, with mode, owner and extended attributes of the file `like`.

    A symbolic link at `target` itself is replaced, not followed. OSError, with nothing changed, where it cannot be.
    """
    part = beside(target)
    try:
        prepare(part, data, like)
        os.replace(part, target)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(part)


def beside(target: _Path) -> Path:
    """A name for a new file in the folder of `target`, which nobody can know before."""
    return Path(target).with_name(f".advisor-{secrets.token_hex(12)}.tmp")


def prepare(part: Path, data: bytes, like: _Path | None = None) -> None:
    """`data` as the new file `part`, on disk, with mode, owner and extended attributes of the file `like`."""
    mode = 0o666 if like is None else 0o600
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(part, flags, mode), "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    if like is not None:
        _make_like(part, like)


def _make_like(part: Path, like: _Path) -> None:
    status = os.stat(like)
    if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
        with contextlib.suppress(PermissionError):  # the file becomes ours, as with any editor
            os.chown(part, status.st_uid, status.st_gid)
    if hasattr(os, "listxattr"):
        with contextlib.suppress(OSError):  # a file system may know none, and some belong to the system
            for name in os.listxattr(like):
                with contextlib.suppress(OSError):
                    os.setxattr(part, name, os.getxattr(like, name))
    os.chmod(part, stat.S_IMODE(status.st_mode))


def _check_regular(mode: int, file: _Path) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "a folder, not a file", os.fspath(file))
    if not stat.S_ISREG(mode):
        kinds = {
            stat.S_IFIFO: "a named pipe",
            stat.S_IFSOCK: "a socket",
            stat.S_IFCHR: "a device",
            stat.S_IFBLK: "a device",
        }
        kind = kinds.get(stat.S_IFMT(mode), "something else")
        raise OSError(errno.EINVAL, f"{kind}, not a file", os.fspath(file))


def _check_size(size: int, largest: int, file: _Path) -> None:
    if size > largest:
        limit = f"{largest / 1e6:.0f} MB"
        raise OSError(errno.EFBIG, f"too large: {size / 1e6:.1f} MB, and the limit is {limit}", os.fspath(file))
