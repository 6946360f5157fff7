"""What goes to a process and comes back: objects that would not be made anew as they were, and such as are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

GIVES = """\
import collections
import enum
from dataclasses import dataclass
from pathlib import PurePosixPath


{kind}


def work(number):
    total = 0
    for each in range(200000):
        total = (total * 31 + each) % 10007
    return {result}


def subject(numbers):
    return [work(number) for number in numbers]  # here
"""
HEADERS = """
class Headers(dict):
    def __init__(self, pairs):
        super().__init__()
        self.spelling = {}
        self.update(pairs)

    def keep(self, name):
        self.spelling[name.lower()] = name
"""
SETTING = """
    def __setitem__(self, name, value):
        self.spelling[name.lower()] = name
        super().__setitem__(name.lower(), value)
"""
INVALID = """
class Invalid(ValueError):
    def __init__(self, {star}number, why):
        super().__init__({given})
"""
INHERITED = """
class Failure(Exception):
    def __init__(self, number):
        super().__init__({given})


class Overflow(Failure):
    pass
"""
BAD_ROW = """
@dataclass
class BadRow(Exception):
    line: int
"""
BATCH = """
@dataclass
class Batch:
    number: int
    source: object


def numbers_from(start):
    while True:
        yield start
"""
PHOTO = """
class Photo({base}):
    def __init__(self, name):
        self.album = name
"""

REGISTERED = """
import copyreg
import multiprocessing.reduction


class Curve:
    def __init__(self, points):
        self.points = points


class Sketch(Curve):
    pass


def thinned(curve):
    return type(curve), (curve.points[::10],)


def set_up():
    {registers}
"""
BY_HAND = REGISTERED.format(registers="copyreg.pickle(Curve, thinned)")
BY_FORKING = REGISTERED.format(registers="multiprocessing.reduction.ForkingPickler.register(Curve, thinned)")


@pytest.mark.parametrize(
    ("kind", "result", "told"),
    [
        (HEADERS + SETTING, "Headers({'a': total})", "whose `__setitem__` is called anew"),
        (INVALID.format(star="*, ", given="number"), "Invalid(number=number, why='odd')", "is not made anew from them"),
        (INVALID.format(star="", given="f'{number}: {why}'"), "Invalid(number, 'odd')", "is not made anew from them"),
        (INHERITED.format(given="f'error {number}'"), "Overflow(number)", "is not made anew from them"),
        (BAD_ROW, "BadRow(line=number)", "is not made anew from them"),
        (BATCH, "Batch(total, numbers_from(total))", "an object made of a generator"),
        (PHOTO.format(base="PurePosixPath"), "Photo('a')", "made anew as a `pathlib.PurePosixPath` is"),
        (BY_HAND, "Curve([total] * 20)", "pickled in a way of its own"),
        (BY_FORKING, "(number, Curve([total] * 20))", "pickled in a way of its own"),
    ],
)
def test_what_would_not_be_made_anew_as_it_was_stays(tmp_path: Path, kind: str, result: str, told: str) -> None:
    text = GIVES.format(kind=kind, result=result)
    assert told in refusal(tmp_path, text, "multiprocessing")
    generated(tmp_path, text, "threading", accept=["too-little-work"])


@pytest.mark.parametrize(
    ("kind", "result"),
    [
        (HEADERS, "Headers({'a': total})"),
        (INVALID.format(star="", given="number, why"), "Invalid(number, 'odd')"),
        (INHERITED.format(given="number"), "Overflow(number)"),
        (BAD_ROW, "BadRow(number)"),
        (BATCH, "Batch(total, [total])"),
        (PHOTO.format(base="collections.UserDict"), "Photo('a')"),
        (PHOTO.format(base="str"), "total"),
        (BY_HAND, "Sketch([total] * 20)"),
    ],
)
def test_what_is_made_anew_as_it_was_may_go(tmp_path: Path, kind: str, result: str) -> None:
    assert "ProcessPoolExecutor" in generated(tmp_path, GIVES.format(kind=kind, result=result), "multiprocessing")


TABLE = """\
from collections import namedtuple

{named} = namedtuple("Row", ["name", "score"])


class Table:
    def __init__(self, names):
        self.type = {made}
        self.names = names

    def score(self, name):
        total = 0
        for each in range(200000):
            total = (total * 31 + each) % 10007
        return {result}(name, total)

    def subject(self):
        done = []
        for name in self.names:  # here
            done.append(self.score(name))
        return done
"""


def test_a_class_that_is_kept_in_an_attribute_is_not_found_by_its_name(tmp_path: Path) -> None:
    kept = TABLE.format(named="Other", made='namedtuple("Row", names)', result="self.type")
    assert "another process would not find" in refusal(tmp_path, kept, "multiprocessing")
    found = TABLE.format(named="Row", made="len(names)", result="Row")
    assert "ProcessPoolExecutor" in generated(tmp_path, found, "multiprocessing")


FAILED = """\
import traceback


def number(text):
    total = 0
    for each in range(200000):
        total = (total * 31 + each) % 10007
    return total + int(text)


def outcome(text):
    try:
        return number(text)
    except ValueError as error:
        return {given}


def subject(texts):
    return [outcome(text) for text in texts]  # here


def told(error):
    return {told}
"""


@pytest.mark.parametrize(
    ("given", "told", "refused"),
    [
        ("error", "error.__cause__", True),
        ("(text, error)", "error.__context__ is None", True),
        ("error", "traceback.format_exception(error)", True),
        ("text, error", "traceback.extract_tb(error.tb)", True),
        ("error", "str(error)", False),
        ("str(error)", "traceback.format_exception(error)", False),
        ("error", "traceback.format_exc()", False),
    ],
)
def test_where_an_exception_comes_from_is_lost_on_the_way(tmp_path: Path, given: str, told: str, refused: bool) -> None:
    text = FAILED.format(given=given, told=told)
    if refused:
        assert "(unpicklable-error)" in refusal(tmp_path, text, "multiprocessing")
        assert "ThreadPoolExecutor" in generated(tmp_path, text, accept=["too-little-work"])
    else:
        assert "ProcessPoolExecutor" in generated(tmp_path, text, "multiprocessing")


GUARDED = """\
import asyncio


def alone(function):
    running = False

    async def guarded(*args):
        nonlocal running
        if running:
            raise RuntimeError("already running")
        running = True
        try:
            return await function(*args)
        finally:
            {after}

    return guarded


@alone
async def refresh(view):
    await asyncio.sleep(0.01)
    return len(view)


async def subject(views):
    return [await refresh(view) for view in views]  # here
"""


def test_a_flag_that_is_taken_back_says_who_is_at_work(tmp_path: Path) -> None:
    assert "(shared-write)" in refusal(tmp_path, GUARDED.format(after="running = False"), "asyncio")


SERVED = """\
import http.server
import threading
import urllib.request


class Pages(http.server.BaseHTTPRequestHandler):
    position = 0

    def do_GET(self):
        {keeps}
        self.send_response(200)
        self.end_headers()


def page(base, size):
    with urllib.request.urlopen(f"{{base}}/{{size}}", timeout=5) as response:
        return response.read()


def subject(sizes):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{{server.server_port}}"
    return [page(base, size) for size in sizes]  # here
"""


def test_requests_to_a_server_of_its_own_that_remembers_keep_their_order(tmp_path: Path) -> None:
    kept = SERVED.format(keeps="Pages.position += 1")
    assert "the program answers these requests itself" in refusal(tmp_path, kept)
    assert "ThreadPoolExecutor" in generated(tmp_path, SERVED.format(keeps="self.size = len(self.path)"))


OPENED = """\
import urllib.request
from http.cookiejar import CookieJar

PROXIES = urllib.request.ProxyHandler({{}})


def install():
    opener = urllib.request.build_opener({handler})
    {installs}
    return opener


def page(url):
    with {asks}(url, timeout=5) as answer:
        return answer.read()


def subject(urls):
    install()
    return [page(url) for url in urls]  # here
"""
COOKIES = "urllib.request.HTTPCookieProcessor(CookieJar())"


@pytest.mark.parametrize("model", ["threading", "asyncio"])
@pytest.mark.parametrize(
    ("installs", "asks"),
    [("urllib.request.install_opener(opener)", "urllib.request.urlopen"), ("opener.addheaders = []", "install().open")],
)
def test_cookies_that_an_opener_keeps_tie_requests_together(
    tmp_path: Path, model: str, installs: str, asks: str
) -> None:
    text = OPENED.format(handler=COOKIES, installs=installs, asks=asks)
    assert "`cookies`" in refusal(tmp_path, text, model)
    assert "asyncio" in generated(tmp_path, OPENED.format(handler="PROXIES", installs=installs, asks=asks), "asyncio")


WATCHED = """\
import sys
import threading
import time
from collections import Counter

CALLS = Counter()


def note(frame, event, arg):
    CALLS[frame.f_code.co_name] += 1


def work(number):
    time.sleep(0.05)
    return number * 2


def subject(numbers):
    {watches}
    return [work(number) for number in numbers]  # here
"""


@pytest.mark.parametrize("model", ["threading", "asyncio"])
def test_whoever_watches_a_thread_is_not_told_of_others(tmp_path: Path, model: str) -> None:
    for watches in ("sys.settrace(note)", "sys.setprofile(note)"):
        assert "of this thread watched" in refusal(tmp_path, WATCHED.format(watches=watches), model)
    for watches in ("sys.settrace(None)", "print(sys.gettrace())"):
        assert generated(tmp_path, WATCHED.format(watches=watches), model)


CHILD = """\
import subprocess
import sys


def take(source, count):
    command = [sys.executable, "-c", f"import sys; print(sys.stdin.buffer.raw.read({{count}}))"]
    return subprocess.run(command, {stdin}, capture_output=True, text=True).stdout


def subject(counts):
    with open("record.dat", "rb", buffering=0) as source:
        return [take(source, count) for count in counts]  # here
"""


def test_children_that_read_on_in_one_file_take_turns(tmp_path: Path) -> None:
    assert "takes from `source`" in refusal(tmp_path, CHILD.format(stdin="stdin=source"), accept=["later-effects"])
    generated(tmp_path, CHILD.format(stdin="stdin=subprocess.DEVNULL"), accept=["later-effects"])


HOLDS = """\
import threading
import math


class Board:
    def __init__(self):
        self.marks = {{}}
        self.gate = {gate}


class Desk:
    def __init__(self, board):
        self.board = board


class Painter(Desk):
    def paint(self, number):
        total = 0
        for each in range(200000):
            total = (total * 31 + each) % 10007
        return total + number


class Hand({base}):
    def __init__(self, number):
        super().__init__()
        self.number = number

    def paint(self):
        return Painter(None).paint(self.number)


def subject(numbers):
    painter = Painter(Board())
    hands = [Hand(number) for number in numbers]
    return [{work}]  # here
"""


@pytest.mark.parametrize(
    ("gate", "base", "work", "told"),
    [
        ("threading.Barrier(2)", "Board", "painter.paint(n) for n in numbers", "holds a `threading.Barrier`"),
        ("threading.Event()", "Board", "painter.paint(n) for n in numbers", "holds a `threading.Event`"),
        ("threading.Semaphore(3)", "Board", "painter.paint(n) for n in numbers", "holds a `threading.Semaphore`"),
        ("None", "threading.Thread", "hand.paint() for hand in hands", "which is a `threading.Thread`"),
        ("threading.Condition()", "Board", "hand.paint() for hand in hands", "holds a `threading.Condition`"),
    ],
)
def test_what_only_threads_share_stays_however_deep_it_lies(
    tmp_path: Path, gate: str, base: str, work: str, told: str
) -> None:
    assert told in refusal(tmp_path, HOLDS.format(gate=gate, base=base, work=work), "multiprocessing")


@pytest.mark.parametrize("work", ["painter.paint(n) for n in numbers", "hand.paint() for hand in hands"])
def test_objects_that_hold_plain_ones_may_go(tmp_path: Path, work: str) -> None:
    text = HOLDS.format(gate="math.inf", base="Board", work=work)
    assert "ProcessPoolExecutor" in generated(tmp_path, text, "multiprocessing")


FOUND_AGAIN = """\
import math
from math import inf

MISSING = {missing}


def work(number):
    total = 0
    for each in range(200000):
        total = (total * 31 + each) % 10007
    if number % 2:
        return MISSING
    return total / 2


def subject(numbers):
    found = [work(number) for number in numbers]  # here
    return {asked}
"""


@pytest.mark.parametrize(
    ("missing", "asked", "refused"),
    [
        ("math.nan", "MISSING in found", True),
        ('float("NaN")', "found.index(MISSING)", True),
        ("object()", "[each for each in found if each is not MISSING]", True),
        ("object()", "found.count(MISSING)", True),
        ("math.nan", "[each for each in found if not math.isnan(each)]", False),
        ("-1", "MISSING in found", False),
        ('"none"', "found.index(MISSING)", False),
    ],
)
def test_a_result_that_is_looked_for_must_be_equal_to_its_copy(
    tmp_path: Path, missing: str, asked: str, refused: bool
) -> None:
    text = FOUND_AGAIN.format(missing=missing, asked=asked)
    if refused:
        assert "(identity)" in refusal(tmp_path, text, "multiprocessing")
    else:
        assert "ProcessPoolExecutor" in generated(tmp_path, text, "multiprocessing")


MEETING = """\
import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

GATE = {gate}
SEEN = {{}}


def work(item):
    {meets}
    return hashlib.pbkdf2_hmac("sha256", bytes([item]), b"x", 100_000).hex()


def subject(items):
    with ThreadPoolExecutor(3) as pool:
        return list(pool.map(work, items))  # here


if __name__ == "__main__":
    print(subject([1, 2, 3]))
"""


@pytest.mark.parametrize(
    ("gate", "meets", "met"),
    [
        ("threading.Barrier(3)", "GATE.wait()", True),
        ("threading.Semaphore(2)", "GATE.acquire(); GATE.release()", True),
        ("threading.Lock()", "with GATE: item += 1", True),
        ("threading.Event()", "pass", False),
        ("threading.local()", "threading.Event().set()", False),
    ],
)
def test_workers_that_meet_somewhere_stay_threads(tmp_path: Path, gate: str, meets: str, met: bool) -> None:
    text = MEETING.format(gate=gate, meets=meets)
    if met:
        assert "the workers meet at `GATE`" in refusal(tmp_path, text, "multiprocessing")
    else:
        assert "ProcessPoolExecutor" in generated(tmp_path, text, "multiprocessing")


MEMO_UNDER_LOCK = """\
with GATE:
        if item not in SEEN:
            SEEN[item] = item + 1
    item = SEEN[item]
"""


def test_a_table_under_a_lock_may_be_one_for_each_process(tmp_path: Path) -> None:
    text = MEETING.format(gate="threading.Lock()", meets=MEMO_UNDER_LOCK)
    assert "ProcessPoolExecutor" in generated(tmp_path, text, "multiprocessing")


KEPT_HOSTS = """
import functools
import threading
import time
from dataclasses import dataclass

LOCK = threading.Lock()
HOSTS = {{}}


class Host:
    def __init__(self, name):
        self.name = name
        self.asked = 0

    def count(self):
        self.asked += 1


@dataclass(frozen=True)
class Address:
    name: str


{host}


def fetch(url):
    host = host_of(url.split("/")[0])
    time.sleep(0.2)
    return host


def subject(urls):
    return [fetch(url) for url in urls]  # here
"""
IN_A_DICT = """
def host_of(name):
    if name not in HOSTS:
        HOSTS[name] = {made}(name)
    return HOSTS[name]
"""
CACHED = """
@functools.lru_cache(maxsize=None)
def host_of(name):
    return {made}(name)
"""
UNDER_A_LOCK = """
def host_of(name):
    with LOCK:
        if name not in HOSTS:
            HOSTS[name] = Host(name)
        return HOSTS[name]
"""


@pytest.mark.parametrize("model", ["threading", "asyncio"])
@pytest.mark.parametrize("host", [IN_A_DICT, CACHED])
def test_two_threads_may_each_make_what_there_is_to_be_one_of(tmp_path: Path, host: str, model: str) -> None:
    told = refusal(tmp_path, KEPT_HOSTS.format(host=host.format(made="Host")), model)
    assert "two threads may both find none and make two" in told


@pytest.mark.parametrize("host", [IN_A_DICT.format(made="Address"), CACHED.format(made="Address"), UNDER_A_LOCK])
def test_equal_objects_and_those_made_under_a_lock_may_be_filled_in_by_threads(tmp_path: Path, host: str) -> None:
    assert "ThreadPoolExecutor" in generated(tmp_path, KEPT_HOSTS.format(host=host), "threading")


AT_IMPORT = """
import hashlib
import os
import random
import tempfile
import time
from datetime import datetime


def stamp():
    return f"run-{{datetime.now():%Y%m%d}}"


random.seed(7)
SALT = {made}


def work(number):
    total = SALT
    for each in range(200_000):
        total = hashlib.sha256(str(total).encode() + bytes(number)).hexdigest()
    return total


def subject(numbers):
    return [work(number) for number in numbers]  # here
"""


@pytest.mark.parametrize(
    "made", ["os.urandom(8)", "time.time()", "stamp()", "tempfile.mkdtemp()", "os.getpid()", "random.random()"]
)
def test_what_each_process_makes_anew_on_import_stays_in_this_one(tmp_path: Path, made: str) -> None:
    text = AT_IMPORT.format(made=made).replace("random.seed(7)", "pass")
    assert "when its module is imported" in refusal(tmp_path, text, "multiprocessing")
    generated(tmp_path, text, "threading", accept=["too-little-work"])


@pytest.mark.parametrize("made", ["'salt'", "datetime.fromtimestamp(0)", "random.random()", "os.sep"])
def test_what_is_the_same_on_every_import_may_be_read_in_a_process(tmp_path: Path, made: str) -> None:
    assert "ProcessPoolExecutor" in generated(tmp_path, AT_IMPORT.format(made=made), "multiprocessing")


TAKEN = """
import os
import time
from contextvars import ContextVar

LEVEL = ContextVar("LEVEL", default=0)


def fetch(number):
    time.sleep(0.2)
    return number, {reads}


def fetched(numbers):
    for number in numbers:  # here
        yield fetch(number)


def subject(numbers: list[int]):
    seen = []
    for number, told in fetched(numbers):
        seen.append(told)
        {changes}
    return seen
"""


@pytest.mark.parametrize(
    ("reads", "changes"),
    [
        ("os.environ.get('MODE')", "os.environ['MODE'] = str(number)"),
        ("os.path.exists('x')", "os.chdir('..')"),
        ("LEVEL.get()", "LEVEL.set(number)"),
    ],
)
def test_whoever_takes_values_one_by_one_must_not_change_what_the_next_are_made_of(
    tmp_path: Path, reads: str, changes: str
) -> None:
    disturbed = refusal(tmp_path, TAKEN.format(reads=reads, changes=changes), "threading")
    assert "changes what the next ones are made of" in disturbed
    generated(tmp_path, TAKEN.format(reads=reads, changes="pass"), "threading")
