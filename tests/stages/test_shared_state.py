"""What workers do to state that they share, or believe to share: wrong as it stands, or only right in turn."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from advisor.model.report import Finding
from tests.running import analyse


def at(folder: Path, source: str, line: int, **settings: str) -> list[Finding]:
    """The findings of a line."""
    (folder / "app.py").write_text(dedent(source).lstrip(), encoding="utf-8")
    return [finding for finding in analyse(folder, **settings).findings if finding.line == line]


LOST_TO_A_POOL = """
    from concurrent.futures import ProcessPoolExecutor

    totals = []

    def add(start):
        totals.append(sum(number * start % 7 for number in range(2_000_000)))

    def all_of(starts):
        with ProcessPoolExecutor() as pool:
            list(pool.map(add, starts))
        return totals
    """
LOST_TO_PROCESSES = """
    from multiprocessing import Process

    class Census:
        def __init__(self):
            self.counts = {}

        def count(self, path):
            with open(path, "rb") as file:
                self.counts[path] = file.read().count(b"x")

        def take(self, paths):
            workers = [Process(target=self.count, args=(path,)) for path in paths]
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            return self.counts
    """
LATE_NAME = """
    from concurrent.futures import ThreadPoolExecutor

    import requests

    def pages(urls):
        with ThreadPoolExecutor(8) as pool:
            jobs = []
            for url in urls:
                jobs.append(pool.submit(lambda: requests.get(url, timeout=5).text))
            return [job.result() for job in jobs]
    """
SAME_NUMBERS = """
    from multiprocessing import Pool

    import numpy as np

    def walk(steps):
        return float(np.random.random(steps).sum())

    def walks(count):
        with Pool(4) as pool:
            return pool.map(walk, [2_000_000] * count)
    """
ONE_DRIVER = """
    from concurrent.futures import ThreadPoolExecutor
    from functools import partial

    from selenium import webdriver

    def heading(driver, url):
        driver.get(url)
        return driver.title

    def headings(urls):
        driver = webdriver.Firefox()
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(partial(heading, driver), urls))
    """
NEVER_DONE = """
    import queue
    import threading

    import requests

    jobs = queue.Queue()
    pages = {}

    def serve():
        while True:
            url = jobs.get()
            pages[url] = requests.get(url, timeout=5).text
            jobs.task_done()

    def pages_of(urls):
        threading.Thread(target=serve, daemon=True).start()
        for url in urls:
            jobs.put(url)
        jobs.join()
        return pages
    """
CONTEXT_LEFT_BEHIND = """
    from concurrent.futures import ThreadPoolExecutor

    import requests
    from flask import Flask, current_app

    app = Flask(__name__)

    def checked(number):
        return requests.get(current_app.config["URL"], params={"n": number}, timeout=5).ok

    @app.get("/numbers")
    def numbers():
        with ThreadPoolExecutor(4) as pool:
            return {"ok": list(pool.map(checked, range(20)))}
    """
FILLED_BELOW_THE_GUARD = """
    import re
    import sys
    from multiprocessing import Pool

    IGNORED = []

    def count(path):
        with open(path, encoding="utf-8") as file:
            return sum(len(re.findall("(a|b)+c", line)) for line in file if line not in IGNORED)

    if __name__ == "__main__":
        IGNORED.extend(sys.argv[1:3])
        with Pool() as pool:
            print(sum(pool.map(count, sys.argv[3:])))
    """
HELD_ACROSS = """
    import threading

    class Cache:
        def __init__(self):
            self.lock = threading.Lock()

        async def page(self, client, url):
            self.lock.acquire()
            try:
                return await client.get(url)
            finally:
                self.lock.release()
    """


@pytest.mark.parametrize(
    ("source", "line", "python"),
    [
        pytest.param(source, line, python, id=name)
        for name, source, line, python in (
            ("pool", LOST_TO_A_POOL, 9, "3.12"),
            ("processes", LOST_TO_PROCESSES, 12, "3.12"),
            ("late-name", LATE_NAME, 9, "3.12"),
            ("same-numbers", SAME_NUMBERS, 9, "3.12"),
            ("one-driver", ONE_DRIVER, 13, "3.12"),
            ("never-done", NEVER_DONE, 12, "3.12"),
            ("context", CONTEXT_LEFT_BEHIND, 14, "3.12"),
            ("guard", FILLED_BELOW_THE_GUARD, 13, "3.14"),
        )
    ],
)  # fmt: skip
def test_state_that_workers_do_not_share_is_a_misuse(source: str, line: int, python: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(dedent(source).lstrip(), encoding="utf-8")
    findings = analyse(tmp_path, target_python=python).findings
    assert [finding for finding in findings if finding.misuse and abs(finding.line - line) < 3]


def test_a_lock_acquired_by_hand_is_held_across_the_await(tmp_path: Path) -> None:
    assert [each.rule for each in at(tmp_path, HELD_ACROSS, 8)] == ["lock-held-across-await"]


@pytest.mark.parametrize(("made", "told"), [("Lock", "both wait for ever"), ("RLock", "keeps none of them out")])
def test_what_a_lock_held_across_an_await_does(made: str, told: str, tmp_path: Path) -> None:
    (finding,) = at(tmp_path, HELD_ACROSS.replace("threading.Lock", f"threading.{made}"), 8)
    assert finding.message.endswith(f"{told}.")


TALK = """
    from openai import OpenAI

    client = OpenAI()

    def talk(questions):
        messages = []
        for question in questions:
            messages.append({"role": "user", "content": question})
            answer = client.chat.completions.create(model="small", messages=messages)
            messages.append({"role": "assistant", "content": answer.choices[0].message.content})
        return messages
    """
ASKED_APART = """
    from openai import OpenAI

    client = OpenAI()

    def ask(questions):
        answers = []
        for question in questions:
            messages = [{"role": "user", "content": question}]
            answers.append(client.chat.completions.create(model="small", messages=messages))
        return answers
    """
BROWSED = """
    from selenium import webdriver

    def titles(urls):
        driver = webdriver.Firefox()
        found = []
        for url in urls:
            driver.get(url)
            found.append(driver.title)
        return found
    """
BROWSED_APART = """
    import requests

    def titles(urls):
        found = []
        for url in urls:
            found.append(requests.get(url, timeout=5).text)
        return found
    """


@pytest.mark.parametrize(
    ("source", "line", "model"),
    [
        pytest.param(TALK, 7, "sequential", id="talk"),
        pytest.param(ASKED_APART, 7, "threading", id="asked-apart"),
        pytest.param(BROWSED, 6, "sequential", id="browsed"),
        pytest.param(BROWSED_APART, 5, "threading", id="browsed-apart"),
    ],
)
def test_what_only_goes_in_turn_stays_in_turn(source: str, line: int, model: str, tmp_path: Path) -> None:
    assert [each.model for each in at(tmp_path, source, line)] == [model]
