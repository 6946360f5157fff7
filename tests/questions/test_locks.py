"""What keeps others out while it is held: by its type, and by its name where nothing is known of the type."""

from __future__ import annotations

import pytest

from advisor.model import tree
from advisor.model.catalog import Waiter
from advisor.questions.locks import held, is_limit, is_lock, lock_type
from tests.linking import known, linked


def entering(expression: str, head: str = "") -> str:
    return (
        f"import threading\n{head}\ndef work(self, items, client, key):\n    with {expression}:\n        items.pop()\n"
    )


LOCKS = [
    ("guard", "guard = threading.Lock()"),
    ("guard", "guard = threading.Condition()"),
    ("guard", "import multiprocessing as mp\nguard = mp.RLock()"),
    ("guard", "from multiprocessing import Manager\nguard = Manager().Lock()"),
    ("threading.RLock()", ""),
    ("guard", "import filelock\nguard = filelock.FileLock('x')"),
    ("guard", "from billiard import Lock\nguard = Lock()"),
    ("guard", "from gevent.lock import RLock\nguard = RLock()"),
    ("guard", "from fasteners import InterProcessLock\nguard = InterProcessLock('x')"),
    ("Held()", "class ReadLock:\n    def __enter__(self): ...\nclass Held(ReadLock): ...\nHeld = ReadLock"),
    ("self._lock", ""),
    ("self._db_lock", ""),
    ("mutex", ""),
    ("self.io_mutex", ""),
    ("self.lockFor(key)", ""),
    ("self._locks[key]", ""),
    ("client.lock('jobs')", ""),
    ("self._lock.acquire(timeout=1)", ""),
    ("guard.acquire_timeout(1)", "guard = threading.Lock()"),
]


@pytest.mark.parametrize(("expression", "head"), LOCKS)
def test_a_lock_keeps_others_out(expression: str, head: str) -> None:
    found = linked(entering(expression, head))
    assert is_lock(found.program, found.catalog, found.work.id, found.entered)


NO_LOCKS = [
    ("clock", ""),
    ("self.block", ""),
    ("unlock", ""),
    ("open(lock_path)", ""),
    ("self.lock_file", ""),
    ("lock", "lock = open('x.lock')"),
    ("lock", "import sqlite3\nlock = sqlite3.connect('x')"),
    ("guard", "guard = threading.Semaphore(5)"),
    ("guard", "guard = threading.Event()"),
    ("client.session()", ""),
    ("self.lock_manager.session()", ""),
]


@pytest.mark.parametrize(("expression", "head"), NO_LOCKS)
def test_what_is_only_named_alike_does_not(expression: str, head: str) -> None:
    found = linked(entering(expression, head))
    assert not is_lock(found.program, found.catalog, found.work.id, found.entered)


@pytest.mark.parametrize(
    ("expression", "head", "limits"),
    [
        ("guard", "guard = threading.BoundedSemaphore(5)", True),
        ("guard", "import trio\nguard = trio.CapacityLimiter(5)", True),
        ("self._sem", "", True),
        ("guard", "guard = threading.Lock()", False),
        ("self.assembly", "", False),
    ],
)
def test_a_semaphore_lets_in_only_so_many(expression: str, head: str, limits: bool) -> None:
    found = linked(entering(expression, head))
    assert is_limit(found.program, found.catalog, found.work.id, found.entered) is limits


def test_locks_are_held_around_what_stands_below_them() -> None:
    found = linked(
        "def work(self, items):\n    with self._lock, open('x'):\n        with mutex:\n            for item in items:\n"
        "                with clock_lock:\n                    item()\n    with guard_lock:\n        pass\n"
    )
    loop = found.loop
    around = held(found.program, found.catalog, found.work, loop.line, loop.end_line)
    assert [(tree.dotted(lock), line) for lock, line in around] == [("self._lock", 2), ("mutex", 3)]


def test_whom_a_lock_keeps_out() -> None:
    assert lock_type(known(), "threading.BoundedSemaphore") is Waiter.THREAD
    assert lock_type(known(), "asyncio.Lock") is Waiter.TASK
    assert lock_type(known(), "threading.Event") is None
