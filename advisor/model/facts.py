"""What one file says: its tree, what the site rules matched in it, and the marks its comments carry."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, msgpack

from advisor.model.code import Imported, Stmt
from advisor.model.source import Cell, Skipped

WHOLE_FILE = 0


class Found(Struct, frozen=True, array_like=True):
    """A place where a site rule of `rules/sites/` matched; `captures` are its meta-variables as text."""

    rule: str
    line: int
    column: int
    end_line: int
    captures: dict[str, str]


class Ignore(Struct, frozen=True, array_like=True):
    """A comment at `line` by which `slugs` (empty: all) are silenced from line `first` to `last`, or in the WHOLE_FILE."""

    line: int
    first: int
    last: int
    slugs: tuple[str, ...]

    def covers(self, line: int) -> bool:
        return self.first <= line <= self.last or self.first == WHOLE_FILE


class ModuleFacts(Struct, frozen=True, array_like=True):
    """All that is kept of one file.

    `ignores` are the comments that silence the advisor. `noqa` maps a line to the codes of other linters that are silenced
    there, an empty tuple to all of them; under the line WHOLE_FILE stands what is silenced in the whole file. `imports` is what
    is imported anywhere in the file. A notebook has `cells`.
    """

    path: str
    lines: int
    body: tuple[Stmt, ...]
    imports: tuple[Imported, ...]
    found: tuple[Found, ...]
    ignores: tuple[Ignore, ...]
    noqa: dict[int, tuple[str, ...]]
    cells: tuple[Cell, ...] = ()

    def cell(self, line: int) -> Cell | None:
        """The cell of a notebook in which the line is; None in a file without cells."""
        return next((cell for cell in reversed(self.cells) if cell.line <= line), None)


def encode(facts: Sequence[ModuleFacts | Skipped]) -> bytes:
    """The facts of several files as MessagePack: the form in which they leave a worker process or are kept."""
    return _ENCODER.encode(facts)


def decode(data: bytes) -> list[ModuleFacts | Skipped]:
    """What `encode` was given. `msgspec.DecodeError` when `data` is something else."""
    return _DECODER.decode(data)


_ENCODER = msgpack.Encoder()
_DECODER: msgpack.Decoder[list[ModuleFacts | Skipped]] = msgpack.Decoder(list[ModuleFacts | Skipped])
