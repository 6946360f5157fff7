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
    ("loop-variable-read-late", """
        import threading
        import requests as web

        def pull(lines, pages):
            threads = []
            for line in lines:
                url = line.strip()

                def load():
                    pages[url] = web.get(url, timeout=5)

                thread = threading.Thread(target=load)
                thread.start()
                threads.append(thread)
            for thread in threads:
                thread.join()
        """, 13),
    ("loop-variable-read-late", """
        from multiprocessing.dummy import Pool
        import requests

        def pull(urls):
            pool = Pool(4)
            return [pool.apply_async(lambda: requests.get(url, timeout=5)) for url in urls]
        """, 7),
    ("loop-variable-read-late", """
        import asyncio

        async def pull(urls, session):
            tasks = []
            for url in urls:
                async def load():
                    return await session.get(url)

                tasks.append(asyncio.create_task(load()))
            return await asyncio.gather(*tasks)
        """, 10),
    ("loop-variable-read-late", """
        import queue
        from concurrent.futures import ThreadPoolExecutor

        def serve(handle):
            jobs = queue.Queue()
            with ThreadPoolExecutor() as crew:
                while True:
                    job = jobs.get()
                    crew.submit(lambda: handle(job))
        """, 10),
    ("task-done-skipped", """
        import asyncio
        import requests

        async def work(jobs):
            while True:
                url = await jobs.get()
                await asyncio.to_thread(requests.get, url, timeout=5)
                save(url, requests.get(url, timeout=5))
                jobs.task_done()

        def save(url, page):
            with open(url, "wb") as file:
                file.write(page.content)

        async def pull(urls):
            jobs = asyncio.Queue()
            for url in urls:
                jobs.put_nowait(url)
            crew = [asyncio.create_task(work(jobs)) for _ in range(4)]
            await jobs.join()
            for each in crew:
                each.cancel()
        """, 9),
    ("task-done-skipped", """
        from multiprocessing import JoinableQueue, Process
        from pathlib import Path

        def size(path):
            return len(Path(path).read_bytes())

        def work(todo, sizes):
            while True:
                path = todo.get()
                sizes.put(size(path))
                todo.task_done()

        def measure(paths, sizes):
            todo = JoinableQueue()
            for _ in range(4):
                Process(target=work, args=(todo, sizes), daemon=True).start()
            for path in paths:
                todo.put(path)
            todo.join()
        """, 11),
    ("task-done-skipped", """
        import logging
        import queue
        import threading

        class Crew:
            def __init__(self):
                self.jobs = queue.Queue()
                for _ in range(4):
                    threading.Thread(target=self.run, daemon=True).start()

            def run(self):
                while True:
                    function, given = self.jobs.get()
                    try:
                        function(*given)
                        self.jobs.task_done()
                    except Exception:
                        logging.exception("failed")

            def finish(self):
                self.jobs.join()
        """, 16),
    ("pool-for-trifles", """
        from concurrent.futures import ThreadPoolExecutor

        def double(number):
            return number * 2

        def doubled():
            with ThreadPoolExecutor(8) as pool:
                return list(pool.map(double, range(100000)))
        """, 9),
    ("pool-for-trifles", """
        from concurrent.futures import ProcessPoolExecutor as Crew

        FACTOR = 3

        def scale(number):
            return number * FACTOR

        def scaled():
            with Crew() as crew:
                tasks = [crew.submit(scale, number) for number in range(1000)]
                return [task.result() for task in tasks]
        """, 11),
    ("pool-for-trifles", """
        import multiprocessing as mp

        def total(pair):
            return pair[0] + pair[1]

        def totals():
            pairs = [(n, n + 1) for n in range(100000)]
            pool = mp.Pool()
            return pool.map(total, pairs, chunksize=1000)
        """, 10),
    ("task-waits-for-its-own-pool", """
        import os
        from concurrent.futures import ThreadPoolExecutor

        class Tree:
            def __init__(self):
                self.pool = ThreadPoolExecutor(max_workers=4)

            def size(self, path):
                parts = [self.pool.submit(self.size, os.path.join(path, each)) for each in os.listdir(path)]
                return sum(part.result() for part in parts)
        """, 10),
    ("task-waits-for-its-own-pool", """
        from concurrent.futures import ThreadPoolExecutor as Crew

        def fetch(crew, load, url):
            return crew.submit(load, url).result()

        def pull(load, urls):
            with Crew(2) as crew:
                tasks = [crew.submit(fetch, crew, load, url) for url in urls]
                return [task.result() for task in tasks]
        """, 9),
    ("task-waits-for-its-own-pool", """
        from multiprocessing.pool import ThreadPool

        def pull(load, sites):
            pool = ThreadPool(4)

            def pages(site):
                return pool.map(load, site)

            return pool.map(lambda site: len(pages(site)), sites)
        """, 10),
    ("loaded-for-each-task", """
        import joblib
        from multiprocessing import Pool

        PATH = "model.joblib"

        def model():
            return joblib.load(PATH)

        def predict(row):
            return model().predict([row])

        def predictions(rows):
            with Pool() as pool:
                return pool.map(predict, rows)
        """, 15),
    ("loaded-for-each-task", """
        import pandas as pd
        from joblib import Parallel, delayed

        def look_up(key):
            table = pd.read_csv("reference.csv")
            return table.loc[key]

        def found(keys):
            return Parallel(n_jobs=4)(delayed(look_up)(key) for key in keys)
        """, 10),
    ("loaded-for-each-task", """
        import torch
        from concurrent.futures import ThreadPoolExecutor

        class Judge:
            def __init__(self, path):
                self.path = path

            def score(self, image):
                return torch.load(self.path)(image)

            def scores(self, images):
                with ThreadPoolExecutor() as pool:
                    return [task.result() for task in [pool.submit(self.score, image) for image in images]]
        """, 14),
    ("order-of-unordered-results", """
        from multiprocessing import Pool
        from tqdm import tqdm

        def size(text):
            return len(text)

        def measured(table):
            with Pool() as pool:
                table["size"] = list(tqdm(pool.imap_unordered(size, table["text"])))
            return table
        """, 10),
    ("order-of-unordered-results", """
        from concurrent.futures import ThreadPoolExecutor
        import concurrent.futures as futures

        def shown(load, urls):
            tasks, pages = [], []
            with ThreadPoolExecutor() as pool:
                for url in urls:
                    tasks.append(pool.submit(load, url))
                for task in futures.as_completed(tasks):
                    pages.append(task.result())
            for number, url in enumerate(urls):
                print(url, pages[number])
        """, 10),
    ("order-of-unordered-results", """
        import asyncio

        async def pages(load, urls):
            tasks = [asyncio.create_task(load(url)) for url in urls]
            found = [await each for each in asyncio.as_completed(tasks)]
            return dict(zip(urls, found))
        """, 6),
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
    ("errors-of-tasks-never-read", """
        import multiprocessing as mp

        def convert(path):
            with open(path) as file:
                return len(file.read())

        def all_of(paths):
            pool = mp.Pool(4)
            results = []
            for path in paths:
                results.append(pool.apply_async(convert, (path,)))
            pool.close()
            pool.join()
            print(len(results), "converted")
        """, 12),
    ("errors-of-tasks-never-read", """
        from concurrent import futures
        from tqdm import tqdm
        import shutil

        def copies(names, target):
            with futures.ThreadPoolExecutor() as pool:
                waiting = {pool.submit(shutil.copy, name, target): name for name in names}
                for done in tqdm(futures.as_completed(waiting), total=len(waiting)):
                    print(waiting[done], "is there")
        """, 8),
    ("errors-of-tasks-never-read", """
        from concurrent.futures import Executor

        def check(row):
            if not row:
                raise ValueError("empty")

        def all_of(rows, pool: Executor):
            jobs = []
            for row in rows:
                job = pool.submit(check, row)
                jobs.append(job)
            while not all(job.done() for job in jobs):
                print(".")
        """, 11),
    ("errors-of-tasks-never-read", """
        from concurrent.futures import ProcessPoolExecutor

        def check(row):
            assert row, "empty"

        def all_of(rows):
            with ProcessPoolExecutor() as pool:
                results = pool.map(check, rows)
            print("all good")
        """, 9),
    ("task-errors-never-read", """
        import asyncio

        class Feed:
            async def load(self, name):
                if name not in self.known:
                    raise LookupError(name)

            async def run(self, names):
                waiting = set()
                for name in names:
                    waiting.add(asyncio.ensure_future(self.load(name)))
                    if len(waiting) > 10:
                        _, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                if waiting:
                    await asyncio.wait(waiting)
        """, 12),
    ("task-errors-never-read", """
        import asyncio
        import requests

        async def pull(urls):
            loop = asyncio.get_running_loop()
            done, late = await asyncio.wait([loop.run_in_executor(None, requests.get, url) for url in urls], timeout=60)
            print(len(done), "loaded", len(late), "late")
        """, 7),
    ("pool-ended-before-its-tasks", """
        from multiprocessing.pool import ThreadPool as Crew
        import requests

        def load(urls):
            with Crew(4) as crew:
                print("loading")
                jobs = [crew.apply_async(requests.get, (url,)) for url in urls]
            return [job.get() for job in jobs]
        """, 8),
    ("pool-ended-before-its-tasks", """
        import multiprocessing as mp

        class Report:
            def part(self, name):
                with open(name, "w") as file:
                    file.write("part")

            def write(self, names):
                context = mp.get_context("spawn")
                with context.Pool(4) as pool:
                    pool.map_async(self.part, names)
                print("written")
        """, 12),
    ("pool-ended-before-its-tasks", """
        import multiprocessing

        def size(name):
            return len(open(name).read())

        def sizes(names):
            with multiprocessing.Pool() as pool:
                found = pool.imap(size, names)
            return sorted(found)
        """, 9),
    ("threads-take-turns-at-computing", """
        import concurrent.futures as futures

        def mix(seed):
            total = seed
            for number in range(10_000_000):
                total = (total * 31 + number) % 1000003
            return total

        def both():
            with futures.ThreadPoolExecutor(max_workers=2) as pool:
                one = pool.submit(mix, 1)
                two = pool.submit(mix, 2)
                return one.result() + two.result()
        """, 12),
    ("threads-take-turns-at-computing", """
        import threading as t

        class Mixer(t.Thread):
            def __init__(self, seed):
                t.Thread.__init__(self)
                self.total = seed

            def run(self):
                for number in range(10_000_000):
                    self.total = (self.total * 31 + number) % 1000003

        def all_of(seeds):
            mixers = [Mixer(seed) for seed in seeds]
            for mixer in mixers:
                mixer.start()
            for mixer in mixers:
                mixer.join()
            return [mixer.total for mixer in mixers]
        """, 16),
    ("threads-take-turns-at-computing", """
        from threading import Thread

        def mix(seed):
            total = seed
            for number in range(10_000_000):
                total = (total * 31 + number) % 1000003
            return total

        def both(found):
            def first():
                found.append(mix(1))

            threads = [Thread(target=first), Thread(target=lambda: found.append(mix(2)))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        """, 14),
    ("thread-errors-lost", """
        import threading

        def check(rows, good):
            for row in rows:
                if row < 0:
                    raise ValueError(row)
                good.append(row)

        def main(rows):
            good = []
            thread = threading.Thread(target=check, args=(rows, good), daemon=True)
            thread.start()
            print("checking")
            thread.join()
            print("all good:", len(good))
        """, 12),
    ("thread-errors-lost", """
        from threading import Thread
        from urllib.request import urlopen

        class Page:
            def __init__(self, url):
                self.url = url
                self.text = ""

            def load(self):
                self.text = urlopen(self.url, timeout=5).read()

            def show(self):
                worker = Thread(target=self.load)
                worker.start()
                print("please wait")
                worker.join()
                print(self.text)
        """, 14),
    ("thread-errors-lost", """
        import threading
        import psycopg2

        totals = {}

        def total(table):
            with psycopg2.connect("dbname=books") as connection:
                cursor = connection.cursor()
                cursor.execute("SELECT sum(price) FROM " + table)
                totals[table] = cursor.fetchone()[0]

        def main():
            sold = threading.Thread(target=lambda: total("sold"))
            bought = threading.Thread(target=lambda: total("bought"))
            sold.start()
            bought.start()
            sold.join()
            bought.join()
            print(sum(totals.values()))
        """, 15),
    ("pool-for-one-call", """
        import asyncio
        import concurrent.futures

        class Report:
            async def make(self, rows):
                loop = asyncio.get_event_loop()
                await loop.run_in_executor(concurrent.futures.ProcessPoolExecutor(max_workers=1), self.draw, rows)

            def draw(self, rows):
                return sorted(rows)
        """, 8),
    ("pool-for-one-call", """
        import asyncio
        from concurrent.futures import ThreadPoolExecutor as Threads
        from urllib.request import urlopen

        async def load(loop: asyncio.AbstractEventLoop, url):
            executor = Threads(1)
            answer = await loop.run_in_executor(executor, lambda: urlopen(url, timeout=5).read())
            return answer
        """, 7),
    ("pool-for-one-call", """
        import asyncio
        from concurrent import futures
        from functools import partial

        async def listen(record):
            while True:
                loop = asyncio.get_running_loop()
                sound = await loop.run_in_executor(futures.ThreadPoolExecutor(), partial(record, seconds=1))
                print(len(sound))
        """, 9),
    ("connected-for-each-task", """
        import boto3
        from concurrent import futures

        BUCKET = "books"

        def fetch(key):
            client = boto3.client("s3")
            return client.head_object(Bucket=BUCKET, Key=key)

        def fetch_all(keys):
            with futures.ThreadPoolExecutor() as pool:
                return [job.result() for job in [pool.submit(fetch, key) for key in keys]]
        """, 13),
    ("connected-for-each-task", """
        import pymysql
        from multiprocessing.pool import ThreadPool

        def connect():
            return pymysql.connect(host="db", user="reader", database="books")

        def price(number):
            connection = connect()
            with connection.cursor() as cursor:
                cursor.execute("SELECT price FROM book WHERE number = %s", (number,))
                return cursor.fetchone()

        def prices(numbers):
            return ThreadPool(8).map(price, numbers)
        """, 15),
    ("connected-for-each-task", """
        import smtplib
        from concurrent.futures import ThreadPoolExecutor

        class Post:
            host = "mail"

            def send(self, letter):
                with smtplib.SMTP(self.host) as server:
                    server.send_message(letter)

            def send_all(self, letters):
                with ThreadPoolExecutor(8) as pool:
                    for done in pool.map(self.send, letters):
                        print("sent")
        """, 14),
    ("checked-then-changed-without-a-lock", """
        import sqlite3
        import threading

        class Store:
            _connection = None

            @property
            def connection(self):
                if self._connection is not None:
                    return self._connection
                self._connection = sqlite3.connect("rows.db", check_same_thread=False)
                return self._connection

            def save(self, row):
                self.connection.execute("INSERT INTO rows VALUES (?)", (row,))

            def save_all(self, rows):
                crew = [threading.Thread(target=self.save, args=(row,)) for row in rows]
                for thread in crew:
                    thread.start()
        """, 19),
    ("checked-then-changed-without-a-lock", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        def owners(issues):
            people = {}

            def owner(issue):
                if issue.owner not in people:
                    people[issue.owner] = requests.get(f"https://people/{issue.owner}", timeout=9).json()
                return people[issue.owner]

            with ThreadPoolExecutor() as pool:
                return [pool.submit(owner, issue) for issue in issues]
        """, 14),
    ("checked-then-changed-without-a-lock", """
        import threading
        from collections import deque

        todo = deque()

        def work(handle):
            while len(todo) > 0:
                handle(todo.popleft())

        def run(handle):
            for _ in range(8):
                threading.Thread(target=work, args=(handle,)).start()
        """, 13),
    ("checked-then-changed-without-a-lock", """
        import threading
        import requests

        token = None

        def ensure():
            global token
            if not token:
                answer = requests.post("https://shop/login", timeout=9)
                token = answer.json()

        def load(url):
            ensure()
            return requests.get(url, headers={"token": token}, timeout=9)

        def both(one, other):
            first = threading.Thread(target=load, args=(one,))
            second = threading.Thread(target=load, args=(other,))
            first.start()
            second.start()
        """, 18),
    ("queue-empty-then-get", """
        import queue
        import requests
        from concurrent.futures import ThreadPoolExecutor

        class Crawler:
            def __init__(self, urls):
                self.jobs = queue.Queue()
                for url in urls:
                    self.jobs.put(url)

            def step(self):
                if self.jobs.qsize() > 0:
                    requests.get(self.jobs.get(), timeout=9)

            def work(self):
                for _ in range(100):
                    self.step()

            def run(self):
                with ThreadPoolExecutor(8) as pool:
                    for _ in range(8):
                        pool.submit(self.work)
        """, 23),
    ("queue-empty-then-get", """
        import multiprocessing as mp

        def work(jobs, done):
            while not jobs.empty():
                number = jobs.get()
                done.put(number * number)

        def main(numbers):
            jobs, done = mp.Queue(), mp.Queue()
            for number in numbers:
                jobs.put(number)
            crew = [mp.Process(target=work, args=(jobs, done)) for _ in range(4)]
            for each in crew:
                each.start()
        """, 13),
    ("queue-empty-then-get", """
        from queue import Queue
        from threading import Thread
        import requests

        jobs = Queue()

        def work():
            while True:
                if jobs.empty():
                    break
                else:
                    pass
                if not jobs.empty():
                    requests.get(jobs.get(block=True), timeout=9)

        def run():
            threads = []
            for _ in range(4):
                thread = Thread(target=work)
                thread.daemon = True
                thread.start()
                threads.append(thread)
            for thread in threads:
                thread.join()
        """, 20),
    ("update-without-a-lock", """
        import threading

        total = 0

        class Adder(threading.Thread):
            def run(self):
                global total
                for _ in range(100000):
                    total += 1

        def main():
            crew = [Adder() for _ in range(4)]
            for each in crew:
                each.start()
        """, 15),
    ("update-without-a-lock", """
        from threading import Thread

        class Account:
            balance = 0

            def pay_in(self, amount):
                self.balance = self.balance + amount

            def main(self):
                one = Thread(target=self.pay_in, args=(1,))
                two = Thread(target=self.pay_in, args=(2,))
                one.start()
                two.start()
        """, 11),
    ("connection-shared-by-tasks", """
        import asyncio
        from sqlalchemy.ext.asyncio import AsyncSession

        class People:
            def __init__(self, session: AsyncSession):
                self.session = session

            async def one(self, key):
                return await self.session.get(object, key)

            async def some(self, keys):
                found = []
                for key in keys:
                    found.append(self.one(key))
                return await asyncio.gather(*found)
        """, 16),
    ("connection-shared-by-tasks", """
        import asyncio
        import asyncpg

        async def sizes(dsn, names):
            connection = await asyncpg.connect(dsn)
            tasks = [asyncio.create_task(connection.fetchval("SELECT $1", name)) for name in names]
            return await asyncio.gather(*tasks)
        """, 7),
    ("connection-shared-by-tasks", """
        import asyncio
        from fastapi import APIRouter, Depends
        from sqlmodel.ext.asyncio.session import AsyncSession

        router = APIRouter()

        @router.get("/both")
        async def both(database: AsyncSession = Depends(object)):
            async with asyncio.TaskGroup() as group:
                for statement in ("SELECT 1", "SELECT 2"):
                    group.create_task(database.exec(statement))
        """, 12),
    ("update-without-a-lock", """
        import time
        from threading import Thread

        class Counter:
            def __init__(self):
                self.value = 0

            def increase(self, by):
                now = self.value
                now += by
                time.sleep(0.1)
                self.value = now

        def main():
            counter = Counter()
            one = Thread(target=counter.increase, args=(10,))
            two = Thread(target=counter.increase, args=(20,))
            one.start()
            two.start()
        """, 17),
    ("daemon-cut-off-at-exit", """
        import queue
        import threading

        def main(names):
            jobs = queue.Queue()

            def write():
                with open("log.txt", "a") as log:
                    while True:
                        log.write(jobs.get())

            writer = threading.Thread(target=write)
            writer.daemon = True
            writer.start()
            for name in names:
                jobs.put(name)
            print("done")

        main(["a", "b"])
        """, 13),
    ("daemon-cut-off-at-exit", """
        import sqlite3
        import time
        from threading import Thread

        def store(rows):
            time.sleep(1)
            with sqlite3.connect("rows.db") as base:
                base.executemany("INSERT INTO rows VALUES (?)", rows)

        def begin(rows):
            saver = Thread(target=store, args=(rows,))
            saver.setDaemon(True)
            saver.start()

        if __name__ == "__main__":
            begin([(1,), (2,)])
            print("begun")
        """, 12),
    ("daemon-cut-off-at-exit", """
        import shutil
        import time
        import threading

        def copy(names):
            for name in names:
                time.sleep(1)
                shutil.copy(name, "/tmp")

        if __name__ == "__main__":
            threading.Thread(target=copy, args=(["a", "b"],), daemon=True).start()
        """, 12),
    ("client-shared-by-threads", """
        import ftplib
        from concurrent.futures import ThreadPoolExecutor

        def tidy(names):
            server = ftplib.FTP("files.example")
            with ThreadPoolExecutor() as pool:
                list(pool.map(server.delete, names))
        """, 8),
    ("client-shared-by-threads", """
        import pymysql
        from concurrent.futures import ThreadPoolExecutor

        def save(rows):
            base = pymysql.connect(database="rows")

            def one(row):
                with base.cursor() as cursor:
                    cursor.execute("INSERT INTO rows VALUES (%s)", (row,))

            with ThreadPoolExecutor() as pool:
                list(pool.map(one, rows))
        """, 13),
    ("client-shared-by-threads", """
        import smtplib
        import threading

        SERVER = smtplib.SMTP("localhost")

        class Mail(threading.Thread):
            def __init__(self, address):
                super().__init__()
                self.address = address

            def run(self):
                SERVER.sendmail("me", self.address, "hello")

        def mail(addresses):
            for address in addresses:
                Mail(address).start()
        """, 17),
    ("coroutine-never-awaited", """
        class Lock:
            async def free(self):
                return True

        async def enter(lock: Lock, who):
            while not lock.free():
                who.wait()
            return who
        """, 7),
    ("coroutine-never-awaited", """
        class Feed:
            async def is_new(self, entry):
                return entry not in self.seen

            async def fresh(self, entries):
                return [entry for entry in entries if self.is_new(entry)]
        """, 7),
    ("coroutine-never-awaited", """
        async def balance(account):
            return await account.ask()

        async def pay(account, amount):
            left = balance(account)
            if left and amount:
                return amount
            raise ValueError(account)
        """, 6),
    ("task-reference-dropped", """
        import asyncio

        class Mailer:
            async def send(self, text):
                await asyncio.sleep(1)

            def notify(self, text):
                job = asyncio.ensure_future(self.send(text))
                return len(text)
        """, 9),
    ("task-reference-dropped", """
        import asyncio

        async def refresh(cache):
            await cache.load()

        async def main(cache):
            loop = asyncio.get_running_loop()
            loop.call_later(60, lambda: asyncio.create_task(refresh(cache)))
            await asyncio.sleep(3600)
        """, 9),
    ("task-reference-dropped", """
        import asyncio

        class Lamp:
            async def fade(self):
                await asyncio.sleep(1)

            def _begin(self):
                return asyncio.create_task(self.fade())

            def press(self):
                self._begin()
        """, 9),
    ("asyncio-run-in-a-coroutine", """
        import asyncio

        async def ask(name):
            await asyncio.sleep(1)

        def wait_for(work):
            return asyncio.get_event_loop().run_until_complete(work)

        def lookup(name):
            print(name)
            return wait_for(ask(name))

        async def handle(request):
            return lookup(request.name)
        """, 15),
    ("asyncio-run-in-a-coroutine", """
        import asyncio

        class Names:
            found = None

            async def load(self):
                return await asyncio.sleep(1, ["ann"])

            def all(self):
                if self.found is None:
                    self.found = asyncio.run(self.load())
                return self.found

        async def page(names: Names):
            return ", ".join(names.all())
        """, 16),
    ("limit-around-the-gather", """
        import asyncio
        import httpx

        async def one(client, url):
            return await client.get(url)

        async def pull(client: httpx.AsyncClient, urls):
            gate = asyncio.Semaphore(10)
            await gate.acquire()
            pages = await asyncio.gather(*(one(client, url) for url in urls))
            gate.release()
            return pages
        """, 11),
    ("limit-around-the-gather", """
        import asyncio
        import httpx

        class Feed:
            def __init__(self):
                self.slots = asyncio.BoundedSemaphore(4)

            async def read(self, client: httpx.AsyncClient, names):
                await self.slots.acquire()
                try:
                    tasks = [asyncio.create_task(client.get(name)) for name in names]
                    return await asyncio.gather(*tasks)
                finally:
                    self.slots.release()

        async def main():
            async with httpx.AsyncClient() as client:
                print(await Feed().read(client, ["a", "b", "c"]))

        asyncio.run(main())
        """, 13),
    ("gather-without-a-bound", """
        import asyncio

        async def port(host):
            reader, writer = await asyncio.open_connection(host, 80)
            writer.close()
            return await reader.read()

        async def scan(path):
            with open(path) as lines:
                hosts = [line.strip() for line in lines]
            return await asyncio.gather(*[port(host) for host in hosts])
        """, 12),
    ("gather-without-a-bound", """
        import asyncio
        import csv

        async def ask(name):
            reader, writer = await asyncio.open_connection(name, 43)
            return await reader.read()

        async def scan(path):
            with open(path) as file:
                rows = csv.reader(file)
                async with asyncio.TaskGroup() as group:
                    for row in rows:
                        group.create_task(ask(row[0]))
        """, 14),
    ("gather-without-a-bound", """
        import asyncio

        async def shrink(number):
            process = await asyncio.create_subprocess_shell(f"convert {number}.png {number}.jpg")
            await process.wait()

        async def main():
            await asyncio.gather(*map(shrink, range(150)))
        """, 9),
    ("shared-by-loops-of-threads", """
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        class Crawler:
            def __init__(self):
                self.gate = asyncio.Semaphore(5)

            async def one(self, url):
                async with self.gate:
                    await asyncio.sleep(1)

            async def all(self, urls):
                await asyncio.gather(*[self.one(url) for url in urls])

            def part(self, urls):
                loop = asyncio.new_event_loop()
                loop.run_until_complete(self.all(urls))

            def run(self, parts):
                with ThreadPoolExecutor(4) as pool:
                    list(pool.map(self.part, parts))
        """, 22),
    ("shared-by-loops-of-threads", """
        import asyncio
        import threading

        async def eat(queue):
            while True:
                print(await queue.get())

        def side(queue):
            asyncio.run(eat(queue))

        async def main():
            queue = asyncio.Queue()
            threading.Thread(target=side, args=(queue,), daemon=True).start()
            for n in range(10):
                await queue.put(n)
        """, 14),
    ("shared-by-loops-of-threads", """
        import asyncio as aio
        from threading import Thread

        ready = aio.Event()

        async def listen():
            await ready.wait()

        async def speak():
            await aio.sleep(1)
            ready.set()

        def main():
            listener = Thread(target=lambda: aio.run(listen()))
            speaker = Thread(target=lambda: aio.run(speak()))
            listener.start()
            speaker.start()
        """, 15),
    ("shared-by-loops-of-threads", """
        import asyncio
        import threading

        GATE = asyncio.Lock()

        async def write(row):
            async with GATE:
                await asyncio.sleep(1)

        def side():
            asyncio.run(write(1))

        def start():
            threading.Thread(target=side).start()

        def main():
            start()
            asyncio.run(write(2))
        """, 15),
    ("thread-wait-in-a-coroutine", """
        import asyncio
        from threading import Thread

        async def save(row):
            await asyncio.sleep(1)

        def feed(rows, loop):
            for row in rows:
                asyncio.run_coroutine_threadsafe(save(row), loop).result()

        async def shutdown(rows):
            loop = asyncio.get_running_loop()
            worker = Thread(target=feed, args=(rows, loop))
            worker.start()
            worker.join()
        """, 16),
    ("thread-wait-in-a-coroutine", """
        import asyncio
        import threading

        class Meter:
            def __init__(self, loop):
                self.loop = loop
                self.reader = threading.Thread(target=self._read)

            async def note(self, value):
                print(value)

            def _send(self, value):
                job = asyncio.run_coroutine_threadsafe(self.note(value), self.loop)
                return job.result()

            def _read(self):
                while self.open:
                    self._send(1)

            def close(self):
                self.open = False
                self.reader.join()

            async def stop(self):
                self.close()
        """, 26),
    ("retry-sleeps-below-a-coroutine", """
        import random
        from time import sleep

        def attempt(work, times=5):
            for number in range(times):
                try:
                    return work()
                except ConnectionError:
                    sleep(2 ** number)

        def names(store):
            return attempt(store.names)

        async def page(store):
            return ", ".join(names(store))
        """, 16),
    ("retry-sleeps-below-a-coroutine", """
        import time

        class Port:
            def _open(self):
                while True:
                    try:
                        return self.device.claim()
                    except OSError as error:
                        print(error)
                        time.sleep(1)

            async def answer(self, request):
                port = self._open()
                return port, request
        """, 14),
    ("retry-sleeps-below-a-coroutine", """
        import time

        def locked(path, wait=0.25):
            while True:
                try:
                    return path.mark()
                except FileExistsError:
                    time.sleep(wait)

        async def save(path, rows):
            mark = locked(path)
            rows.append(mark)
        """, 12),
    ("fork-after-threads", """
        import os
        import subprocess as sub
        import threading

        def start(command):
            return sub.Popen(command, preexec_fn=lambda: os.nice(10))

        def follow(command):
            start(command).wait()

        def watch(commands):
            watchers = [threading.Thread(target=follow, args=(command,)) for command in commands]
            for watcher in watchers:
                watcher.start()
        """, 7),
    ("fork-after-threads", """
        import asyncio
        import os
        from subprocess import check_output

        class Tools:
            def version(self, name):
                return check_output([name, "--version"], text=True, preexec_fn=os.setpgrp)

            async def versions(self, names):
                return await asyncio.gather(*(asyncio.to_thread(self.version, name) for name in names))
        """, 8),
    ("signal-set-in-a-thread", """
        import signal
        import threading
        from contextlib import closing
        from functools import wraps
        from urllib.request import urlopen

        def give_up(number, frame):
            raise TimeoutError

        def hurried(work):
            @wraps(work)
            def inner(*args, **options):
                signal.signal(signal.SIGALRM, give_up)
                signal.alarm(5)
                try:
                    return work(*args, **options)
                finally:
                    signal.alarm(0)
            return inner

        class Pages:
            def __init__(self):
                self.seen = {}

            @hurried
            def load(self, url):
                with closing(urlopen(url, timeout=60)) as page:
                    self.seen[url] = page.read()

            def load_all(self, urls):
                for url in urls:
                    threading.Thread(target=self.load, args=(url,)).start()
        """, 33),
    ("process-state-changed-in-threads", """
        import os
        from concurrent.futures import ThreadPoolExecutor

        class there:
            def __init__(self, work):
                self.work = work

            def __call__(self, folder):
                os.chdir(folder)
                return self.work(folder)

        @there
        def names(folder):
            return os.listdir(".")

        def all_names(folders):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(names, folders))
        """, 19),
    ("process-state-changed-in-threads", """
        import warnings as w
        from concurrent.futures import ThreadPoolExecutor
        from xml.etree import ElementTree

        class Feeds:
            def told(self, path):
                with w.catch_warnings(record=True) as caught:
                    w.simplefilter("always")
                    ElementTree.parse(path)
                return [str(each.message) for each in caught]

            def all_told(self, paths):
                pool = ThreadPoolExecutor()
                return [task.result() for task in [pool.submit(self.told, path) for path in paths]]
        """, 15),
    ("context-not-in-the-worker", """
        import threading
        from flask import Flask, current_app as here, request

        app = Flask(__name__)

        class Background:
            def run(self, job, *values, **named):
                threading.Thread(target=job, args=values, kwargs=named, daemon=True).start()

        background = Background()

        def clean(folder):
            print(folder)

        def post(text):
            here.logger.info(text)

        @app.post("/texts")
        def texts():
            background.run(clean, "/tmp")
            background.run(post, request.form["text"])
            return ""
        """, 22),
    ("context-not-in-the-worker", """
        from concurrent.futures import ThreadPoolExecutor
        from django.utils import timezone, translation
        from django.utils.translation import gettext as _

        def subject(number):
            return _("Order") + f" {number}"

        def subjects(user, numbers):
            translation.activate(user.language)
            with ThreadPoolExecutor() as pool:
                return list(pool.map(subject, numbers))
        """, 12),
    ("context-not-in-the-worker", """
        import decimal
        from decimal import Decimal
        from multiprocessing.pool import ThreadPool

        def share(part):
            return Decimal(part) / Decimal(7)

        def shares(parts):
            with decimal.localcontext() as context:
                context.prec = 60
                with ThreadPool(4) as pool:
                    return pool.map(share, parts)
        """, 13),
    ("context-not-in-the-worker", """
        from concurrent.futures import ThreadPoolExecutor
        from decimal import Decimal, getcontext

        def shares(parts):
            getcontext().prec = 60
            pool = ThreadPoolExecutor()
            tasks = [pool.submit(lambda part=part: Decimal(part).sqrt()) for part in parts]
            return [task.result() for task in tasks]
        """, 8),
    ("context-not-in-the-worker", """
        from concurrent.futures import ThreadPoolExecutor
        from django.db import connections, models, transaction

        class Row(models.Model):
            text = models.TextField()

        def save(text):
            try:
                Row.objects.create(text=text)
            finally:
                connections.close_all()

        @transaction.atomic
        def save_all(texts):
            Row.objects.all().delete()
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(save, texts))
        """, 18),
    ("context-not-in-the-worker", """
        import threading
        from sqlalchemy import orm
        from models import Order

        Session = orm.scoped_session(orm.sessionmaker())

        class Shop:
            def confirm(self, number):
                order = Session.query(Order).get(number)
                print(order)
                Session.remove()

            def order(self, wares):
                order = Order(wares=wares)
                Session.add(order)
                Session.flush()
                threading.Thread(target=self.confirm, args=(order.id,)).start()
                Session.commit()
        """, 18),
    ("called-instead-of-passed", """
        import threading
        from concurrent import futures

        LOCAL = threading.local()

        def connect(name):
            LOCAL.name = name

        def shout(word):
            return LOCAL.name + word

        def main(words):
            with futures.ThreadPoolExecutor(4, "shouter", connect("a")) as pool:
                return list(pool.map(shout, words))
        """, 14),
    ("called-instead-of-passed", """
        from multiprocessing import get_context

        NAMES = []

        def read_names():
            NAMES.append("a")

        def work(number):
            return NAMES[number]

        def main(numbers):
            pool = get_context("spawn").Pool(2, read_names())
            return pool.map(work, numbers)
        """, 13),
    ("task-done-skipped", """
        import asyncio
        import json

        class Feed:
            def __init__(self):
                self.lines = asyncio.Queue()
                self.rows = []

            async def _work(self):
                while True:
                    line = await self.lines.get()
                    self.rows.append(json.loads(line))
                    self.lines.task_done()

            async def run(self, lines):
                crew = [asyncio.ensure_future(self._work()) for _ in range(3)]
                for line in lines:
                    await self.lines.put(line)
                await self.lines.join()
                for each in crew:
                    each.cancel()
        """, 13),
    ("task-done-skipped", """
        import datetime as dt
        from queue import Queue
        from threading import Thread

        def moment(text):
            return dt.datetime.strptime(text, "%Y-%m-%d")

        def work(todo: Queue, ages):
            while True:
                item = todo.get()
                born, _, score = item.partition(";")
                ages[item] = moment(born), int(score)
                todo.task_done()

        def main(items):
            todo, ages = Queue(), {}
            for _ in range(2):
                Thread(target=work, args=(todo, ages), daemon=True).start()
            for item in items:
                todo.put(item)
            todo.join()
            return ages
        """, 13),
    ("task-done-skipped", """
        import queue
        import threading

        def work(todo, sizes):
            while True:
                fields = todo.get().split(",")
                sizes[fields[0]] = float(fields[1].strip())
                todo.task_done()

        def main(lines):
            todo, sizes = queue.Queue(), {}
            threading.Thread(target=work, args=(todo, sizes), daemon=True).start()
            for line in lines:
                todo.put(line)
            todo.join()
        """, 8),
    ("order-of-unordered-results", """
        from concurrent.futures import ThreadPoolExecutor, as_completed

        def arrived(pool, load, names):
            for task in as_completed([pool.submit(load, name) for name in names]):
                text = task.result().strip()
                yield text

        def shown(load, names):
            with ThreadPoolExecutor() as pool:
                for name, text in zip(names, arrived(pool, load, names)):
                    print(name, text)
        """, 11),
    ("order-of-unordered-results", """
        import asyncio

        async def pieces(load, bounds):
            found = []
            for each in asyncio.as_completed([load(one) for one in bounds]):
                found.append(await each)
            return found

        async def whole(load, bounds):
            return b"".join(await pieces(load, bounds))
        """, 11),
    ("order-of-unordered-results", """
        from multiprocessing.pool import ThreadPool

        def parts(read, offsets):
            with ThreadPool() as pool:
                return b"".join(pool.imap_unordered(read, offsets))
        """, 6),
    ("order-of-unordered-results", """
        from multiprocessing import Pool

        def sizes(size, table):
            with Pool() as pool:
                return dict(zip(table.keys(), pool.imap_unordered(size, list(table.values()))))
        """, 6),
    ("loaded-for-each-task", """
        from concurrent.futures import ProcessPoolExecutor

        import spacy

        def tags(text, model):
            pipeline = spacy.load(model)
            return [word.tag_ for word in pipeline(text)]

        def tagged(texts, name):
            with ProcessPoolExecutor() as pool:
                tasks = [pool.submit(tags, text, model=name) for text in texts]
            return [task.result() for task in tasks]
        """, 12),
    ("loaded-for-each-task", """
        from multiprocessing import Pool

        import joblib

        def load(path):
            with open(path, "rb") as file:
                return joblib.load(file)

        class Judge:
            def __init__(self, path):
                self.path = path

            def judged(self, rows):
                with Pool(4) as pool:
                    found = []
                    for row in rows:
                        found.append(pool.apply_async(judge, args=(self.path, row)))
                    return [each.get() for each in found]

        def judge(path, row):
            model = load(path)
            return model.predict([row])
        """, 18),
    ("loaded-for-each-task", """
        import pandas
        from concurrent.futures import ThreadPoolExecutor
        from itertools import repeat

        def price(name, table):
            return pandas.read_excel(table).loc[name]

        def prices(names, table):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(price, names, repeat(table)))
        """, 11),
    ("task-waits-for-its-own-pool", """
        from concurrent.futures import ThreadPoolExecutor

        class Jobs:
            def __init__(self, size):
                self.pool = ThreadPoolExecutor(size)

            def later(self, function, *given):
                task = self.pool.submit(function, *given)
                return task

        class Site:
            def __init__(self):
                self.jobs = Jobs(4)

            def page(self, url):
                return url

            def album(self, urls):
                tasks = [self.jobs.later(self.page, url) for url in urls]
                return [task.result() for task in tasks]

            def all(self, albums):
                for urls in albums:
                    self.jobs.later(self.album, urls)
        """, 25),
    ("task-waits-for-its-own-pool", """
        from concurrent.futures import ThreadPoolExecutor, wait

        def begin(pool, function, given):
            return pool.submit(function, given)

        POOL = ThreadPoolExecutor(8)

        def leaf(x):
            return x

        def node(xs):
            wait([begin(POOL, leaf, x) for x in xs])

        def main(all):
            wait([begin(POOL, node, xs) for xs in all])
        """, 16),
    ("task-done-skipped", """
        import asyncio

        async def answer(host):
            reader, writer = await asyncio.open_connection(host, 79)
            async with asyncio.timeout(3):
                return await reader.read()

        async def work(todo, answers):
            while True:
                host = await todo.get()
                answers[host] = await asyncio.wait_for(answer(host), timeout=5)
                todo.task_done()

        async def main(hosts):
            todo, answers = asyncio.Queue(), {}
            async with asyncio.TaskGroup() as group:
                crew = [group.create_task(work(todo, answers)) for _ in range(2)]
                for host in hosts:
                    todo.put_nowait(host)
                await todo.join()
                for each in crew:
                    each.cancel()
        """, 12),
    ("loop-variable-read-late", """
        import threading

        def main(client, names):
            tasks = []
            for name in names:
                def load():
                    client.load(name)
                tasks.append(load)
            crew = [threading.Thread(target=task) for task in tasks]
            for each in crew:
                each.start()
        """, 9),
    ("loop-variable-read-late", """
        from concurrent.futures import ThreadPoolExecutor

        def run(tasks):
            with ThreadPoolExecutor() as pool:
                futures = [pool.submit(task) for task in tasks]
                return [future.result() for future in futures]

        def main(load, names):
            return run([lambda: load(name) for name in names])
        """, 10),
    ("loop-variable-read-late", """
        from multiprocessing.dummy import Pool

        def called(task):
            key, function = task
            return key, function()

        def main(read, keys):
            tasks = []
            for key in keys:
                place = key.lower()
                tasks.append((key, lambda: read(place)))
            with Pool() as pool:
                return dict(pool.map(called, tasks))
        """, 12),
    ("joined-before-its-queue-is-read", """
        from multiprocessing import Process, Queue

        class Crew:
            def __init__(self, names):
                self.found = Queue()
                self.crew = [Process(target=self.work, args=(name,)) for name in names]

            def work(self, name):
                for line in open(name):
                    self.found.put(line)

            def start(self):
                for each in self.crew:
                    each.start()

            def collected(self):
                lines = []
                while not self.found.empty():
                    lines.append(self.found.get_nowait())
                return lines

            def stop(self):
                for each in self.crew:
                    each.join()
                return self.collected()
        """, 25),
    ("joined-before-its-queue-is-read", """
        import multiprocessing as mp

        def work(lines, name):
            lines.put(open(name).read())

        class Job:
            def start(self, name):
                lines = mp.SimpleQueue()
                self.process = mp.Process(target=work, args=(lines, name))
                self.lines = lines
                self.process.start()

            def end(self):
                self.process.join()
                return self.lines.get()
        """, 15),
]  # fmt: skip

NEAR_MISSES: list[tuple[str, str]] = [
    ("loop-variable-read-late", """
        import asyncio

        class Loader:
            async def load(self, thing):
                if thing.is_big:
                    return await asyncio.gather(*[self.load(part) for part in thing.split()])
                return await self.ask(thing)
        """),
    ("loop-variable-read-late", """
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(4)

        def walk(folder):
            for each in folder.folders:
                pool.submit(walk, each)
            print(folder, each)
        """),
    ("array-sent-with-every-task", """
        import pandas as pd
        from joblib import Parallel, delayed

        def fit(seed, table):
            return len(table) + seed

        def fits(path, seeds):
            table = pd.read_csv(path)
            return Parallel(n_jobs=4)([delayed(fit)(seed, table) for seed in seeds])
        """),
    ("task-waits-for-its-own-pool", """
        from concurrent.futures import ThreadPoolExecutor

        def ordered(items):
            if len(items) <= 1:
                return items
            middle = len(items) // 2
            with ThreadPoolExecutor(max_workers=2) as pool:
                left, right = pool.submit(ordered, items[:middle]), pool.submit(ordered, items[middle:])
                return sorted(left.result() + right.result())
        """),
    ("order-of-unordered-results", """
        from multiprocessing import Pool

        def shown(size, texts):
            with Pool() as pool:
                for number, found in enumerate(pool.imap_unordered(size, texts)):
                    print(f"{number} of {len(texts)}: {found}")
        """),
    ("order-of-unordered-results", """
        from multiprocessing import Pool

        def pairs(size, texts, names):
            with Pool() as pool:
                sizes = list(pool.imap(size, texts))
                found = sorted(pool.imap_unordered(size, texts))
            return list(zip(texts, sizes)), list(zip(names, found))
        """),
    ("order-of-unordered-results", """
        from concurrent.futures import ThreadPoolExecutor, as_completed

        def pages(load, urls):
            with ThreadPoolExecutor() as pool:
                tasks = [pool.submit(load, url) for url in urls]
                for done in as_completed(tasks):
                    print(done.result())
                return list(zip(urls, [task.result() for task in tasks]))
        """),
    ("loaded-for-each-task", """
        import joblib
        from functools import lru_cache
        from multiprocessing import Pool

        @lru_cache
        def model():
            return joblib.load("model.joblib")

        def predict(row):
            return model().predict([row])

        def predictions(rows):
            with Pool() as pool:
                return pool.map(predict, rows)
        """),
    ("loaded-for-each-task", """
        import pickle
        from concurrent.futures import ProcessPoolExecutor

        def sizes(name):
            path = f"{name}.pkl"
            with open(path, "rb") as file:
                return len(pickle.load(file))

        def all_of(names):
            with ProcessPoolExecutor() as pool:
                return list(pool.map(sizes, names))
        """),
    ("loaded-for-each-task", """
        import torch
        from multiprocessing import Pool

        def infer(paths):
            net = torch.load("net.pt")
            return [net(path) for path in paths]

        def all_of(chunks):
            with Pool(4) as pool:
                return pool.map(infer, chunks)
        """),
    ("loaded-for-each-task", """
        import numpy as np
        from multiprocessing import Pool

        def row(number):
            table = np.load("table.npy", mmap_mode="r")
            return table[number].sum()

        def rows(numbers):
            with Pool(4) as pool:
                return pool.map(row, numbers)
        """),
    ("task-waits-for-its-own-pool", """
        from concurrent.futures import ThreadPoolExecutor

        def pull(load, sites):
            pool, readers = ThreadPoolExecutor(4), ThreadPoolExecutor(8)

            def pages(site):
                return list(readers.map(load, site))

            return list(pool.map(pages, sites))
        """),
    ("task-waits-for-its-own-pool", """
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(8)

        def both(load, site):
            return pool.submit(load, site).result()

        def pull(load):
            return list(pool.map(both, [load] * 3, ["a", "b", "c"]))
        """),
    ("task-waits-for-its-own-pool", """
        from concurrent.futures import ThreadPoolExecutor

        class Reader:
            def __init__(self):
                self.pool = ThreadPoolExecutor(4)

            def read(self, load, urls):
                return list(self.pool.map(load, urls))

        class Sites:
            def __init__(self):
                self.pool = ThreadPoolExecutor(4)

            def pages(self, load, site):
                return Reader().read(load, site)

            def all(self, load, sites):
                return [self.pool.submit(self.pages, load, site) for site in sites]
        """),
    ("pool-for-trifles", """
        from multiprocessing import Pool

        def power(number):
            return number ** 100000 % 7

        def powers():
            with Pool() as pool:
                return pool.map(power, range(100000))
        """),
    ("pool-for-trifles", """
        from concurrent.futures import ThreadPoolExecutor

        def product(matrix):
            return matrix @ matrix

        def products(matrices):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(product, matrices))
        """),
    ("pool-for-trifles", """
        from concurrent.futures import ThreadPoolExecutor

        def run(task):
            return task()

        def all_of(tasks):
            with ThreadPoolExecutor() as pool:
                return [pool.submit(run, task) for task in tasks]
        """),
    ("pool-for-trifles", """
        from multiprocessing import Pool

        def fib(n):
            return n if n < 2 else fib(n - 1) + fib(n - 2)

        def table():
            with Pool() as pool:
                return pool.map(fib, range(35))
        """),
    ("task-done-skipped", """
        import queue
        import threading
        import requests

        class Crew(threading.Thread):
            def __init__(self, jobs):
                super().__init__(daemon=True)
                self.jobs = jobs

            def run(self):
                while True:
                    url = self.jobs.get()
                    self.load(url)
                    self.jobs.task_done()

            def load(self, url):
                try:
                    return requests.get(url, timeout=5)
                except Exception:
                    return None

        def pull(urls):
            jobs = queue.Queue()
            for _ in range(4):
                Crew(jobs).start()
            for url in urls:
                jobs.put(url)
            jobs.join()
        """),
    ("task-done-skipped", """
        import queue
        import threading

        class Counter:
            def __init__(self):
                self.jobs, self.total = queue.Queue(), 0
                threading.Thread(target=self.run, daemon=True).start()

            def run(self):
                while True:
                    number = self.jobs.get()
                    self.total += number
                    print(self.total)
                    self.jobs.task_done()

            def finish(self):
                self.jobs.join()
        """),
    ("task-done-skipped", """
        import queue
        import threading
        import requests

        class Loader:
            def __init__(self):
                self.jobs = queue.Queue()
                threading.Thread(target=self.run, daemon=True).start()

            def run(self):
                while True:
                    requests.get(self.jobs.get(), timeout=5)
                    self.jobs.task_done()

        class Saver:
            def __init__(self):
                self.jobs = queue.Queue()

            def finish(self):
                self.jobs.join()
        """),
    ("loop-variable-read-late", """
        import threading

        def start(url, load):
            threading.Thread(target=lambda: load(url)).start()

        def pull(urls, load):
            for url in urls:
                start(url, load)
        """),
    ("loop-variable-read-late", """
        from concurrent.futures import ThreadPoolExecutor

        def pull(groups, load):
            for group in groups:
                with ThreadPoolExecutor() as pool:
                    for url in group:
                        pool.submit(load, group, url)
                    pool.submit(lambda: load(group, None))
        """),
    ("loop-variable-read-late", """
        from functools import partial
        from concurrent.futures import ThreadPoolExecutor

        def pull(urls, load):
            with ThreadPoolExecutor() as pool:
                return [pool.submit(partial(lambda url: load(url), url)) for url in urls]
        """),
    ("loop-variable-read-late", """
        import threading

        def first(urls, load):
            for url in urls:
                if url.startswith("https"):
                    threading.Thread(target=lambda: load(url)).start()
                    break
        """),
    ("loop-variable-read-late", """
        import asyncio

        async def pull(urls, load):
            loop = asyncio.get_running_loop()
            for url in urls:
                task = loop.run_in_executor(None, lambda: load(url))
                print(await asyncio.wait_for(task, 5))
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
        "same-call-in-every-iteration",
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
        "same-call-in-every-iteration",
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
        import re

        def escaped(text):
            return text.replace("'", "_")

        def fill(command, values):
            for name, value in values.items():
                command = re.sub(name, escaped(value), command)
            return command
        """),
    ("called-instead-of-passed", """
        import threading

        class Welcome:
            def __init__(self, name):
                self.name = name

            def __call__(self):
                print("welcome,", self.name)

        def greet(names):
            for name in names:
                threading.Thread(target=Welcome(name), name="welcome").start()
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
    ("errors-of-tasks-never-read", """
        from concurrent.futures import Executor
        import requests

        def fill(pool: Executor, jobs, urls):
            while urls and len(jobs) < 10:
                url = urls.pop()
                job = pool.submit(requests.get, url)
                jobs[job] = url
        """),
    ("errors-of-tasks-never-read", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        class Loader:
            def __init__(self):
                self.jobs = []

            def fill(self, pool: ThreadPoolExecutor, urls):
                jobs = self.jobs
                for url in urls:
                    jobs.append(pool.submit(requests.get, url))
        """),
    ("connected-for-each-task", """
        import pymysql
        from multiprocessing.pool import ThreadPool

        def prices_of(name, numbers):
            connection = pymysql.connect(host="db", user=name)
            with connection.cursor() as cursor:
                cursor.execute("SELECT price FROM book")
                return cursor.fetchone()

        def prices(names):
            return ThreadPool(8).starmap(prices_of, names)
        """),
    ("connected-for-each-task", """
        import pymysql
        import threading
        from multiprocessing.pool import ThreadPool

        here = threading.local()

        def price(number):
            if not hasattr(here, "connection"):
                here.connection = pymysql.connect(host="db")
            with here.connection.cursor() as cursor:
                cursor.execute("SELECT price FROM book WHERE number = %s", (number,))
                return cursor.fetchone()

        def prices(numbers):
            return ThreadPool(8).map(price, numbers)
        """),
    ("connected-for-each-task", """
        import pymysql
        from multiprocessing.pool import ThreadPool

        def count(table):
            connection = pymysql.connect(host="db")
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM " + table)
                return cursor.fetchone()

        def counts():
            return ThreadPool(3).map(count, ["books", "authors", "readers"])
        """),
    ("errors-of-tasks-never-read", """
        import sys
        from concurrent.futures import ThreadPoolExecutor

        class Upload:
            def start(self, events, job):
                def run():
                    try:
                        job.upload()
                    finally:
                        events.put(sys.exc_info()[1])

                with ThreadPoolExecutor() as pool:
                    pool.submit(run)
        """),
    ("pool-for-one-call", """
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        def shared(pools=[]):
            if not pools:
                pools.append(ThreadPoolExecutor())
            return pools[0]

        async def load(page, url):
            return await asyncio.get_running_loop().run_in_executor(shared(), page, url)
        """),
    ("pool-for-one-call", """
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        async def load(page, urls):
            pool = ThreadPoolExecutor(4)
            loop = asyncio.get_running_loop()
            for url in urls:
                print(await loop.run_in_executor(pool, page, url))
        """),
    ("pool-for-one-call", """
        import asyncio
        from concurrent.futures import ThreadPoolExecutor

        async def load(page, url):
            pool = ThreadPoolExecutor(4)
            try:
                return await asyncio.get_running_loop().run_in_executor(pool, page, url)
            finally:
                pool.shutdown()
        """),
    ("errors-of-tasks-never-read", """
        import os
        from multiprocessing import Pool

        def convert(path):
            if not os.path.exists(path + ".txt"):
                try:
                    with open(path) as file, open(path + ".txt", "w") as target:
                        target.write(file.read())
                except BaseException:
                    print("not converted:", path)

        def all_of(paths):
            pool = Pool()
            for path in paths:
                pool.apply_async(convert, (path,))
            pool.close()
            pool.join()
        """),
    ("thread-errors-lost", """
        import threading

        def failed(args):
            raise SystemExit(str(args.exc_value))

        threading.excepthook = failed

        def check(rows, good):
            for row in rows:
                if row < 0:
                    raise ValueError(row)
                good.append(row)

        def main(rows):
            good = []
            thread = threading.Thread(target=check, args=(rows, good))
            thread.start()
            thread.join()
            print("all good:", len(good))
        """),
    ("thread-errors-lost", """
        import threading

        def serve(port, seen):
            if port < 0:
                raise ValueError(port)
            seen.append(port)

        def main(port, seen):
            thread = threading.Thread(target=serve, args=(port, seen))
            thread.start()
            return thread
        """),
    ("thread-errors-lost", """
        import threading

        def add(numbers, total):
            for number in numbers:
                total.append(number + 1)

        def main(numbers):
            total = []
            thread = threading.Thread(target=add, args=(numbers, total))
            thread.start()
            print("adding")
            thread.join()
            print(sum(total))
        """),
    ("threads-take-turns-at-computing", """
        from threading import Thread

        def mix(seed):
            total = seed
            for number in range(10_000_000):
                total = (total * 31 + number) % 1000003
            return total

        def one_after_the_other():
            first = Thread(target=mix, args=(1,))
            first.start()
            first.join()
            second = Thread(target=mix, args=(2,))
            second.start()
            second.join()
        """),
    ("threads-take-turns-at-computing", """
        from threading import Thread
        import hashlib

        def digest(path):
            with open(path, "rb") as file:
                print(hashlib.file_digest(file, "sha256").hexdigest())

        def both():
            first = Thread(target=digest, args=("a",))
            second = Thread(target=digest, args=("b",))
            first.start()
            second.start()
            first.join()
            second.join()
        """),
    ("threads-take-turns-at-computing", """
        from threading import Thread

        class Beat(Thread):
            def run(self):
                for number in range(10):
                    print(number)

        def start(count):
            for _ in range(count):
                Beat().start()
        """),
    ("pool-ended-before-its-tasks", """
        import multiprocessing

        def size(name):
            return len(open(name).read())

        def sizes(names):
            with multiprocessing.Pool() as pool:
                found = pool.imap(size, names)
                return sorted(found)
        """),
    ("pool-ended-before-its-tasks", """
        from multiprocessing import Pool

        def serve(port):
            while True:
                print(port)

        def main(stop):
            with Pool(2) as pool:
                for port in (80, 81):
                    pool.apply_async(serve, (port,))
                stop.wait()
        """),
    ("pool-ended-before-its-tasks", """
        from multiprocessing import Pool

        def size(name):
            return len(open(name).read())

        def take(pool, names):
            return [pool.apply_async(size, (name,)) for name in names]

        def sizes(names):
            with Pool() as pool:
                jobs = [pool.apply_async(size, (name,)) for name in names]
                for job in jobs:
                    job.wait()
            return [job.get() for job in jobs]
        """),
    ("pool-ended-before-its-tasks", """
        from multiprocessing import Pool
        from tqdm import tqdm

        def size(name):
            return len(open(name).read())

        def sizes(names):
            with Pool() as pool, tqdm(total=len(names)) as bar:
                for each in pool.imap_unordered(size, names):
                    bar.update()
        """),
    ("pool-ended-before-its-tasks", """
        from multiprocessing import Pool

        def size(name):
            return len(open(name).read())

        def sizes(names, found):
            with Pool() as pool:
                for name in names:
                    pool.apply_async(size, (name,), callback=found.append)
                finish(pool)

        def finish(pool):
            pool.close()
            pool.join()
        """),
    ("errors-of-tasks-never-read", """
        from concurrent.futures import ThreadPoolExecutor, as_completed

        def check(row):
            if not row:
                raise ValueError("empty")

        def all_of(rows):
            with ThreadPoolExecutor() as pool:
                jobs = {pool.submit(check, row): row for row in rows}
                for job in as_completed(jobs):
                    if job.exception():
                        print(jobs[job], "is bad")
        """),
    ("errors-of-tasks-never-read", """
        from concurrent.futures import ThreadPoolExecutor, wait
        import requests

        class Loader:
            def __init__(self):
                self.pool = ThreadPoolExecutor()
                self.jobs = []

            def add(self, url):
                self.jobs.append(self.pool.submit(requests.get, url))
        """),
    ("errors-of-tasks-never-read", """
        from concurrent.futures import ThreadPoolExecutor, wait
        import requests

        def failed(job):
            if job.exception():
                print(job.exception())

        def load(urls):
            with ThreadPoolExecutor() as pool:
                for url in urls:
                    job = pool.submit(requests.get, url)
                    job.add_done_callback(failed)
        """),
    ("errors-of-tasks-never-read", """
        from concurrent.futures import ThreadPoolExecutor, wait
        import requests

        def load(urls):
            jobs = []

            def finish():
                return [job.result() for job in jobs]

            with ThreadPoolExecutor() as pool:
                jobs += [pool.submit(requests.get, url) for url in urls]
            return finish
        """),
    ("errors-of-tasks-never-read", """
        import time
        from concurrent.futures import ThreadPoolExecutor

        def tell(seconds):
            time.sleep(seconds)
            print("over")

        def all_of():
            with ThreadPoolExecutor() as pool:
                pool.submit(tell, 1)
                pool.submit(tell, 2)
        """),
    ("errors-of-tasks-never-read", """
        from multiprocessing.pool import ThreadPool
        import requests

        def load(urls):
            with ThreadPool() as pool:
                pages = pool.imap(requests.get, urls)
                sizes = [len(page.text) for page in pages]
            return sizes
        """),
    ("task-errors-never-read", """
        import asyncio

        async def load(name):
            raise LookupError(name)

        async def run(names):
            tasks = [asyncio.create_task(load(name)) for name in names]
            await asyncio.wait(tasks)
            return [task.result() for task in tasks]
        """),
    ("task-errors-never-read", """
        import asyncio

        async def load(name):
            raise LookupError(name)

        async def run(names):
            tasks = [asyncio.create_task(load(name)) for name in names]
            for task in asyncio.as_completed(tasks):
                await task
        """),
    ("task-errors-never-read", """
        import asyncio

        async def load(name):
            raise LookupError(name)

        async def run(names):
            tasks = [asyncio.create_task(load(name)) for name in names]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            winner = done.pop()
            return await winner
        """),
    ("checked-then-changed-without-a-lock", """
        import sqlite3
        import threading

        class Store:
            _connection = None
            _guard = threading.Lock()

            def connection(self):
                if self._connection is None:
                    self._guard.acquire()
                    if self._connection is None:
                        self._connection = sqlite3.connect("rows.db", check_same_thread=False)
                    self._guard.release()
                return self._connection

            def save(self, row):
                self.connection().execute("INSERT INTO rows VALUES (?)", (row,))

            def save_all(self, rows):
                for row in rows:
                    threading.Thread(target=self.save, args=(row,)).start()
        """),
    ("checked-then-changed-without-a-lock", """
        import threading
        import requests

        class Pages:
            def __init__(self):
                self.pages = {}

            def load(self, url):
                if url not in self.pages:
                    self.pages[url] = requests.get(url, timeout=9).text
                return self.pages[url]

            def load_all(self, urls):
                for url in urls:
                    threading.Thread(target=self.load, args=(url,)).start()
        """),
    ("checked-then-changed-without-a-lock", """
        import threading
        import sqlite3

        class Store:
            def __init__(self):
                self.held = threading.local()

            def connection(self):
                if getattr(self.held, "it", None) is None:
                    self.held.it = sqlite3.connect("rows.db")
                return self.held.it

            def save(self, row):
                self.connection().execute("INSERT INTO rows VALUES (?)", (row,))

            def save_all(self, rows):
                for row in rows:
                    threading.Thread(target=self.save, args=(row,)).start()
        """),
    ("checked-then-changed-without-a-lock", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        class Shop:
            token = None

            def login(self):
                if self.token is None:
                    self.token = requests.post("https://shop/login", timeout=9).json()

            def load(self, url):
                self.login()
                return requests.get(url, headers={"token": self.token}, timeout=9)

            def load_all(self, urls):
                self.login()
                with ThreadPoolExecutor() as pool:
                    return list(pool.map(self.load, urls))
        """),
    ("checked-then-changed-without-a-lock", """
        import threading

        def work(mine, handle):
            while mine:
                handle(mine.pop())

        def run(shares, handle):
            for share in shares:
                threading.Thread(target=work, args=(share, handle)).start()
        """),
    ("queue-empty-then-get", """
        import queue
        import threading
        import requests

        def work(jobs):
            while not jobs.empty():
                url = jobs.get()
                if url is None:
                    break
                requests.get(url, timeout=9)

        def run(urls):
            jobs = queue.Queue()
            for url in urls:
                jobs.put(url)
            for _ in range(4):
                jobs.put(None)
            for _ in range(4):
                threading.Thread(target=work, args=(jobs,)).start()
        """),
    ("queue-empty-then-get", """
        import queue
        import threading
        import requests

        jobs = queue.Queue()
        turn = threading.Lock()

        def work():
            while True:
                with turn:
                    if jobs.empty():
                        return
                    url = jobs.get()
                requests.get(url, timeout=9)

        def run():
            for _ in range(4):
                threading.Thread(target=work).start()
        """),
    ("queue-empty-then-get", """
        import queue
        import threading
        import requests

        def work(jobs):
            while not jobs.empty():
                requests.get(jobs.get_nowait(), timeout=9)

        def run(jobs):
            for _ in range(4):
                threading.Thread(target=work, args=(jobs,)).start()
        """),
    ("update-without-a-lock", """
        import threading

        held = threading.local()

        def double():
            held.value *= 2

        def main():
            for _ in range(5):
                threading.Thread(target=double).start()
        """),
    ("update-without-a-lock", """
        import threading

        total = 0
        guard = threading.Lock()

        def add(number):
            global total
            guard.acquire()
            try:
                total += number
            finally:
                guard.release()

        def main(numbers):
            for number in numbers:
                threading.Thread(target=add, args=(number,)).start()
        """),
    ("update-without-a-lock", """
        import threading

        class Meter:
            total = 0

            def add(self, number):
                self.total += number

            def run(self, numbers):
                for number in numbers:
                    thread = threading.Thread(target=self.add, args=(number,))
                    thread.start()
                    thread.join()
        """),
    ("connection-shared-by-tasks", """
        import asyncio
        from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

        async def one(sessions: async_sessionmaker[AsyncSession], key):
            async with sessions() as session:
                return await session.get(object, key)

        async def some(sessions: async_sessionmaker[AsyncSession], keys):
            return await asyncio.gather(*[one(sessions, key) for key in keys])
        """),
    ("connection-shared-by-tasks", """
        import asyncio
        from sqlalchemy.ext.asyncio import AsyncSession

        async def load(session: AsyncSession, path, read):
            found, text = await asyncio.gather(session.get(object, path), asyncio.to_thread(read, path))
            return found, text
        """),
    ("connection-shared-by-tasks", """
        import asyncio
        from sqlalchemy.ext.asyncio import AsyncSession

        async def load(session: AsyncSession, keys):
            found = []
            for key in keys:
                task = asyncio.create_task(session.get(object, key))
                found.append(await task)
            return found
        """),
    ("update-without-a-lock", """
        from threading import Thread

        class Counter:
            def __init__(self):
                self.value = 0

            def increase(self, by):
                self.value += by

        def each_its_own(numbers):
            for number in numbers:
                counter = Counter()
                Thread(target=counter.increase, args=(number,)).start()

        def two():
            one, other = Counter(), Counter()
            Thread(target=one.increase, args=(1,)).start()
            Thread(target=other.increase, args=(1,)).start()
        """),
    ("daemon-cut-off-at-exit", """
        import queue
        import threading

        def main(names):
            jobs = queue.Queue()

            def write():
                with open("log.txt", "a") as log:
                    while True:
                        log.write(jobs.get())
                        jobs.task_done()

            threading.Thread(target=write, daemon=True).start()
            for name in names:
                jobs.put(name)
            jobs.join()

        main(["a", "b"])
        """),
    ("daemon-cut-off-at-exit", """
        import threading
        import time

        def save(state):
            while True:
                time.sleep(60)
                with open("state.txt", "w") as file:
                    file.write(str(state))

        def main(serve):
            threading.Thread(target=save, args=({},), daemon=True).start()
            serve()

        if __name__ == "__main__":
            main(input)
        """),
    ("daemon-cut-off-at-exit", """
        import threading
        import time

        def save(name):
            time.sleep(1)
            with open(name, "w") as file:
                file.write(name)

        def start(name):
            threading.Thread(target=save, args=(name,), daemon=True).start()
        """),
    ("daemon-cut-off-at-exit", """
        import threading
        import time

        def save(name):
            time.sleep(1)
            with open(name, "w") as file:
                file.write(name)

        if __name__ == "__main__":
            threading.Thread(target=save, args=("a",)).start()
        """),
    ("checked-then-changed-without-a-lock", """
        import functools
        import threading
        import sqlite3

        GUARD = threading.Lock()

        def one_at_a_time(function):
            @functools.wraps(function)
            def call(*args, **kwargs):
                with GUARD:
                    return function(*args, **kwargs)

            return call

        class Store:
            connection = None

            @one_at_a_time
            def save(self, row):
                if self.connection is None:
                    self.connection = sqlite3.connect("rows.db", check_same_thread=False)
                self.connection.execute("INSERT INTO rows VALUES (?)", (row,))

            def save_all(self, rows):
                for row in rows:
                    threading.Thread(target=self.save, args=(row,)).start()
        """),
    ("client-shared-by-threads", """
        import ftplib
        from concurrent.futures import ThreadPoolExecutor

        def tidy(servers, name):
            with ThreadPoolExecutor() as pool:
                for address in servers:
                    server = ftplib.FTP(address)
                    pool.submit(server.delete, name)
        """),
    ("client-shared-by-threads", """
        import duckdb
        from concurrent.futures import ThreadPoolExecutor

        def sizes(names):
            base = duckdb.connect("rows.db")

            def one(name):
                return base.cursor().execute("SELECT size FROM files WHERE name = ?", [name]).fetchone()

            with ThreadPoolExecutor() as pool:
                return list(pool.map(one, names))
        """),
    ("coroutine-never-awaited", """
        class Lock:
            async def free(self):
                return True

        async def enter(lock: Lock, who):
            while not await lock.free():
                who.wait()
            return who
        """),
    ("coroutine-never-awaited", """
        async def load(name):
            return await name.ask()

        async def main(name, wanted):
            work = wanted and load(name)
            if work:
                return await work
            return None
        """),
    ("coroutine-never-awaited", """
        async def load(name):
            return await name.ask()

        async def main(name, wanted):
            return await (load(name) if wanted else wanted())
        """),
    ("task-reference-dropped", """
        import asyncio

        async def beat():
            while True:
                await asyncio.sleep(1)

        async def main(server):
            heart = asyncio.create_task(beat())
            await server.serve()
        """),
    ("task-reference-dropped", """
        import asyncio

        class Pool:
            async def work(self):
                await asyncio.sleep(1)

            def _start(self):
                return asyncio.create_task(self.work())

            def grow(self):
                self._start()

            async def run(self):
                await self._start()
        """),
    ("task-reference-dropped", """
        import asyncio

        class Page:
            async def save(self):
                await asyncio.sleep(1)

            def buttons(self, button):
                button("save", on_click=lambda: asyncio.create_task(self.save()))
        """),
    ("task-reference-dropped", """
        import asyncio

        async def serve():
            await asyncio.sleep(1)

        def main():
            loop = asyncio.new_event_loop()
            server = loop.create_task(serve())
            loop.run_forever()
        """),
    ("asyncio-run-in-a-coroutine", """
        import asyncio

        async def ask(name):
            await asyncio.sleep(1)

        def lookup(name, now):
            if now:
                return asyncio.run(ask(name))
            return ask(name)

        async def handle(request):
            return await lookup(request.name, False)
        """),
    ("asyncio-run-in-a-coroutine", """
        import asyncio

        class Names:
            found = None

            async def load(self):
                return await asyncio.sleep(1, ["ann"])

            def all(self):
                if self.found is None:
                    self.found = asyncio.run(self.load())
                return self.found

        async def page(names: Names):
            return ", ".join(names.all())

        def main():
            names = Names()
            print(names.all())
            asyncio.run(page(names))
        """),
    ("limit-around-the-gather", """
        import asyncio
        import httpx

        async def pull(client: httpx.AsyncClient, urls):
            gate = asyncio.Semaphore(10)

            async def get(url):
                await gate.acquire()
                try:
                    return await client.get(url)
                finally:
                    gate.release()

            return await asyncio.gather(*(get(url) for url in urls))
        """),
    ("limit-around-the-gather", """
        import asyncio
        import httpx

        async def pull(client: httpx.AsyncClient, urls):
            gate = asyncio.Semaphore(10)
            tasks = []
            for url in urls:
                await gate.acquire()
                task = asyncio.create_task(client.get(url))
                task.add_done_callback(lambda _: gate.release())
                tasks.append(task)
            return await asyncio.gather(*tasks)
        """),
    ("gather-without-a-bound", """
        import asyncio

        async def shrink(number):
            process = await asyncio.create_subprocess_shell(f"convert {number}.png {number}.jpg")
            await process.wait()

        async def main():
            await asyncio.gather(*map(shrink, range(6)))
        """),
    ("gather-without-a-bound", """
        import asyncio
        import subprocess

        async def main():
            await asyncio.gather(*[asyncio.to_thread(subprocess.run, ["convert", str(n)]) for n in range(60)])
        """),
    ("gather-without-a-bound", """
        import asyncio

        async def port(host):
            reader, writer = await asyncio.open_connection(host, 80)
            writer.close()
            return await reader.read()

        async def main():
            return await asyncio.gather(*[port(f"node{n}") for n in range(60)])
        """),
    ("shared-by-loops-of-threads", """
        import asyncio
        import threading

        class Worker:
            def __init__(self):
                self.gate = asyncio.Semaphore(5)

            async def one(self, url):
                async with self.gate:
                    await asyncio.sleep(1)

            def run(self, url):
                asyncio.run(self.one(url))

        def main(urls):
            for url in urls:
                worker = Worker()
                threading.Thread(target=worker.run, args=(url,)).start()
        """),
    ("shared-by-loops-of-threads", """
        import asyncio
        import threading

        async def one(gate, url):
            async with gate:
                await asyncio.sleep(1)

        def run(url):
            gate = asyncio.Semaphore(5)
            asyncio.run(one(gate, url))

        def main(urls):
            for url in urls:
                threading.Thread(target=run, args=(url,)).start()
        """),
    ("shared-by-loops-of-threads", """
        import asyncio
        import threading

        LOCKS = {}

        async def one(url):
            loop = asyncio.get_running_loop()
            if loop not in LOCKS:
                LOCKS[loop] = asyncio.Lock()
            async with LOCKS[loop]:
                await asyncio.sleep(1)

        def run(url):
            asyncio.run(one(url))

        def main(urls):
            for url in urls:
                threading.Thread(target=run, args=(url,)).start()
        """),
    ("shared-by-loops-of-threads", """
        import asyncio
        import threading

        class Bot:
            def __init__(self):
                self.stopping = asyncio.Event()

            async def serve(self):
                await self.stopping.wait()

            def run(self):
                self.loop = asyncio.new_event_loop()
                self.loop.run_until_complete(self.serve())

            def start(self):
                threading.Thread(target=self.run).start()

            def stop(self):
                self.loop.call_soon_threadsafe(self.stopping.set)
        """),
    ("shared-by-loops-of-threads", """
        import asyncio
        import threading

        mine = threading.local()

        async def one(url):
            async with mine.gate:
                await asyncio.sleep(1)

        def run(url):
            mine.gate = asyncio.Semaphore(5)
            asyncio.run(one(url))

        def main(urls):
            for url in urls:
                threading.Thread(target=run, args=(url,)).start()
        """),
    ("thread-wait-in-a-coroutine", """
        import asyncio
        import threading

        class Meter:
            def __init__(self, loop):
                self.loop = loop
                self.reader = threading.Thread(target=self._read)

            async def note(self, value):
                print(value)

            def _read(self):
                while self.open:
                    asyncio.run_coroutine_threadsafe(self.note(1), self.loop)

            async def stop(self):
                self.open = False
                self.reader.join()
        """),
    ("thread-wait-in-a-coroutine", """
        import asyncio
        import threading

        class Meter:
            def __init__(self, loop):
                self.loop = loop
                self.reader = threading.Thread(target=self._read)

            async def note(self, value):
                print(value)

            def _read(self):
                while self.open:
                    asyncio.run_coroutine_threadsafe(self.note(1), self.loop).result()

            async def stop(self):
                self.open = False
                await asyncio.to_thread(self.reader.join)
        """),
    ("retry-sleeps-below-a-coroutine", """
        import asyncio
        import time

        def locked(path, wait=0.25):
            while True:
                try:
                    return path.mark()
                except FileExistsError:
                    time.sleep(wait)

        async def save(path, rows):
            mark = await asyncio.to_thread(locked, path)
            rows.append(mark)
        """),
    ("retry-sleeps-below-a-coroutine", """
        import time

        def locked(path, wait=0.25):
            while True:
                try:
                    return path.mark()
                except FileExistsError:
                    time.sleep(wait)

        def save(path, rows):
            mark = locked(path)
            rows.append(mark)
        """),
    ("retry-sleeps-below-a-coroutine", """
        import asyncio

        async def locked(path, wait=0.25):
            while True:
                try:
                    return path.mark()
                except FileExistsError:
                    await asyncio.sleep(wait)

        async def save(path, rows):
            mark = await locked(path)
            rows.append(mark)
        """),
    ("fork-after-threads", """
        import os
        import subprocess
        import threading

        def start(command, set_up=None):
            return subprocess.Popen(command, preexec_fn=set_up, start_new_session=True)

        def watch(commands):
            for command in commands:
                threading.Thread(target=start, args=(command,)).start()
        """),
    ("fork-after-threads", """
        import os
        import subprocess
        from concurrent.futures import ProcessPoolExecutor

        def start(command):
            return subprocess.run(command, preexec_fn=os.setsid).returncode

        def start_all(commands):
            with ProcessPoolExecutor() as pool:
                return list(pool.map(start, commands))
        """),
    ("signal-set-in-a-thread", """
        import signal
        import threading
        from concurrent.futures import ThreadPoolExecutor
        from functools import wraps
        from urllib.request import urlopen

        def hurried(work):
            @wraps(work)
            def inner(*args):
                if threading.current_thread() is not threading.main_thread():
                    return work(*args)
                before = signal.signal(signal.SIGALRM, signal.default_int_handler)
                try:
                    return work(*args)
                finally:
                    signal.signal(signal.SIGALRM, before)
            return inner

        @hurried
        def load(url):
            return urlopen(url, timeout=60).read()

        def load_all(urls):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(load, urls))
        """),
    ("process-state-changed-in-threads", """
        import os
        import threading
        from concurrent.futures import ThreadPoolExecutor
        from functools import wraps

        guard = threading.Lock()

        def one_at_a_time(work):
            @wraps(work)
            def inner(*args):
                with guard:
                    return work(*args)
            return inner

        @one_at_a_time
        def names(folder):
            os.chdir(folder)
            return os.listdir(".")

        def all_names(folders):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(names, folders))
        """),
    ("process-state-changed-in-threads", """
        import warnings
        from concurrent.futures import ThreadPoolExecutor
        from xml.etree import ElementTree

        warnings.simplefilter("ignore")

        def root(path):
            return ElementTree.parse(path).getroot()

        def roots(paths):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                with ThreadPoolExecutor() as pool:
                    return list(pool.map(root, paths))
        """),
    ("update-without-a-lock", """
        import threading
        from concurrent.futures import ThreadPoolExecutor
        from functools import wraps

        guard = threading.RLock()
        lines = 0

        def alone(work):
            @wraps(work)
            def inner(*args):
                with guard:
                    return work(*args)
            return inner

        @alone
        def count(path):
            global lines
            with open(path) as file:
                lines += len(file.readlines())

        def count_all(paths):
            with ThreadPoolExecutor() as pool:
                list(pool.map(count, paths))
        """),
    ("context-not-in-the-worker", """
        import threading
        from flask import Flask, current_app

        app = Flask(__name__)

        def in_background(job, *values):
            def inside():
                with app.app_context():
                    job(*values)
            threading.Thread(target=inside).start()

        def post(text):
            current_app.logger.info(text)

        def texts(text):
            in_background(post, text)
        """),
    ("context-not-in-the-worker", """
        from concurrent.futures import ThreadPoolExecutor
        from django.utils import translation

        def subject(language, number):
            with translation.override(language):
                return translation.gettext("Order") + f" {number}"

        def plain(number):
            return translation.gettext("Order")

        def subjects(language, numbers):
            with translation.override(language), ThreadPoolExecutor() as pool:
                first = [pool.submit(subject, language, number) for number in numbers]
            translation.activate(language)
            translation.deactivate()
            with ThreadPoolExecutor() as pool:
                return first, list(pool.map(plain, numbers))
        """),
    ("context-not-in-the-worker", """
        from concurrent.futures import ThreadPoolExecutor
        from decimal import Decimal, getcontext, localcontext

        def share(part):
            with localcontext() as own:
                own.prec = 60
                return Decimal(part) / 7

        def length(part):
            return len(part)

        def shares(parts):
            getcontext().prec = 60
            with ThreadPoolExecutor() as pool:
                return list(pool.map(share, parts)), list(pool.map(length, parts))
        """),
    ("context-not-in-the-worker", """
        from concurrent.futures import ThreadPoolExecutor
        from django.db import connections, models, transaction

        class Row(models.Model):
            text = models.TextField()

        def save(text):
            try:
                with transaction.atomic():
                    Row.objects.create(text=text)
            finally:
                connections.close_all()

        def length(text):
            return len(text)

        def save_all(texts):
            with transaction.atomic():
                Row.objects.all().delete()
                with ThreadPoolExecutor(4) as pool:
                    list(pool.map(length, texts))
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(save, texts))
        """),
    ("context-not-in-the-worker", """
        import threading
        from sqlalchemy import orm
        from models import Order

        Session = orm.scoped_session(orm.sessionmaker())

        def confirm(number):
            print(Session.query(Order).get(number))
            Session.remove()

        def order(wares):
            order = Order(wares=wares)
            Session.add(order)
            Session.flush()
            Session.commit()
            threading.Thread(target=confirm, args=(order.id,)).start()

        def order_by(session, wares):
            order = Order(wares=wares)
            session.add(order)
            session.flush()
            threading.Thread(target=confirm, args=(order.id,)).start()
        """),
    ("process-state-changed-in-threads", """
        import os
        from concurrent.futures import ThreadPoolExecutor
        from functools import wraps
        from multiprocessing import Process

        def apart(work):
            @wraps(work)
            def inner(*args):
                worker = Process(target=work, args=args)
                worker.start()
                worker.join()
            return inner

        @apart
        def build(folder):
            os.chdir(folder)
            open("done", "w").close()

        def build_all(folders):
            with ThreadPoolExecutor() as pool:
                list(pool.map(build, folders))
        """),
    ("called-instead-of-passed", """
        import threading
        from concurrent import futures

        LOCAL = threading.local()

        def connecting(name):
            def connect():
                LOCAL.name = name
            return connect

        def shout(word):
            return LOCAL.name + word

        def main(words):
            with futures.ThreadPoolExecutor(4, "shouter", connecting("a")) as pool:
                return list(pool.map(shout, words))
        """),
    ("called-instead-of-passed", """
        from multiprocessing import Pool

        def workers():
            print("as many as there are")

        def work(number):
            return number

        def main(numbers):
            with Pool(workers()) as pool:
                return pool.map(work, numbers)
        """),
    ("task-done-skipped", """
        import queue
        import threading
        import time

        def work(todo, ages):
            while True:
                born = todo.get()
                ages[born] = int(time.time() - born)
                todo.task_done()

        def main(moments):
            todo, ages = queue.Queue(), {}
            threading.Thread(target=work, args=(todo, ages), daemon=True).start()
            for moment in moments:
                todo.put(moment)
            todo.join()
        """),
    ("task-done-skipped", """
        import json
        import queue
        import threading

        def read(line):
            try:
                return json.loads(line)
            except ValueError:
                return None

        def work(todo, rows):
            while True:
                rows.append(read(todo.get()))
                todo.task_done()

        def main(lines):
            todo, rows = queue.Queue(), []
            threading.Thread(target=work, args=(todo, rows), daemon=True).start()
            for line in lines:
                todo.put(line)
            todo.join()
        """),
    ("task-done-skipped", """
        import asyncio

        async def work(todo, seen):
            while True:
                second = await todo.get()
                await asyncio.sleep(second)
                seen.append(second)
                todo.task_done()

        async def main(seconds):
            todo, seen = asyncio.Queue(), []
            crew = [asyncio.create_task(work(todo, seen)) for _ in range(2)]
            for second in seconds:
                await todo.put(second)
            await todo.join()
            for each in crew:
                each.cancel()
        """),
    ("order-of-unordered-results", """
        from concurrent.futures import ThreadPoolExecutor, as_completed

        def in_order(pool, load, names):
            waiting, following = {}, 0
            tasks = {pool.submit(load, name): number for number, name in enumerate(names)}
            for task in as_completed(tasks):
                waiting[tasks[task]] = task.result()
                while following in waiting:
                    yield waiting.pop(following)
                    following += 1

        def shown(load, names):
            with ThreadPoolExecutor() as pool:
                for name, text in zip(names, in_order(pool, load, names)):
                    print(name, text)
        """),
    ("order-of-unordered-results", """
        from concurrent.futures import ThreadPoolExecutor, as_completed

        def whole(load, bounds):
            parts = {}
            with ThreadPoolExecutor() as pool:
                tasks = {pool.submit(load, bound): bound for bound in bounds}
                for task in as_completed(tasks):
                    parts[tasks[task]] = task.result()
            return b"".join(parts[bound] for bound in bounds)
        """),
    ("order-of-unordered-results", """
        from concurrent.futures import ThreadPoolExecutor, as_completed

        def records(load, names):
            with ThreadPoolExecutor() as pool:
                tasks = [pool.submit(load, name) for name in names]
                return b"\\n".join(task.result() for task in as_completed(tasks))
        """),
    ("order-of-unordered-results", """
        from multiprocessing import Pool

        def sizes(size, table):
            with Pool() as pool:
                return dict(zip(table.keys(), pool.imap(size, table.values())))
        """),
    ("loaded-for-each-task", """
        import pickle
        from concurrent.futures import ProcessPoolExecutor

        def score(model, text):
            with open(model, "rb") as file:
                return pickle.load(file)[text]

        def scores(texts, folder):
            with ProcessPoolExecutor() as pool:
                tasks = []
                for text in texts:
                    model = folder / text
                    tasks.append(pool.submit(score, model, text))
            return [task.result() for task in tasks]
        """),
    ("loaded-for-each-task", """
        import pickle
        from concurrent.futures import ProcessPoolExecutor
        from functools import partial

        def score(folder, text):
            folder = folder / text
            with open(folder, "rb") as file:
                return pickle.load(file)

        def scores(texts, folder):
            with ProcessPoolExecutor() as pool:
                return list(pool.map(partial(score, folder), texts))
        """),
    ("loaded-for-each-task", """
        import pickle
        from multiprocessing import Pool

        def score(model, text):
            with open(model, "rb") as file:
                return pickle.load(file)[text]

        def scores(models, texts):
            with Pool() as pool:
                return pool.starmap(score, zip(models, texts))
        """),
    ("task-waits-for-its-own-pool", """
        from concurrent.futures import ThreadPoolExecutor

        class Jobs:
            def __init__(self, size):
                self.pool = ThreadPoolExecutor(size)

            def later(self, function, *given):
                return self.pool.submit(function, *given)

        class Site:
            def __init__(self):
                self.slow = Jobs(4)
                self.fast = Jobs(4)

            def page(self, url):
                return url

            def album(self, urls):
                tasks = [self.fast.later(self.page, url) for url in urls]
                return [task.result() for task in tasks]

            def all(self, albums):
                for urls in albums:
                    self.slow.later(self.album, urls)
        """),
    ("task-waits-for-its-own-pool", """
        from concurrent.futures import ThreadPoolExecutor, wait

        POOL = ThreadPoolExecutor(8)

        def begin(function, given):
            POOL.submit(function, given)

        def once(function, given):
            with ThreadPoolExecutor(8) as pool:
                return pool.submit(function, given)

        def leaf(x):
            return x

        def node(xs):
            for x in xs:
                begin(leaf, x)
            return len(xs)

        def tree(xs):
            wait([once(leaf, x) for x in xs])

        def main(all):
            for xs in all:
                begin(node, xs)
                once(tree, xs)
        """),
    ("task-done-skipped", """
        import asyncio

        async def answer(host):
            reader, writer = await asyncio.open_connection(host, 79)
            return await reader.read()

        async def work(todo, answers):
            while True:
                host = await todo.get()
                answers.append(asyncio.create_task(answer(host)))
                todo.task_done()

        async def main(hosts):
            todo, answers = asyncio.Queue(), []
            crew = [asyncio.create_task(work(todo, answers)) for _ in range(2)]
            for host in hosts:
                todo.put_nowait(host)
            await todo.join()
            return await asyncio.gather(*answers)
        """),
    ("task-done-skipped", """
        import asyncio

        async def answer(host):
            reader, writer = await asyncio.open_connection(host, 79)
            return await reader.read()

        async def work(todo, answers):
            while True:
                host = await todo.get()
                coming = answer(host)
                try:
                    answers[host] = await coming
                except OSError:
                    answers[host] = None
                todo.task_done()

        async def main(hosts):
            todo, answers = asyncio.Queue(), {}
            crew = [asyncio.create_task(work(todo, answers)) for _ in range(2)]
            for host in hosts:
                todo.put_nowait(host)
            await todo.join()
        """),
    ("loop-variable-read-late", """
        from concurrent.futures import ThreadPoolExecutor

        def run(tasks):
            with ThreadPoolExecutor() as pool:
                return [future.result() for future in [pool.submit(task) for task in tasks]]

        def bound(load, names):
            return run([lambda name=name: load(name) for name in names])

        def made(load, names):
            def task(name):
                return lambda: load(name)
            tasks = []
            for name in names:
                tasks.append(task(name))
            return run(tasks)

        def batches(load, names):
            for name in names:
                tasks = []
                tasks.append(lambda: load(name))
                run(tasks)

        def one(load, names):
            tasks = []
            for name in names:
                if load(name):
                    tasks.append(lambda: load(name))
                    break
            return run(tasks)

        def same(load, names):
            tasks = []
            for _ in range(4):
                tasks.append(lambda: load(names))
            return run(tasks)
        """),
    ("joined-before-its-queue-is-read", """
        import multiprocessing as mp

        def work(lines, name):
            lines.put(open(name).read())

        class Job:
            def start(self, name):
                self.lines = mp.Queue()
                self.process = mp.Process(target=work, args=(self.lines, name))
                self.process.start()

            def text(self):
                return self.lines.get()

            def end(self):
                self.process.join()
                while not self.lines.empty():
                    self.lines.get()

        class Other:
            def start(self, name):
                self.rows = mp.Queue()
                self.process = mp.Process(target=work, args=(self.rows, name))
                self.process.start()

            def end(self):
                text = self.rows.get()
                self.process.join()
                self.rows.close()
                return text

        class Small:
            def start(self):
                self.flag = mp.Queue()
                self.process = mp.Process(target=self.work)
                self.process.start()

            def work(self):
                self.flag.put("done")

            def end(self):
                self.process.join()
                return self.flag.get()

        class Patient:
            def start(self, name):
                self.lot = mp.Queue()
                self.process = mp.Process(target=work, args=(self.lot, name))
                self.process.start()

            def end(self):
                self.process.join(timeout=5)
                return self.lot.get()
        """),
    ("task-done-skipped", """
        import asyncio

        class Seeds:
            def __init__(self, logger):
                self.logger = logger

            def log(self, level, text):
                method = getattr(self.logger, level, None)
                if method:
                    method(text)

            async def work(self, todo, visit):
                while True:
                    url = await todo.get()
                    self.log("debug", url)
                    try:
                        await visit(url)
                    except OSError as error:
                        with open("errors", "a") as file:
                            file.write(str(error))
                    finally:
                        todo.task_done()

            async def run(self, urls, visit):
                todo = asyncio.Queue()
                for url in urls:
                    todo.put_nowait(url)
                crew = [asyncio.create_task(self.work(todo, visit)) for _ in range(2)]
                await todo.join()
        """),
    ("thread-queue-in-a-coroutine", """
        import queue

        async def forward(messages: queue.Queue, send):
            if not messages.empty():
                await send(messages.get())
        """),
    ("thread-queue-in-a-coroutine", """
        import queue

        async def forward(messages: queue.Queue, send):
            await send(messages.get(timeout=0.01))
        """),
    ("process-state-changed-in-threads", """
        import os
        import threading

        def build(folder):
            os.chdir(folder)

        def build_all(folders):
            for folder in folders:
                thread = threading.Thread(target=build, args=(folder,))
                thread.start()
                thread.join()
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


@pytest.mark.parametrize(
    ("factory", "lines"), [("keep", []), ("functools.partial(keep, 1)", []), ("asyncio.eager_task_factory", [15])]
)
def test_the_tasks_of_a_factory_of_ones_own_are_kept(factory: str, lines: list[int], tmp_path: Path) -> None:
    """Of all loops of the program: which of them runs a task is not asked."""
    code = f"""
        import asyncio
        import functools

        TASKS = set()

        def keep(loop, coroutine, **options):
            task = asyncio.Task(coroutine, loop=loop, **options)
            TASKS.add(task)
            return task

        async def main(work):
            loop = asyncio.get_running_loop()
            loop.set_task_factory({factory})
            loop.create_task(work())
        """
    (tmp_path / "module.py").write_text(dedent(code), encoding="utf-8")
    assert [f.line for f in analyse(tmp_path).findings if f.rule == "task-reference-dropped"] == lines
