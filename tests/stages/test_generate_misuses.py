"""Misuses and pools: for each refactor code that is rewritten and does the same, and a near-miss that is refused."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module, refusal
from tests.sampling import sampled

HEAD = """\
import asyncio
import multiprocessing
import queue
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def slow(x):
    time.sleep(0.003)
    if x == 13:
        raise ValueError(x)
    return x * 2


async def later(x):
    await asyncio.sleep(0.001 * (x % 4))
    if x == 13:
        raise ValueError(x)
    return x * 2


def compute(x):
    total = x
    for row in range(300):
        for column in range(300):
            total = (total * 31 + row * column) % 1000003
    return total


"""
_INPUTS: list[list[int]] = [[], [1], [4, 1, 5, 2, 8, 1, 3], [2, 6, 13, 1, 13, 20], [3, 1, 99, 4]]

SAME = {
    "a lock of an object, taken by hand over an await": ("asyncio", "await self.lock.acquire()", """
class Account:
    def __init__(self):
        self.lock = threading.Lock()
        self.sent = []

    async def send(self, x):
        self.lock.acquire()  # here
        try:
            self.sent.append(await later(x))
        finally:
            self.lock.release()

    async def first(self):
        with self.lock:
            return await later(1)


async def subject(xs):
    account = Account()
    for x in xs:
        await account.send(x)
    return account.sent + [await account.first()]
"""),
    "an event loop for each item of a loop": ("asyncio", "asyncio.run(run_all())", """
def subject(xs):
    total = 0
    for x in xs:  # here
        y = asyncio.run(later(x))
        print(x, y)
        total += y
    return total
"""),
    "an event loop for each item of a comprehension": ("asyncio", "asyncio.run(run_all())", """
def subject(xs):
    return [asyncio.run(later(x)) + 1 for x in xs if x != 4]  # here
"""),
    "an event loop for each item of a sum": ("asyncio", "asyncio.run(run_all())", """
def subject(xs):
    return sum(asyncio.run(later(x)) for x in xs)  # here
"""),
    "an event loop for each item under a handler": ("asyncio", "create_task(work_on_x(x))", """
def subject(xs):
    out = []
    for x in xs:  # here
        try:
            out.append(asyncio.run(later(x)))
        except ValueError as error:
            print("bad", error)
    return out
"""),
    "a gather": ("asyncio", "asyncio.Semaphore(", """
async def subject(xs):
    return await asyncio.gather(*(later(x) for x in xs))  # here
"""),
    "a gather that returns exceptions": ("asyncio", "bounded(later, x)", """
async def subject(xs):
    found = await asyncio.gather(*[later(x) for x in xs], return_exceptions=True)  # here
    return [repr(each) for each in found]
"""),
    "a gather of a list made before": ("asyncio", "bounded(later, x)", """
async def subject(xs):
    tasks = [later(x) for x in xs]
    return await asyncio.gather(*tasks)  # here
"""),
    "tasks of a group": ("asyncio", "create_task(bounded(later, x))", """
async def subject(xs):
    tasks = []
    try:
        async with asyncio.TaskGroup() as group:
            for x in xs:
                tasks.append(group.create_task(later(x)))  # here
    except ExceptionGroup as errors:
        return repr(errors.exceptions[0])
    return [task.result() for task in tasks]
"""),
    "a task awaited in its iteration": ("asyncio", "start(later, x)", """
async def subject(xs):
    for x in xs:
        task = asyncio.create_task(later(x))  # here
        print(await task)
"""),
    "coroutines that compute": ("threading", "asyncio.to_thread(work, x)", """
async def work(x):
    if x == 13:
        raise ValueError(x)
    return compute(x)


async def subject(xs):
    return await asyncio.gather(*(work(x) for x in xs))  # here
"""),
    "a pool that each iteration makes and closes": ("threading", "with ThreadPoolExecutor(2) as pool:", """
def subject(xs):
    out = []
    for x in xs:
        pool = ThreadPoolExecutor(2)  # here
        out.extend(pool.map(slow, [x, x + 1]))
        pool.shutdown()
    return out
"""),
    "a generator that is walked later": ("threading", "results(iter(xs))", """
def subject(xs):
    found = (slow(x) + 1 for x in xs if x != 4)  # here
    print("nothing yet")
    for each in found:
        print(each)
"""),
    "a generator function": ("threading", "yield future.result()", """
def subject(xs):
    for x in xs:  # here
        print("asked for", x)
        yield slow(x)
"""),
    "threads started and joined one by one": ("threading", "pool.submit(put, out, x)", """
def put(out, x):
    out[x] = x * 2


def subject(xs):
    out = {}
    threads = [threading.Thread(target=put, args=(out, x)) for x in xs]
    for thread in threads:  # here
        thread.start()
        thread.join()
    return sorted(out.items())
"""),
    "a thread for a single call": ("", "out.append(slow(x))", """
def subject(xs):
    out = []

    def work():
        for x in xs:
            if x != 13:
                out.append(slow(x))

    worker = threading.Thread(target=work)
    worker.start()  # here
    worker.join()
    return out
"""),
    "tiny tasks": ("multiprocessing", "chunksize=500", """
def step(x):
    return x * 3 + 1


def subject(xs):
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(step, range(2000)))[:len(xs)]  # here
"""),
    "a task that nothing keeps": ("asyncio", "_kept(asyncio.create_task(", """
async def subject(xs):
    out = []

    async def note(x):
        out.append(x)
        await asyncio.sleep(0)

    for x in xs:
        asyncio.create_task(note(x))  # here
    await asyncio.sleep(0)
    return out
"""),
    "too many processes": ("multiprocessing", "with ProcessPoolExecutor() as pool:", """
def subject(xs):
    with ProcessPoolExecutor(max_workers=64) as pool:  # here
        return list(pool.map(compute, xs))
"""),
    "updates without a lock": ("threading", "with _total_lock:", """
total = 0


def load(x):
    global total
    value = slow(x)
    total += value


def subject(xs):
    global total
    total = 0
    with ThreadPoolExecutor(4) as pool:
        for x in xs:
            pool.submit(load, x)  # here
    return total
"""),
}  # fmt: skip


@pytest.mark.parametrize("case", sampled(SAME, 7))
def test_what_is_rewritten_does_the_same(case: str, tmp_path: Path) -> None:
    model, written, code = SAME[case]
    text = HEAD + code
    new = generated(tmp_path, text, model or None)
    assert written in new
    assert not lint(new) - lint(text), new
    before, after = module(tmp_path, text), module(tmp_path, new)
    for xs in _INPUTS[:3] if "Process" in code else _INPUTS:
        assert did(after, [list(xs)]) == did(before, [list(xs)]), new


MENDED = {
    "an event loop inside a coroutine": ("asyncio", "await later(x)", [2, 4], """
async def subject(xs):
    return [asyncio.run(later(x)) for x in xs]  # here
"""),
    "an event loop below a coroutine": ("asyncio", "await asyncio.to_thread(now, x)", [2, 4], """
def now(x):
    return asyncio.run(later(x))


async def subject(xs):
    out = []
    for x in xs:
        out.append(now(x))  # here
    return out
"""),
    "a coroutine that nobody awaits": ("asyncio", "await note(out, x)", [1, 2], """
async def note(out, x):
    out.append(x)


async def subject(xs):
    out = []
    for x in xs:
        note(out, x)  # here
    return out
"""),
    "a lambda for a process": ("multiprocessing", "partial(_subject_x, n)", [3, 4], """
def subject(xs):
    n = len(xs)
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(lambda x: x + n, xs))  # here
"""),
    "an inner function for a process": ("multiprocessing", "power = partial(_power, n)", [1, 4], """
def subject(xs):
    n = len(xs)

    def power(x):
        return x ** n

    with multiprocessing.Pool(2) as pool:
        return pool.map(power, xs)  # here
"""),
    "a lock held while a coroutine waits": ("asyncio", "async with LOCK:", [2, 4], """
LOCK = threading.Lock()


async def one(out, x):
    with LOCK:  # here
        out.append(await later(x))


async def subject(xs):
    out = []
    await asyncio.gather(*[one(out, x) for x in xs])
    return out
"""),
    "a queue of threads between coroutines": ("asyncio", "await JOBS.get()", [1, 2], """
JOBS = queue.Queue()


async def fill(xs):
    for x in xs:
        JOBS.put(x)
        await asyncio.sleep(0)


async def subject(xs):
    filling = asyncio.create_task(fill(xs))
    out = []
    for _ in xs:
        out.append(JOBS.get())  # here
    await filling
    return out
"""),
    "an event that a thread sets": ("asyncio", "await asyncio.to_thread(READY.wait)", [1, 2], """
READY = threading.Event()


async def subject(xs):
    threading.Timer(0.01, READY.set).start()
    READY.wait()  # here
    return xs
"""),
    "failures that are gathered and dropped": ("asyncio", "traceback.print_exception(result)", [1, 2], """
async def subject(xs):
    await asyncio.gather(*(later(x) for x in [*xs, 13]), return_exceptions=True)  # here
    return xs
"""),
}  # fmt: skip


@pytest.mark.parametrize("case", MENDED)
def test_what_went_wrong_goes_right(case: str, tmp_path: Path) -> None:
    """The original raises, hangs or leaves the work out: what comes of the generated code is told by the case."""
    model, written, expected, code = MENDED[case]
    new = generated(tmp_path, HEAD + code, model)
    assert written in new
    assert not lint(new) - lint(HEAD + code), new
    found = did(module(tmp_path, new), [[1, 2]])
    assert (found.gave, found.raised) == (expected, None), new


def test_what_cannot_be_sent_is_made_by_each_process(tmp_path: Path) -> None:
    code = """
import sqlite3


def ask(connection, x):
    return connection.execute("SELECT ? + 1", (x,)).fetchone()[0]


def subject(xs):
    connection = sqlite3.connect("PATH")
    with ProcessPoolExecutor(2) as pool:
        futures = [pool.submit(ask, connection, x) for x in xs]  # here
        return [future.result() for future in futures]
"""
    new = generated(tmp_path, code.replace("PATH", str(tmp_path / "rows.db")).join([HEAD, ""]), "multiprocessing")
    assert "initializer=_keep_connection" in new
    assert did(module(tmp_path, new), [[1, 2]]).gave == [2, 3]
    memory = HEAD + code.replace("PATH", ":memory:")
    assert refusal(tmp_path, memory, "multiprocessing").endswith("(unpicklable-capture)")


def test_after_a_failure_nothing_runs_on(tmp_path: Path) -> None:
    code = """
async def note(done, x):
    await later(x)
    await asyncio.sleep(0.05 if x != 13 else 0)
    done.append(x)


async def subject(xs):
    done = []
    try:
        await asyncio.gather(*(note(done, x) for x in xs))  # here
    except Exception as error:
        print(repr(error))
    await asyncio.sleep(0.1)
    return done
"""
    new = generated(tmp_path, HEAD + code, "asyncio")
    assert "_all_or_none(" in new
    after = module(tmp_path, new)
    assert did(after, [[13, 1, 2]]) == ([], None, "ValueError(13)\n")
    assert did(after, [[1, 2]]).gave == [1, 2]


LAZY = {
    "threading": """
def subject(xs):
    for x in xs:  # here
        yield slow(x)
""",
    "asyncio": """
async def subject(xs):
    for x in xs:  # here
        yield await later(x)
""",
}


def _numbers(seen: list[int]) -> object:
    for number in range(1000):
        seen.append(number)
        yield number


def test_a_generator_asks_for_a_bounded_number_and_ends_when_it_is_closed(tmp_path: Path) -> None:
    loaded = module(tmp_path, generated(tmp_path, HEAD + LAZY["threading"]))
    seen: list[int] = []
    results = loaded.subject(_numbers(seen))
    assert seen == []
    assert [next(results) for _ in range(3)] == [0, 2, 4]
    results.close()
    asked = len(seen)
    assert asked < 50
    time.sleep(0.02)
    assert len(seen) == asked


def test_an_async_generator_ends_its_tasks_when_it_is_closed(tmp_path: Path) -> None:
    new = generated(tmp_path, HEAD + LAZY["asyncio"], "asyncio")
    loaded = module(tmp_path, new)
    before = module(tmp_path, HEAD + LAZY["asyncio"])

    async def everything(subject: object, xs: object) -> list[object]:
        out: list[object] = []
        try:
            out.extend([each async for each in subject(xs)])  # type: ignore[operator]
        except ValueError as error:
            out.append(repr(error))
        return out

    async def few(seen: list[int]) -> tuple[list[int], int]:
        results = loaded.subject(_numbers(seen))
        first = [await anext(results) for _ in range(3)]
        await results.aclose()
        return first, len(asyncio.all_tasks())

    for xs in _INPUTS:
        assert asyncio.run(everything(loaded.subject, xs)) == asyncio.run(everything(before.subject, xs)), new
    seen: list[int] = []
    assert asyncio.run(few(seen)) == ([0, 2, 4], 1)
    assert len(seen) <= 3 + 50  # those that were taken, and as many as may be under way


REFUSED = {
    "iterations that hand out values": (
        "asyncio",
        "early-exit",
        """
def subject(xs):
    for x in xs:  # here
        yield asyncio.run(later(x))
""",
    ),
    "iterations that need the one before": ("asyncio", "carried-dependence", """
def subject(xs):
    y = 0
    for x in xs:  # here
        y = asyncio.run(later(x + y))
    return y
"""),
    "coroutines that wait for each other": ("asyncio", "lock-held", """
async def meet(gate, x):
    if x == 1:
        gate.set()
    await gate.wait()


async def subject(xs):
    gate = asyncio.Event()
    await asyncio.gather(*(meet(gate, x) for x in xs))  # here
"""),
    "a coroutine that waits, on threads": ("threading", "event-loop", """
async def subject(xs):
    return await asyncio.gather(*(later(x) for x in xs))  # here
"""),
    "a pool that an iteration leaves to finish": ("threading", "early-exit", """
def subject(xs):
    for x in xs:
        pool = ThreadPoolExecutor(2)  # here
        pool.submit(slow, x)
        pool.shutdown()
"""),
    "processes that fill a queue": ("multiprocessing", "shared-write", """
def work(results, x):
    results.put(compute(x))


def subject(xs):
    results = multiprocessing.Queue()
    processes = []
    for x in xs:
        process = multiprocessing.Process(target=work, args=(results, x))  # here
        process.start()
        processes.append(process)
    for process in processes:
        process.join()
"""),
    "processes with names": ("multiprocessing", "process-state", """
def subject(xs):
    processes = []
    for x in xs:
        process = multiprocessing.Process(target=compute, args=(x,), name=str(x))  # here
        process.start()
        processes.append(process)
    for process in processes:
        process.join()
"""),
    "tiny tasks whose results are used one by one": ("multiprocessing", "ordered-output", """
def step(x):
    return x * 3 + 1


def subject(xs):
    with ProcessPoolExecutor(2) as pool:
        for each in pool.map(step, range(100000)):  # here
            print(each)
"""),
    "a thread that is used twice": (None, "shared-write", """
def subject(xs):
    worker = threading.Thread(target=slow, args=(1,))
    worker.start()  # here
    worker.join()
    return worker.is_alive()
"""),
    "a lock of an object that others know by another name": ("asyncio", "lock-held", """
class Account:
    def __init__(self):
        self.lock = threading.Lock()

    async def send(self, x):
        with self.lock:  # here
            return await later(x)


def busy(account):
    return account.lock.locked()


async def subject(xs):
    return await Account().send(xs[0])
"""),
    "a lock that threads take too": ("asyncio", "lock-held", """
LOCK = threading.Lock()


def count(xs):
    with LOCK:
        return len(xs)


async def subject(xs):
    with LOCK:  # here
        await later(1)
"""),
    "a shared sum that is worked out while it is added": ("threading", "lock-held", """
total = 0


def load(x):
    global total
    total += slow(x)


def subject(xs):
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(load, x) for x in xs]  # here
    return [future.result() for future in futures]
"""),
    "definitions after the start of processes": ("multiprocessing", "no-main-guard", """
pool = multiprocessing.Pool(2)  # here
print(pool.map(compute, range(3)))


def subject(xs):
    return xs
"""),
    "a generator for a coroutine": ("asyncio", "lazy-generator", """
def subject(xs):
    for x in xs:  # here
        yield slow(x)
"""),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_near_miss_is_refused(case: str, tmp_path: Path) -> None:
    model, hazard, code = REFUSED[case]
    assert refusal(tmp_path, HEAD + code, model).endswith(f"({hazard})")


FORKED = """\
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

BEGIN = {first}


def alone():
    {does}


def led(x):
    command = [sys.executable, "-c", "import os; print(os.getsid(0) == os.getpid())"]
    return subprocess.run(command, capture_output=True, text=True, preexec_fn={function}).stdout  # here


def subject(xs):
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(led, xs))
"""


@pytest.mark.parametrize("function", ["alone", "os.setsid"])
def test_a_program_gets_a_session_of_its_own_without_a_function(function: str, tmp_path: Path) -> None:
    new = generated(tmp_path, FORKED.format(first="1", does="os.setsid()", function=function), None)
    assert "start_new_session=True" in new
    assert "preexec_fn" not in new
    assert did(module(tmp_path, new), [[1, 2]]).gave == ["True\n", "True\n"]


@pytest.mark.parametrize(
    ("does", "function"),
    [
        ("os.setsid()\n    os.nice(10)", "alone"),
        ("os.setpgrp()", "alone"),
        ("os.setsid()", "lambda: os.umask(0)"),
        ("os.setsid()", "BEGIN"),
    ],
)
def test_whatever_else_runs_in_the_fork_is_for_a_person_to_move(does: str, function: str, tmp_path: Path) -> None:
    code = FORKED.format(first="os.nice", does=does, function=function)
    assert refusal(tmp_path, code, None).endswith("(process-state)")
