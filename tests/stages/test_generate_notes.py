"""What a rewrite does otherwise than the code before stands in a line beside the diff."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.refactoring import refactor, wanted
from advisor.settings import Settings

PROGRAM = """
import requests

def subject(items):
    failed = []
    for item in items:
        try:
            {call}
        except {handler}:
            failed.append(item)
    return failed
"""
PUT = 'requests.put(f"http://127.0.0.1/{item}", json=item, timeout=5)'
GET = 'requests.get(f"http://127.0.0.1/{item}", timeout=5)'


@pytest.mark.parametrize(
    ("call", "handler", "told"),
    [
        (PUT, "requests.RequestException", "`requests.RequestException`"),
        (PUT, "(OSError, ValueError)", "`OSError`, `ValueError`"),
        (PUT, "Exception", None),  # nothing else ends the loop
        (PUT, "(ValueError, Exception)", None),
        (GET, "requests.RequestException", None),  # nothing has been changed by then
    ],
)
def test_what_a_failure_leaves_done_for_later_items(tmp_path: Path, call: str, handler: str, told: str | None) -> None:
    file = tmp_path / "subject.py"
    file.write_text(PROGRAM.format(call=call, handler=handler))
    made = refactor(wanted(f"{file}:6", "threading", None), Settings(jobs=1, cores=2))
    noted = [note for note in made.notes if "may have been done for later items" in note]
    assert [f"a failure other than {told} ends the loop" in note for note in noted] == ([True] if told else [])
