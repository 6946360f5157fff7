"""Misuses that matter more or less by what is around them, and what was taken for one and is none. One analysis."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest

from advisor.model.concurrency import Level
from tests.running import analyse

SAID: list[tuple[str, str, int, Level | None]] = [
    # a global that a loop of its own looks at, and a start that a flag lets happen once
    ("loop-variable-read-late", """
        import threading
        import time

        shown = 0

        def display():
            while True:
                print(shown)
                time.sleep(2)

        while True:
            for line in open("urls"):
                shown = len(line)
                shown += 1
            threading.Thread(target=display).start()
            time.sleep(3)
        """, 15, None),
    ("loop-variable-read-late", """
        import threading

        def run(lines, report):
            first = True
            for line in lines:
                text = line.strip()
                if first:
                    threading.Thread(target=lambda: report(text)).start()
                    first = False
        """, 9, None),
    ("loop-variable-read-late", """
        import threading

        def run(lines, report):
            for line in lines:
                text = line.strip()
                if text:
                    threading.Thread(target=lambda: report(text)).start()
        """, 8, Level.HIGH),
    # everything is caught, and the rest only takes note
    ("errors-of-tasks-never-read", """
        from multiprocessing.pool import ThreadPool
        import requests

        class Stream:
            state = "new"

            def accept(self):
                if self.state != "new":
                    raise ValueError(self.state)
                self.state = "accepted"

        class Bot:
            def __init__(self):
                self.pool = ThreadPool(4)

            def send(self, stream: Stream):
                try:
                    requests.post("http://example.org", timeout=3)
                except Exception:
                    print("failed")
                else:
                    stream.accept()

            def start(self, stream):
                self.pool.apply_async(self.send, (stream,))
        """, 26, None),
    ("errors-of-tasks-never-read", """
        from multiprocessing.pool import ThreadPool
        import requests

        class Bot:
            def __init__(self):
                self.pool = ThreadPool(4)

            def send(self, url):
                try:
                    answer = requests.post(url, timeout=3)
                except Exception:
                    print("failed")
                else:
                    requests.post(answer.text, timeout=3)

            def start(self, url):
                self.pool.apply_async(self.send, (url,))
        """, 18, Level.MEDIUM),
    # a view is called in a request of its own, whatever thread the server runs in
    ("context-not-in-the-worker", """
        import threading
        from functools import wraps
        from flask import Flask, request

        class Pages:
            def __init__(self, app):
                app.add_url_rule("/", "index", self.checked(self.index))

            def checked(self, view):
                @wraps(view)
                def wrapper(*given):
                    return view(*given) if request.authorization else "no"
                return wrapper

            def index(self):
                return "index"

        class Server:
            def __init__(self):
                threading.Thread(target=self.serve).start()

            def serve(self):
                app = Flask(__name__)
                Pages(app)
                app.run()
        """, 21, None),
    ("context-not-in-the-worker", """
        import threading
        from flask import request

        def note():
            print(request.path)

        def view():
            threading.Thread(target=note).start()
        """, 9, Level.MEDIUM),
    # no time at all is no wait
    ("thread-wait-in-a-coroutine", """
        from concurrent.futures import wait

        async def look(futures):
            return wait(futures, timeout=0)
        """, 5, None),
    ("thread-wait-in-a-coroutine", """
        async def look(thread: "threading.Thread"):
            thread.join(0)
            return thread.is_alive()

        import threading
        """, 3, None),
    ("thread-wait-in-a-coroutine", """
        from concurrent.futures import wait

        async def look(futures):
            return wait(futures, timeout=10)
        """, 5, Level.MEDIUM),
    ("thread-wait-in-a-coroutine", """
        import multiprocessing

        def draw(end):
            end.send_bytes(b"picture")

        async def picture():
            context = multiprocessing.get_context("spawn")
            here, there = context.Pipe()
            context.Process(target=draw, args=(there,)).start()
            return here.recv_bytes()
        """, 11, Level.MEDIUM),
    ("thread-wait-in-a-coroutine", """
        from multiprocessing.connection import Connection

        async def look(end: Connection):
            return end.recv() if end.poll(5) else None
        """, 5, Level.MEDIUM),
    ("thread-wait-in-a-coroutine", """
        from multiprocessing.connection import Connection

        async def look(end: Connection):
            return end.recv() if end.poll() else None
        """, 5, None),
    # what is set where it is missing, to the same for all
    ("process-state-changed-in-threads", """
        import os
        from concurrent.futures import ThreadPoolExecutor

        def settings(path=".env"):
            for line in open(path):
                key, value = line.split("=", 1)
                if not key or key in os.environ:
                    continue
                os.environ[key] = value.strip()

        def work(job):
            settings()
            return job

        def run(jobs):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(work, jobs))
        """, 18, None),
    ("process-state-changed-in-threads", """
        import os
        from concurrent.futures import ThreadPoolExecutor

        def work(job):
            before = os.environ.get("PROXY", "")
            os.environ["PROXY"] = job.proxy
            job.run()
            os.environ["PROXY"] = before

        def run(jobs):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(work, jobs))
        """, 13, Level.MEDIUM),
    # a coroutine that calls it as well takes nothing away from the thread
    ("no-timeout-in-a-worker", """
        import _thread
        import requests

        class Client:
            def session(self):
                return requests.get("http://localhost/session").json()

        class Agent(Client):
            def start(self):
                _thread.start_new_thread(self.poll, ())

            def poll(self):
                while True:
                    print(self.session())

            async def on_event(self, message):
                print(self.session(), message)
        """, 7, Level.MEDIUM),
    ("no-timeout-in-a-worker", """
        import smtplib
        import threading

        def work(mails):
            for mail in mails:
                with smtplib.SMTP_SSL("mail.example.org", 465) as server:
                    server.send_message(mail)

        def start(mails):
            threading.Thread(target=work, args=(mails,)).start()
        """, 7, Level.MEDIUM),
    ("no-timeout-in-a-worker", """
        import smtplib
        import threading

        def work(mails):
            for mail in mails:
                with smtplib.SMTP("mail.example.org", 25, None, 10) as server:
                    server.send_message(mail)

        def start(mails):
            threading.Thread(target=work, args=(mails,)).start()
        """, 7, None),
    # a client that is only asked, and one whose settings the threads change
    ("client-shared-by-threads", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        SESSION = requests.Session()

        def load(url):
            return SESSION.get(url, timeout=3).text

        def pull(urls):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(load, urls))
        """, 12, Level.LOW),
    ("client-shared-by-threads", """
        from concurrent.futures import ThreadPoolExecutor
        import requests

        SESSION = requests.Session()

        def load(url):
            SESSION.headers.update({"Referer": url})
            return SESSION.get(url, timeout=3).text

        def pull(urls):
            with ThreadPoolExecutor() as pool:
                return list(pool.map(load, urls))
        """, 13, Level.MEDIUM),
    # tasks that somebody waits for, that go on, and idle ones
    ("task-reference-dropped", """
        import asyncio

        class Term:
            def __init__(self):
                self.ready = asyncio.Event()
                self.ended = False

            def start(self):
                asyncio.create_task(self.work())

            async def work(self):
                await asyncio.sleep(1)
                self.finish()

            def finish(self):
                if self.ended:
                    return
                self.ready.set()
                self.ended = True
        """, 10, Level.MEDIUM),
    ("task-reference-dropped", """
        import asyncio

        async def save(state, rows, file):
            while not state.stopped:
                file.write(await rows.get())

        async def main(state, rows, file, scan):
            asyncio.create_task(save(state, rows, file))
            await scan()
        """, 9, Level.MEDIUM),
    ("task-reference-dropped", """
        import asyncio

        class Server:
            def begin(self, manager):
                asyncio.create_task(manager.handle_loop())
        """, 6, Level.MEDIUM),
    ("task-reference-dropped", """
        import asyncio

        class Message:
            async def delete(self):
                await asyncio.sleep(1)

            def answer(self):
                asyncio.create_task(self.delete())
        """, 9, Level.LOW),
    ("task-reference-dropped", """
        import asyncio
        import signal

        class Core:
            def __init__(self, loop: asyncio.AbstractEventLoop):
                self.done = asyncio.Event()
                loop.add_signal_handler(signal.SIGINT, lambda: asyncio.ensure_future(self.stop()))

            async def stop(self):
                await asyncio.sleep(0.1)
                self.done.set()
        """, 8, Level.LOW),
    ("task-reference-dropped", """
        import asyncio
        import logging

        class Drops:
            def __init__(self, session):
                self.session = session

            async def watch(self):
                while True:
                    try:
                        await self.session.get("/drops")
                        await asyncio.sleep(60)
                    except Exception:
                        logging.exception("watching")

            def start(self):
                asyncio.create_task(self.watch())
        """, 18, Level.LOW),
    ("task-reference-dropped", """
        import asyncio

        async def beat(state):
            while state.running:
                await asyncio.sleep(1)

        def start_the_beat(state):
            loop = asyncio.new_event_loop()
            loop.create_task(beat(state))
            loop.run_forever()
        """, 10, Level.LOW),
]  # fmt: skip


@cache
def found() -> dict[str, dict[tuple[str, int], Level]]:
    """How sure each finding is, by its rule and line, by the name of the snippet."""
    with TemporaryDirectory() as scratch:
        root = Path(scratch).resolve()
        for number, (_, code, _, _) in enumerate(SAID):
            (root / f"case{number}").mkdir()
            (root / f"case{number}" / "module.py").write_text(dedent(code), encoding="utf-8")
        places: dict[str, dict[tuple[str, int], Level]] = {}
        for finding in analyse(root).findings:
            told = places.setdefault(finding.path.partition("/")[0], {})
            told[finding.rule, finding.line] = finding.confidence
    return places


@pytest.mark.parametrize("index", range(len(SAID)), ids=[slug for slug, _, _, _ in SAID])
def test_it_is_said_as_surely_as_it_matters(index: int) -> None:
    slug, _, line, level = SAID[index]
    assert found().get(f"case{index}", {}).get((slug, line)) == level
    if level is None:
        assert slug not in {rule for rule, _ in found().get(f"case{index}", {})}
