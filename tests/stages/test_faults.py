"""Misuses in other spellings than their examples, and what only resembles one: hits and near-misses, all in one analysis."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest

from tests.running import analyse

HITS: list[tuple[str, str, int]] = [
    ("asyncio-run-in-a-coroutine", """
        import asyncio

        async def outer(loop: asyncio.AbstractEventLoop, work):
            loop.run_until_complete(work())
        """, 5),
    ("coroutine-never-awaited", """
        class Store:
            async def set(self, key, value):
                return key, value

            def convert(self, key):
                self.set(key, 1)
        """, 7),
    ("task-reference-dropped", """
        import asyncio as aio

        async def main(work):
            loop = aio.get_running_loop()
            loop.create_task(work())
        """, 6),
    ("lock-held-across-await", """
        from threading import RLock as Guard

        class Cache:
            def __init__(self):
                self.guard = Guard()

            async def load(self, client):
                with self.guard:
                    async with client.stream() as answer:
                        return answer
        """, 9),
    ("thread-queue-in-a-coroutine", """
        import queue

        async def consume(handle):
            jobs = queue.PriorityQueue()
            handle(jobs.get())
        """, 6),
    ("errors-of-tasks-never-read", """
        from multiprocessing import Pool

        def work(name):
            open(name).read()

        def all_of(names):
            pool = Pool()
            for name in names:
                pool.apply_async(work, (name,), callback=print)
            pool.close()
            pool.join()
        """, 10),
    ("no-timeout-in-a-worker", """
        import threading
        import urllib.request as web

        def load(url):
            return web.urlopen(url).read()

        def pull(urls):
            for url in urls:
                threading.Thread(target=load, args=(url,)).start()
        """, 6),
    ("lambda-sent-to-a-process", """
        import multiprocessing as mp

        double = lambda number: number * 2

        def doubled(numbers):
            with mp.Pool() as pool:
                return pool.map(double, numbers)
        """, 8),
    ("object-sent-to-a-process", """
        import threading
        from functools import partial
        from multiprocessing import Pool

        def work(guard, number):
            with guard:
                return number

        def all_of(numbers):
            guard = threading.Lock()
            with Pool() as pool:
                return pool.map(partial(work, guard), numbers)
        """, 13),
    ("processes-start-at-import", """
        import multiprocessing as mp

        def work():
            print("working")

        def start():
            mp.Process(target=work).start()

        def main():
            start()

        main()
        """, 13),
    ("update-without-a-lock", """
        import threading

        class Counter:
            def __init__(self):
                self.seen = {}

            def count(self, word):
                self.seen[word] += 1

            def run(self, words):
                threads = [threading.Thread(target=self.count, args=(word,)) for word in words]
                for thread in threads:
                    thread.start()
        """, 12),
    ("client-shared-by-threads", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        class Site:
            def __init__(self):
                self.session = requests.Session()

            def load(self, url):
                return self.session.get(url, timeout=9).text

            def pull(self, urls):
                with ThreadPoolExecutor(8) as pool:
                    return list(pool.map(self.load, urls))
        """, 14),
    ("array-sent-with-every-task", """
        from functools import partial
        from multiprocessing import Pool
        import pandas as pd

        def fit(table, seed):
            return len(table) + seed

        def fits(path, seeds):
            table = pd.read_csv(path)
            with Pool() as pool:
                return pool.map(partial(fit, table), seeds)
        """, 12),
    ("update-without-a-lock", """
        from concurrent.futures import ThreadPoolExecutor

        class Meter:
            def add(self, clock, number):
                with clock:
                    self.total += number

            def run(self, clock, numbers):
                with ThreadPoolExecutor() as pool:
                    for number in numbers:
                        pool.submit(self.add, clock, number)
        """, 12),
    ("written-in-a-process-and-lost", """
        import multiprocessing as mp

        class Sum(mp.Process):
            def __init__(self, top):
                super().__init__()
                self.top = top
                self.answer = None

            def run(self):
                self.answer = sum(range(self.top))

        def sums(tops):
            workers = [Sum(top) for top in tops]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            return [worker.answer for worker in workers]
        """, 16),
    ("written-in-a-process-and-lost", """
        from functools import partial
        from multiprocessing import Pool

        def put(found, row):
            found.append(row * row)

        def rows(numbers):
            found = []
            with Pool() as pool:
                pool.map(partial(put, found), numbers)
            return len(found)
        """, 11),
    ("written-in-a-process-and-lost", """
        from concurrent.futures import ProcessPoolExecutor

        total = 0

        def add(number):
            global total
            total += number

        def spread(numbers):
            with ProcessPoolExecutor() as pool:
                for number in numbers:
                    pool.submit(add, number)

        def main(numbers):
            spread(numbers)
            print(total)
        """, 13),
    ("written-in-a-process-and-lost", """
        from multiprocessing import Process

        class Log:
            def __init__(self):
                self.lines = []

            def fill(self, name):
                self.lines.extend(open(name))

            def read(self, name):
                reader = Process(target=self.fill, args=(name,))
                reader.start()
                reader.join()

            def show(self):
                print(self.lines)

        def main(name):
            log = Log()
            log.read(name)
            log.show()
        """, 12),
    ("global-not-set-in-a-worker", """
        from multiprocessing import get_context

        class Settings:
            root = "."

        def load(name):
            return open(Settings.root + name).read()

        def main(root, names):
            Settings.root = root
            with get_context("spawn").Pool() as pool:
                return pool.map(load, names)
        """, 13),
    ("global-not-set-in-a-worker", """
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        skipped = []

        def wanted(name):
            return name not in skipped

        def run(names):
            spawned = multiprocessing.get_context("spawn")
            with ProcessPoolExecutor(mp_context=spawned) as pool:
                return list(pool.map(wanted, names))

        def main(names, more):
            skipped.extend(more)
            return run(names)
        """, 13),
    ("global-not-set-in-a-worker", """
        import multiprocessing
        import sys

        limit = None

        def short(name):
            print(name, len(name) < limit)

        if __name__ == "__main__":
            limit = int(sys.argv[1])
            context = multiprocessing.get_context("forkserver")
            worker = context.Process(target=short, args=(sys.argv[2],))
            worker.start()
        """, 13),
    ("process-target-not-picklable", """
        import multiprocessing as mp

        def main():
            spawned = mp.get_context("spawn")
            worker = spawned.Process(target=lambda: print("working"))
            worker.start()
        """, 6),
    ("process-target-not-picklable", """
        import threading
        from multiprocessing import get_context

        class Server:
            def __init__(self):
                self.guard = threading.Lock()

            def serve(self):
                with self.guard:
                    print("serving")

            def start(self):
                get_context("spawn").Process(target=self.serve).start()
        """, 14),
    ("process-target-not-picklable", """
        from multiprocessing import get_context

        def work(job):
            print(job.name)

        def main(name):
            class Job:
                pass

            job = Job()
            job.name = name
            worker = get_context("spawn").Process(target=work, args=(job,))
            worker.start()
        """, 13),
    ("called-instead-of-passed", """
        import threading

        class Server:
            def serve(self):
                while True:
                    print("serving")

            def start(self):
                threading.Thread(target=self.serve(), daemon=True).start()
        """, 10),
    ("called-instead-of-passed", """
        from concurrent.futures import ThreadPoolExecutor

        def save(name):
            with open(name, "w") as file:
                file.write(name)

        def save_all(names):
            with ThreadPoolExecutor() as pool:
                return [pool.submit(save(name)) for name in names]
        """, 10),
    ("called-instead-of-passed", """
        import multiprocessing as mp

        def report(answer=None):
            print("done", answer)

        def work(number):
            return number * number

        def main(numbers):
            with mp.Pool() as pool:
                for number in numbers:
                    pool.apply_async(work, (number,), callback=report()).wait()
        """, 13),
    ("called-instead-of-passed", """
        from multiprocessing import Process

        async def work(name):
            print(name)

        def main(name):
            Process(target=work(name)).start()
        """, 8),
    ("joined-before-its-queue-is-read", """
        from multiprocessing import Process, Queue

        class Reader(Process):
            def __init__(self, lines, name):
                super().__init__()
                self.lines = lines
                self.name = name

            def run(self):
                for line in open(self.name):
                    self.lines.put(line)

        def main(name):
            lines = Queue()
            reader = Reader(lines, name)
            reader.start()
            reader.join()
            while not lines.empty():
                print(lines.get())
        """, 18),
    ("joined-before-its-queue-is-read", """
        import multiprocessing as mp

        class Job:
            def __init__(self):
                self.answers = mp.Queue()

            def work(self, size):
                self.answers.put(list(range(size)))

            def run(self, size):
                worker = mp.Process(target=self.work, args=(size,))
                worker.start()
                worker.join()
                return self.answers.get()
        """, 14),
    ("joined-before-its-queue-is-read", """
        from multiprocessing import Process, SimpleQueue

        def work(lines, name):
            lines.put(open(name).read())

        def collected(lines, number):
            return [lines.get() for _ in range(number)]

        def main(names):
            lines = SimpleQueue()
            workers = []
            for name in names:
                worker = Process(target=work, args=(lines, name))
                worker.start()
                workers.append(worker)
            [worker.join() for worker in workers]
            return collected(lines, len(names))
        """, 17),
    ("same-random-numbers-in-each-process", """
        from functools import partial
        from multiprocessing import Pool

        import numpy

        def drawn(generator, size):
            return generator.normal(size=size)

        def main(sizes):
            generator = numpy.random.default_rng(7)
            with Pool() as pool:
                return pool.map(partial(drawn, generator), sizes)
        """, 13),
    ("same-random-numbers-in-each-process", """
        import random
        from concurrent.futures import ProcessPoolExecutor

        class Walk:
            def __init__(self, seed):
                self.random = random.Random(seed)

            def steps(self, number):
                return sum(self.random.choice([-1, 1]) for _ in range(number))

            def ends(self, numbers):
                with ProcessPoolExecutor() as pool:
                    return list(pool.map(self.steps, numbers))
        """, 14),
    ("same-random-numbers-in-each-process", """
        import numpy as np
        from multiprocessing import Process

        def simulate(name):
            np.save(name, np.random.rand(1000))

        def main(names):
            for name in names:
                Process(target=simulate, args=(name,)).start()
        """, 10),
    ("process-started-in-a-daemon", """
        from multiprocessing import Process

        def inner(name):
            print(name)

        def outer(name):
            worker = Process(target=inner, args=(name,))
            worker.start()
            worker.join()

        def main(name):
            Process(target=outer, args=(name,), daemon=True).start()
        """, 13),
    ("process-started-in-a-daemon", """
        from celery import shared_task
        from multiprocessing import Pool

        def square(number):
            return number * number

        @shared_task
        def squares(numbers):
            with Pool() as pool:
                return pool.map(square, numbers)
        """, 10),
    ("process-started-in-a-daemon", """
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import Pool

        def square(number):
            return number * number

        def squares(numbers):
            with ProcessPoolExecutor() as pool:
                return list(pool.map(square, numbers))

        def table(row):
            return squares(row)

        def tables(rows):
            with Pool() as pool:
                for row in rows:
                    pool.apply_async(table, (row,)).get()
        """, 18),
    ("fork-after-threads", """
        import subprocess
        import threading

        def beat():
            while True:
                print("alive")

        def start_beat():
            threading.Thread(target=beat, daemon=True).start()

        def run(command, set_up):
            start_beat()
            subprocess.Popen(command, preexec_fn=set_up)
        """, 14),
    ("fork-after-threads", """
        import os
        from concurrent.futures import ThreadPoolExecutor

        def run(work, names):
            with ThreadPoolExecutor() as pool:
                pool.map(work, names)
                if os.fork() == 0:
                    os._exit(0)
        """, 8),
    ("fork-after-threads", """
        import threading
        from multiprocessing import Pool

        def table(work, names):
            with Pool() as pool:
                return pool.map(work, names)

        def run(beat, work, names):
            ticker = threading.Thread(target=beat)
            ticker.start()
            rows = table(work, names)
            ticker.join()
            return rows
        """, 12),
    ("written-in-a-process-and-lost", """
        from joblib import Parallel, delayed

        class Table:
            def __init__(self):
                self.rows = {}

            def fill(self, name):
                self.rows[name] = open(name).read()

            def all(self, names):
                Parallel(n_jobs=4)(delayed(self.fill)(name) for name in names)
                return self.rows
        """, 12),
]  # fmt: skip

NEAR_MISSES: list[tuple[str, str]] = [
    ("update-without-a-lock", """
        from concurrent.futures import ThreadPoolExecutor

        class Meter:
            def add(self, mutex, number):
                with mutex:
                    self.total += number

            def run(self, mutex, numbers):
                with ThreadPoolExecutor() as pool:
                    for number in numbers:
                        pool.submit(self.add, mutex, number)
        """),
    ("errors-of-tasks-never-read", """
        from multiprocessing import Pool

        def work(name):
            return int(name)

        def all_of(names):
            with Pool() as pool:
                pool.starmap(work, names)
        """),
    (
        "same-call-every-round",
        """
        SEEN = []

        def weights(size):
            SEEN.append(size)
            total = 0
            for row in range(size):
                for column in range(3000):
                    total = (total * 31 + row * column) % 1000003
            return total

        def scaled(values, size):
            found = []
            for value in values:
                found.append(value * weights(size))
            return found
        """,
    ),
    (
        "same-call-every-round",
        """
        def weights(grid):
            total = 0
            for row in grid:
                for column in range(3000):
                    total = (total * 31 + row * column) % 1000003
            return total

        def scaled(values, grid):
            found = []
            for value in values:
                grid.append(value)
                found.append(value * weights(grid))
            return found
        """,
    ),
    ("coroutine-never-awaited", """
        _IS_SYNC = False

        class Client:
            async def open(self):
                return self

            def __init__(self):
                if _IS_SYNC:
                    self.open()
        """),
    ("coroutine-never-awaited", """
        def sync(function):
            return function

        @sync
        async def save(row):
            return row

        def main(row):
            save(row)
        """),
    ("task-reference-dropped", """
        import asyncio

        async def main(work):
            async with asyncio.TaskGroup() as group:
                group.create_task(work())
        """),
    ("asyncio-run-in-a-coroutine", """
        import asyncio

        def run(work):
            try:
                asyncio.get_running_loop()
            except RuntimeError:
                return asyncio.run(work())

        async def main(work):
            run(work)
        """),
    ("gathered-errors-dropped", """
        import asyncio

        async def settle(events):
            await asyncio.gather(*(event.wait() for event in events), return_exceptions=True)
        """),
    ("gather-without-a-bound", """
        import asyncio
        import httpx

        async def get(client: httpx.AsyncClient, limiter, url):
            async with limiter:
                return await client.get(url)

        async def pull(client: httpx.AsyncClient, path, limiter):
            urls = open(path).read().splitlines()
            return await asyncio.gather(*[get(client, limiter, url) for url in urls])
        """),
    ("client-shared-by-threads", """
        import asyncio
        import sqlite3

        class Store:
            def __init__(self):
                self.connection = sqlite3.connect("rows.db")

            def insert(self, row):
                self.connection.execute("INSERT INTO rows VALUES (?)", row)

            async def insert_all(self, rows):
                for row in rows:
                    await asyncio.to_thread(self.insert, row)
        """),
    ("client-shared-by-threads", """
        from concurrent.futures import ThreadPoolExecutor
        import duckdb

        CONNECTION = duckdb.connect("rows.db")

        def count(name):
            cursor = CONNECTION.cursor()
            return cursor

        def counts(names):
            with ThreadPoolExecutor(8) as pool:
                return list(pool.map(count, names))
        """),
    ("update-without-a-lock", """
        from concurrent.futures import ThreadPoolExecutor

        def work(words):
            total = 0

            def add(word):
                nonlocal total
                total += len(word)

            for word in words:
                add(word)
            return total

        def all_of(texts):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(work, texts))
        """),
    ("update-without-a-lock", """
        import threading

        class Worker(threading.Thread):
            def __init__(self):
                super().__init__()
                self.done = 0

            def run(self):
                self.done += 1

        def start(count):
            for _ in range(count):
                Worker().start()
        """),
    ("errors-of-tasks-never-read", """
        from multiprocessing.dummy import Pool

        def work(name):
            open(name).read()

        def all_of(names):
            pool = Pool()
            pool.map(work, names)
        """),
    ("object-sent-to-a-process", """
        import threading
        from multiprocessing import Pool

        class Table:
            def __init__(self):
                self.guard = threading.Lock()

            def __getstate__(self):
                return {}

            def row(self, seed):
                return seed

            def rows(self, seeds):
                with Pool() as pool:
                    return pool.map(self.row, seeds)
        """),
    ("no-timeout-in-a-worker", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        def pull(urls):
            with ThreadPoolExecutor(8) as pool:
                futures = [pool.submit(requests.get, url, timeout=5) for url in urls]
                return [future.result() for future in futures]
        """),
    ("no-timeout-in-a-worker", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        def load(url, **options):
            return requests.get(url, **options)

        def pull(urls):
            with ThreadPoolExecutor(8) as pool:
                return list(pool.map(load, urls))
        """),
    ("processes-start-at-import", """
        import multiprocessing

        def main():
            with multiprocessing.Pool() as pool:
                pool.map(len, ["a"])

        if __name__ == "__main__":
            main()
        """),
    ("fork-after-threads", """
        import multiprocessing
        import threading

        def run(beat, work):
            threading.Thread(target=beat).start()
            context = multiprocessing.get_context("spawn")
            context.Process(target=work).start()
        """),
    ("thread-queue-in-a-coroutine", """
        import asyncio

        async def consume(handle):
            jobs = asyncio.Queue()
            handle(await jobs.get())
        """),
    ("written-in-a-process-and-lost", """
        from multiprocessing import Pool

        class Job:
            def __init__(self, number):
                self.number = number

        def solved(job):
            job.answer = job.number ** 2  # and the job comes back
            return job

        def main(numbers):
            jobs = [Job(number) for number in numbers]
            with Pool() as pool:
                jobs = pool.map(solved, jobs)
            return [job.answer for job in jobs]
        """),
    ("written-in-a-process-and-lost", """
        from multiprocessing import Array, Process, Value

        def work(cells, count, at):
            cells[at] = at * at
            with count.get_lock():
                count.value += 1

        def main():
            cells, count = Array("i", 10), Value("i", 0)  # in memory that is shared
            workers = [Process(target=work, args=(cells, count, at)) for at in range(10)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            return cells[:], count.value
        """),
    ("written-in-a-process-and-lost", """
        from concurrent.futures import ProcessPoolExecutor

        class Totals:
            def __init__(self):
                self.rows = []

            def count(self, name):
                self.rows = open(name).readlines()  # scratch: what counts is returned
                return name, len(self.rows)

            def run(self, names):
                self.found = {}
                with ProcessPoolExecutor() as pool:
                    for name, number in pool.map(self.count, names):
                        self.found[name] = number
                return self.found
        """),
    ("written-in-a-process-and-lost", """
        from multiprocessing import Pool

        found = []

        def put(row):
            found.append(row)
            return row

        def main(rows):
            with Pool() as pool:
                for row in pool.imap(put, rows):
                    found.append(row)  # the parent fills its own
            return found
        """),
    ("written-in-a-process-and-lost", """
        from multiprocessing.pool import ThreadPool as Pool

        found = []

        def main(rows):
            with Pool() as pool:
                pool.map(found.append, rows)
            return found
        """),
    ("written-in-a-process-and-lost", """
        import logging
        from multiprocessing import Process

        class Manager:
            def __init__(self):
                self.log = logging.getLogger("parent")

            def work(self, name):
                self.log = logging.getLogger("worker")  # each has its own
                self.log.info("working on %s", name)

            def run(self, name):
                worker = Process(target=self.work, args=(name,))
                worker.start()
                self.log.info("joining")
                worker.join()
        """),
    ("global-not-set-in-a-worker", """
        from multiprocessing import get_context

        table = {}

        def length(name):
            if name not in table:
                table[name] = len(open(name).read())
            return table[name]

        def main(names):
            length(names[0])  # a cache: each worker fills its own
            with get_context("spawn").Pool() as pool:
                return pool.map(length, names)
        """),
    ("global-not-set-in-a-worker", """
        from multiprocessing import get_context

        limit = 80

        def short(name):
            return len(name) < limit

        def main(names):
            global limit
            limit = 80
            with get_context("spawn").Pool() as pool:
                return pool.map(short, names)
        """),
    ("global-not-set-in-a-worker", """
        from multiprocessing import get_context

        limit = None

        def set_up(most):
            global limit
            limit = most

        def short(name):
            return len(name) < limit

        def main(names, most):
            set_up(most)
            with get_context("spawn").Pool(4, set_up, (most,)) as pool:
                return pool.map(short, names)
        """),
    ("global-not-set-in-a-worker", """
        from multiprocessing import get_context

        done = 0

        def short(name):
            return len(name) < 80

        def main(names):
            global done
            with get_context("spawn").Pool() as pool:
                for answer in pool.imap(short, names):
                    done += answer  # only the parent looks at it
            return done
        """),
    ("process-target-not-picklable", """
        from multiprocessing import Event, get_context

        class Server:
            def __init__(self):
                self.stopped = Event()
                self.connection = None

            def serve(self):
                import sqlite3
                self.connection = sqlite3.connect("rows.db")  # opened by the process itself

            def start(self):
                self.process = get_context("spawn").Process(target=self.serve)
                self.process.start()
        """),
    ("process-target-not-picklable", """
        from multiprocess import Pool

        def squares(numbers):
            with Pool() as pool:  # dill sends lambdas
                return pool.map(lambda number: number ** 2, numbers)
        """),
    ("lambda-sent-to-a-process", """
        from multiprocess import Pool

        def squares(numbers):
            with Pool() as pool:  # dill sends lambdas
                return pool.map(lambda number: number ** 2, numbers)
        """),
    ("process-target-not-picklable", """
        from functools import partial
        from multiprocessing import get_context

        def work(name, size):
            print(name * size)

        def main(name):
            get_context("spawn").Process(target=partial(work, name), args=(3,)).start()
        """),
    ("called-instead-of-passed", """
        import threading

        class Server:
            def make(self):
                return lambda: print("serving")

            def start(self):
                threading.Thread(target=self.make()).start()
        """),
    ("called-instead-of-passed", """
        import threading

        class Base:
            def handler(self):
                raise NotImplementedError

            def start(self):
                threading.Thread(target=self.handler()).start()
        """),
    ("called-instead-of-passed", """
        import asyncio

        async def work(name):
            print(name)

        async def main(names):
            tasks = [asyncio.create_task(work(name)) for name in names]
            await asyncio.gather(*tasks, work("last"))
        """),
    ("joined-before-its-queue-is-read", """
        from multiprocessing import Process, Queue

        def work(lines, name):
            lines.put(open(name).read())
            lines.put(None)

        def taken(lines):
            while (line := lines.get()) is not None:
                print(line)

        def main(name):
            lines = Queue()
            worker = Process(target=work, args=(lines, name))
            reader = Process(target=taken, args=(lines,))
            worker.start()
            reader.start()
            worker.join()  # another process reads
            reader.join()
            print(lines.get())
        """),
    ("joined-before-its-queue-is-read", """
        from multiprocessing import Process, Queue

        def work(lines, name):
            lines.put(open(name).read())

        def main(name):
            lines = Queue()
            worker = Process(target=work, args=(lines, name))
            worker.start()
            worker.join(timeout=10)  # not for ever
            print(lines.get())
        """),
    ("joined-before-its-queue-is-read", """
        from multiprocessing import Process, Queue

        def work(tasks, name):
            print(name, tasks.get())

        def main(name):
            tasks = Queue()
            worker = Process(target=work, args=(tasks, name))
            worker.start()
            tasks.put("go")
            worker.join()
            print(tasks.empty() or tasks.get())
        """),
    ("same-random-numbers-in-each-process", """
        import numpy
        from multiprocessing import Pool, Process

        def drawn(generator, size):
            print(generator.normal(size=size))

        def main(sizes):
            for generator in numpy.random.default_rng(7).spawn(4):
                Process(target=drawn, args=(generator, 3)).start()
            for seed in range(4):
                own = numpy.random.default_rng(seed)
                Process(target=drawn, args=(own, 3)).start()
        """),
    ("same-random-numbers-in-each-process", """
        import numpy as np
        from multiprocessing import Pool

        def simulate(seed):
            np.random.seed(seed)
            return np.random.rand(1000)

        def main():
            with Pool() as pool:
                return pool.map(simulate, range(8))
        """),
    ("same-random-numbers-in-each-process", """
        import numpy as np
        from multiprocessing import get_context

        def simulate(size):
            return np.random.rand(size)

        def main(sizes):
            with get_context("spawn").Pool() as pool:  # each begins with a state of its own
                return pool.map(simulate, sizes)
        """),
    ("process-started-in-a-daemon", """
        from multiprocessing import Process

        def inner(name):
            print(name)

        def outer(name):
            Process(target=inner, args=(name,)).start()

        def main(name):
            Process(target=outer, args=(name,)).start()
        """),
    ("process-started-in-a-daemon", """
        from multiprocessing.pool import Pool, ThreadPool

        def square(number):
            return number * number

        def row(numbers):
            with ThreadPool() as pool:
                return pool.map(square, numbers)

        def table(rows):
            with Pool() as pool:
                return pool.map(row, rows)
        """),
    ("process-started-in-a-daemon", """
        from multiprocessing import Pool

        def square(number):
            return number * number

        def row(numbers):
            if len(numbers) > 1000:
                with Pool() as pool:  # perhaps never
                    return pool.map(square, numbers)
            return [square(number) for number in numbers]

        def table(rows):
            with Pool() as pool:
                return pool.map(row, rows)
        """),
    ("fork-after-threads", """
        import threading
        from multiprocessing import Process

        def run(load, work, names):
            threads = [threading.Thread(target=load, args=(name,)) for name in names]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            Process(target=work).start()  # they have ended
        """),
    ("fork-after-threads", """
        from concurrent.futures import ThreadPoolExecutor
        from multiprocessing import Pool

        def run(load, work, names):
            with ThreadPoolExecutor() as pool:
                texts = list(pool.map(load, names))
            with Pool() as pool:  # the threads ended with their block
                return pool.map(work, texts)
        """),
    ("fork-after-threads", """
        import threading
        from multiprocessing import Process

        def run(work, process):
            if process:
                Process(target=work).start()
            else:
                threading.Thread(target=work).start()
        """),
    ("fork-after-threads", """
        import subprocess
        import threading

        def run(beat, command):
            threading.Thread(target=beat).start()
            subprocess.run(command)  # runs no Python in the forked process
        """),
    ("written-in-a-process-and-lost", """
        from joblib import Parallel, delayed

        found = []

        def work(name):
            found.append(len(name))

        def main(names):
            Parallel(n_jobs=4, prefer="threads")(delayed(work)(name) for name in names)
            return found
        """),
    ("joined-before-its-queue-is-read", """
        import time
        from multiprocessing import Process, SimpleQueue

        def work(answers, name):
            answers.put(open(name).read())

        def main(name):
            answers = SimpleQueue()
            worker = Process(target=work, args=(answers, name))
            worker.start()
            while answers.empty():
                if not worker.is_alive():
                    worker.join()  # it has ended
                    break
                time.sleep(1)
            print(answers.get())
            worker.join()
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
def test_other_spellings_are_found(index: int) -> None:
    slug, _, line = HITS[index]
    assert (slug, line) in found().get(f"hit{index}", [])


@pytest.mark.parametrize("index", range(len(NEAR_MISSES)), ids=[slug for slug, _ in NEAR_MISSES])
def test_what_only_resembles_a_misuse_is_left_alone(index: int) -> None:
    slug = NEAR_MISSES[index][0]
    assert slug not in {rule for rule, _ in found().get(f"miss{index}", [])}


def test_tests_are_left_alone(tmp_path: Path) -> None:
    """They do odd things on purpose."""
    code = dedent(HITS[1][1])
    for name in ("module.py", "test_module.py"):
        (tmp_path / name).write_text(code, encoding="utf-8")
    told = {finding.path for finding in analyse(tmp_path).findings if finding.rule == "coroutine-never-awaited"}
    assert told == {"module.py"}


def test_a_misuse_can_be_silenced_on_its_line(tmp_path: Path) -> None:
    code = dedent(HITS[1][1]).replace(
        "self.set(key, 1)", "self.set(key, 1)  # advisor: ignore[coroutine-never-awaited]"
    )
    (tmp_path / "module.py").write_text(code, encoding="utf-8")
    assert [f for f in analyse(tmp_path).findings if f.rule == "coroutine-never-awaited"] == []
