"""What one file says: its tree, what the site rules matched in it, and the marks its comments carry."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, msgpack

from advisor.model.code import Stmt
from advisor.model.source import Skipped

WHOLE_FILE = 0


class Found(Struct, frozen=True, array_like=True):
    """A place where a site rule of `rules/sites/` matched; `captures` are its meta-variables as text."""

    rule: str
    line: int
    column: int
    end_line: int
    captures: dict[str, str]


class ModuleFacts(Struct, frozen=True, array_like=True):
    """All that is kept of one file.

    `ignores` maps a line to the slugs silenced there, `noqa` to the codes of other linters; an empty tuple silences all.
    Under the line WHOLE_FILE stands what is silenced in the whole file.
    """

    path: str
    lines: int
    body: tuple[Stmt, ...]
    found: tuple[Found, ...]
    ignores: dict[int, tuple[str, ...]]
    noqa: dict[int, tuple[str, ...]]


def encode(facts: Sequence[ModuleFacts | Skipped]) -> bytes:
    """The facts of several files as MessagePack: the form in which they leave a worker process or are kept."""
    return _ENCODER.encode(facts)


def decode(data: bytes) -> list[ModuleFacts | Skipped]:
    """What `encode` was given. `msgspec.DecodeError` when `data` is something else."""
    return _DECODER.decode(data)


_ENCODER = msgpack.Encoder()
_DECODER: msgpack.Decoder[list[ModuleFacts | Skipped]] = msgpack.Decoder(list[ModuleFacts | Skipped])
