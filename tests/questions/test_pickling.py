"""What keeps an object from being sent to a process."""

from __future__ import annotations

import pytest

from advisor.questions.pickling import is_unpicklable, unpicklable_attribute
from tests.linking import known, linked

HEAD = "import queue, socket, sqlite3, threading\nclass Job:\n    def __init__(self, given):\n        self.held = "
HELD = [
    ("threading.Lock()", "threading.Lock"),
    ("queue.Queue()", "queue.Queue"),
    ("socket.create_connection(given)", "socket.socket"),
    ("sqlite3.connect(given)", "sqlite3.Connection"),
    ("lambda x: x", ""),
]


@pytest.mark.parametrize(("value", "kind"), HELD)
def test_an_attribute_keeps_its_object_here(value: str, kind: str) -> None:
    found = linked(f"{HEAD}{value}\n")
    (job,) = found.program.classes.values()
    assert unpicklable_attribute(found.program, found.catalog, job) == ("held", kind)


@pytest.mark.parametrize(
    "rest",
    [
        "given",
        "[given]",
        "threading.Lock()\n    def __getstate__(self):\n        return {}",
        "given\n    def later(self):\n        held = threading.Lock()",
    ],
)
def test_others_let_it_go(rest: str) -> None:
    found = linked(f"{HEAD}{rest}\n")
    (job,) = found.program.classes.values()
    assert unpicklable_attribute(found.program, found.catalog, job) is None


def test_what_is_not_known_may_be_picklable() -> None:
    assert is_unpicklable(known(), "threading.Lock")
    assert not is_unpicklable(known(), "pathlib.Path")
    assert not is_unpicklable(known(), "elsewhere.Lock")
