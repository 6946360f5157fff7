"""Writing: a changed file put in place of the old one, whole or not at all, with its mode and encoding as they were."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advisor.errors import AdvisorError


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it was read: its bytes, their encoding, and the text with byte order mark and line endings as they are."""

    file: Path
    data: bytes
    encoding: str
    text: str


def read_original(file: Path, since: int | None = None, unsaved: Mapping[str, str] | None = None) -> Original:
    """The file, to be changed later; AdvisorError when it cannot be read or has changed after `since` (nanoseconds).

    A text in `unsaved` counts instead; it is not for writing.
    """
    if unsaved and (text := unsaved.get(os.path.normpath(file))) is not None:
        return Original(file, text.encode("utf-8", "surrogatepass"), "utf-8", text)
    try:
        data = file.read_bytes()
        changed = file.stat().st_mtime_ns
    except OSError as error:
        raise AdvisorError(f"{file}: cannot be read: {error.strerror}", "name a file that exists") from error
    if since is not None and changed > since:
        raise AdvisorError(f"{file}: changed while it was analysed", "run the command again", 1)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        encoding = "utf-8" if encoding == "utf-8-sig" else encoding  # the mark stays part of the text
        return Original(file, data, encoding, data.decode(encoding))
    except (SyntaxError, UnicodeError) as error:
        raise AdvisorError(f"{file}: cannot be decoded: {error}", "save it in the encoding that it declares") from error


def encoded(original: Original, text: str) -> bytes:
    """The new text as bytes, in the encoding of the old."""
    try:
        return text.encode(original.encoding)
    except UnicodeError as error:
        raise AdvisorError(
            f"{original.file}: cannot hold the result in {original.encoding}", "save the file as UTF-8", 1
        ) from error


def replace_files(changes: list[tuple[Original, str]]) -> None:
    """Every file anew, none half written: all are prepared beside the old ones before the first is put in place.

    AdvisorError, with nothing changed, when one of them is no longer what was analysed or cannot be written.
    """
    prepared: list[tuple[str, Path]] = []
    try:
        for original, text in changes:
            prepared.append((_prepared(original, encoded(original, text)), original.file))
        for original, _ in changes:
            _check_unchanged(original)
        while prepared:
            temporary, file = prepared.pop(0)
            try:
                os.replace(temporary, os.path.realpath(file))
            except OSError:
                prepared.insert(0, (temporary, file))
                raise
    except OSError as error:
        raise AdvisorError(
            f"{error.filename or 'a file'}: cannot be written: {error.strerror}", "check its folder's permissions"
        ) from error
    finally:
        for temporary, _ in prepared:
            os.unlink(temporary)


def _prepared(original: Original, data: bytes) -> str:
    """The bytes in a new file beside the old one, on disk, with the mode (and where allowed the owner) of the old."""
    real = os.path.realpath(original.file)
    if not os.access(real, os.W_OK):
        raise AdvisorError(f"{original.file}: is read-only", "make it writable first", 1)
    status = os.stat(real)
    handle, temporary = tempfile.mkstemp(prefix=".advisor-", suffix=".tmp", dir=os.path.dirname(real))
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
            with contextlib.suppress(PermissionError):  # the file becomes ours, as with any editor
                os.chown(temporary, status.st_uid, status.st_gid)
        os.chmod(temporary, status.st_mode & 0o7777)
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _check_unchanged(original: Original) -> None:
    if original.file.read_bytes() != original.data:
        raise AdvisorError(f"{original.file}: changed since it was analysed", "run the command again", 1)


def write_copies(folder: Path, changes: list[tuple[str, Original, str]]) -> None:
    """Each changed file under `folder`, at its path within the project."""
    for path, original, text in changes:
        file = folder / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(encoded(original, text))
            os.chmod(file, os.stat(original.file).st_mode & 0o7777)
        except OSError as error:
            raise AdvisorError(
                f"{file}: cannot be written: {error.strerror}", "name a folder that can be written to"
            ) from error
