"""What runs one at a time though it was handed out, what is called instead of handed over, guards and bounds that hold nobody
back, and what blind readers found to be misread: hits and near-misses, all in one analysis."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest

from tests.running import analyse

HITS: list[tuple[str, str, int]] = [
    ("update-without-a-lock", """
        import threading
        import urllib.request

        class Stats:
            def __init__(self):
                self.requests = 0

        def hammer(url, stats):
            urllib.request.urlopen(url, timeout=5).read()
            stats.requests += 1

        def main(url):
            stats = Stats()
            workers = [threading.Thread(target=hammer, args=(url, stats)) for _ in range(20)]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            print(stats.requests)
        """, 15),
    ("one-task-at-a-time", """
        import threading
        import requests

        def load(url):
            print(len(requests.get(url, timeout=10).content))

        def pull(urls):
            for url in urls:
                thread = threading.Thread(target=load, args=(url,))
                thread.start()
                thread.join()
        """, 9),
    ("one-task-at-a-time", """
        from threading import Thread
        import requests

        def load(url, pages):
            pages[url] = requests.get(url, timeout=10).content

        def pull(urls):
            pages = {}
            loaders = []
            for url in urls:
                loaders.append(Thread(target=load, args=(url, pages)))
            for loader in loaders:
                loader.start()
                print("started")
                loader.join()
            return pages
        """, 13),
    ("one-task-at-a-time", """
        import threading
        import requests

        class Download(threading.Thread):
            def __init__(self, url):
                super().__init__()
                self.url = url

            def run(self):
                self.page = requests.get(self.url, timeout=10).text

        def pull(urls):
            pages = []
            for url in urls:
                download = Download(url)
                download.start()
                download.join()
                pages.append(download.page)
            return pages
        """, 15),
    ("one-task-at-a-time", """
        import multiprocessing
        import requests

        def load(url):
            with open(url.rpartition("/")[2], "wb") as file:
                file.write(requests.get(url, timeout=10).content)

        def pull(urls):
            context = multiprocessing.get_context("spawn")
            for url in urls:
                process = context.Process(target=load, args=(url,))
                process.start()
                process.join()
        """, 11),
    ("one-process-at-a-time", """
        from multiprocessing import Process

        def mix(seed):
            total = seed
            for row in range(4000):
                for column in range(500):
                    total = (total * 31 + row * column) % 1000003
            with open(f"{seed}.txt", "w") as file:
                file.write(str(total))

        def table():
            for seed in range(40):
                process = Process(target=mix, args=(seed,))
                process.start()
                process.join()
        """, 13),
    ("one-coroutine-at-a-time", """
        import asyncio
        import httpx

        async def load(client, url):
            return (await client.get(url)).json()

        async def pull(urls):
            pages = []
            async with httpx.AsyncClient() as client:
                for url in urls:
                    task = asyncio.create_task(load(client, url))
                    pages.append(await task)
            return pages
        """, 11),
    ("one-coroutine-at-a-time", """
        import asyncio
        import httpx

        async def pull(client: httpx.AsyncClient, urls):
            for url in urls:
                task = asyncio.ensure_future(client.get(url))
                print(await asyncio.wait_for(task, 5))
        """, 6),
    ("called-instead-of-passed", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        def load(url):
            answer = requests.get(url, timeout=10)
            return url, len(answer.content)

        def pull(urls):
            with ThreadPoolExecutor(8) as pool:
                futures = [pool.submit(load(url)) for url in urls]
            return futures
        """, 11),
    ("called-instead-of-passed", """
        import threading
        import requests

        def load(url):
            return requests.get(url, timeout=10).json()

        def total(url):
            numbers = load(url)
            return sum(numbers)

        def later(url):
            threading.Timer(5, total(url)).start()
        """, 13),
    ("called-instead-of-passed", """
        import asyncio
        import time

        async def main():
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(None, time.sleep(3))
        """, 7),
    ("update-without-a-lock", """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        import requests

        size = 0

        def load(url):
            global size
            page = requests.get(url, timeout=10).content
            with threading.Lock():
                size += len(page)

        def pull(urls):
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(load, urls))
        """, 16),
    ("update-without-a-lock", """
        import threading
        import requests

        class Meter:
            def __init__(self):
                self.size = 0

            def load(self, url):
                guard = threading.RLock()
                page = requests.get(url, timeout=10).content
                guard.acquire()
                self.size += len(page)
                guard.release()

            def start(self, urls):
                for url in urls:
                    threading.Thread(target=self.load, args=(url,)).start()
        """, 18),
    ("gather-without-a-bound", """
        import asyncio
        import aiohttp

        async def page(session, url):
            async with session.get(url) as answer:
                return await answer.text()

        async def pages(urls):
            connector = aiohttp.TCPConnector(limit=0)
            async with aiohttp.ClientSession(connector=connector) as session:
                return await asyncio.gather(*[page(session, url) for url in urls])
        """, 12),
    ("gather-without-a-bound", """
        import asyncio
        import httpx

        async def page(client, url):
            return (await client.get(url)).text

        async def pages(urls):
            transport = httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=5))
            async with httpx.AsyncClient(transport=transport, timeout=None) as client, asyncio.TaskGroup() as group:
                for url in urls:
                    group.create_task(page(client, url))
        """, 12),
    ("gather-without-a-bound", """
        import asyncio
        import re
        import aiohttp

        async def page(session, url):
            async with session.get(url) as answer:
                return await answer.text()

        async def pages(urls):
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=None)) as session:
                return await asyncio.gather(*[page(session, url) for url in urls])

        def links(path):
            found = set()
            with open(path) as dump:
                for line in dump:
                    found.update(re.findall("http:[^ ]+", line))
            return found

        def main(path):
            asyncio.run(pages(links(path)))
        """, 12),
    ("coroutine-function-handed-over", """
        import threading

        def rows(name):
            for line in open(name):
                yield line

        def start(names):
            for name in names:
                threading.Thread(target=rows, args=(name,)).start()
        """, 10),
    ("coroutine-function-handed-over", """
        import asyncio

        class Receiver:
            def __init__(self):
                self.loop = asyncio.new_event_loop()

            async def frames(self):
                while True:
                    await asyncio.sleep(0.1)
                    yield 1

            def launch(self):
                self.loop.run_in_executor(None, self.frames)
        """, 14),
    ("lock-kept-after-a-failure", """
        import threading
        import some_models

        class Client:
            MODEL = some_models.Pipeline("small")
            LOCK = threading.Lock()

            def transcribe(self, sample):
                Client.LOCK.acquire()
                result = Client.MODEL.generate(sample)
                Client.LOCK.release()
                return result
        """, 10),
    ("lock-kept-after-a-failure", """
        import threading

        class Link:
            def __init__(self, port):
                self.port = port
                self.lock = threading.Lock()

            def send(self, packet):
                self.lock.acquire()
                if len(packet) > 100:
                    raise ValueError("too large")
                self.port.write(packet)
                self.lock.release()
        """, 10),
    ("errors-of-tasks-never-read", """
        import time
        from multiprocessing.pool import ThreadPool
        import requests

        def load(url):
            return requests.get(url, timeout=5).content

        def batch(urls):
            pool = ThreadPool(4)
            results = [pool.apply_async(load, (url,)) for url in urls]
            while not all(result.ready() for result in results):
                time.sleep(0.1)
            pool.close()
        """, 11),
    ("task-reference-dropped", """
        import asyncio

        class Out:
            def __init__(self):
                self.queue = asyncio.Queue(10)

            async def _put(self, item):
                await self.queue.put(item)

            def put_soon(self, item):
                asyncio.create_task(self._put(item))
        """, 12),
    ("loop-touched-from-a-thread", """
        import asyncio
        import threading

        def watch(stream, future):
            future.set_result(stream.readline())

        class Player:
            async def play(self, stream):
                self.future = asyncio.Future()
                threading.Thread(target=watch, args=(stream, self.future)).start()

            async def finished(self):
                return await self.future
        """, 6),
]  # fmt: skip

NEAR_MISSES: list[tuple[str, str]] = [
    ("update-without-a-lock", """
        import threading
        import urllib.request

        class Stats:
            def __init__(self):
                self.requests = 0

        def hammer(url, stats, totals):
            urllib.request.urlopen(url, timeout=5).read()
            stats.requests += 1
            totals[url] += 1

        def main(urls):
            totals = dict.fromkeys(urls, 0)
            workers = [threading.Thread(target=hammer, args=(url, Stats(), totals)) for url in urls]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            print(totals)
        """),
    ("one-task-at-a-time", """
        import threading
        import requests

        def load(url, state):
            state["next"] = requests.get(url, params={"from": state["next"]}, timeout=10).json()["next"]

        def pull(urls):
            state = {"next": ""}
            for url in urls:
                thread = threading.Thread(target=load, args=(url, state))
                thread.start()
                thread.join()
        """),
    ("one-task-at-a-time", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        def load(url, token):
            return requests.get(url, params={"from": token}, timeout=10).json()

        def pull(urls):
            token = ""
            with ThreadPoolExecutor(2) as pool:
                for url in urls:
                    answer = pool.submit(load, url, token).result()
                    token = answer["next"]
            return token
        """),
    ("one-task-at-a-time", """
        import threading
        import requests

        def pull(url):
            while True:
                thread = threading.Thread(target=requests.get, args=(url,))
                thread.start()
                thread.join()
        """),
    ("one-task-at-a-time", """
        import threading
        import requests

        def pull(urls, work):
            for url in urls:
                thread = threading.Thread(target=requests.get, args=(url,))
                thread.start()
                work(url)
                thread.join()
        """),
    ("threads-without-a-bound", """
        import threading
        import requests

        def load(url):
            print(len(requests.get(url, timeout=10).content))

        def pull(pairs):
            for left, right in pairs:
                one = threading.Thread(target=load, args=(left,))
                other = threading.Thread(target=load, args=(right,))
                one.start()
                other.start()
                one.join()
                other.join()
        """),
    ("one-task-at-a-time", """
        import threading
        import requests

        def load(url):
            print(len(requests.get(url, timeout=10).content))

        def pull(urls):
            threads = []
            for url in urls:
                thread = threading.Thread(target=load, args=(url,))
                thread.start()
                threads.append(thread)
            for thread in threads:
                thread.join()
        """),
    ("one-coroutine-at-a-time", """
        import asyncio
        import httpx

        async def pull(client: httpx.AsyncClient, urls):
            ahead = asyncio.create_task(client.get(urls[0]))
            for url in urls[1:]:
                page = await ahead
                ahead = asyncio.create_task(client.get(url))
                print(page.text)
        """),
    ("one-coroutine-at-a-time", """
        import asyncio
        import httpx

        async def pull(client: httpx.AsyncClient, urls):
            tasks = []
            for url in urls:
                task = asyncio.create_task(client.get(url))
                tasks.append(task)
            return await asyncio.gather(*tasks)
        """),
    ("called-instead-of-passed", """
        from concurrent.futures import ThreadPoolExecutor

        HANDLERS = {}

        def handler(name):
            return HANDLERS[name]

        def run(names):
            with ThreadPoolExecutor() as pool:
                return [pool.submit(handler(name)) for name in names]
        """),
    ("called-instead-of-passed", """
        from concurrent.futures import ThreadPoolExecutor
        from functools import partial
        import requests

        def load(url, timeout):
            return requests.get(url, timeout=timeout).text

        def loading(url):
            task = partial(load, url, 10)
            return task

        def run(urls):
            with ThreadPoolExecutor() as pool:
                return [pool.submit(loading(url)) for url in urls]
        """),
    ("called-instead-of-passed", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        def size(url):
            return len(requests.head(url, timeout=10).headers)

        def load(url, count):
            return requests.get(url, timeout=10).text[:count]

        def run(urls):
            with ThreadPoolExecutor() as pool:
                return [pool.submit(load, url, size(url)) for url in urls]
        """),
    ("errors-of-tasks-never-read", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        def load(url):
            return requests.get(url, timeout=10).text

        def run(urls):
            with ThreadPoolExecutor() as pool:
                for url in urls:
                    pool.submit(load(url))
        """),
    ("threads-without-a-bound", """
        import threading
        import requests

        def load(url):
            return requests.get(url, timeout=10).text

        def run(urls):
            for url in urls:
                threading.Thread(target=load(url)).start()
        """),
    ("update-without-a-lock", """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        import requests

        def pull(urls):
            size = 0
            guard = threading.Lock()

            def load(url):
                nonlocal size
                page = requests.get(url, timeout=10).content
                with guard:
                    size += len(page)

            with ThreadPoolExecutor(8) as pool:
                list(pool.map(load, urls))
            return size
        """),
    ("update-without-a-lock", """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        import requests

        sizes = 0
        LOCKS = {}

        def load(url):
            global sizes
            page = requests.get(url, timeout=10).content
            guard = threading.Lock()
            guard = LOCKS.setdefault("all", guard)
            with guard:
                sizes += len(page)

        def pull(urls):
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(load, urls))
        """),
    ("update-without-a-lock", """
        from concurrent.futures import ThreadPoolExecutor
        from filelock import FileLock
        import requests

        size = 0

        def load(url):
            global size
            page = requests.get(url, timeout=10).content
            with FileLock("size.lock"):
                size += len(page)

        def pull(urls):
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(load, urls))
        """),
    ("gather-without-a-bound", """
        import asyncio
        import aiohttp

        async def page(session, url):
            async with session.get(url) as answer:
                return await answer.text()

        async def pages(urls):
            connector = aiohttp.TCPConnector(limit=0, limit_per_host=4)
            async with aiohttp.ClientSession(connector=connector) as session:
                return await asyncio.gather(*[page(session, url) for url in urls])
        """),
    ("gather-without-a-bound", """
        import asyncio
        import aiohttp

        async def page(session, url, gate):
            async with gate, session.get(url) as answer:
                return await answer.text()

        async def pages(urls):
            gate = asyncio.Semaphore(20)
            async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
                return await asyncio.gather(*[page(session, url, gate) for url in urls])
        """),
    ("coroutine-function-handed-over", """
        from concurrent.futures import ThreadPoolExecutor

        def rows(name):
            for line in open(name):
                yield line

        def read(names):
            with ThreadPoolExecutor() as pool:
                futures = [pool.submit(rows, name) for name in names]
                return [line for future in futures for line in future.result()]
        """),
    ("lock-kept-after-a-failure", """
        import threading

        class Counts:
            def __init__(self):
                self.lock = threading.Lock()
                self.counts = {}

            def add(self, name):
                self.lock.acquire()
                self.counts[name] = self.counts.get(name, 0) + 1
                print("counted", name)
                self.lock.release()
        """),
    ("lock-kept-after-a-failure", """
        import threading

        class Link:
            def __init__(self, port):
                self.port = port
                self.lock = threading.Lock()

            def send(self, packet):
                self.lock.acquire()
                try:
                    if len(packet) > 100:
                        raise ValueError("too large")
                    self.port.write(packet)
                finally:
                    self.lock.release()
        """),
    ("task-reference-dropped", """
        import asyncio

        class Out:
            def __init__(self):
                self.queue = asyncio.Queue()
                self.event = asyncio.Event()

            async def _put(self, item):
                await self.queue.put(item)

            def put_soon(self, item):
                asyncio.create_task(self._put(item))

            def wake(self):
                async def setter():
                    self.event.set()
                asyncio.create_task(setter())
        """),
    ("thread-queue-in-a-coroutine", """
        import asyncio
        from queue import Queue

        voices = Queue()

        async def send(socket):
            while True:
                while not voices.empty():
                    data = voices.get()
                    await socket.send(data)
                await asyncio.sleep(0.01)
        """),
    ("loop-variable-read-late", """
        import threading

        class Video:
            def get(self, formats):
                fs = [f for f in formats if f.get("height")]
                found = [audio for audio in fs if audio.get("abr")]
                audio = found[-1]

                def f():
                    print(audio["url"])

                self.thread = threading.Thread(target=f, daemon=True)
                self.thread.start()
        """),
    ("cores-taken-twice", """
        import multiprocessing

        def work(connection, path):
            from transformers import pipeline
            asr = pipeline("automatic-speech-recognition", model="openai/whisper-tiny")
            connection.send(asr(path))

        def transcribe(path):
            receiver, sender = multiprocessing.Pipe(duplex=False)
            process = multiprocessing.Process(target=work, args=(sender, path))
            process.start()
            text = receiver.recv()
            process.join()
            return text
        """),
    ("errors-of-tasks-never-read", """
        import logging
        from multiprocessing import Pool

        def serve(name):
            try:
                print(open(name).read())
            except Exception as error:
                logging.error("start of %s failed: %s", name, error)
                raise

        def main(names):
            pool = Pool(2)
            for name in names:
                pool.apply_async(serve, args=[name])
            pool.close()
            pool.join()
        """),
    ("gather-failure-leaves-the-rest", """
        import asyncio
        import logging

        async def endpoint(socket, source, sink):
            async def receive():
                while socket.open:
                    try:
                        await sink(await socket.receive())
                    except Exception:
                        logging.exception("receive")

            async def send():
                while socket.open:
                    try:
                        await socket.send(await source())
                    except Exception:
                        logging.exception("send")

            try:
                await asyncio.gather(receive(), send())
            except Exception:
                logging.exception("endpoint")
        """),
    ("loop-touched-from-a-thread", """
        import asyncio
        import threading

        def watch(stream, future):
            future.set_result(stream.readline())

        class Player:
            async def play(self, stream):
                self.future = asyncio.Future()
                threading.Thread(target=watch, args=(stream, self.future)).start()

            def finished(self):
                return self.future.done()
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
            if finding.change or finding.misuse:
                places.setdefault(finding.path.partition("/")[0], []).append((finding.rule, finding.line))
    return places


@pytest.mark.parametrize("index", range(len(HITS)), ids=[slug for slug, _, _ in HITS])
def test_what_holds_nobody_back_is_found(index: int) -> None:
    slug, _, line = HITS[index]
    assert (slug, line) in found().get(f"hit{index}", [])


@pytest.mark.parametrize("index", range(len(NEAR_MISSES)), ids=[slug for slug, _ in NEAR_MISSES])
def test_what_only_resembles_it_is_left_alone(index: int) -> None:
    slug = NEAR_MISSES[index][0]
    assert slug not in {rule for rule, _ in found().get(f"miss{index}", [])}
