"""Progress: for people who wait, on standard error, gone afterwards."""

from __future__ import annotations

import pytest

from advisor.outputs import progress


def test_nobody_watches_nothing_is_shown() -> None:
    with progress.progress_bar(interactive=False) as show:
        assert show is None


def test_a_quick_run_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.progress_bar(interactive=True) as show:
        assert show is not None
        show(1, 2)
    assert capsys.readouterr() == ("", "")


def test_a_long_run_shows_the_files_on_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", -1)
    monkeypatch.setenv("FORCE_COLOR", "1")  # to rich, a terminal
    with progress.progress_bar(interactive=True) as show:
        assert show is not None
        show(17, 20)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "17/20" in printed.err
    assert printed.err.endswith("\x1b[2K")  # and the line is cleared again
