"""Remember what was read between runs: one file for each set of files, trusted while nothing it rests on changes.

Whatever goes wrong here costs time and nothing else: a folder that cannot be written to is passed over, and so is
a file that was cut short.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from advisor import __version__
from advisor.files import put, read_bytes
from advisor.inputs.rule_folders import RuleFile

_READERS = tuple(Path(__file__).with_name(name) for name in ("rule_files.py", "shape.py", "yaml_file.py"))
_LARGEST = 100_000_000  # bytes


def user_cache() -> Path:
    """The folder for what may be forgotten: ADVISOR_CACHE, else where the operating system keeps such things for this user."""
    given = os.environ.get("ADVISOR_CACHE")
    if given:
        return Path(given)
    from platformdirs import user_cache_path

    return user_cache_path("concurrency-advisor", appauthor=False)


def stamp(files: Sequence[RuleFile], *, checked: bool) -> str:
    """Names the set of files, then their state, which changes with any file, the code that reads them and the version.

    `checked` tells whether the patterns were compiled.
    """
    names = [file.path for file in files]
    states = [str(file.state) for file in files]
    readers = [reader.read_text(encoding="utf-8") for reader in _READERS if reader.exists()]
    return f"{_digest(names)}-{_digest([*names, *states, *readers, __version__, str(checked)])}"


def read(folder: Path | None, stamp: str) -> bytes | None:
    """What `write` was given under the same stamp, or None."""
    if folder is None:
        return None
    try:
        head, _, data = read_bytes(_file(folder, stamp), _LARGEST).partition(b"\n")
    except OSError:
        return None
    return data if head == _head(stamp, data) else None


def write(folder: Path | None, stamp: str, data: bytes) -> None:
    """Keeps `data` in place of what was kept for the same set of files."""
    if folder is None:
        return
    file = _file(folder, stamp)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        put(file, _head(stamp, data) + b"\n" + data)


def _file(folder: Path, stamp: str) -> Path:
    return folder / f"knowledge-{stamp.partition('-')[0]}.json"


def _head(stamp: str, data: bytes) -> bytes:
    return f"{stamp} {blake2b(data, digest_size=16).hexdigest()}".encode()


def _digest(words: Iterable[str]) -> str:
    return blake2b("\n".join(words).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
