"""Facts of files, kept between runs: reading a file's facts back takes a fortieth of the time of extracting them again.

They are kept by all that they rest on: the path and text of the file, the rules, this code and the Python that runs it. One
SQLite file in the user's cache holds them, so that runs at the same time and runs that are killed leave it whole. What
cannot be read or written here costs time and nothing else.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

import msgspec

from advisor.inputs.code import state_of_code
from advisor.model.facts import ModuleFacts, decode, encode
from advisor.model.source import Skipped, Source

_FILE = "facts.sqlite"
_MOST = 200_000_000  # bytes: beyond, the facts that were used longest ago go
_LARGEST = 4 * _MOST  # bytes of the whole file
_AT_ONCE = 500  # keys in one question
_PATIENCE = 2.0  # seconds to wait for another run that writes
_DIGEST = 16  # bytes
_DAY = 86_400  # seconds: how exactly it is known when facts were used last
_TABLE = "CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, used INTEGER, data BLOB) WITHOUT ROWID"


class KeptFacts:
    """The facts that were kept in the folder `cache` by the same code; `rules` tells one set of rules from another."""

    def __init__(self, cache: Path, rules: str) -> None:
        self._file = cache / _FILE
        self._stamp = f"{state_of_code()} {rules} {sys.version} {_state_of_parser()}"

    def recall(self, sources: Sequence[Source]) -> list[ModuleFacts | Skipped | None]:
        """The facts of each file, None where they are not known."""
        keys = [self._key(source) for source in sources]
        known: dict[bytes, ModuleFacts | Skipped] = {}

        def look(database: sqlite3.Connection) -> None:
            today, stale = _today(), list[bytes]()
            for some in _in_parts(keys):
                question = f"SELECT key, used, data FROM facts WHERE key IN ({','.join('?' * len(some))})"
                for key, used, data in database.execute(question, some):
                    facts = _unpacked(data)
                    if facts is not None:
                        known[key] = facts
                    if used != today:
                        stale.append(key)
            if stale:
                database.executemany("UPDATE facts SET used = ? WHERE key = ?", [(today, key) for key in stale])
                database.commit()

        with suppress(OSError):
            if keys and self._file.is_file():
                _open(self._file, look)
        return [known.get(key) for key in keys]

    def keep(self, sources: Iterable[Source], facts: Iterable[ModuleFacts | Skipped]) -> None:
        """Keeps the facts of each file."""
        today = _today()
        rows = [(self._key(source), today, _packed(each)) for source, each in zip(sources, facts, strict=True)]

        def write(database: sqlite3.Connection) -> None:
            database.execute(_TABLE)
            database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?)", rows)
            _drop_oldest(database)
            database.commit()

        with suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            _open(self._file, write)

    def _key(self, source: Source) -> bytes:
        told = f"{self._stamp}\0{source.path}\0{source.cells}\0{source.text}"
        return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def size(cache: Path) -> tuple[int, int]:
    """Of how many files facts are kept, and the bytes that this takes."""
    file, counted = cache / _FILE, list[int]()

    def count(database: sqlite3.Connection) -> None:
        counted.extend(database.execute("SELECT count(*) FROM facts").fetchone())

    with suppress(OSError):
        taken = file.stat().st_size
        _open(file, count)
    return (counted[0], taken) if counted else (0, 0)


def forget(cache: Path) -> int:
    """Removes all that is kept; of how many files there were facts."""
    number, _ = size(cache)
    _remove(cache / _FILE)
    return number


def _open(file: Path, work: Callable[[sqlite3.Connection], None]) -> None:
    """Does some work with the database, as far as that can be done; one that is spoilt, or far too large, is removed."""
    if file.exists() and not file.is_file():
        return  # a pipe would be waited for
    if file.exists() and file.stat().st_size > _LARGEST:
        _remove(file)
    try:
        with closing(sqlite3.connect(file, timeout=_PATIENCE)) as database:
            work(database)
    except sqlite3.OperationalError:
        pass  # locked by another run, in a folder that cannot be written to, on a full disk
    except sqlite3.DatabaseError:
        _remove(file)


def _remove(file: Path) -> None:
    for each in (file, file.with_name(f"{file.name}-journal")):
        with suppress(OSError):
            each.unlink()


def _drop_oldest(database: sqlite3.Connection) -> None:
    (total,) = database.execute("SELECT total(length(data)) FROM facts").fetchone()
    if total <= _MOST:
        return
    for key, length in database.execute("SELECT key, length(data) FROM facts ORDER BY used, key").fetchall():
        database.execute("DELETE FROM facts WHERE key = ?", (key,))
        total -= length
        if total <= _MOST * 0.8:
            return


def _today() -> int:
    return int(time.time()) // _DAY


def _packed(facts: ModuleFacts | Skipped) -> bytes:
    data = encode([facts])
    return blake2b(data, digest_size=_DIGEST).digest() + data


def _unpacked(packed: bytes) -> ModuleFacts | Skipped | None:
    """None where it is not what was packed."""
    told, data = packed[:_DIGEST], packed[_DIGEST:]
    if blake2b(data, digest_size=_DIGEST).digest() != told:
        return None
    try:
        (facts,) = decode(data)
    except (msgspec.DecodeError, ValueError):
        return None
    return facts


def _in_parts(keys: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def _state_of_parser() -> str:
    found = find_spec("ast_grep_py")
    if found is None or found.origin is None:
        return ""
    states = ((file.name, file.stat()) for file in sorted(Path(found.origin).parent.iterdir()))
    return " ".join(f"{name} {status.st_size} {status.st_mtime_ns}" for name, status in states)
