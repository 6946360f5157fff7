"""The settings of a run as they would stand in a configuration file, each with a comment that says where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_WIDEST = 40  # characters of a line before its comment


@dataclass(frozen=True, slots=True)
class Row:
    """A key as it is written in a file, its value (None: not set), and where that comes from."""

    key: str
    value: Any
    origin: str


def as_text(rows: Iterable[Row]) -> str:
    """TOML, a key a line; what is not set is a comment."""
    lines = [
        (f"{row.key} = {toml(row.value)}" if row.value is not None else f"# {row.key}", row.origin) for row in rows
    ]
    width = max((len(line) for line, _ in lines if len(line) <= _WIDEST), default=0)
    return "".join(f"{line:<{width}}  # {origin}\n" for line, origin in lines)


def as_json(rows: Iterable[Row]) -> str:
    """An object by key: `value` and `from`."""
    return (
        json.dumps({row.key: {"value": row.value, "from": row.origin} for row in rows}, indent=2, ensure_ascii=False)
        + "\n"
    )


def toml(value: Any) -> str:
    """The value in TOML's notation."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
