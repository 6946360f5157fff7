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
    ("gather-without-a-bound", """
        from asyncio import gather as together
        from httpx import AsyncClient as Client

        async def pull(urls):
            work = []
            async with Client() as client:
                for url in urls:
                    work.append(client.get(url))
                return await together(*work, return_exceptions=True)
        """, 10),
    ("gather-without-a-bound", """
        import anyio
        import httpx

        async def page(client: httpx.AsyncClient, url, found):
            found[url] = await client.get(url)

        async def pull(client, urls):
            found = {}
            async with anyio.create_task_group() as group:
                for url in urls:
                    group.start_soon(page, client, url, found)
            return found
        """, 12),
    ("gather-without-a-bound", """
        import asyncio

        async def convert(name):
            process = await asyncio.create_subprocess_exec("convert", name, name + ".png")
            await process.wait()

        async def main(path):
            tasks = [asyncio.create_task(convert(line)) for line in open(path)]
            await asyncio.wait(tasks)
        """, 10),
    ("gather-without-a-bound", """
        import asyncio
        import httpx

        class Site:
            def __init__(self):
                self.client = httpx.AsyncClient()

            async def load(self, number):
                return (await self.client.get(f"/{number}")).json()

            async def pull(self, numbers):
                return await asyncio.gather(*map(self.load, numbers))
        """, 13),
    ("gather-without-a-bound", """
        import asyncio

        async def mute(member, guild):
            for_all = []
            for channel in guild.channels:
                for_all.append(channel.set_permissions(member, overwrite=None))
            await asyncio.gather(*for_all)
        """, 8),
    ("limit-around-the-gather", """
        import asyncio
        import aiohttp

        GATE = asyncio.BoundedSemaphore(5)

        async def page(url):
            async with aiohttp.ClientSession() as session, session.get(url) as answer:
                return await answer.text()

        async def main(urls):
            async with GATE:
                tasks = [asyncio.create_task(page(url)) for url in urls]
                await asyncio.wait(tasks)

        asyncio.run(main(open("urls.txt")))
        """, 14),
    ("limit-around-the-gather", """
        import anyio
        import httpx

        async def page(client: httpx.AsyncClient, url, found):
            found[url] = await client.get(url)

        async def pull(client, urls, found):
            limiter = anyio.CapacityLimiter(10)
            async with limiter, anyio.create_task_group() as group:
                for url in urls:
                    group.start_soon(page, client, url, found)
        """, 12),
    ("limit-around-the-gather", """
        from asyncio import Semaphore, as_completed
        import httpx

        async def pull(client: httpx.AsyncClient, urls):
            gate = Semaphore(4)
            async with gate:
                for done in as_completed([client.get(url) for url in urls]):
                    print((await done).text)
        """, 8),
    ("lock-held-across-await", """
        import threading as t

        async def send(client, guard: t.Lock, text):
            guard.acquire(timeout=5)
            await client.send(text)
            guard.release()
        """, 5),
    ("lock-held-across-await", """
        from multiprocessing import Lock

        class Store:
            def __init__(self):
                self.only = Lock()

            async def save(self, rows):
                try:
                    self.only.acquire()
                    async for row in rows:
                        print(row)
                finally:
                    self.only.release()
        """, 10),
    ("coroutine-function-handed-over", """
        from concurrent.futures import ThreadPoolExecutor

        async def load(url):
            return url

        def pull(urls):
            with ThreadPoolExecutor() as pool:
                return [job.result() for job in [pool.submit(load, url) for url in urls]]
        """, 9),
    ("coroutine-function-handed-over", """
        import asyncio
        from functools import partial

        class Bot:
            async def poll(self, seconds):
                await asyncio.sleep(seconds)

            async def run(self):
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(None, partial(self.poll, 5))
        """, 11),
    ("coroutine-function-handed-over", """
        import asyncio
        import atexit

        async def close():
            await asyncio.sleep(0)

        atexit.register(close)
        """, 8),
    ("coroutine-function-handed-over", """
        import asyncio
        import signal

        class Server:
            async def stop(self):
                await asyncio.sleep(0)

            async def serve(self):
                loop = asyncio.get_running_loop()
                for number in (signal.SIGINT, signal.SIGTERM):
                    loop.add_signal_handler(number, self.stop)
        """, 12),
    ("coroutine-function-handed-over", """
        import asyncio

        async def is_new(row):
            return row not in await asyncio.sleep(0, [])

        async def fresh(rows):
            return list(filter(is_new, rows))
        """, 8),
    ("coroutine-function-handed-over", """
        import asyncio

        async def tidy():
            await asyncio.sleep(0)

        async def main():
            task = asyncio.create_task(tidy())
            task.add_done_callback(lambda done: tidy())
            await task
        """, 9),
    ("coroutine-function-handed-over", """
        import asyncio

        class Cluster:
            async def listed(self, kind):
                return [kind]

            async def names(self, pool):
                loop = asyncio.get_running_loop()
                found = await loop.run_in_executor(pool, lambda: self.listed("pods"))
                return {each.name for each in found}
        """, 10),
    ("loop-touched-from-a-thread", """
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        class Job:
            def __init__(self):
                self.done = asyncio.Event()

            def finish(self):
                self.done.set()

            def work(self):
                self.finish()

            async def run(self):
                with ThreadPoolExecutor() as pool:
                    pool.submit(self.work)
                    await self.done.wait()
        """, 10),
    ("loop-touched-from-a-thread", """
        import asyncio

        async def main(read):
            loop = asyncio.get_running_loop()
            answer = loop.create_future()

            def work():
                answer.set_result(read())

            loop.run_in_executor(None, work)
            return await answer
        """, 9),
    ("loop-touched-from-a-thread", """
        import asyncio
        import threading

        LOOP = asyncio.new_event_loop()

        async def greet():
            print("hello")

        def timer():
            LOOP.create_task(greet())

        threading.Timer(1, timer).start()
        LOOP.run_forever()
        """, 11),
    ("thread-wait-in-a-coroutine", """
        from concurrent.futures import ProcessPoolExecutor

        async def main(work, pool: ProcessPoolExecutor):
            job = pool.submit(work)
            return job.result(timeout=30)
        """, 6),
    ("thread-wait-in-a-coroutine", """
        import asyncio

        async def ask(work, loop):
            return asyncio.run_coroutine_threadsafe(work(), loop).result()
        """, 5),
    ("thread-wait-in-a-coroutine", """
        import threading

        class Job:
            def __init__(self, work):
                self.thread = threading.Thread(target=work)

            def finish(self):
                self.thread.join()

            def run(self):
                self.thread.start()
                self.finish()

        async def main(work):
            Job(work).run()
        """, 16),
    ("busy-wait-in-a-coroutine", """
        from asyncio import sleep as pause

        async def finished(job):
            while job.running():
                await pause(0)
        """, 6),
    ("busy-wait-in-a-coroutine", """
        import anyio

        async def filled(store):
            while len(store) < 9:
                await anyio.sleep(0)
        """, 6),
    ("busy-wait-in-a-coroutine", """
        import trio as nursery

        STATE = {}

        async def ready():
            while True if not STATE else False:
                await nursery.sleep(0.0)
        """, 8),
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
]  # fmt: skip

NEAR_MISSES: list[tuple[str, str]] = [
    ("busy-wait-in-a-coroutine", """
        import asyncio

        async def finished(job):
            while job.running():
                await asyncio.sleep(0.05)
        """),
    ("busy-wait-in-a-coroutine", """
        import asyncio

        async def give_way(times):
            for _ in range(times):
                await asyncio.sleep(0)
        """),
    ("busy-wait-in-a-coroutine", """
        import asyncio

        async def pump(server):
            while server.step():
                await asyncio.sleep(0)
        """),
    ("loop-touched-from-a-thread", """
        import asyncio
        import threading

        class Engine:
            def __init__(self, loop: asyncio.AbstractEventLoop | None):
                self.loop = loop

            def setup(self):
                if self.loop is not None:
                    self.begin()

            def begin(self):
                self.loop.call_soon(print)

        def start(engine: Engine):
            threading.Thread(target=engine.setup).start()
        """),
    ("thread-wait-in-a-coroutine", """
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        async def main(work, pool: ThreadPoolExecutor):
            job = pool.submit(work)
            await asyncio.wrap_future(job)
            return job.result()
        """),
    ("thread-wait-in-a-coroutine", """
        from concurrent.futures import Future

        async def main(job: Future):
            if job.done():
                return job.result()
        """),
    ("thread-wait-in-a-coroutine", """
        import threading

        class Counter:
            def __init__(self):
                self.guard = threading.Lock()

            def add(self):
                with self.guard:
                    self.total += 1

            def stop(self, thread: threading.Thread):
                if thread.is_alive():
                    thread.join()

        async def main(counter: Counter, thread):
            counter.add()
        """),
    ("loop-touched-from-a-thread", """
        import asyncio
        import threading

        class Background:
            def __init__(self):
                self.loop = asyncio.new_event_loop()
                self.ready = asyncio.Event()
                threading.Thread(target=self.run, daemon=True).start()

            def run(self):
                asyncio.set_event_loop(self.loop)
                self.begin()
                self.loop.run_forever()

            def begin(self):
                self.ready.set()
        """),
    ("loop-touched-from-a-thread", """
        import asyncio
        import threading

        def read(lines, queue, loop):
            for line in lines:
                loop.call_soon_threadsafe(queue.put_nowait, line)

        async def main(lines):
            queue = asyncio.Queue()
            threading.Thread(target=read, args=(lines, queue, asyncio.get_running_loop())).start()
            return await queue.get()
        """),
    ("loop-touched-from-a-thread", """
        import queue
        import threading

        def read(lines, found):
            for line in lines:
                found.put_nowait(line)

        def main(lines):
            found = queue.Queue()
            threading.Thread(target=read, args=(lines, found)).start()
            return found.get()
        """),
    ("coroutine-function-handed-over", """
        import asyncio

        async def load(url):
            return url

        async def pull(url):
            made = await asyncio.to_thread(load, url)
            return await made
        """),
    ("coroutine-function-handed-over", """
        import asyncio
        import inspect

        async def load(url):
            return url

        async def call(urls, function=load):
            loop = asyncio.get_running_loop()
            for url in urls:
                if inspect.iscoroutinefunction(function):
                    await function(url)
                else:
                    await loop.run_in_executor(None, function, url)
        """),
    ("coroutine-function-handed-over", """
        import asyncio
        import threading

        async def serve():
            await asyncio.sleep(1)

        def start():
            threading.Thread(target=asyncio.run, args=(serve(),)).start()
        """),
    ("coroutine-function-handed-over", """
        import asyncio

        async def load(url):
            return url

        async def pull(urls):
            return await asyncio.gather(*map(load, urls))
        """),
    ("coroutine-function-handed-over", """
        import asyncio
        import signal

        async def stop():
            await asyncio.sleep(0)

        async def main():
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGINT, lambda: asyncio.ensure_future(stop()))
        """),
    ("coroutine-function-handed-over", """
        import anyio
        import threading

        def blocking(function):
            def run():
                anyio.run(function)
            return run

        @blocking
        async def serve():
            await anyio.sleep(1)

        def start():
            threading.Thread(target=serve).start()
        """),
    ("lock-held-across-await", """
        import threading

        GUARD = threading.Lock()

        async def send(client, text):
            GUARD.acquire()
            try:
                print(text)
            finally:
                GUARD.release()
            await client.send(text)
        """),
    ("lock-held-across-await", """
        import threading

        BUSY = threading.Lock()

        async def send(client, text):
            if not BUSY.acquire(blocking=False):
                return
            try:
                await client.send(text)
            finally:
                BUSY.release()
        """),
    ("lock-held-across-await", """
        import asyncio

        GUARD = asyncio.Lock()

        async def send(client, text):
            await GUARD.acquire()
            try:
                await client.send(text)
            finally:
                GUARD.release()
        """),
    ("thread-wait-in-a-coroutine", """
        import threading

        GUARD = threading.Lock()

        async def send(client, text):
            GUARD.acquire()
            try:
                await client.send(text)
            finally:
                GUARD.release()
        """),
    ("limit-around-the-gather", """
        import asyncio
        import httpx

        async def pull(client: httpx.AsyncClient, groups):
            semaphore = asyncio.Semaphore(4)

            async def pull_group(urls):
                async with semaphore:
                    return await asyncio.gather(*[client.get(url) for url in urls])

            return await asyncio.gather(*[pull_group(urls) for urls in groups])
        """),
    ("limit-around-the-gather", """
        import asyncio
        import httpx

        class Site:
            def __init__(self, client: httpx.AsyncClient):
                self.client = client
                self.limit = asyncio.Semaphore(4)

            async def album(self, urls):
                async with self.limit:
                    return await asyncio.gather(*[self.client.get(url) for url in urls])
        """),
    ("limit-around-the-gather", """
        import asyncio
        import httpx

        async def pull(client: httpx.AsyncClient, urls):
            semaphore = asyncio.Semaphore(4)

            async def get(url):
                async with semaphore:
                    return await client.get(url)

            return await asyncio.gather(*[get(url) for url in urls])
        """),
    ("gather-without-a-bound", """
        import asyncio
        import httpx

        async def pull(client: httpx.AsyncClient, urls):
            for start in range(0, len(urls), 20):
                await asyncio.gather(*[client.get(url) for url in urls[start:start + 20]])
        """),
    ("gather-without-a-bound", """
        import asyncio
        import httpx

        async def pull(client: httpx.AsyncClient, urls):
            return await asyncio.gather(*[client.get(url) for url in urls])

        async def main():
            async with httpx.AsyncClient() as client:
                await pull(client, ["https://example.org/a", "https://example.org/b"])
        """),
    ("gather-without-a-bound", """
        import asyncio

        async def later(second):
            await asyncio.sleep(second)
            return second

        async def pull(seconds):
            return await asyncio.gather(*[later(second) for second in seconds])
        """),
    ("gather-without-a-bound", """
        import asyncio
        import httpx

        class Feed:
            def __init__(self, client: httpx.AsyncClient):
                self.client = client

            async def start(self):
                return await self.client.get("/")

        async def start(feeds: list[Feed]):
            await asyncio.gather(*[feed.start() for feed in feeds])
        """),
    ("gather-without-a-bound", """
        import asyncio
        import httpx

        GATE = asyncio.Semaphore(9)

        async def ask(client, url):
            async with GATE:
                return await client.get(url)

        async def page(client: httpx.AsyncClient, url):
            return (await ask(client, url)).text

        async def pull(client: httpx.AsyncClient, urls):
            return await asyncio.gather(*[page(client, url) for url in urls])
        """),
    ("gather-without-a-bound", """
        import asyncio
        import httpx

        async def pull(client: httpx.AsyncClient, urls):
            async with asyncio.TaskGroup() as group:
                for url in urls:
                    group.create_task(client.get(url))
                    await asyncio.sleep(0.1)
        """),
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
