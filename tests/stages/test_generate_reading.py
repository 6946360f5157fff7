"""What only reads may be asked ahead of its turn, though each answer is used up; what leaves a trace outside may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, otherwise, refusal

QUERY = """\
import psycopg2

DSN = "dbname=shop"


def report(day):
    with psycopg2.connect(DSN) as connection, connection.cursor() as cursor:
        cursor.execute("{statement}", (day,))
        {then}


def subject(days):
    return [report(day) for day in days]  # here
"""

SHARED = """\
import psycopg2


def subject(days):
    cursor = psycopg2.connect("dbname=shop").cursor()
    totals = []
    for day in days:  # here
        cursor.execute("SELECT sum(total) FROM orders WHERE day = %s", (day,))
        totals.append(cursor.fetchone())
    return totals
"""

IN_A_ROW = """\
import psycopg2


def subject(first, second):
    connection = psycopg2.connect("dbname=shop")
    cursor = connection.cursor()
    cursor.execute("SELECT day, total FROM orders")
    head = cursor.fetchmany(1000)  # here
    tail = cursor.fetchmany(1000)
    return head, tail
"""


@pytest.mark.parametrize("then", ["return cursor.fetchone()", "return cursor.fetchall()", "return list(cursor)"])
def test_rows_that_are_fetched_leave_no_trace(then: str, tmp_path: Path) -> None:
    text = QUERY.format(statement="SELECT sum(total) FROM orders WHERE day = %s", then=then)
    assert "ThreadPoolExecutor" in generated(tmp_path, text)


@pytest.mark.parametrize(
    ("statement", "then"),
    [
        ("DELETE FROM orders WHERE day = %s RETURNING id", "return cursor.fetchall()"),
        ("SELECT close_day(%s)", "return connection.commit()"),
        ("SELECT close_day(%s)", "return cursor.callproc('shut', [day])"),
    ],
)
def test_what_is_changed_in_the_database_stays_in_turn(statement: str, then: str, tmp_path: Path) -> None:
    assert "(later-effects)" in refusal(tmp_path, QUERY.format(statement=statement, then=then))


def test_a_cursor_gives_its_rows_strictly_in_turn(tmp_path: Path) -> None:
    assert "`cursor`" in refusal(tmp_path, SHARED)
    assert "nothing to rewrite" in otherwise(tmp_path, IN_A_ROW)


ANSWERS = """\
import http.client


def subject(host, paths):
    connection = http.client.HTTPConnection(host)
    out = {{}}
    for path in paths:  # here
        connection.request("GET", path)
        answer = connection.getresponse()
        out[path] = {given}
    return out
"""


def test_no_worker_asks_what_the_caller_then_reads_from_a_client_of_its_own(tmp_path: Path) -> None:
    kept = ANSWERS.format(given="answer")
    assert "(unpicklable-result)" in refusal(tmp_path, kept, "multiprocessing")
    read = generated(tmp_path, ANSWERS.format(given="answer.read()"), "multiprocessing")
    assert "return answer.read()" in read or "return connection.getresponse().read()" in read


WALKED = """import hashlib


def parts(text):
    for number in range(100):
        yield hashlib.pbkdf2_hmac("sha256", text, b"salt", 1000 + number)


def subject(texts):
    return [{given} for text in texts]  # here
"""


OPENED = """\
import hashlib


def subject(paths):
    out = []
    for path in paths:  # here
        with open(path, "rb") as file:
            digest = hashlib.pbkdf2_hmac("sha256", file.read(), b"salt", 1_000_000)
        out.append(digest)
    return out
"""


def test_only_what_the_work_gives_must_be_such_that_it_can_be_sent(tmp_path: Path) -> None:
    assert "(unpicklable-result)" in refusal(tmp_path, WALKED.format(given="parts(text)"), "multiprocessing")
    assert "(unpicklable-result)" in refusal(tmp_path, WALKED.format(given="(text, parts(text))"), "multiprocessing")
    assert "ProcessPoolExecutor" in generated(tmp_path, OPENED, "multiprocessing")


ASKED = """\
import requests


def subject(urls):
    with requests.Session() as session:
        return [session.request({method}, url, timeout=9).status_code for url in urls]  # here
"""


def test_the_method_tells_whether_a_request_only_reads(tmp_path: Path) -> None:
    assert generated(tmp_path, ASKED.format(method="'GET'"))
    assert "(later-effects)" in refusal(tmp_path, ASKED.format(method="url.method"))  # which may write
    assert generated(tmp_path, ASKED.format(method="url.method"), accept=["later-effects"])
    assert "(later-effects)" in refusal(tmp_path, ASKED.format(method="'delete'"))
