"""Misuses whose mending is short: each writer's hits, run, and what resembles them and is for a person to decide."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module, refusal

HEAD = """\
import asyncio
import multiprocessing
import multiprocessing.pool
import queue
import sqlite3
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed, wait


def nap(x):
    time.sleep(0.002 * x)
    return x * 2


def fail(x):
    if x == 13:
        raise ValueError(x)
    with open(f"{x}.txt") as file:
        return file.read()


async def later(x):
    await asyncio.sleep(0.001)
    if x == 13:
        raise ValueError(x)
    return x * 2


"""

MENDED: dict[str, tuple[str, object, str]] = {
    "called for a thread, with a keyword": (
        'threading.Thread(target=note, args=(out, 3), kwargs={"times": 2})', [6], """
def note(out, x, times=1):
    out.append(x * times)


def subject(xs):
    out = []
    thread = threading.Thread(target=note(out, 3, times=2))  # here
    thread.start()
    thread.join()
    return out
"""),
    "called for a pool": ("pool.submit(note, out, x, times=2)", [2, 4], """
def note(out, x, times=1):
    out.append(x * times)


def subject(xs):
    out = []
    with ThreadPoolExecutor(1) as pool:
        for x in xs:
            pool.submit(note(out, x, times=2))  # here
    return out
"""),
    "called for a pool of multiprocessing": ("pool.apply_async(note, args=(out, x), callback=print)", [1, 2], """
def note(out, x):
    out.append(x)


def subject(xs):
    out = []
    with multiprocessing.pool.ThreadPool(1) as pool:
        for x in xs:
            pool.apply_async(note(out, x), callback=print)  # here
        pool.close()
        pool.join()
    return out
"""),
    "called to set up a pool": ("initializer=set_up, initargs=(out,)", ["ready", 2, 4], """
def set_up(out):
    out.append("ready")


def subject(xs):
    out = []
    with ThreadPoolExecutor(1, initializer=set_up(out)) as pool:  # here
        out += list(pool.map(nap, xs))
    return out
"""),
    "called to set up a pool, by its place": ('ThreadPoolExecutor(1, "nap", set_up, initargs=(out,))', ["ready", 2, 4], """
def set_up(out):
    out.append("ready")


def subject(xs):
    out = []
    with ThreadPoolExecutor(1, "nap", set_up(out)) as pool:  # here
        out += list(pool.map(nap, xs))
    return out
"""),
    "a coroutine called for a thread": ("target=asyncio.run, args=(later(2),)", "no error", """
def subject(xs):
    thread = threading.Thread(target=later(2))  # here
    thread.start()
    thread.join()
    return "no error"
"""),
    "an inner function that is made in a loop": ("def work(scale=2, x=x):", [2, 4], """
def subject(xs):
    tasks = []
    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0.1)
        for x in xs:
            def work(scale=2):
                return x * scale

            tasks.append(pool.submit(work))  # here
    return [task.result() for task in tasks]
"""),
    "a lambda in loops within each other": ("lambda x=x, y=y: x * y", [1, 1, 2, 2], """
def subject(xs):
    tasks = []
    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0.1)
        for x in xs:
            for y in (1, 1):
                tasks.append(pool.submit(lambda: x * y))  # here
    return [task.result() for task in tasks]
"""),
    "a lambda of what the iteration has made": ("lambda name=name: len(name)", [1, 2], """
def subject(xs):
    tasks = []
    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0.1)
        for x in xs:
            name = "x" * x
            tasks.append(pool.submit(lambda: len(name)))  # here
    return [task.result() for task in tasks]
"""),
    "a pool of its own under a name": ("loop.run_in_executor(None, nap, xs[0])", 2, """
async def subject(xs):
    loop = asyncio.get_running_loop()
    pool = ThreadPoolExecutor(max_workers=1)  # here
    return await loop.run_in_executor(pool, nap, xs[0])
"""),
    "results of a pool as they come": ("zip(xs, pool.imap(nap, xs))", [(1, 2), (2, 4)], """
def subject(xs):
    with multiprocessing.pool.ThreadPool(2) as pool:
        return list(zip(xs, pool.imap_unordered(nap, xs)))  # here
"""),
    "futures made as they are walked": ("for f in [pool.submit(nap, x) for x in xs]]", [(1, 2), (2, 4)], """
def subject(xs):
    with ThreadPoolExecutor(2) as pool:
        found = [f.result() for f in as_completed(pool.submit(nap, x) for x in xs)]  # here
    return list(zip(xs, found))
"""),
    "tasks that are only waited for": ("await asyncio.gather(*tasks)", "raised", """
async def subject(xs):
    tasks = set()
    for x in [*xs, 13]:
        task = asyncio.create_task(later(x))  # here
        tasks.add(task)
    try:
        await asyncio.wait(tasks)
    except ValueError:
        return "raised"
"""),
    "futures that are only waited for": ("future.result()", "raised", """
def subject(xs):
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(fail, x) for x in [13, *xs]]  # here
        try:
            wait(tasks)
        except ValueError:
            return "raised"
"""),
    "futures of a pool that goes on": ("futures = [POOL.submit(fail, x) for x in xs]", "raised", """
POOL = ThreadPoolExecutor(2)


def subject(xs):
    xs = [13, *xs]
    try:
        wait([POOL.submit(fail, x) for x in xs])  # here
    except ValueError:
        return "raised"
"""),
    "a daemon by its attribute": ("thread = threading.Thread(target=save)  # here\n    thread.start()", None, """
def save():
    time.sleep(0.01)
    with open("saved.txt", "w") as file:
        file.write("x")


def subject(xs):
    thread = threading.Thread(target=save)  # here
    thread.daemon = True
    thread.start()


if __name__ == "__main__":
    subject([1])
"""),
    "a worker that may fail": ("one bad item must not end the worker\n                traceback.print_exc()", [1, 2], """
def check(x):
    if x == 13:
        open("nowhere.txt")


def subject(xs):
    jobs, out = queue.Queue(), []

    def work():
        while True:
            x = jobs.get()
            if x is None:
                break
            check(x)  # here
            out.append(x)
            jobs.task_done()

    threading.Thread(target=work, daemon=True).start()
    for x in [13, *xs]:
        jobs.put(x)
    jobs.join()
    jobs.put(None)
    return out
"""),
    "a pool that is left with its tasks": ("        pool.close()\n        pool.join()\n    return", [2, 4], """
def subject(xs):
    out = []
    with multiprocessing.pool.ThreadPool(1) as pool:
        for x in xs:
            pool.apply_async(nap, (x,), callback=out.append)  # here
    return out
"""),
    "a retry below a coroutine": ("return await asyncio.to_thread(read, xs)", [1, 2], """
def read(xs):
    while True:
        try:
            return list(xs)
        except OSError:
            time.sleep(0.5)


async def subject(xs):
    return read(xs)  # here
"""),
    "a queue that is asked first": ("except queue.Empty:\n            break", 2, """
def work(jobs, out):
    while not jobs.empty():
        x = jobs.get()
        time.sleep(0.01)
        out.append(x)


def subject(xs):
    jobs, out = queue.Queue(), []
    for x in xs:
        jobs.put(x)
    crew = [threading.Thread(target=work, args=(jobs, out)) for _ in range(4)]  # here
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    return len(out)
"""),
    "a value that the first thread makes": ("        with _made_lock:\n            if self.made is None:", 1, """
class Maker:
    def __init__(self):
        self.made, self.calls = None, []

    def make(self):
        self.calls.append(1)
        time.sleep(0.1)
        return 1

    def one(self, x):
        if self.made is None:
            self.made = self.make()
        return self.made


def subject(xs):
    maker = Maker()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(maker.one, range(4)))  # here
    return len(maker.calls)
"""),
    "a list that others take from": ("except IndexError:\n                break", [1, 2], """
def subject(xs):
    jobs, out = list(xs), []

    def work():
        while len(jobs) > 0:
            x = jobs.pop(0)
            time.sleep(0.01)
            out.append(x)

    crew = [threading.Thread(target=work) for _ in range(4)]  # here
    for each in crew:
        each.start()
    for each in crew:
        each.join()
    return sorted(out)
"""),
    "a semaphore around a gather": ("await asyncio.gather(*[bounded(later, x) for x in xs])", [2, 4], """
async def subject(xs):
    gate = asyncio.Semaphore(2)
    async with gate:
        found = await asyncio.gather(*[later(x) for x in xs])  # here
    return found
"""),
}  # fmt: skip


@pytest.mark.parametrize("case", MENDED)
def test_what_went_wrong_goes_right(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    others = set(threading.enumerate())
    written, expected, code = MENDED[case]
    new = generated(tmp_path, HEAD + code, None)
    assert written in new, new
    assert not lint(new) - lint(HEAD + code), new
    done = did(module(tmp_path, new), [[1, 2]])
    assert (done.gave, done.raised) == (expected, None), new
    for thread in (each for each in set(threading.enumerate()) - others if not each.daemon):
        thread.join(1)  # what it still writes belongs into this folder


REFUSED: dict[str, tuple[str | None, str, str]] = {
    "called for a callback, which gets the future as well": (None, "dynamic-call", """
def report(x):
    print(x)


def subject(xs):
    with ThreadPoolExecutor(2) as pool:
        for x in xs:
            pool.submit(nap, x).add_done_callback(report(x))  # here
"""),
    "called for a map, which has arguments of its own": (None, "dynamic-call", """
def note(x):
    print(x)


def subject(xs):
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(note(1), xs))  # here
"""),
    "called with what is not written out": (None, "dynamic-call", """
def note(x, y=1):
    print(x)


def subject(xs, **options):
    threading.Thread(target=note(1, **options)).start()  # here
"""),
    "an inner function called for a process": (None, "unpicklable-function", """
def subject(xs):
    def note(x):
        print(x)

    multiprocessing.Process(target=note(1)).start()  # here
"""),
    "a coroutine for a thread, beside a loop": (None, "event-loop", """
async def serve(queue):
    await queue.get()


async def subject(xs):
    asyncio.create_task(serve(asyncio.Queue()))
    threading.Thread(target=later, args=(1,)).start()  # here
    await asyncio.sleep(1)
"""),
    "a coroutine for a thread, where another loop may run": (None, "event-loop", """
async def serve(queue):
    await queue.get()


def subject(xs):
    threading.Thread(target=later, args=(1,)).start()  # here
    asyncio.run(serve(asyncio.Queue()))
"""),
    "a coroutine for a process": (None, "event-loop", """
def subject(xs):
    multiprocessing.Process(target=later, args=(1,)).start()  # here
"""),
    "a lambda that takes whatever comes": (None, "dynamic-call", """
def subject(xs):
    tasks = []
    with ThreadPoolExecutor(2) as pool:
        for x in xs:
            tasks.append(pool.submit(lambda *rest: nap(x)))  # here
    return tasks
"""),
    "a lambda of what is set after it": (None, "carried-dependence", """
def subject(xs):
    tasks = []
    with ThreadPoolExecutor(2) as pool:
        for x in xs:
            tasks.append(pool.submit(lambda: nap(x)))  # here
            x = x + 1
            print(x)
    return tasks
"""),
    "an inner function from before the loop": (None, "carried-dependence", """
def subject(xs):
    tasks = []

    def work():
        return nap(x)

    with ThreadPoolExecutor(2) as pool:
        for x in xs:
            tasks.append(pool.submit(work))  # here
    return tasks
"""),
    "an inner function that sets outer variables": (None, "shared-write", """
def subject(xs):
    total = 0
    with ThreadPoolExecutor(2) as pool:
        for x in xs:
            def work():
                nonlocal total
                total = x

            pool.submit(work)  # here
    return total
"""),
    "a pool of processes for one call": (None, "process-state", """
async def subject(xs):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(ProcessPoolExecutor(), nap, xs[0])  # here
"""),
    "a pool with threads that are set up": (None, "thread-state", """
async def subject(xs):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(ThreadPoolExecutor(initializer=print), nap, xs[0])  # here
"""),
    "futures of which some may not be done in time": (None, "layout", """
def subject(xs):
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(nap, x) for x in xs]
        found = [f.result() for f in as_completed(tasks, timeout=9)]  # here
    return list(zip(xs, found))
"""),
    "futures in a list that is sorted by something": (None, "ordered-output", """
def subject(xs):
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(nap, x) for x in xs]
        tasks.reverse()
        found = [f.result() for f in as_completed(tasks)]  # here
    return list(zip(xs, found))
"""),
    "tasks that are waited for a while": (None, "early-exit", """
async def subject(xs):
    task = asyncio.create_task(later(13))  # here
    await asyncio.wait([task], timeout=9)
"""),
    "futures of which one is waited for": (None, "early-exit", """
def subject(xs):
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(fail, x) for x in xs]  # here
        wait(tasks, return_when="FIRST_COMPLETED")
"""),
    "a daemon without an end": (None, "early-exit", """
def save(jobs):
    while True:
        with open("saved.txt", "a") as file:
            file.write(jobs.get())


def subject(xs):
    jobs = queue.Queue()
    threading.Thread(target=save, args=(jobs,), daemon=True).start()  # here
    for x in xs:
        jobs.put(str(x))


if __name__ == "__main__":
    subject([1])
"""),
    "an iteration that may be left": (None, "early-exit", """
def subject(xs):
    jobs, out = queue.Queue(), []

    def work():
        while True:
            x = jobs.get()
            text = fail(x)  # here
            if not text:
                continue
            out.append(text)
            jobs.task_done()

    threading.Thread(target=work, daemon=True).start()
    for x in xs:
        jobs.put(x)
    jobs.join()
"""),
    "work whose result is used behind it": (None, "carried-dependence", """
def subject(xs):
    jobs, out = queue.Queue(), []

    def work():
        while True:
            x = jobs.get()
            text = fail(x)  # here
            jobs.task_done()
            out.append(text)

    threading.Thread(target=work, daemon=True).start()
    for x in xs:
        jobs.put(x)
    jobs.join()
"""),
    "a pool that hands on a result that is not there": ("multiprocessing", "early-exit", """
def subject(xs):
    with multiprocessing.Pool(2) as pool:
        return pool.map_async(nap, xs)  # here
"""),
    "a pool whose block may be left before": ("multiprocessing", "early-exit", """
def subject(xs):
    with multiprocessing.Pool(2) as pool:
        for x in xs:
            pool.apply_async(nap, (x,))  # here
        if len(xs) > 3:
            return 3
    return 1
"""),
    "a retry that counts its failures": (None, "shared-write", """
class Ledger:
    def __init__(self):
        self.failures = 0

    def read(self, path):
        while True:
            try:
                with open(path) as file:
                    return file.read()
            except OSError:
                self.failures += 1
                time.sleep(0.5)


async def subject(ledger: Ledger, path):
    return ledger.read(path)  # here
"""),
    "a retry on a connection of one thread": (None, "stateful-capture", """
def read(connection):
    while True:
        try:
            return connection.execute("select 1").fetchall()
        except OSError:
            time.sleep(0.5)


async def subject(path):
    connection = sqlite3.connect(path)
    return read(connection)  # here
"""),
    "an item that is not taken first": (None, "layout", """
def work(jobs):
    while not jobs.empty():
        time.sleep(0.01)
        nap(jobs.get())


def subject(xs):
    jobs = queue.Queue()
    for x in xs:
        jobs.put(x)
    crew = [threading.Thread(target=work, args=(jobs,)) for _ in range(4)]  # here
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
"""),
    "a value whose making comes back to the same place": (None, "lock-held", """
class Maker:
    def __init__(self):
        self.made = None

    def make(self, x):
        time.sleep(0.1)
        return self.one(x - 1) if x else 1

    def one(self, x):
        if self.made is None:
            self.made = self.make(x)
        return self.made


def subject(xs):
    maker = Maker()
    pool = ThreadPoolExecutor(4)
    for x in xs:
        pool.submit(maker.one, x)  # here
"""),
    "items between processes": (None, "message-order", """
def work(jobs):
    while not jobs.empty():
        x = jobs.get()
        nap(x)


def subject(xs):
    jobs = multiprocessing.Queue()
    for x in xs:
        jobs.put(x)
    crew = [multiprocessing.Process(target=work, args=(jobs,)) for _ in range(4)]  # here
    for process in crew:
        process.start()
    for process in crew:
        process.join()
"""),
    "a queue that is read as long as something is there": (None, "layout", """
def work(out, size):
    out.put("x" * size)


def subject(xs):
    out, found = multiprocessing.Queue(), []
    process = multiprocessing.Process(target=work, args=(out, 100000))
    process.start()
    process.join()  # here
    while not out.empty():
        found.append(out.get())
    return found
"""),
    "a semaphore around coroutines that are made one by one": (None, "layout", """
async def subject(xs):
    gate = asyncio.Semaphore(2)
    async with gate:
        tasks = []
        for x in xs:
            tasks.append(later(x))
        return await asyncio.gather(*tasks)  # here
"""),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_person_must_decide_is_refused(case: str, tmp_path: Path) -> None:
    model, hazard, code = REFUSED[case]
    assert refusal(tmp_path, HEAD + code, model).endswith(f"({hazard})")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return requests.get(url).json()", "return requests.get(url, timeout=30).json()"),
        ("return requests.get(url).json()['a'].strip()", "return requests.get(url, timeout=30).json()['a'].strip()"),
    ],
)
def test_a_timeout_goes_into_the_call_that_waits(tmp_path: Path, before: str, after: str) -> None:
    text = (
        "from concurrent.futures import ThreadPoolExecutor\n\nimport requests\n\n\n"
        f"def fetch(url):\n    {before}  # here\n\n\n"
        "def subject(urls):\n    with ThreadPoolExecutor(8) as pool:\n        return list(pool.map(fetch, urls))\n"
    )
    assert after in generated(tmp_path, text)


def test_a_timeout_goes_into_the_call_that_is_handed_over(tmp_path: Path) -> None:
    text = (
        "from concurrent.futures import ThreadPoolExecutor\n\nimport requests\n\n\n"
        "def subject(url):\n    with ThreadPoolExecutor(8) as pool:\n"
        "        return pool.submit(requests.get, url).result()  # here\n"
    )
    assert "pool.submit(partial(requests.get, timeout=30), url).result()" in generated(tmp_path, text)
