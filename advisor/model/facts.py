"""What one file says: its tree, what the site rules matched in it, and the marks its comments carry."""

from __future__ import annotations

from msgspec import Struct

from advisor.model.code import Stmt


class Found(Struct, frozen=True, array_like=True):
    """A place where a site rule of `rules/sites/` matched; `captures` are its meta-variables as text."""

    rule: str
    line: int
    column: int
    end_line: int
    captures: dict[str, str]


class ModuleFacts(Struct, frozen=True, array_like=True):
    """All that is kept of one file. `ignores` maps a line to the slugs silenced there; an empty tuple silences all."""

    path: str
    lines: int
    body: tuple[Stmt, ...]
    found: tuple[Found, ...]
    ignores: dict[int, tuple[str, ...]]
