"""What must be given back, ended or told whatever fails: locks, items of queues, last words, limits of time. One analysis."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest

from tests.running import analyse

HITS: list[tuple[str, str, int]] = [
    ("task-done-skipped", """
        import queue, threading, requests

        def check(jobs, pages):
            while True:
                pages.put(requests.get(jobs.get(), timeout=3))
                jobs.task_done()

        def run(urls):
            jobs, pages = queue.Queue(), queue.Queue()
            for url in urls:
                jobs.put(url)
            threading.Thread(target=check, args=(jobs, pages), daemon=True).start()
            jobs.join()
        """, 6),
    ("task-done-skipped", """
        import queue, threading, requests

        class Worker(threading.Thread):
            def __init__(self, jobs):
                super().__init__(daemon=True)
                self.jobs = jobs

            def run(self):
                while True:
                    url = self.jobs.get()
                    try:
                        page = requests.get(url, timeout=3)
                    except Exception as error:
                        print(error)
                        continue
                    print(page.text)
                    self.jobs.task_done()

        def run(urls):
            jobs = queue.Queue()
            Worker(jobs).start()
            for url in urls:
                jobs.put(url)
            jobs.join()
        """, 13),
    ("task-done-skipped", """
        import queue, threading, requests

        jobs = queue.Queue()

        def work():
            while True:
                url = jobs.get()
                try:
                    page = requests.get(url, timeout=3)
                except Exception:
                    print("failed", url)
                    break
                print(page)
                jobs.task_done()

        def run(urls):
            for url in urls:
                jobs.put(url)
            threading.Thread(target=work, daemon=True).start()
            jobs.join()
        """, 10),
    ("lock-taken-twice", """
        import threading

        LOCK = threading.Lock()

        def note(text):
            LOCK.acquire()
            print(text)
            LOCK.release()

        def note_all(texts):
            with LOCK:
                for text in texts:
                    note(text)
        """, 14),
    ("lock-taken-twice", """
        import threading

        class Meter:
            def __init__(self):
                self._guard = threading.Lock()
                self._value = 0

            @property
            def value(self):
                with self._guard:
                    return self._value

            def step(self):
                self._guard.acquire()
                try:
                    self.report("step")
                finally:
                    self._guard.release()

            def report(self, text):
                print(text)
                self.show()

            def show(self):
                with self._guard:
                    print(self._value)
        """, 17),
    ("lock-taken-twice", """
        import threading

        LOCK = threading.Lock()

        def count(rows):
            with LOCK:
                for row in rows:
                    with LOCK:
                        row.seen += 1
        """, 9),
    ("lock-taken-twice", """
        import multiprocessing

        class Board:
            def __init__(self):
                self.lock = multiprocessing.Lock()

            def clear(self):
                with self.lock:
                    self.draw()

            def draw(self):
                with self.lock:
                    print()
        """, 10),
    ("lock-kept-after-a-failure", """
        import threading
        from pathlib import Path

        class Log:
            def __init__(self, path):
                self.lock = threading.RLock()
                self.path = Path(path)

            def add(self, line):
                self.lock.acquire()
                try:
                    text = self.path.read_text()
                    self.path.write_text(text + line)
                except Exception as error:
                    print("not written", error)
                    return
                self.lock.release()
        """, 11),
    ("lock-kept-after-a-failure", """
        import asyncio

        PLACES = None

        async def serve(work, job):
            global PLACES
            if PLACES is None:
                PLACES = asyncio.Semaphore(4)
            await PLACES.acquire()
            answer = await asyncio.to_thread(work, job)
            PLACES.release()
            return answer
        """, 10),
    ("worker-may-end-in-silence", """
        import threading
        from queue import Queue
        from urllib.request import urlopen

        class Stop:
            pass

        def work(urls, found):
            for url in urls:
                found.put(urlopen(url, timeout=5).read())
            found.put(Stop())

        def pages(urls):
            found = Queue()
            threading.Thread(target=work, args=(urls, found)).start()
            while True:
                page = found.get(block=True)
                if isinstance(page, Stop):
                    return
                yield page
        """, 12),
    ("worker-may-end-in-silence", """
        from multiprocessing import Process, Queue
        import shutil

        def copy(todo: Queue, done: Queue):
            while True:
                path = todo.get()
                if path is None:
                    done.put(None)
                    return
                shutil.copyfile(path, path + ".bak")
                done.put(path)

        class Copies:
            def __init__(self, paths):
                self.todo, self.done = Queue(), Queue()
                for path in [*paths, None]:
                    self.todo.put(path)
                Process(target=copy, args=(self.todo, self.done)).start()

            def wait(self):
                while True:
                    path = self.done.get()
                    if path is None:
                        break
                    print(path)
        """, 9),
    ("timeout-undone-by-its-pool", """
        import concurrent.futures

        class Plugins:
            limit = 60

            def install(self, load, name):
                try:
                    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as pool:
                        future = pool.submit(load, name)
                        return future.result(timeout=self.limit)
                except concurrent.futures.TimeoutError:
                    return None
        """, 11),
    ("timeout-undone-by-its-pool", """
        from concurrent.futures import ProcessPoolExecutor, wait

        def run(work, jobs):
            with ProcessPoolExecutor() as pool:
                futures = [pool.submit(work, job) for job in jobs]
                done, late = wait(futures, timeout=30)
                for future in late:
                    future.cancel()
            return [future.result() for future in done]
        """, 7),
    ("timeout-undone-by-its-pool", """
        import time
        from concurrent.futures import ThreadPoolExecutor, as_completed

        def run(work, jobs):
            end = time.monotonic() + 60
            found = []
            with ThreadPoolExecutor() as pool:
                futures = {pool.submit(work, job): job for job in jobs}
                while futures:
                    left = end - time.monotonic()
                    for future in as_completed(futures, timeout=left):
                        found.append(future.result())
                        futures.pop(future)
                    if left < 0:
                        break
            return found
        """, 12),
    ("timeout-undone-by-its-pool", """
        from concurrent.futures import ThreadPoolExecutor

        def limited(work, job):
            with ThreadPoolExecutor(1) as pool:
                try:
                    return pool.submit(work, job).result(timeout=10)
                except TimeoutError:
                    pool.shutdown(wait=False, cancel_futures=True)
        """, 7),
    ("coroutines-given-to-wait", """
        import asyncio

        class Process:
            async def _read(self, stream):
                return await stream.readline()

            async def run(self, out, err):
                waiting = []
                waiting.append(self._read(out))
                waiting.append(self._read(err))
                await asyncio.wait(waiting, timeout=5)
        """, 12),
]  # fmt: skip
NEAR_MISSES: list[tuple[str, str]] = [
    ("task-done-skipped", """
        import queue, threading, requests

        def log_in(jobs):
            while True:
                name = jobs.get()
                try:
                    if not name:
                        jobs.task_done()
                        break
                    requests.get(name, timeout=3)
                except requests.ConnectionError:
                    print("offline")
                except Exception as error:
                    print(error)
                jobs.task_done()

        def run(names):
            jobs = queue.Queue()
            for name in names:
                jobs.put(name)
            threading.Thread(target=log_in, args=(jobs,), daemon=True).start()
            jobs.join()
        """),
    ("task-done-skipped", """
        import queue, threading, requests

        jobs = queue.Queue()

        def work():
            while True:
                taken = False
                try:
                    url = jobs.get()
                    taken = True
                    requests.get(url, timeout=3)
                except Exception as error:
                    print(error)
                finally:
                    if taken:
                        jobs.task_done()

        def run(urls):
            for url in urls:
                jobs.put(url)
            threading.Thread(target=work, daemon=True).start()
            jobs.join()
        """),
    ("lock-taken-twice", """
        import threading

        class Account:
            def __init__(self):
                self.lock = threading.Lock()
                self.money = 0

            def pay(self, other, amount):
                with self.lock:
                    self.money -= amount
                    other.receive(amount)

            def receive(self, amount):
                with self.lock:
                    self.money += amount
        """),
    ("lock-taken-twice", """
        import threading

        class Store:
            def __init__(self):
                self.lock = threading.Lock()
                self.rows = []

            def add(self, row):
                with self.lock:
                    self.rows.append(row)
                    full = len(self.rows) > 9
                if full:
                    self.flush()

            def flush(self):
                with self.lock:
                    self.rows.clear()
        """),
    ("lock-taken-twice", """
        import threading

        class Store:
            def __init__(self):
                self.lock = threading.Lock()
                self.rows = []

            def add(self, row):
                with self.lock:
                    self.rows.append(row)
                    self.look()

            def look(self):
                if self.lock.acquire(blocking=False):
                    print(len(self.rows))
                    self.lock.release()
        """),
    ("lock-taken-twice", """
        import threading

        class Stripes:
            def __init__(self):
                self.locks = [threading.Lock() for _ in range(8)]

            def move(self, a, b):
                with self.locks[a]:
                    self.put(b)

            def put(self, b):
                with self.locks[b]:
                    print(b)
        """),
    ("lock-taken-twice", """
        import asyncio

        class Store:
            def __init__(self):
                self.lock = asyncio.Lock()
                self.tasks = set()

            async def add(self, row):
                async with self.lock:
                    self.tasks.add(asyncio.create_task(self.flush(row)))

            async def flush(self, row):
                async with self.lock:
                    print(row)
        """),
    ("lock-taken-twice", """
        import threading

        class Store:
            def __init__(self):
                self.lock = threading.Lock()
                self.rows = []

            def add(self, row):
                with self.lock:
                    self.rows.append(row)
                    self.lock.release()
                    try:
                        self.flush()
                    finally:
                        self.lock.acquire()

            def flush(self):
                with self.lock:
                    self.rows.clear()
        """),
    ("lock-taken-twice", """
        import threading

        class Store:
            def __init__(self):
                self.lock = threading.Lock()
                self.rows = []

            def add(self, row):
                with self.lock:
                    self.rows.append(row)
                    self.flush(held=True)

            def flush(self, held=False):
                if held:
                    self.rows.clear()
                    return
                with self.lock:
                    self.rows.clear()
        """),
    ("lock-kept-after-a-failure", """
        import threading
        from pathlib import Path

        LOCK = threading.Lock()

        def begin(path):
            LOCK.acquire()
            Path(path).write_text("busy")

        def end(path):
            Path(path).unlink()
            LOCK.release()
        """),
    ("lock-kept-after-a-failure", """
        import threading
        from pathlib import Path

        def once(path):
            lock = threading.Lock()
            lock.acquire()
            Path(path).write_text("busy")
            lock.release()
        """),
    ("lock-kept-after-a-failure", """
        import threading
        from pathlib import Path

        LOCK = threading.Lock()

        def load(path):
            LOCK.acquire()
            try:
                text = Path(path).read_text()
            except Exception as error:
                text = str(error)
            LOCK.release()
            return text
        """),
    ("worker-may-end-in-silence", """
        import queue
        import threading
        from pathlib import Path

        def lines(paths):
            found = queue.Queue()

            def work():
                for path in paths:
                    for line in Path(path).read_text().splitlines():
                        found.put(line)

            def watch(thread):
                thread.join()
                found.put(None)

            thread = threading.Thread(target=work)
            thread.start()
            threading.Thread(target=watch, args=(thread,)).start()
            while (line := found.get()) is not None:
                yield line
        """),
    ("worker-may-end-in-silence", """
        import queue
        import threading

        def words(text):
            found = queue.Queue()

            def work():
                for word in text.split():
                    found.put(word)
                found.put(None)

            threading.Thread(target=work).start()
            while (word := found.get()) is not None:
                yield word
        """),
    ("timeout-undone-by-its-pool", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        def pull(urls):
            with ThreadPoolExecutor(8) as pool:
                futures = [pool.submit(requests.get, url, timeout=5) for url in urls]
                return [future.result(timeout=10) for future in futures]
        """),
    ("timeout-undone-by-its-pool", """
        from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

        def run(work, jobs, bar):
            with ThreadPoolExecutor() as pool:
                pending = {pool.submit(work, job) for job in jobs}
                done, pending = wait(pending, timeout=0, return_when=FIRST_COMPLETED)
                bar.update(len(done))
        """),
    ("timeout-undone-by-its-pool", """
        from concurrent.futures import ProcessPoolExecutor

        def limited(work, job):
            with ProcessPoolExecutor(1) as pool:
                try:
                    return pool.submit(work, job).result(timeout=10)
                except TimeoutError:
                    pool.shutdown(wait=False, cancel_futures=True)
        """),
    ("timeout-undone-by-its-pool", """
        from multiprocessing import Pool

        def limited(work, job):
            with Pool(1) as pool:
                return pool.apply_async(work, (job,)).get(timeout=10)
        """),
    ("coroutines-given-to-wait", """
        import asyncio

        async def first(streams, read):
            done, rest = await asyncio.wait([read(stream) for stream in streams])
            return done
        """),
]  # fmt: skip


@cache
def found() -> dict[str, list[tuple[str, int]]]:
    """The rule and line of each finding, by the name of the snippet."""
    with TemporaryDirectory() as scratch:
        root = Path(scratch).resolve()
        for name, code in (*((f"hit{i}", c) for i, (_, c, _) in enumerate(HITS)),
                           *((f"miss{i}", c) for i, (_, c) in enumerate(NEAR_MISSES))):  # fmt: skip
            (root / name).mkdir()
            (root / name / "module.py").write_text(dedent(code), encoding="utf-8")
        places: dict[str, list[tuple[str, int]]] = {}
        for finding in analyse(root).findings:
            places.setdefault(finding.path.partition("/")[0], []).append((finding.rule, finding.line))
    return places


@pytest.mark.parametrize("index", range(len(HITS)), ids=[slug for slug, _, _ in HITS])
def test_the_way_past_is_found(index: int) -> None:
    slug, _, line = HITS[index]
    assert (slug, line) in found().get(f"hit{index}", [])


@pytest.mark.parametrize("index", range(len(NEAR_MISSES)), ids=[slug for slug, _ in NEAR_MISSES])
def test_what_is_given_back_is_left_alone(index: int) -> None:
    slug = NEAR_MISSES[index][0]
    assert slug not in {rule for rule, _ in found().get(f"miss{index}", [])}
