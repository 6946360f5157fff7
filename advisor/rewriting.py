"""Writing: changed files put in place of the old ones, all of them or none, with mode, encoding and attributes as they were."""

from __future__ import annotations

import io
import os
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.files import read_bytes
from advisor.inputs.remembered import user_cache
from advisor.journal import Changed, Replaced, replace_all


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
        data = read_bytes(file)
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


def replace_files(changes: list[tuple[Original, str]], root: Path | None = None) -> None:
    """Every file anew, or none. `root` is the project's: a file in it stays in it.

    AdvisorError, with nothing changed, when one of them is no longer what was analysed, cannot be written, or is a link
    that leads out of the project.
    """
    _replace([_replaced(original, text, root) for original, text in changes])


def _replaced(original: Original, text: str, root: Path | None) -> Replaced:
    real = Path(os.path.realpath(original.file))
    if root is not None and _leads_out(original.file, real, root):
        raise AdvisorError(f"{original.file}: leads out of the project, to {real}", "exclude it, or name that file", 1)
    if not os.access(real, os.W_OK):
        raise AdvisorError(f"{original.file}: is read-only", "make it writable first", 1)
    return Replaced(real, original.data, encoded(original, text), real)


def _leads_out(file: Path, real: Path, root: Path) -> bool:
    """Does `file`, in the folder `root` by its name, really lie outside?"""
    is_inside = Path(os.path.abspath(file)).is_relative_to(os.path.abspath(root))
    return is_inside and not real.is_relative_to(os.path.realpath(root))


def write_copies(folder: Path, changes: list[tuple[str, Original, str]]) -> None:
    """Each changed file under `folder`, at its path within the project: all of them or none.

    AdvisorError for a path that leads out of `folder`, also by a link, or to the source itself.
    """
    home = Path(os.path.realpath(folder))
    copies = []
    for path, original, text in changes:
        file = folder / path
        parent = Path(os.path.realpath(file.parent))
        if ".." in Path(path).parts or os.path.isabs(path):
            raise AdvisorError(
                f"{path} lies outside of the project, and has no place in {folder}",
                "--project takes a folder around both",
            )
        if not parent.is_relative_to(home):
            raise AdvisorError(f"{file}: leads out of {folder}, to {parent}", "name a folder without such links")
        target = parent / file.name
        if os.path.exists(target) and os.path.samefile(target, original.file):
            raise AdvisorError(f"{file}: is the source itself", "name another folder; --write changes the sources")
        try:
            parent.mkdir(parents=True, exist_ok=True)
            old = read_bytes(target) if os.path.lexists(target) and not os.path.islink(target) else None
        except OSError as error:
            raise _cannot_write(error, file) from error
        copies.append(Replaced(target, old, encoded(original, text), original.file))
    _replace(copies)


def journals() -> Path:
    """The folder for the journals of changes."""
    return user_cache() / "changes"


def _replace(changes: list[Replaced]) -> None:
    try:
        replace_all(changes, journals())
    except Changed as error:
        raise AdvisorError(f"{error.file}: changed since it was analysed", "run the command again", 1) from error
    except OSError as error:
        raise _cannot_write(error, Path("a file")) from error


def _cannot_write(error: OSError, file: Path) -> AdvisorError:
    """Nothing was changed: `error` says where it failed."""
    place = error.filename2 or error.filename or file
    return AdvisorError(
        f"{place}: cannot be written: {error.strerror}", "nothing was changed; check its folder's permissions"
    )
