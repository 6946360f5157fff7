"""Comparing results: what is the same, what differs and where, and what differs by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.racing.comparing import Reference, Result
from advisor.racing.output import KEPT, Output, Recorder, Sieve, read_output

ALL = Sieve()
SET = Sieve(any_order=True)


def output(text: str | bytes, sieve: Sieve = ALL, pieces: int = 7) -> Output:
    data = text.encode() if isinstance(text, str) else text
    recorder = Recorder(sieve)
    for start in range(0, len(data), pieces):
        recorder.feed(data[start : start + pieces])
    return recorder.finish()


def result(text: str, sieve: Sieve = ALL, code: int = 0, **files: str) -> Result:
    return Result(code, output(text, sieve), {name: output(data) for name, data in files.items()})


@pytest.mark.parametrize(
    ("mine", "other", "told"),
    [
        (result("a\nb\n"), result("a\nb\n"), ""),
        (result("a\nb\n"), result("a\nc\n"), "output, line 2: `c` instead of `b`"),
        (result("a\nb\n"), result("a\n"), "output, line 2: nothing instead of `b`"),
        (result("a\n"), result("a\n\n"), "output, line 2: `` instead of nothing"),
        (result("a\n"), result("a"), "output, the ends of its lines"),
        (result("a\n"), result("a\n", code=1), "exit code 1 instead of exit code 0"),
        (result("a\n"), result("a\n", code=-9), "ended by signal 9 instead of exit code 0"),
        (result("", t="1"), result("", t="1"), ""),
        (result("", t="1"), result("", t="2"), "t, line 1: `2` instead of `1`"),
        (result("", t="1"), result(""), "t was not written"),
        (result(""), result("", t="1"), "t is written, which the original does not write"),
    ],
)
def test_the_first_difference(mine: Result, other: Result, told: str) -> None:
    assert Reference(mine, ALL).difference(other) == told


def test_any_order() -> None:
    mine = result("a\nb\nb\n", SET)
    assert Reference(mine, SET).difference(result("b\na\nb\n", SET)) == ""
    assert Reference(mine, SET).difference(result("b\na\na\n", SET)) == "output, `b` is missing"
    assert Reference(mine, SET).difference(result("b\na\nb\nc\n", SET)) == "output, `c` is new"


def test_ignored_lines() -> None:
    sieve = Sieve((re.compile(rb"^took"),))
    mine = result("a\ntook 1 s\nb\n", sieve)
    assert Reference(mine, sieve).difference(result("a\nb\ntook 2 s\n", sieve)) == ""
    assert Reference(mine, sieve).difference(result("a\ntake\nb\n", sieve)) == "output, line 2: `take` instead of `b`"


def test_the_size_of_the_pieces_does_not_matter() -> None:
    text = "one\n\n\ntwo\r\nthree" * 5
    for sieve in (ALL, SET, Sieve((re.compile(b"tw"),))):
        assert len({output(text, sieve, pieces).digest for pieces in (1, 2, 3, 5, 1000)}) == 1


def test_numbers_that_differ_by_themselves() -> None:
    """A program that tells how long it took is compared in everything else."""
    known = Reference(result("5 pages\ntook  9.5 s\n"), ALL).and_of(result("5 pages\ntook 10.25 s\n"))
    assert (known.unstable, known.loose) == ("", frozenset({1}))
    assert known.difference(result("5 pages\ntook 1.5 s\n")) == ""
    assert known.difference(result("6 pages\ntook 1.5 s\n")) == "output, line 1: `6 pages` instead of `5 pages`"
    assert known.difference(result("5 pages\nfailed\n")) == "output, line 2: `failed` instead of `took  9.5 s`"


def test_words_that_differ_by_themselves() -> None:
    known = Reference(result("apple\n"), ALL).and_of(result("pear\n"))
    assert known.unstable == "output, line 1: `pear` instead of `apple`"


def test_of_a_large_output_little_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "large"
    file.write_bytes(b"line\n" * (KEPT // 4))
    one = read_output(file, ALL)
    assert (len(one.head), one.size, one.is_whole) == (KEPT, 5 * (KEPT // 4), False)
    with file.open("r+b") as opened:
        opened.seek(KEPT + 100)
        opened.write(b"X")
    found = Reference(Result(0, one, {}), ALL).difference(Result(0, read_output(file, ALL), {}))
    assert found == f"output, beyond the first {KEPT:,} bytes"


def test_what_differs_only_in_a_later_run() -> None:
    """Two runs may take the same time by chance: each further one may show that a line is not always the same."""
    known = Reference(result("38 us\n"), ALL).and_of(result("38 us\n"))
    assert known.difference(result("39 us\n"))
    known = known.and_of(result("40 us\n"))
    assert known.difference(result("39 us\n")) == ""
    assert known.and_of(result("soon\n")).unstable
