"""Compare: the result of a run with that of the original, and the first difference in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from advisor.racing.output import Output, Sieve

_NUMBER = re.compile(rb"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SHOWN = 60  # characters of a line that differs


@dataclass(frozen=True, slots=True)
class Result:
    """What a run left to compare: its exit code (negative: the signal that ended it), standard output, and files by name."""

    exit_code: int
    output: Output
    files: Mapping[str, Output]


@dataclass(frozen=True, slots=True)
class Reference:
    """What the original gives. `loose` are the lines of its output whose numbers differ from run to run by themselves, and
    `unstable` is how its results differ otherwise ("" where they do not): then nothing can be compared with them."""

    result: Result
    sieve: Sieve
    loose: frozenset[int] = frozenset()
    unstable: str = ""

    def difference(self, other: Result) -> str:
        """The first difference in words, "" where there is none."""
        mine = self.result
        if mine.exit_code != other.exit_code:
            return f"{told_code(other.exit_code)} instead of {told_code(mine.exit_code)}"
        found = _first_difference(mine.output, other.output, self.sieve, self.loose)
        if found:
            return f"output, {found}"
        for name in sorted({*mine.files, *other.files}):
            if name not in other.files:
                return f"{name} was not written"
            if name not in mine.files:
                return f"{name} is written, which the original does not write"
            found = _first_difference(mine.files[name], other.files[name], self.sieve, frozenset())
            if found:
                return f"{name}, {found}"
        return ""

    def and_of(self, again: Result) -> Reference:
        """What the original has in common with a further run of it."""
        if self.unstable or not self.difference(again):
            return self
        mine = self.result
        loose = replace(self, loose=self.loose | _loose_lines(mine.output, again.output, self.sieve))
        found = loose.difference(again)
        return replace(self, unstable=found) if found else loose


def told_code(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"ended by signal {-code}"


def _loose_lines(first: Output, second: Output, sieve: Sieve) -> frozenset[int]:
    """The lines, from 0, that differ in their numbers only; none where lines have no fixed place."""
    if sieve.any_order or not (first.is_whole and second.is_whole):
        return frozenset()
    ones, others = sieve.lines(first.head), sieve.lines(second.head)
    if len(ones) != len(others):
        return frozenset()
    pairs = enumerate(zip(ones, others, strict=True))
    return frozenset(i for i, (one, other) in pairs if one != other and _without(one) == _without(other))


def _without(line: bytes) -> bytes:
    return re.sub(rb" +", b" ", _NUMBER.sub(b"#", line))  # a shorter number may be padded


def _first_difference(first: Output, second: Output, sieve: Sieve, loose: frozenset[int]) -> str:
    if first.digest == second.digest:
        return ""
    ones, others = sieve.lines(first.head), sieve.lines(second.head)
    for index in range(max(len(ones), len(others))):
        one = ones[index] if index < len(ones) else None
        other = others[index] if index < len(others) else None
        if one == other or (
            one is not None and other is not None and index in loose and _without(one) == _without(other)
        ):
            continue
        if sieve.any_order:
            return _missing(ones, others)
        return f"line {index + 1}: {_shown(other)} instead of {_shown(one)}"
    if not (first.is_whole and second.is_whole):
        return f"beyond the first {len(first.head):,} bytes"
    return "" if loose or not sieve.is_plain else "the ends of its lines"


def _missing(ones: list[bytes], others: list[bytes]) -> str:
    """Of lines in any order: the first one that only one of the two has."""
    missing, new = Counter(ones) - Counter(others), Counter(others) - Counter(ones)
    return f"{_shown(min(missing))} is missing" if missing else f"{_shown(min(new))} is new"


def _shown(line: bytes | None) -> str:
    if line is None:
        return "nothing"
    text = line.decode("utf-8", "backslashreplace")
    return f"`{text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}`"
