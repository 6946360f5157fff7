"""Annotated code with a protocol, a TypedDict and postponed annotations."""
# overlap: 3

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Protocol, TypedDict

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

API: Final = os.environ["API"]


class Row(TypedDict):
    name: str
    size: int


class Source(Protocol):
    def row(self, number: int) -> Row: ...


class HttpSource:
    def __init__(self, base: str) -> None:
        self.base = base

    def row(self, number: int) -> Row:
        answer = httpx.get(f"{self.base}/item/{number}", timeout=5)
        answer.raise_for_status()
        record: Mapping[str, object] = answer.json()
        return {"name": str(record["name"]), "size": int(str(record["size"]))}


def rows(source: HttpSource, numbers: Iterable[int]) -> list[Row]:
    found: list[Row] = []
    for number in numbers:  # here
        row: Row = source.row(number)
        if row["size"] < 2:
            continue
        found.append(row)
    return found


def main() -> int:
    for row in rows(HttpSource(API), range(10)):
        print(f"{row['name']:<10}{row['size']:>4}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
