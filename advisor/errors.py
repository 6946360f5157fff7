"""Errors that a person can mend: one line that says what is wrong, one that says what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class AdvisorError(Exception):
    """Ends the run with `error: {title}` and `hint: {hint}` on standard error, and `exit_code`; never with a traceback."""

    def __init__(self, title: str, hint: str = "", exit_code: int = 2) -> None:
        super().__init__(title, hint, exit_code)
        self.title = title
        self.hint = hint
        self.exit_code = exit_code

    def __str__(self) -> str:
        return self.title


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`did you mean "x"?` for the known word nearest to `word`, or the empty string when none is near."""
    near = get_close_matches(word, sorted(known), n=1)
    return f'did you mean "{near[0]}"?' if near else ""
