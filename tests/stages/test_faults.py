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
    ("context-not-in-the-worker", """
        import asyncio
        from contextvars import ContextVar

        language = ContextVar("language", default="en")

        def greet(name):
            with open(name, "w") as file:
                file.write("hello" if language.get() == "en" else "bonjour")

        async def welcome(names):
            language.set("fr")
            loop = asyncio.get_running_loop()
            await asyncio.gather(*(loop.run_in_executor(None, greet, name) for name in names))
        """, 14),
    ("context-not-in-the-worker", """
        import threading
        from flask import current_app, render_template

        def send(app, text):
            with app.app_context():
                print(render_template("mail.txt", text=text))

        def post(text):
            threading.Thread(target=send, args=(current_app, text)).start()
        """, 10),
    ("context-not-in-the-worker", """
        from concurrent.futures import ThreadPoolExecutor as Workers
        import flask

        class Reports:
            def __init__(self):
                self.workers = Workers(4)

            def rows(self, number):
                return self.of_user(number)

            def of_user(self, number):
                return open(f"{flask.g.user}/{number}").read()

            def all(self, numbers):
                return [task.result() for task in [self.workers.submit(self.rows, n) for n in numbers]]
        """, 16),
    ("context-not-in-the-worker", """
        from threading import Timer
        from flask_sqlalchemy import SQLAlchemy

        db = SQLAlchemy()

        def forget(row):
            db.session.delete(row)
            db.session.commit()

        def forget_later(row):
            Timer(60, lambda: forget(row)).start()
        """, 12),
    ("connections-left-open-by-threads", """
        import threading
        from django.db import models

        class Mail(models.Model):
            sent = models.BooleanField()

            def send(self):
                self.sent = True
                self.save()

        def send_all():
            for mail in Mail.objects.filter(sent=False):
                threading.Thread(target=mail.send).start()

        def send_one(number):
            threading.Thread(target=lambda: Mail.objects.get(pk=number).delete()).start()
        """, 17),
    ("connections-left-open-by-threads", """
        import asyncio
        from django.db import connection

        class Report:
            def rows(self, number):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT * FROM rows WHERE number = %s", [number])
                    return cursor.fetchall()

            async def all(self, numbers):
                loop = asyncio.get_running_loop()
                return await asyncio.gather(*(loop.run_in_executor(None, self.rows, n) for n in numbers))
        """, 13),
    ("connections-left-open-by-threads", """
        from concurrent.futures import ThreadPoolExecutor as Threads
        from django.utils import timezone
        from shop.models import Product

        def touch(now, product):
            product.seen = now
            product.save(update_fields=["seen"])

        def touch_all():
            with Threads(4) as threads:
                for task in [threads.submit(touch, timezone.now(), p) for p in Product.objects.all()]:
                    task.result()
        """, 12),
    ("process-state-changed-in-threads", """
        import contextlib
        import io
        from multiprocessing.pool import ThreadPool

        def run(script):
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(script)
            return out.getvalue()

        def run_all(scripts):
            with ThreadPool(4) as pool:
                return pool.map(run, scripts)
        """, 14),
    ("process-state-changed-in-threads", """
        import os
        import threading

        class Job(threading.Thread):
            def __init__(self, folder):
                super().__init__()
                self.folder = folder

            def run(self):
                before = os.getcwd()
                os.chdir(self.folder)
                open("done", "w").close()
                os.chdir(before)

        def run_all(folders):
            jobs = [Job(folder) for folder in folders]
            for job in jobs:
                job.start()
        """, 19),
    ("process-state-changed-in-threads", """
        import asyncio
        import os
        from contextlib import contextmanager

        @contextmanager
        def variables(values):
            os.environ.update(values)
            try:
                yield
            finally:
                for name in values:
                    del os.environ[name]

        class Tool:
            def run(self, name):
                with variables({"TARGET": name}):
                    return os.popen("tool").read()

            async def run_all(self, names):
                return await asyncio.gather(*(asyncio.to_thread(self.run, name) for name in names))
        """, 21),
    ("signal-set-in-a-thread", """
        import signal
        from threading import Thread

        class Server:
            def serve(self):
                self.prepare()

            def prepare(self):
                signal.signal(signal.SIGINT, self.stop)

            def stop(self, *_):
                raise SystemExit

        def start():
            server = Server()
            Thread(target=server.serve, daemon=True).start()
        """, 17),
    ("model-asked-in-a-coroutine", """
        from contextlib import asynccontextmanager
        from joblib import load
        from fastapi import FastAPI

        models = {}

        @asynccontextmanager
        async def lifespan(app):
            models["spam"] = load("spam.joblib")
            yield
            models.clear()

        app = FastAPI(lifespan=lifespan)

        @app.post("/spam")
        async def spam(text: str):
            verdict = models["spam"].predict([text])
            return {"spam": bool(verdict[0])}
        """, 18),
    ("model-asked-in-a-coroutine", """
        import functools
        import pickle
        from fastapi import APIRouter

        router = APIRouter()

        @functools.lru_cache
        def read(path):
            return pickle.load(open(path, "rb"))

        @router.get("/price/{size}")
        async def price(size: int):
            return float(read("price.pkl").predict([[size]])[0])
        """, 14),
    ("model-asked-in-a-coroutine", """
        import joblib as jl
        from fastapi import FastAPI

        class Service:
            def __init__(self):
                self.app = FastAPI()
                self.scaler = jl.load("scaler.joblib")

        service = Service()

        @service.app.post("/scale")
        async def scale(rows: list[list[float]]):
            return service.scaler.transform(rows).tolist()
        """, 14),
    ("client-shared-by-threads", """
        import threading
        from selenium import webdriver

        def title(browser, url):
            browser.get(url)
            print(browser.title)

        def titles(urls):
            browser = webdriver.Firefox()
            for url in urls:
                threading.Thread(target=title, args=(browser, url)).start()
        """, 12),
    ("client-shared-by-threads", """
        from concurrent.futures import ThreadPoolExecutor
        from functools import partial
        import boto3

        def copy(bucket, key):
            bucket.Object(key).copy_from(CopySource=key)

        def copy_all(keys):
            bucket = boto3.resource("s3").Bucket("data")
            with ThreadPoolExecutor() as pool:
                return list(pool.map(partial(copy, bucket), keys))
        """, 12),
    ("client-shared-by-threads", """
        from concurrent.futures import ThreadPoolExecutor
        import sqlite3

        def count(connection, name):
            return connection.execute("SELECT count(*) FROM " + name).fetchone()

        def counts(names):
            connection = sqlite3.connect("rows.db")
            with ThreadPoolExecutor() as pool:
                return [pool.submit(count, connection, name) for name in names]
        """, 11),
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
    ("context-not-in-the-worker", """
        import threading
        from flask import copy_current_request_context, current_app, g, has_app_context

        def post(text):
            app = current_app._get_current_object()

            @copy_current_request_context
            def first():
                print(g.user, text)

            def second():
                with app.app_context():
                    print(current_app.name)

            def third():
                if has_app_context():
                    print(current_app.name)

            for work in (first, second, third):
                threading.Thread(target=work).start()
            threading.Thread(target=first).start()
            threading.Thread(target=second).start()
            threading.Thread(target=third).start()
        """),
    ("context-not-in-the-worker", """
        import asyncio
        from contextvars import ContextVar, copy_context
        from functools import partial

        user = ContextVar("user")

        def greet(name):
            return f"{name} from {user.get()}"

        async def welcome(name):
            user.set("me")
            loop = asyncio.get_running_loop()
            await asyncio.to_thread(greet, name)
            await loop.run_in_executor(None, copy_context().run, greet, name)
            await loop.run_in_executor(None, partial(copy_context().run, greet), name)
        """),
    ("context-not-in-the-worker", """
        from concurrent.futures import ThreadPoolExecutor
        from contextvars import ContextVar

        depth = ContextVar("depth", default=0)

        def work(number):
            depth.set(depth.get() + 1)
            return number * depth.get()

        def all_of(numbers):
            depth.set(0)
            with ThreadPoolExecutor() as pool:
                return list(pool.map(work, numbers))
        """),
    ("context-not-in-the-worker", """
        from concurrent.futures import ThreadPoolExecutor
        from flask import Flask, current_app

        app = Flask(__name__)

        class Pool(ThreadPoolExecutor):
            def submit(self, work, *args, **options):
                def inside():
                    with app.app_context():
                        return work(*args, **options)
                return super().submit(inside)

        def name(number):
            return f"{current_app.name} {number}"

        def names(numbers):
            with Pool() as pool:
                return list(pool.map(name, numbers))
        """),
    ("context-not-in-the-worker", """
        import threading
        from flask import current_app

        def work(app=None):
            app = app or current_app
            print(app.name)

        def start(app):
            threading.Thread(target=work, args=(app,)).start()
        """),
    ("connections-left-open-by-threads", """
        from concurrent.futures import ThreadPoolExecutor
        from contextlib import contextmanager
        from django.db import connections, models

        class Product(models.Model):
            price = models.IntegerField()

        @contextmanager
        def closing():
            try:
                yield
            finally:
                for connection in connections.all():
                    connection.close()

        def reprice(number):
            with closing():
                Product.objects.filter(pk=number).update(price=number)

        def all_of(numbers):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(reprice, numbers))
        """),
    ("connections-left-open-by-threads", """
        from concurrent.futures import ThreadPoolExecutor
        from django.db import close_old_connections, models

        class Product(models.Model):
            price = models.IntegerField()

        class Pool(ThreadPoolExecutor):
            def submit(self, work, *args, **options):
                def inside():
                    try:
                        return work(*args, **options)
                    finally:
                        close_old_connections()
                return super().submit(inside)

        def reprice(number):
            Product.objects.filter(pk=number).update(price=number)

        def all_of(numbers):
            with Pool() as pool:
                return list(pool.map(reprice, numbers))
        """),
    ("connections-left-open-by-threads", """
        import threading
        import time
        from django.db import models

        class Job(models.Model):
            done = models.BooleanField()

        def serve():
            while True:
                Job.objects.filter(done=False).update(done=True)
                time.sleep(5)

        def start():
            threading.Thread(target=serve, daemon=True).start()
        """),
    ("connections-left-open-by-threads", """
        from concurrent.futures import ThreadPoolExecutor
        from django.db import models

        class Product(models.Model):
            price = models.IntegerField()

        def cheap(number):
            return Product(price=number).price, Product.objects.filter(price=number)

        def all_of(numbers):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(cheap, numbers))
        """),
    ("process-state-changed-in-threads", """
        import os
        import threading
        from concurrent.futures import ThreadPoolExecutor

        guard = threading.Lock()

        def run(folder):
            with guard:
                os.chdir(folder)
                return os.listdir()

        def run_all(folders):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(run, folders))
        """),
    ("process-state-changed-in-threads", """
        import os
        from concurrent.futures import ThreadPoolExecutor

        class Builder:
            def __init__(self, root):
                self.root = root

            def build(self, name):
                os.chdir(self.root)
                os.environ["LANG"] = "C"
                return os.path.getsize(name)

            def build_all(self, names):
                with ThreadPoolExecutor() as pool:
                    return list(pool.map(self.build, names))
        """),
    ("process-state-changed-in-threads", """
        import os
        from concurrent.futures import ThreadPoolExecutor

        def run(folder):
            os.chdir(folder)
            return os.listdir()

        def run_all(folders):
            with ThreadPoolExecutor(max_workers=1) as pool:
                return list(pool.map(run, folders))
        """),
    ("signal-set-in-a-thread", """
        import signal
        import threading

        def serve(handle, stop, handlers=False):
            if handlers:
                signal.signal(signal.SIGTERM, stop)
            handle()

        def also(handle, stop):
            try:
                signal.signal(signal.SIGTERM, stop)
            except ValueError:
                pass
            handle()

        def start(handle, stop):
            threading.Thread(target=serve, args=(handle, stop)).start()
            threading.Thread(target=also, args=(handle, stop)).start()
            signal.signal(signal.SIGTERM, stop)
        """),
    ("model-asked-in-a-coroutine", """
        import asyncio
        import joblib
        from fastapi import FastAPI
        from fastapi.concurrency import run_in_threadpool

        app = FastAPI()
        model = joblib.load("model.joblib")

        @app.post("/predict")
        async def predict(values: list[float]):
            return (await asyncio.to_thread(model.predict, [values])).tolist()

        @app.post("/again")
        async def again(values: list[float]):
            return (await run_in_threadpool(lambda: model.predict([values]))).tolist()

        @app.post("/plain")
        def plain(values: list[float]):
            return model.predict([values]).tolist()
        """),
    ("model-asked-in-a-coroutine", """
        import joblib
        from fastapi import FastAPI

        app = FastAPI()
        model = joblib.load("model.joblib")

        class Remote:
            async def predict(self, values):
                return values

        @app.post("/predict")
        async def predict(values: list[float]):
            return await Remote().predict(values), model.classes_
        """),
    ("model-asked-in-a-coroutine", """
        import joblib

        async def main():
            model = joblib.load("model.joblib")
            print(model.predict([[1]]))
        """),
    ("client-shared-by-threads", """
        from concurrent.futures import ThreadPoolExecutor
        import threading
        from selenium import webdriver

        def title(browser, url):
            browser.get(url)
            return browser.title

        def each_its_own(urls):
            with ThreadPoolExecutor() as pool:
                for url in urls:
                    browser = webdriver.Firefox()
                    pool.submit(title, browser, url).result()

        def in_pairs(urls, browsers=4):
            started = [webdriver.Firefox() for _ in range(browsers)]
            with ThreadPoolExecutor() as pool:
                return list(pool.map(title, started, urls))

        def one_at_a_time(urls):
            browser = webdriver.Firefox()
            guard = threading.Lock()

            def guarded(url):
                with guard:
                    return title(browser, url)

            with ThreadPoolExecutor() as pool:
                return list(pool.map(guarded, urls))
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
