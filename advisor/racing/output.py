"""What a program wrote, however much: a digest of all of it, and as much of its beginning as is needed to show a difference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

KEPT = 4 << 20  # bytes
_CHUNK = 1 << 16
_LONGEST_LINE = 1 << 20  # bytes; a longer line is compared in pieces
_SIZE = 16  # bytes of a digest


@dataclass(frozen=True, slots=True)
class Sieve:
    """What of an output counts: lines that match none of `ignored`, in their order unless `any_order`."""

    ignored: tuple[re.Pattern[bytes], ...] = ()
    any_order: bool = False

    @property
    def is_plain(self) -> bool:
        return not self.ignored and not self.any_order

    def lines(self, data: bytes) -> list[bytes]:
        """The lines of `data` that count, without their ends."""
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        return self.counting(lines)

    def counting(self, lines: list[bytes]) -> list[bytes]:
        kept = [line.rstrip(b"\r") for line in lines if not self._drops(line)]
        return sorted(kept) if self.any_order else kept

    def _drops(self, line: bytes) -> bool:
        return any(pattern.search(line) for pattern in self.ignored)


ALL = Sieve()


@dataclass(frozen=True, slots=True)
class Output:
    """`digest` of all that counts, `head` as it was written (up to KEPT bytes), `size` of all in bytes."""

    digest: bytes
    head: bytes
    size: int

    @property
    def is_whole(self) -> bool:
        return self.size == len(self.head)


class Recorder:
    """Takes an output piece by piece and keeps a bounded part of it."""

    def __init__(self, sieve: Sieve) -> None:
        self._sieve = sieve
        self._head = bytearray()
        self._size = 0
        self._hash = blake2b(digest_size=_SIZE)
        self._sum = 0
        self._line = b""

    def feed(self, data: bytes) -> None:
        self._size += len(data)
        if len(self._head) < KEPT:
            self._head += data[: KEPT - len(self._head)]
        if self._sieve.is_plain:
            self._hash.update(data)
            return
        *lines, rest = (self._line + data).split(b"\n")
        if len(rest) > _LONGEST_LINE:
            lines, rest = [*lines, rest], b""
        self._line = rest
        self._take(lines)

    def finish(self) -> Output:
        if self._line:
            self._take([self._line])
        digest = self._sum.to_bytes(_SIZE) if self._sieve.any_order else self._hash.digest()
        return Output(digest, bytes(self._head), self._size)

    def _take(self, lines: list[bytes]) -> None:
        for line in self._sieve.counting(lines):
            if self._sieve.any_order:  # a sum is the same in any order
                hashed = int.from_bytes(blake2b(line, digest_size=_SIZE).digest())
                self._sum = (self._sum + hashed) % (1 << 8 * _SIZE)
            else:
                self._hash.update(line + b"\n")


def read_output(file: Path, sieve: Sieve) -> Output:
    """The contents of a file, however large. OSError where it cannot be read."""
    recorder = Recorder(sieve)
    with file.open("rb") as opened:
        while piece := opened.read(_CHUNK):
            recorder.feed(piece)
    return recorder.finish()
