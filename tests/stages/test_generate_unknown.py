"""What the work of a loop acts through without anybody knowing its class: a connection as likely as data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

WORK = """\
import socket
from pathlib import Path


def mix(text):
    total = 0
    for _ in range(200):
        for letter in str(text):
            total = (total * 31 + ord(letter)) % 10007
    return total


{helpers}


def subject({given}):
    results = []
    for name in names:  # here
        results.append({call})
    return results
"""
CLIENT = """
class Client:
    def __init__(self, host):
        self.{held} = {value}

    def lines_of(self, name):
        return mix(self.{held}) + len(name)
"""
HOLDER = """
class Report:
    def __init__(self, context):
        self.context = context

    def say(self):
        return self.context.{asked}("done")

    def one(self, name):
        return mix(name)

    def all(self, names):
        results = []
        for name in names:  # here
            results.append(self.one(name))
        return results
"""


@pytest.mark.parametrize(
    ("given", "call", "helpers"),
    [
        ("names, book", "mix(book.ask(name))", ""),
        ("names, book", "mix(book.connection.search(base=name))", ""),
        ("names", "mix(name.load())", ""),
        ("names, books", "mix([book.state() for book in books[name]])", ""),
        ("names, books", "mix(sorted(map(lambda book: book.state(), books[name])))", ""),
        ("names, book", "mix(asked(book, name))", "def asked(book, name):\n    return book.ask(name)"),
        ("names, app", "told(app, name)", "def told(app, name):\n    app.logger.info(name)\n    return mix(name)"),
        ("names, client", "mix(client.lines_of(name))", CLIENT.format(held="wire", value="socket.socket()")),
    ],
    ids=["method", "attribute", "item", "elements", "lambda", "helper", "logger", "guessed"],
)
def test_processes_are_not_given_what_may_be_a_connection(tmp_path: Path, given: str, call: str, helpers: str) -> None:
    told = refusal(tmp_path, WORK.format(given=given, call=call, helpers=helpers), "multiprocessing")
    assert "unpicklable-capture" in told


@pytest.mark.parametrize(
    ("given", "call", "helpers"),
    [
        ("names, table", "mix(table[name])", ""),
        ("names, table", "mix(table.get(name.strip()))", ""),
        ("names, table", "mix(sorted(key for key, _ in table.items()))", ""),
        ("names, options", "mix(name + options.mark)", ""),
        ("names", "mix(name.split(',')[0].lower())", ""),
        ("names, folder: Path", "mix(folder.joinpath(name))", ""),
        ("names, log", "told(log, name)", "def told(log, name):\n    log.debug(name)\n    return mix(name)"),
        ("names, client", "mix(client.lines_of(name))", CLIENT.format(held="width", value="len(host)")),
    ],
    ids=["entry", "get", "items", "attribute", "text", "path", "logger", "guessed"],
)
def test_data_is_given_to_processes(tmp_path: Path, given: str, call: str, helpers: str) -> None:
    text = WORK.format(given=given, call=call, helpers=helpers)
    assert "ProcessPoolExecutor" in generated(tmp_path, text, "multiprocessing")


def test_an_object_that_holds_something_unknown_stays_where_it_is(tmp_path: Path) -> None:
    text = WORK[: WORK.index("{helpers}")] + HOLDER
    told = refusal(tmp_path, text.format(asked="speak"), "multiprocessing")
    assert "an object with `context`" in told
    assert "ProcessPoolExecutor" in generated(tmp_path, text.format(asked="format"), "multiprocessing")


GUARDED = """\
import datetime
import sqlalchemy as sa
import somelib
from sqlalchemy.orm.util import AliasedClass


def mix(thing):
    total = 0
    for each in range(300000):
        total = (total * 31 + each) % 10007
    return total, thing


class Row:
    def __init__(self, number):
        self.number = number


def subject(things):
    results = []
    for thing in things:  # here
        if isinstance(thing, {kind}):
            results.append(mix(thing))
    return results
"""


@pytest.mark.parametrize("kind", ["sa.orm.util.AliasedClass", "AliasedClass", "somelib.Thing"])
def test_what_is_told_to_be_of_a_librarys_class_is_not_sent(tmp_path: Path, kind: str) -> None:
    assert "unpicklable-capture" in refusal(tmp_path, GUARDED.format(kind=kind), "multiprocessing")
    assert "ThreadPoolExecutor" in generated(tmp_path, GUARDED.format(kind=kind), "threading")


@pytest.mark.parametrize("kind", ["str", "Row", "datetime.date", "(int, float)"])
def test_what_is_told_to_be_data_is_sent(tmp_path: Path, kind: str) -> None:
    assert "ProcessPoolExecutor" in generated(tmp_path, GUARDED.format(kind=kind), "multiprocessing")


TELLS = """\
import logging
import socket

from loguru import logger


class Voice(logging.LoggerAdapter):
    def highlight(self, text):
        print(text)


def found(name, context, log):
    address = socket.gethostbyname(name)
    {method}(f"{{name}}: {{address}}")
    return address


def subject(names, context, log):
    return [found(name, context, log) for name in names]  # here
"""
OUTPUT = ["ordered-output"]


@pytest.mark.parametrize("method", ["context.log.highlight", "context.log.success", "log.success", "log.notice"])
def test_a_name_alone_makes_no_logger_of_an_object(tmp_path: Path, method: str) -> None:
    assert "which may change" in refusal(tmp_path, TELLS.format(method=method), "threading", accept=OUTPUT)


@pytest.mark.parametrize("method", ["context.log.info", "log.warning", "logger.success", "logging.info"])
def test_log_records_of_loggers_may_mix_where_that_is_allowed(tmp_path: Path, method: str) -> None:
    assert "ThreadPoolExecutor" in generated(tmp_path, TELLS.format(method=method), "threading", accept=OUTPUT)


INSIDE = """\
def subject(xs):
    {line}
    found = []
    for x in xs:  # here
        total = x
        for row in range(1_000_000):
            total = (total * 31 + row) % {modulus}
        found.append(total)
    return found
"""


def test_a_module_that_a_function_imports_cannot_be_sent(tmp_path: Path) -> None:
    imported = INSIDE.format(line="import sys", modulus="sys.maxsize")
    assert "the module `sys`" in refusal(tmp_path, imported, "multiprocessing")
    taken = INSIDE.format(line="from sys import maxsize", modulus="maxsize")
    assert "ProcessPoolExecutor" in generated(tmp_path, taken, "multiprocessing")


LIBRARY = """
class Job{base}:
    def __init__(self, name):
        self.name = name

    def one(self):
        return mix(self.name)
"""


@pytest.mark.parametrize(
    ("base", "call", "refused"),
    [
        ("", "Job(name).one()", False),
        ("(Exception)", "Job(name).one()", False),
        ("", "mix((kept, name))", True),
    ],
)
def test_an_object_of_a_class_that_nobody_knows_is_not_sent(
    base: str, call: str, refused: bool, tmp_path: Path
) -> None:
    """Nobody knows what it holds."""
    head = "from strange import Kept\n" + WORK.format(helpers=LIBRARY.format(base=base), given="names", call=call)
    code = head.replace("    results = []\n", "    job, kept, results = Job('a'), Kept(), []\n")
    if refused:
        assert "of which is not known whether it can be sent" in refusal(tmp_path, code, "multiprocessing")
    else:
        assert "ProcessPoolExecutor" in generated(tmp_path, code, "multiprocessing")
