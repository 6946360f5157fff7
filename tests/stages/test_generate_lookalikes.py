"""Programs that look alike, of which one must not be rewritten: it is refused with what forbids it, and the other is
rewritten and does the same as before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import did, generated, module, refusal
from tests.sampling import sampled

THREADS = ("threading",)
BOTH = ("threading", "asyncio")
ALL = ("threading", "multiprocessing", "asyncio")

READER = """
import csv
import time


def check(row, reader):
    time.sleep(0.01)
    return len(row), reader.%s


def subject(names):
    reader = csv.reader(names)
    return [check(row, reader) for row in reader]  # here
"""

FILES = """
import fileinput
import time


def located(line):
    time.sleep(0.01)
    return %s, line


def subject(names):
    out = []
    with fileinput.input(names) as lines:
        for line in lines:  # here
            out.append(located(line))
    return out
"""

BUFFER = """
import io
import time


def blocks(data):
    source = io.BytesIO(data)
    buffer = bytearray(2)
    while source.readinto(buffer):
        yield %s


def size(block):
    time.sleep(0.01)
    return block.count(b"a")


def subject(names):
    return [size(block) for block in blocks("".join(names).encode())]  # here
"""

EMPTIED = """
import time


def batches(names):
    for name in names:
        batch = [name, name]
        yield batch
        batch%s


def size(batch):
    time.sleep(0.01)
    return len(batch)


def subject(names):
    return [size(batch) for batch in batches(names)]  # here
"""

SWAPPED = """
import time


def orders(names):
    for at in range(1, len(names)):
        names[0], names[at] = names[at], names[0]
        yield %s


def first(order):
    time.sleep(0.01)
    return order[0]


def subject(names):
    return [first(order) for order in orders(list(names))]  # here
"""

SCRATCH = """
import time
from pathlib import Path


class Spool:
    def __init__(self, names, folder):
        self.names, self.folder = names, folder

    def __iter__(self):
        scratch = Path(self.folder, "scratch")
        for name in self.names:
            %s
            yield scratch


def words(path):
    time.sleep(0.01)
    return path.exists() and path.read_text()


def subject(names):
    return [words(path) for path in Spool(names, "/nowhere")]  # here
"""

DESCRIPTORS = """
import os
import time


def size(files, at):
    time.sleep(0.01)
    return len(files) + at


def subject(folder):
    return [size(files, %s) for root, dirs, files, at in os.fwalk(folder, topdown=False)]  # here
"""

TAPE = """
import time


class Tape:
    def __init__(self):
        self.cells = []

    def write(self, name):
        time.sleep(0.01)
        self.cells.append(name)
        return len(self.cells)

    def read(self, name):
        time.sleep(0.01)
        return name, len(self.cells)


kept = Tape().%s


def subject(names):
    return [kept(name) for name in names]  # here
"""

TOKEN = """
import time


class Token:
    def __init__(self):
        self.used = 0

    def __format__(self, spec):
        self.used += 1
        return f"{self.used}"


def signed(name, token):
    time.sleep(0.01)
    return f"{name} {token%s}"


def subject(names):
    token = Token()
    return [signed(name, token) for name in names]  # here
"""

ACCOUNT = """
import threading
import time


class Account:
    def __init__(self, amount):
        self.amount = amount
        self._guard = threading.RLock()

    def __enter__(self):
        self._guard.acquire()
        return self

    def __exit__(self, *exc):
        self._guard.release()

    def begin(self):
        self._guard.acquire()

    def end(self):
        self._guard.release()

    def interest(self, months):
        with self:
            time.sleep(0.01)
            return self.amount * months

"""

CLIENT = """
import time

calls = []


class Client:
    def get(self, name):
        time.sleep(0.01)
        return name.upper()


def loud(self, name):
    calls.append(name)
    return f"{len(calls)}:{name}"


def quiet(self, name):
    return name.title()


def fetch(name):
    time.sleep(0.01)
    return Client().get(name)

"""

REFUSED: dict[str, tuple[str, tuple[str, ...], str]] = {
    "the hits of a cache that the work asks are looked at": (
        "process-state",
        THREADS,
        """
import functools
import time


@functools.lru_cache(maxsize=None)
def key(letter):
    time.sleep(0.01)
    return letter.upper()


def plain(name):
    time.sleep(0.01)
    return name.upper()


def work(name):
    return key(name[0])


def subject(names):
    key("a")
    found = [work(name) for name in names]  # here
    return found, key.cache_info().hits
""",
    ),
    "a class is set up by names worked out, which a process reads": (
        "process-state",
        ("multiprocessing",),
        """
import math


class Settings:
    size = 10


class Others:
    size = 10


def load(cls, text):
    for line in text.split(";"):
        name, value = line.split("=")
        setattr(cls, name, int(value))


def work(name):
    return sum(math.isqrt(k * len(name)) for k in range(Settings.size * 1000))


def subject(names):
    load(Settings, "size=60")
    return [work(name) for name in names]  # here
""",
    ),
    "a method looked up by its name keeps what it was given": (
        "shared-write",
        THREADS,
        """
import time


class Hash:
    def run(self, name):
        return len(name)


class Delta:
    before = 0

    def run(self, name):
        change, self.before = len(name) - self.before, len(name)
        return change

    def rest(self, name):
        return self.before


PLUGINS = {"hash": Hash(), "delta": Delta()}


def work(name, which):
    time.sleep(0.01)
    return getattr(PLUGINS[which], "run")(name)


def subject(names):
    return [work(name, "delta") for name in names]  # here
""",
    ),
    "a method looked up by its name keeps what it was given, otherwise run": (
        "carried-dependence",
        ("multiprocessing", "asyncio"),
        """
import time


class Hash:
    def run(self, name):
        return len(name)


class Delta:
    before = 0

    def run(self, name):
        change, self.before = len(name) - self.before, len(name)
        return change

    def rest(self, name):
        return self.before


PLUGINS = {"hash": Hash(), "delta": Delta()}


def work(name, which):
    time.sleep(0.01)
    return getattr(PLUGINS[which], "run")(name)


def subject(names):
    return [work(name, "delta") for name in names]  # here
""",
    ),
    "a method looked up by the start of its name keeps what it was given": (
        "shared-write",
        THREADS,
        """
import time


class Hash:
    def run(self, name):
        return len(name)


class Delta:
    before = 0

    def run(self, name):
        change, self.before = len(name) - self.before, len(name)
        return change

    def rest(self, name):
        return self.before


PLUGINS = {"hash": Hash(), "delta": Delta()}


def work(name, which):
    time.sleep(0.01)
    return getattr(PLUGINS[which], "ru" + "n")(name)


def subject(names):
    return [work(name, "delta") for name in names]  # here
""",
    ),
    "a method looked up by the start of its name keeps what it was given, otherwise run": (
        "carried-dependence",
        ("multiprocessing", "asyncio"),
        """
import time


class Hash:
    def run(self, name):
        return len(name)


class Delta:
    before = 0

    def run(self, name):
        change, self.before = len(name) - self.before, len(name)
        return change

    def rest(self, name):
        return self.before


PLUGINS = {"hash": Hash(), "delta": Delta()}


def work(name, which):
    time.sleep(0.01)
    return getattr(PLUGINS[which], "ru" + "n")(name)


def subject(names):
    return [work(name, "delta") for name in names]  # here
""",
    ),
    "a look into a mapping that puts in what it does not have": (
        "carried-dependence",
        ("multiprocessing", "asyncio"),
        """
import time
from collections import defaultdict


def look(table, name):
    time.sleep(0.01)
    return len(table[name])


def subject(names):
    table = defaultdict(list)
    for name in names[1:]:
        table[name].append(name)
    found = {key: look(table, key) for key in names}  # here
    return found, list(table)
""",
    ),
    "a look into a mapping that puts in what it does not have, in a thread": (
        "shared-write",
        THREADS,
        """
import time
from collections import defaultdict


def look(table, name):
    time.sleep(0.01)
    return len(table[name])


def subject(names):
    table = defaultdict(list)
    for name in names[1:]:
        table[name].append(name)
    found = {key: look(table, key) for key in names}  # here
    return found, list(table)
""",
    ),
    "a function that is handed to a parser keeps a list": (
        "shared-write",
        ALL,
        """
import json
import time

SEEN = []


class Names:
    def hook(self, item):
        SEEN.append(item["name"])
        return item


def work(text):
    time.sleep(0.01)
    return json.loads(text, object_hook=Names().hook)


def subject(names):
    found = [work('{"name": "%s"}' % name) for name in names]  # here
    return found, list(SEEN)
""",
    ),
    "a method chosen by a text writes a file": (
        "later-effects",
        ALL,
        """
import time
from pathlib import Path


def work(name):
    time.sleep(0.01)
    if name == "b":
        raise RuntimeError(name)
    getattr(Path(name), "write" + "_text")(name)


def subject(names):
    for name in names:  # here
        work(name)
""",
    ),
    "a method of the class chosen by a text writes a file": (
        "later-effects",
        THREADS,
        """
import time
from pathlib import Path


class Job:
    def do_write(self, name):
        Path(name).write_text(name)

    def run(self, name, kind):
        time.sleep(0.01)
        getattr(self, f"do_{kind}")(name)


def subject(names):
    for name in names:  # here
        Job().run(name, "write")
""",
    ),
    "a command's output goes into a file of each item, of which one may fail": (
        "later-effects",
        ALL,
        """
import os


def work(name):
    os.system(f"sort < hosts.txt > {name}.txt")
    if name == "b":
        raise RuntimeError(name)


def subject(names):
    for name in names:  # here
        work(name)
""",
    ),
    "any stops at the first that holds": (
        "early-exit",
        ("asyncio",),
        """
import time


def load(name):
    time.sleep(0.01)
    if name == "bad":
        raise LookupError(name)
    return name.title()


def subject(names):
    return any(load(name) == "Bob" for name in names)  # here
""",
    ),
    "a list that has grown when a later value fails": (
        "lazy-generator",
        ("asyncio",),
        """
import time


def load(name):
    time.sleep(0.01)
    return 1 / len(name)


def subject(names):
    out = []
    out.extend(load(name) for name in names)  # here
    return out
""",
    ),
    "groups that are gone with the next one, mapped": (
        "carried-dependence",
        THREADS,
        """
import itertools
import time


def biggest(pair):
    key, group = pair
    time.sleep(0.01)
    return key, max(group)


def subject(names):
    return dict(map(biggest, itertools.groupby(names, len)))  # here
""",
    ),
    "folders that decide where a walk goes, spread out": (
        "carried-dependence",
        BOTH,
        """
import os
import time


def visit(root, dirs, files):
    time.sleep(0.01)
    dirs[:] = [each for each in dirs if each != "build"]
    return root


def subject(folder):
    return [visit(*entry) for entry in os.walk(folder)]  # here
""",
    ),
    "files that are gone with the next one": (
        "carried-dependence",
        ALL,
        """
import tempfile
import time
from pathlib import Path


def parts(count):
    for number in range(count):
        handle = tempfile.NamedTemporaryFile("w+")
        with handle:
            handle.write("x" * number)
            handle.flush()
            yield handle.name


def size(path):
    time.sleep(0.01)
    return len(Path(path).read_text())


def subject(count):
    return [size(path) for path in parts(count)]  # here
""",
    ),
    "folders that are gone with the next one": (
        "carried-dependence",
        THREADS,
        """
import os
import tempfile
import time


def folders(count):
    for number in range(count):
        with tempfile.TemporaryDirectory() as folder:
            yield os.path.join(folder, str(number))


def seen(path):
    time.sleep(0.01)
    return os.path.exists(os.path.dirname(path))


def subject(count):
    out = []
    for path in folders(count):  # here
        out.append(seen(path))
    return out
""",
    ),
    "a file that is removed before the next one": (
        "carried-dependence",
        THREADS,
        """
import time
from pathlib import Path


def parts(names):
    for name in names:
        path = Path(name)
        path.write_text(name)
        try:
            yield path
        finally:
            path.unlink()


def size(path):
    time.sleep(0.01)
    return len(path.read_text())


def subject(names):
    return [size(path) for path in parts(names)]  # here
""",
    ),
    "an object that equals itself alone, given by what is mapped": (
        "identity",
        ("multiprocessing",),
        """
import time


class Leaf:
    def __init__(self, name):
        self.name = name


EMPTY = Leaf("")


def leaf(name):
    time.sleep(0.01)
    return Leaf(name) if name else EMPTY


def subject(names):
    return list(map(leaf, names)).count(EMPTY)  # here
""",
    ),
    "a lock that `__enter__` takes around the loop and in the work": (
        "lock-held",
        BOTH,
        ACCOUNT
        + """
def subject(months):
    account = Account(100)
    table = []
    with account:
        for month in months:  # here
            table.append(account.interest(month))
    return table
""",
    ),
    "a lock that is taken before the loop and in the work": (
        "lock-held",
        BOTH,
        ACCOUNT
        + """
def subject(months):
    account = Account(100)
    table = []
    account.begin()
    for month in months:  # here
        table.append(account.interest(month))
    account.end()
    return table
""",
    ),
    "a method that was set by its name to one that counts": (
        "",
        BOTH,
        CLIENT
        + """
def subject(names):
    setattr(Client, "get", loud)
    return [fetch(name) for name in names]  # here
""",
    ),
    "a method that was set to one that counts": (
        "",
        BOTH,
        CLIENT
        + """
def subject(names):
    Client.get = loud
    return [fetch(name) for name in names]  # here
""",
    ),
    "an exception that a function raises again": (
        "thread-state",
        BOTH,
        """
import time


def again(name):
    time.sleep(0.01)
    raise


def subject(names):
    try:
        int("twelve")
    except ValueError:
        for name in names:  # here
            again(name)
""",
    ),
    "an exception that stands around another one": (
        "thread-state",
        ("threading", "multiprocessing"),
        """
import time


def wrap(name):
    time.sleep(0.01)
    try:
        raise KeyError(name)
    except KeyError as error:
        return repr(error.__context__)


def subject(names):
    try:
        int("twelve")
    except ValueError:
        return list(map(wrap, names))  # here
""",
    ),
    "a wait for any child": (
        "process-state",
        BOTH,
        """
import os


def status(code):
    os.spawnlp(os.P_NOWAIT, "sh", "sh", "-c", f"exit {code}")
    return os.waitstatus_to_exitcode(os.wait()[1])


def subject(codes):
    out = []
    for code in codes:  # here
        out.append(status(code))
    return out
""",
    ),
    "a look at who calls": (
        "thread-state",
        ALL,
        """
import inspect
import time


def caller(number):
    time.sleep(0.01)
    return inspect.currentframe().f_back.f_code.co_name


def subject(numbers):
    out = []
    for number in numbers:  # here
        out.append(caller(number))
    return out
""",
    ),
    "a look at all who call": (
        "thread-state",
        ALL,
        """
import time
import traceback


def depth(number):
    time.sleep(0.01)
    return len(traceback.extract_stack())


def subject(numbers):
    return [depth(number) for number in numbers]  # here
""",
    ),
    "a database that may lie in a file": (
        "carried-dependence",
        ALL,
        """
import sqlite3
import time


def query(number, path):
    with sqlite3.connect(path or ":memory:") as db:
        db.execute("create table t(n integer)")
        db.executemany("insert into t values (?)", [(i,) for i in range(number)])
        time.sleep(0.01)
        return db.execute("select count(*) from t").fetchone()


def subject(path, numbers=(0, 3, 10)):
    out = []
    for number in numbers:  # here
        out.append(query(number, path))
    return out
""",
    ),
    "a decimal context that the work sets and leaves": (
        "thread-state",
        BOTH,
        """
import decimal
import time
from decimal import Decimal


def price(amount):
    time.sleep(0.01)
    decimal.getcontext().prec = 5
    return Decimal(amount) / 3


def subject(amounts):
    out = []
    for amount in amounts:  # here
        out.append(price(amount))
    return out
""",
    ),
    "files that are gone with the next one, behind a name": (
        "carried-dependence",
        ALL,
        """
import tempfile
import time
from pathlib import Path


def parts(count):
    for number in range(count):
        with tempfile.NamedTemporaryFile("w+") as handle:
            handle.write("x" * number)
            handle.flush()
            yield Path(handle.name)


def size(path):
    time.sleep(0.01)
    return len(path.read_text())


def subject(count):
    paths = parts(count)
    out = []
    for path in paths:  # here
        out.append(size(path))
    return out
""",
    ),
    "the function has a `zip` of its own": (
        "layout",
        ("threading", "multiprocessing"),
        """
import time


def fetch(name):
    time.sleep(0.01)
    return name.title()


def subject(names):
    def zip(*several):
        return "zipped"

    return [fetch(name) + name for name in names], zip()  # here
""",
    ),
    "what is walked is called `list`": (
        "layout",
        THREADS,
        """
import time


def fetch(name):
    time.sleep(0.01)
    return name.title()


def subject(list):
    return [fetch(name) for name in list]  # here
""",
    ),
    "an argument is called as what the text would import": (
        "layout",
        THREADS,
        """
import time


def fetch(name, count):
    time.sleep(0.01)
    return name * count


def subject(names, repeat=2):
    return [fetch(name, repeat) for name in names]  # here
""",
    ),
    "the module has a `list` of its own": (
        "layout",
        THREADS,
        """
import time

list = sorted


def fetch(name):
    time.sleep(0.01)
    return name.title()


def subject(names):
    return [fetch(name) for name in names]  # here
""",
    ),
    "a function of the module is called as a helper is": (
        "layout",
        THREADS,
        """
import time


def _ahead(name, count):
    return name * count


def fetch(name):
    time.sleep(0.01)
    return _ahead(name, 2)


def subject(names):
    return [fetch(name) for name in names if int(name[0])]  # here
""",
    ),
    "a private method of an object": (
        "unpicklable-function",
        ("multiprocessing",),
        """
import time


class Job:
    __count = 2

    def __load(self, name):
        total = sum(k * len(name) % 7 for k in range(200_000))
        return total * self.__count

    @staticmethod
    def __pure(name):
        return sum(k * len(name) % 7 for k in range(200_000))

    def all(self, names):
        return [self.__load(name) for name in names]  # here


def subject(names):
    return Job().all(names)
""",
    ),
    "a private function of the class, mapped": (
        "unpicklable-function",
        ("multiprocessing",),
        """
import time


class Job:
    __count = 2

    def __load(self, name):
        total = sum(k * len(name) % 7 for k in range(200_000))
        return total * self.__count

    @staticmethod
    def __pure(name):
        return sum(k * len(name) % 7 for k in range(200_000))

    def all(self, names):
        return list(map(self.__pure, names))  # here


def subject(names):
    return Job().all(names)
""",
    ),
    "a private method in a loop that keeps the items": (
        "unpicklable-function",
        ("multiprocessing",),
        """
import time


class Job:
    __count = 2

    def __load(self, name):
        total = sum(k * len(name) % 7 for k in range(200_000))
        return total * self.__count

    @staticmethod
    def __pure(name):
        return sum(k * len(name) % 7 for k in range(200_000))

    def all(self, names):
        out = {}
        for n, name in enumerate(names):  # here
            out[name] = self.__load(name * n)
        return out


def subject(names):
    return Job().all(names)
""",
    ),
    "a text is filled in with all variables of the function": (
        "identity",
        ALL,
        """
import sys
import time


def fetch(name):
    time.sleep(0.01)
    return name.title()


def seen():
    return sorted(sys._getframe(1).f_locals)


def subject(names):
    for name in names:  # here
        size = fetch(name)
    return "{name}: {size}".format(**locals())
""",
    ),
    "an expression in a text reads the name of the loop": (
        "identity",
        ALL,
        """
import sys
import time


def fetch(name):
    time.sleep(0.01)
    return name.title()


def seen():
    return sorted(sys._getframe(1).f_locals)


def subject(names):
    total = ""
    for name in names:  # here
        total += fetch(name)
    return eval("total + name")
""",
    ),
    "the body looks which names there are": (
        "identity",
        ALL,
        """
import sys
import time


def fetch(name):
    time.sleep(0.01)
    return name.title()


def seen():
    return sorted(sys._getframe(1).f_locals)


def subject(names):
    out = []
    for name in names:  # here
        size = fetch(name)
        out.append((size, len(dir())))
    return out
""",
    ),
    "a called function looks at the variables of its caller": (
        "identity",
        ALL,
        """
import sys
import time


def fetch(name):
    time.sleep(0.01)
    return name.title()


def seen():
    return sorted(sys._getframe(1).f_locals)


def subject(names):
    out = [fetch(name) for name in names]  # here
    return out, seen()
""",
    ),
    "processes that are started by a worker of a pool, which is daemonic": (
        "daemonic-worker",
        ("multiprocessing",),
        """
from multiprocessing import Pool
from multiprocessing.pool import ThreadPool


def cost(number):
    return sum(k * number % 7 for k in range(50_000))


def total(name):
    out = []
    for number in range(len(name)):  # here
        out.append(cost(number))
    return out


def subject(names):
    with Pool(1) as pool:
        return pool.map(total, names)
""",
    ),
    "the line that a reader is at": ("carried-dependence", BOTH, READER % "line_num"),
    "the file that the lines come from": ("carried-dependence", BOTH, FILES % "fileinput.filename()"),
    "a buffer that is filled again by the test of the loop": ("carried-dependence", BOTH, BUFFER % "buffer"),
    "a list that is emptied once the next one is asked for": ("carried-dependence", ALL, EMPTIED % ".clear()"),
    "elements of an argument that change places": ("carried-dependence", ALL, SWAPPED % "names"),
    "a file that is written anew": ("carried-dependence", BOTH, SCRATCH % "scratch.write_text(name)"),
    "a descriptor that is closed with the next one": ("carried-dependence", BOTH, DESCRIPTORS % "at"),
    "a method that a name keeps, and that writes": ("carried-dependence", BOTH, TAPE % "write"),
    "an object that counts how often it is shown": ("carried-dependence", ALL, TOKEN % ""),
    "a named tuple of another name": (
        "unpicklable-result",
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("SearchHit", "name score")


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return Hit(name, cost(name))


def subject(names):
    found = [work(name) for name in names]  # here
    return [tuple(each) for each in found]
""",
    ),
    "an enumeration of another name": (
        "unpicklable-result",
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Severity", "LOW HIGH")
Hit = namedtuple("Hit", "name score")


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return Level.HIGH if cost(name) % 2 else Level.LOW


def subject(names):
    found = [work(name) for name in names]  # here
    return [each.name for each in found]
""",
    ),
    "a class made from fields": (
        "unpicklable-result",
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")
Row = make_dataclass("Row", ["name", "total"])


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return Row(name, cost(name))


def subject(names):
    found = [work(name) for name in names]  # here
    return [(each.name, each.total) for each in found]
""",
    ),
    "an object that asks itself before it is set up": (
        "unpicklable-result",
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")

class Proxy:
    def __init__(self, target):
        self._target = target

    def __getattr__(self, name):
        return getattr(self._target, name)


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return Proxy([cost(name)])


def subject(names):
    found = [work(name) for name in names]  # here
    return [each.count(0) for each in found]
""",
    ),
    "an object with slots that nobody may set": (
        "unpicklable-result",
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")

class Point:
    __slots__ = ("x",)

    def __init__(self, x):
        object.__setattr__(self, "x", x)

    def __setattr__(self, name, value):
        raise AttributeError(name)


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return Point(cost(name))


def subject(names):
    found = [work(name) for name in names]  # here
    return [each.x for each in found]
""",
    ),
    "a number that is made anew from what it became": (
        "unpicklable-result",
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")

class Cents(int):
    def __new__(cls, euros):
        return super().__new__(cls, euros * 100)


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return Cents(cost(name))


def subject(names):
    found = [work(name) for name in names]  # here
    return [int(each) for each in found]
""",
    ),
    "the keys of a dict": (
        "unpicklable-result",
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return {name: cost(name)}.keys()


def subject(names):
    found = [work(name) for name in names]  # here
    return [sorted(each) for each in found]
""",
    ),
    "a function whose name is another's by now": (
        "unpicklable-function",
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")


def grade(name):
    return cost(name) % 100


original = grade


def grade(name):
    return original(name) + 1000


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return cost(name)


def subject(names):
    found = [original(name) for name in names]  # here
    return [each for each in found]
""",
    ),
    "the items of a dict are handed over": (
        "unpicklable-capture",
        ("multiprocessing",),
        """
def work(pairs, count):
    return sum(k * len(key) % 7 for k in range(200_000) for key, _ in pairs) + count


def subject(names):
    table: dict[str, int] = {name: len(name) for name in names}
    out = []
    for count in (1, 2):  # here
        out.append(work(table.items(), count))
    return out
""",
    ),
    "the one NaN of a module is looked for": (
        "identity",
        ("multiprocessing",),
        """
import math


class City:
    def __init__(self, name):
        self.name = name


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def mean(name):
    total = cost(name)
    return total / 2 if name != "bob" else math.nan


def nearest(city, cities):
    total = cost(city.name)
    return cities[total % 2]


def subject(names):
    cities = [City(name) for name in names]
    index = {city: n for n, city in enumerate(cities)}
    means = [mean(name) for name in names]  # here
    return math.nan in means
""",
    ),
    "the one NaN of a module is counted": (
        "identity",
        ("multiprocessing",),
        """
import math


class City:
    def __init__(self, name):
        self.name = name


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def mean(name):
    total = cost(name)
    return total / 2 if name != "bob" else math.nan


def nearest(city, cities):
    total = cost(city.name)
    return cities[total % 2]


def subject(names):
    cities = [City(name) for name in names]
    index = {city: n for n, city in enumerate(cities)}
    means = [mean(name) for name in names * 2]  # here
    return len(set(means))
""",
    ),
    "an object that is a key is looked up by the work": (
        "identity",
        ("multiprocessing",),
        """
import math


class City:
    def __init__(self, name):
        self.name = name


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def mean(name):
    total = cost(name)
    return total / 2 if name != "bob" else math.nan


def nearest(city, cities):
    total = cost(city.name)
    return cities[total % 2]


def subject(names):
    cities = [City(name) for name in names]
    index = {city: n for n, city in enumerate(cities)}
    return [index.get(city) + cost(city.name) for city in cities]  # here
""",
    ),
}
NAMES = ["ann", "bob", "eve"]
REWRITTEN: dict[str, tuple[tuple[str, ...], str, object]] = {
    "the hits of a cache that others ask are looked at": (
        ALL,
        """
import functools
import time


@functools.lru_cache(maxsize=None)
def key(letter):
    time.sleep(0.01)
    return letter.upper()


def plain(name):
    time.sleep(0.01)
    return name.upper()


def work(name):
    return plain(name[0])


def subject(names):
    key("a")
    found = [work(name) for name in names]  # here
    return found, key.cache_info().hits
""",
        NAMES,
    ),
    "a class is set up by names worked out, which nobody reads": (
        ("multiprocessing",),
        """
import math


class Settings:
    size = 10


class Others:
    size = 10


def load(cls, text):
    for line in text.split(";"):
        name, value = line.split("=")
        setattr(cls, name, int(value))


def work(name):
    return sum(math.isqrt(k * len(name)) for k in range(Settings.size * 1000))


def subject(names):
    load(Others, "size=60")
    return [work(name) for name in names]  # here
""",
        NAMES,
    ),
    "a method looked up by its name keeps nothing": (
        ALL,
        """
import time


class Hash:
    def run(self, name):
        return len(name)


class Delta:
    before = 0

    def run(self, name):
        change, self.before = len(name) - self.before, len(name)
        return change

    def rest(self, name):
        return self.before


PLUGINS = {"delta": Delta()}


def work(name, which):
    time.sleep(0.01)
    return getattr(PLUGINS[which], "rest")(name)


def subject(names):
    return [work(name, "delta") for name in names]  # here
""",
        NAMES,
    ),
    "a look into a mapping that puts in what it does not have, for its own keys": (
        ALL,
        """
import time
from collections import defaultdict


def look(table, name):
    time.sleep(0.01)
    return len(table[name])


def subject(names):
    table = defaultdict(list)
    for name in names[1:]:
        table[name].append(name)
    found = {key: look(table, key) for key in sorted(table)}  # here
    return found, list(table)
""",
        NAMES,
    ),
    "a function that is handed to a parser keeps nothing": (
        ALL,
        """
import json
import time

SEEN = []


class Names:
    def hook(self, item):
        item["long"] = item["name"] * 3
        return item


def work(text):
    time.sleep(0.01)
    return json.loads(text, object_hook=Names().hook)


def subject(names):
    found = [work('{"name": "%s"}' % name) for name in names]  # here
    return found, list(SEEN)
""",
        NAMES,
    ),
    "a command's output goes nowhere, and an item may fail": (
        ALL,
        """
import os


def work(name):
    status = os.system(f"echo {name} > /dev/null")
    if name == "nobody":
        raise RuntimeError(name)
    return status


def subject(names):
    out = []
    for name in names:  # here
        out.append(work(name))
    return out
""",
        NAMES,
    ),
    "a method of the class chosen by a text works something out": (
        ALL,
        """
import time
from pathlib import Path


class Job:
    def do_count(self, name):
        return len(name)

    def write(self, name):
        Path(name).write_text(name)

    def run(self, name, kind):
        time.sleep(0.01)
        return getattr(self, f"do_{kind}")(name)


def subject(names):
    out = []
    for name in names:  # here
        out.append(Job().run(name, "count"))
    return out
""",
        NAMES,
    ),
    "a method of a text chosen by a text": (
        ALL,
        """
import time


def work(name, how):
    time.sleep(0.01)
    return getattr(str(name), how)()


def subject(names):
    out = []
    for name in names:  # here
        out.append(work(name, "upper"))
    return out
""",
        NAMES,
    ),
    "any whose values are all there": (
        ("threading", "multiprocessing"),
        """
import time


def load(name):
    time.sleep(0.01)
    if name == "bad":
        raise LookupError(name)
    return name.title()


def subject(names: list[str]):
    return any(load(name) == "Bob" for name in names)  # here
""",
        ["ann", "bob", "bad"],
    ),
    "a sum of awaited values": (
        ALL,
        """
import time


def load(name):
    time.sleep(0.01)
    return len(name)


def subject(names):
    return sum(load(name) for name in names)  # here
""",
        NAMES,
    ),
    "a zip that fails at its end": (
        ALL,
        """
import time


def load(name):
    time.sleep(0.01)
    return 1 / len(name)


def subject(names):
    out = []
    try:
        for number, name in zip(range(9), names, strict=True):  # here
            out.append((number, load(name)))
    except (ValueError, ZeroDivisionError) as error:
        out.append(repr(error))
    return out
""",
        ["ann", "", "bob"],
    ),
    "a zip that fails at its end, in a comprehension": (
        ALL,
        """
import time


def load(number, name):
    time.sleep(0.01)
    return number / len(name)


def subject(names):
    return [load(number, name) for number, name in zip(range(9), names, strict=True)]  # here
""",
        ["ann", "", "bob"],
    ),
    "a source that fails behind an item that does": (
        ALL,
        """
import time


def numbers(lines):
    for line in lines:
        yield int(line)


def inverse(number):
    time.sleep(0.01)
    return 1 / number


def subject(lines):
    return [inverse(number) for number in numbers(lines)]  # here
""",
        ["1", "0", "x"],
    ),
    "a source that fails behind an item that does, in an inner clause": (
        ALL,
        """
import time


def numbers(lines):
    for line in lines:
        yield int(line)


def inverse(number, other):
    time.sleep(0.01)
    return other / number


def subject(lines):
    return [inverse(number, other) for other in (1, 2) for number in numbers(lines)]  # here
""",
        ["1", "0", "x"],
    ),
    "a mapped source that fails behind an item that does": (
        THREADS,
        """
import time


def numbers(lines):
    for line in lines:
        yield int(line)


def inverse(number, other):
    time.sleep(0.01)
    return other / number


def subject(lines):
    return list(map(inverse, numbers(lines), (1, 2, 3)))  # here
""",
        ["1", "0", "x"],
    ),
    "keys of groups, mapped": (
        THREADS,
        """
import itertools
import time


def key(pair):
    time.sleep(0.01)
    return pair[0]


def subject(names):
    return list(map(key, itertools.groupby(names, len)))  # here
""",
        NAMES,
    ),
    "a walk whose files are sorted, spread out": (
        BOTH,
        """
import os
import time


def visit(root, dirs, files):
    time.sleep(0.01)
    files.sort()
    return root, files


def subject(folder):
    return [visit(*entry) for entry in os.walk(folder)]  # here
""",
        str(Path(__file__).parents[2] / "rules" / "models"),
    ),
    "lines out of files that are closed behind them": (
        ALL,
        """
import time


def lines(paths):
    for path in paths:
        with open(path) as file:
            for line in file:
                yield line.strip()


def size(line):
    time.sleep(0.001)
    return len(line)


def subject(paths):
    return [size(line) for line in lines(paths)]  # here
""",
        [str(Path(__file__).parents[2] / "pyproject.toml")],
    ),
    "what is mapped gives numbers, and its source is a generator": (
        ("threading", "multiprocessing"),
        """
import time


def numbers(lines):
    for line in lines:
        yield len(line)


def square(number):
    time.sleep(0.01)
    return number * number


def subject(names):
    return list(map(square, numbers(names))).count(9)  # here
""",
        NAMES,
    ),
    "a lock around the loop, and others in the work": (
        BOTH,
        ACCOUNT
        + """
def interest(month):
    return Account(100).interest(month)


def subject(months):
    account = Account(100)
    table = []
    with account:
        for month in months:  # here
            table.append(interest(month))
    return table
""",
        [1, 2, 3],
    ),
    "a lock that is let go before the loop, and is taken in the work": (
        BOTH,
        ACCOUNT
        + """
def subject(months):
    account = Account(100)
    table = []
    account.begin()
    account.end()
    for month in months:  # here
        table.append(account.interest(month))
    return table
""",
        [1, 2, 3],
    ),
    "a method that was set to one that works something out": (
        BOTH,
        CLIENT
        + """
def subject(names):
    setattr(Client, "get", quiet)
    return [fetch(name) for name in names]  # here
""",
        NAMES,
    ),
    "an exception of its own, raised again": (
        BOTH,
        """
import time


def again(name):
    time.sleep(0.01)
    try:
        return int(name)
    except ValueError:
        raise


def subject(names):
    out = []
    try:
        int("twelve")
    except ValueError:
        for name in names:  # here
            out.append(again(name))
    return out
""",
        ["1", "2", "x"],
    ),
    "a wait for its own child": (
        BOTH,
        """
import subprocess


def status(code):
    return subprocess.run(["sh", "-c", f"exit {code}"]).returncode


def subject(codes):
    out = []
    for code in codes:  # here
        out.append(status(code))
    return out
""",
        [1, 2, 3],
    ),
    "a look at its own frame": (
        ALL,
        """
import inspect
import time


def here(number):
    time.sleep(0.01)
    return inspect.currentframe().f_code.co_name


def subject(numbers):
    out = []
    for number in numbers:  # here
        out.append(here(number))
    return out
""",
        [1, 2, 3],
    ),
    "a database of its own in memory": (
        ALL,
        """
import sqlite3
import time


def query(number):
    with sqlite3.connect(":memory:") as db:
        db.execute("create table t(n integer)")
        db.executemany("insert into t values (?)", [(i,) for i in range(number)])
        time.sleep(0.01)
        return db.execute("select count(*) from t").fetchone()


def subject(numbers):
    out = []
    for number in numbers:  # here
        out.append(query(number))
    return out
""",
        [0, 3, 10],
    ),
    "a decimal context of its own": (
        ALL,
        """
import decimal
import time
from decimal import Decimal


def price(amount):
    with decimal.localcontext(decimal.Context(prec=5)):
        time.sleep(0.01)
        return Decimal(amount) / 3


def subject(amounts):
    out = []
    for amount in amounts:  # here
        out.append(price(amount))
    return out
""",
        ["10", "12.5"],
    ),
    "a decimal context of its own, which begins as that of the caller": (
        BOTH,
        """
import decimal
import time
from decimal import Decimal


def price(amount):
    with decimal.localcontext() as context:
        context.rounding = decimal.ROUND_UP
        time.sleep(0.01)
        return Decimal(amount) / 3


def subject(amounts):
    with decimal.localcontext() as context:
        context.prec = 4
        out = []
        for amount in amounts:  # here
            out.append(price(amount))
        return out
""",
        ["10", "12.5"],
    ),
    "a source that fails in the midst of a chunk": (
        ("multiprocessing",),
        """
def numbers(lines):
    for line in lines:
        yield int(line)


def turns(number):
    value = number
    for each in range(3000):
        value = (value * 31 + each) % 997
    return value


def subject(lines):
    out = []
    try:
        for number in numbers(lines):  # here
            out.append(turns(number))
    except ValueError as error:
        out.append(repr(error))
    return out
""",
        ["27", "97", "x", "3"],
    ),
    "what is handed over fails for a later item": (
        ALL,
        """
import time


def inverse(number):
    time.sleep(0.01)
    return 1 / number


def subject(texts):
    out = []
    try:
        for text in texts:  # here
            out.append(inverse(int(text)))
    except (ValueError, ZeroDivisionError) as error:
        out.append(repr(error))
    return out
""",
        ["1", "0", "x"],
    ),
    "what is handed over fails for a later item, in a comprehension with a test": (
        ALL,
        """
import time


def inverse(number):
    time.sleep(0.01)
    return 1 / number


def subject(texts):
    return [inverse(len(text) - 1) for text in texts if int(text) > -1]  # here
""",
        ["10", "1", "x"],
    ),
    "an iterator made on the spot, of whose items the caller wants a part": (
        ("threading", "multiprocessing"),
        """
import time


def twice(names):
    return [name * 2 for name in names]


def fetch(count):
    time.sleep(0.01)
    return count + 1


def subject(names):
    return [(n, name, fetch(7)) for n, name in enumerate(twice(names))]  # here
""",
        NAMES,
    ),
    "an iterator made on the spot, walked by a loop": (
        ("threading", "multiprocessing"),
        """
import time


def twice(names):
    return [name * 2 for name in names]


def fetch(count):
    time.sleep(0.01)
    return count + 1


def subject(names):
    out = []
    for name, other in zip(names, reversed(twice(names))):  # here
        size = fetch(7)
        out.append((name, other, size))
    return out
""",
        NAMES,
    ),
    "a generator that is called as the values of a dict are": (
        ("threading", "multiprocessing"),
        """
import time


class Store:
    def __init__(self, names):
        self.names = names

    def values(self):
        yield from self.names


def fetch(count):
    time.sleep(0.01)
    return count + 1


def subject(names):
    return [(name, fetch(7)) for name in Store(names).values()]  # here
""",
        NAMES,
    ),
    "names of builtins that the text does not need, or needs where they are not": (
        ALL,
        """
import time


def fetch(name, type):
    time.sleep(0.01)
    return f"{type}:{name}"


def other(list):
    zip = list[0]
    return zip


def subject(list, type="a"):
    out = [other(list)]
    for input in list:  # here
        out.append(fetch(input, type))
    return out
""",
        NAMES,
    ),
    "a method of an object that uses private names, over items from one": (
        ("multiprocessing",),
        """
import time


class Job:
    __count = 2

    def load(self, name):
        total = sum(k * len(name) % 7 for k in range(200_000))
        return total * self.__count

    @staticmethod
    def __pure(name):
        return sum(k * len(name) % 7 for k in range(200_000))

    def all(self, names):
        self.__names = names
        return [self.load(name) for name in self.__names]  # here


def subject(names):
    return Job().all(names)
""",
        NAMES,
    ),
    "a private method of an object on threads": (
        THREADS,
        """
import time


class Job:
    __count = 2

    def __load(self, name):
        total = sum(k * len(name) % 7 for k in range(200_000))
        return total * self.__count

    @staticmethod
    def __pure(name):
        return sum(k * len(name) % 7 for k in range(200_000))

    def all(self, names):
        return [self.__load(name) for name in names]  # here


def subject(names):
    return Job().all(names)
""",
        NAMES,
    ),
    "all variables of the function are read before the loop, or those of something else": (
        THREADS,
        """
import sys
import time


def fetch(name):
    time.sleep(0.01)
    return name.title()


def seen():
    return sorted(sys._getframe(1).f_locals)


def subject(names):
    given = dict(locals())
    out = []
    for name in names:  # here
        out.append(fetch(name))
    return given, out, eval("len('ab') + two", {"two": 2}), "name" in dir(fetch), len(vars(time)) > 1
""",
        NAMES,
    ),
    "processes that are started beside a pool": (
        ("multiprocessing",),
        """
from multiprocessing import Pool
from multiprocessing.pool import ThreadPool


def cost(number):
    return sum(k * number % 7 for k in range(50_000))


def total(name):
    out = []
    for number in range(len(name)):  # here
        out.append(cost(number))
    return out


def subject(names):
    with Pool(1) as pool:
        return [total(name) for name in names], pool.map(len, names), list(map(total, names))
""",
        NAMES,
    ),
    "the dialect of a reader": (BOTH, READER % "dialect.delimiter", NAMES),
    "the length of the lines of files": (BOTH, FILES % "len(line)", []),
    "a copy of a buffer that is filled again": (BOTH, BUFFER % "bytes(buffer)", NAMES),
    "a list whose name gets another one": (BOTH, EMPTIED % " = None", NAMES),
    "a copy of an argument whose elements change places": (BOTH, SWAPPED % "list(names)", NAMES),
    "a file that is only read again": (BOTH, SCRATCH % "name.upper()", NAMES),
    "the number of a descriptor that is not used": (BOTH, DESCRIPTORS % "1", "fixtures"),
    "a method that a name keeps, and that only reads": (BOTH, TAPE % "read", NAMES),
    "an object that counts how often it is shown, of which only the count is": (BOTH, TOKEN % ".used", NAMES),
    "a named tuple and an enumeration under their own names": (
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return Hit(name, cost(name)), Level.HIGH


def subject(names):
    found = [work(name) for name in names]  # here
    return [(tuple(each[0]), each[1].name) for each in found]
""",
        NAMES,
    ),
    "an object that asks itself only for plain names": (
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")

class Proxy:
    def __init__(self, target):
        self._target = target

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._target, name)


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return Proxy([cost(name)])


def subject(names):
    found = [work(name) for name in names]  # here
    return [each.count(0) for each in found]
""",
        NAMES,
    ),
    "an object with slots that are set as usual": (
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")

class Point:
    __slots__ = ("x",)

    def __init__(self, x):
        object.__setattr__(self, "x", x)

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return Point(cost(name))


def subject(names):
    found = [work(name) for name in names]  # here
    return [each.x for each in found]
""",
        NAMES,
    ),
    "a number with more to say, made as usual": (
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")

class Cents(int):
    def euros(self):
        return self / 100


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return Cents(cost(name))


def subject(names):
    found = [work(name) for name in names]  # here
    return [each.euros() for each in found]
""",
        NAMES,
    ),
    "the keys of a dict, listed": (
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return list({name: cost(name)}.keys())


def subject(names):
    found = [work(name) for name in names]  # here
    return [each for each in found]
""",
        NAMES,
    ),
    "a function that has a second name": (
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")
second = len


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return cost(name)


other = work


def subject(names):
    found = [other(name) for name in names]  # here
    return [each for each in found]
""",
        NAMES,
    ),
    "the items of a dict are handed over in a list": (
        ("multiprocessing",),
        """
def work(pairs, count):
    return sum(k * len(key) % 7 for k in range(200_000) for key, _ in pairs) + count


def subject(names):
    table: dict[str, int] = {name: len(name) for name in names}
    out = []
    for count in (1, 2):  # here
        out.append(work(list(table.items()), count))
    return out
""",
        NAMES,
    ),
    "a NaN that nobody looks for": (
        ("multiprocessing",),
        """
import math


class City:
    def __init__(self, name):
        self.name = name


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def mean(name):
    total = cost(name)
    return total / 2 if name != "bob" else math.nan


def nearest(city, cities):
    total = cost(city.name)
    return cities[total % 2]


def subject(names):
    cities = [City(name) for name in names]
    index = {city: n for n, city in enumerate(cities)}
    means = [mean(name) for name in names]  # here
    return [each for each in means if not math.isnan(each)]
""",
        NAMES,
    ),
    "an object of which only what it holds is looked for": (
        ("multiprocessing",),
        """
import math


class City:
    def __init__(self, name):
        self.name = name


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def mean(name):
    total = cost(name)
    return total / 2 if name != "bob" else math.nan


def nearest(city, cities):
    total = cost(city.name)
    return cities[total % 2]


def subject(names):
    cities = [City(name) for name in names]
    index = {city: n for n, city in enumerate(cities)}
    return [names.index(city.name) + cost(city.name) for city in cities]  # here
""",
        NAMES,
    ),
    "an object that is equal to its copy is looked up": (
        ("multiprocessing",),
        """
import math


class City:
    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return self.name == other.name

    def __hash__(self):
        return hash(self.name)


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def mean(name):
    total = cost(name)
    return total / 2 if name != "bob" else math.nan


def nearest(city, cities):
    total = cost(city.name)
    return cities[total % 2]


def subject(names):
    cities = [City(name) for name in names]
    index = {city: n for n, city in enumerate(cities)}
    return [index.get(city) + cost(city.name) for city in cities]  # here
""",
        NAMES,
    ),
    "a function that took over the name of another": (
        ("multiprocessing",),
        """
from collections import namedtuple
from dataclasses import make_dataclass
from enum import Enum

Level = Enum("Level", "LOW HIGH")
Hit = namedtuple("Hit", "name score")


def grade(name):
    return cost(name) % 100


original = grade


def grade(name):
    return original(name) + 1000


def cost(name):
    return sum(k * len(name) % 7 for k in range(200_000))


def work(name):
    return cost(name)


def subject(names):
    found = [grade(name) for name in names]  # here
    return [each for each in found]
""",
        NAMES,
    ),
}


@pytest.mark.parametrize(("name", "model"), [(n, m) for n, (_, models, _) in REFUSED.items() for m in models])
def test_is_refused(tmp_path: Path, name: str, model: str) -> None:
    hazard, _, text = REFUSED[name]
    assert f"{hazard})" in refusal(tmp_path, text, model)


@pytest.mark.parametrize(
    ("name", "model"), sampled([(n, m) for n, (models, _, _) in REWRITTEN.items() for m in models], 8)
)
def test_is_rewritten_and_does_the_same(tmp_path: Path, name: str, model: str) -> None:
    _, text, argument = REWRITTEN[name]
    before = did(module(tmp_path, text), [argument])
    assert did(module(tmp_path, generated(tmp_path, text, model)), [argument]) == before


def test_numbers_of_a_list_are_counted_anew_and_not_kept(tmp_path: Path) -> None:
    text = """
import time


def fetch(count):
    time.sleep(0.01)
    return count + 1


def subject(names: list[str]):
    return [(n, name, fetch(7)) for n, name in enumerate(names)]  # here
"""
    assert "in zip(enumerate(names), pool.map(" in generated(tmp_path, text)
