"""Pools, and calls that hand a function over."""

from __future__ import annotations

import pytest

from advisor.model import tree
from advisor.model.catalog import Answer, Passes, Waiter
from advisor.questions.pools import given, hand_over, pool_of
from tests.linking import linked

THREADS = "from concurrent.futures import ThreadPoolExecutor\n"
POOL = "from multiprocessing import Pool\n"
F = "def f(x): ...\n"

HANDED = [
    (f"{THREADS}def work(f, xs):\n    ThreadPoolExecutor().submit(f, xs)", "thread", Passes.REST, Answer.FUTURE, "xs"),
    (f"{THREADS}def work(f, xs):\n    ThreadPoolExecutor().map(f, xs)", "thread", Passes.EACH, Answer.ELEMENTS, "xs"),
    (f"{POOL}def work(f, xs):\n    Pool().starmap(f, xs)", "process", Passes.UNPACKED, Answer.ELEMENTS, "xs"),
    (f"{POOL}def work(f, xs):\n    Pool().apply_async(f, xs)", "process", Passes.PACKED, None, "xs"),
    ("from billiard import Pool\ndef work(f, xs):\n    Pool().imap(f, xs)", "process", Passes.EACH, Answer.ELEMENTS, "xs"),
    ("import threading\ndef work(f, xs):\n    threading.Thread(target=f, args=xs)", "thread", Passes.PACKED, None, "xs"),
    ("import asyncio\nasync def work(f, xs):\n    await asyncio.to_thread(f, xs)", "thread", Passes.REST, Answer.AWAITABLE, "xs"),
    (
        "import asyncio\nasync def work(f, xs):\n    await asyncio.get_running_loop().run_in_executor(None, f, xs)",
        "thread", Passes.REST, Answer.AWAITABLE, "xs",
    ),
    ("def work(f, xs):\n    map(f, xs)", "here", Passes.EACH, Answer.ELEMENTS, "xs"),
    ("def work(f, xs):\n    sorted(xs, key=f)", "here", Passes.ELEMENT, None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "where", "passes", "answer", "behind"), HANDED)
def test_a_function_is_handed_over(text: str, where: str, passes: Passes, answer: Answer | None, behind: str) -> None:
    found = linked(text)
    handed = hand_over(found.program, found.catalog, found.work.id, found.last_call)
    assert handed is not None
    assert tree.dotted(handed.function) == "f"
    assert (handed.where, handed.passes, handed.answer) == (where, passes, answer)
    assert not handed.guessed
    assert [tree.dotted(each) for each in given(found.last_call, handed)] == ([behind] if behind else [])


def test_the_method_speaks_where_the_receiver_is_unknown() -> None:
    found = linked("def work(self, f, xs):\n    self.pool.submit(f, xs)")
    handed = hand_over(found.program, found.catalog, found.work.id, found.last_call)
    assert handed is not None
    assert handed.guessed
    assert handed.passes is Passes.REST
    assert not handed.maps


@pytest.mark.parametrize(
    "text",
    [
        "def work(f, xs):\n    xs.append(f)",
        "def work(f, xs):\n    submit(f, xs)",
        "class Form:\n    def submit(self, f): ...\ndef work(f):\n    Form().submit(f)",
        "import threading\ndef work(self):\n    threading.Thread()",
        f"{THREADS}def work(fs):\n    ThreadPoolExecutor().submit(*fs)",
        "import threading\ndef work(f):\n    threading.Event().set()",
    ],
)
def test_no_function_is_handed_over(text: str) -> None:
    found = linked(text)
    assert hand_over(found.program, found.catalog, found.work.id, found.last_call) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"{THREADS}def work():\n    here = ThreadPoolExecutor()\n    here.shutdown()", Waiter.THREAD),
        (f"{POOL}def work():\n    with Pool(3) as here:\n        here.close()", Waiter.PROCESS),
        ("import loky\ndef work():\n    here = loky.get_reusable_executor()\n    here.shutdown()", Waiter.PROCESS),
        (
            "import asyncio\nasync def work():\n    async with asyncio.TaskGroup() as here:\n        here.create_task(f())",
            Waiter.TASK,
        ),
        ("import psycopg_pool\ndef work():\n    here = psycopg_pool.ConnectionPool()\n    here.close()", None),
        ("def work(pool):\n    pool.close()", None),
    ],
)
def test_a_pool_runs_work_for_others(text: str, kind: Waiter | None) -> None:
    found = linked(text)
    receiver = tree.parts(found.last_call.function)[0]
    assert pool_of(found.program, found.catalog, found.work.id, receiver) is kind
