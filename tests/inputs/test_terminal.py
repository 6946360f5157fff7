"""What standard output can show."""

from __future__ import annotations

from io import BytesIO, TextIOWrapper

import pytest

from advisor.inputs.terminal import this_terminal


class Stream(TextIOWrapper):
    def __init__(self, tty: bool, encoding: str = "utf-8") -> None:
        super().__init__(BytesIO(), encoding=encoding)
        self.tty = tty

    def isatty(self) -> bool:
        return self.tty


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize(
    ("tty", "environment", "color"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (False, {"FORCE_COLOR": "1"}, True),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_color(monkeypatch: pytest.MonkeyPatch, tty: bool, environment: dict[str, str], color: bool) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert this_terminal(Stream(tty), Stream(False)).color is color


@pytest.mark.parametrize(("encoding", "ascii_only"), [("utf-8", False), ("ascii", True), ("latin-1", True)])
def test_characters(encoding: str, ascii_only: bool) -> None:
    assert this_terminal(Stream(True, encoding), Stream(True)).ascii_only is ascii_only


@pytest.mark.parametrize(("columns", "width"), [("80", 80), ("120", 120), ("400", 120), ("5", 40)])
def test_width_is_that_of_the_terminal_within_reason(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert this_terminal(Stream(False), Stream(False)).width == width


def test_progress_is_for_those_who_watch_standard_error() -> None:
    assert this_terminal(Stream(False), Stream(True)).interactive
    assert not this_terminal(Stream(True), Stream(False)).interactive
