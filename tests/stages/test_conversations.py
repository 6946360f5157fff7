"""Connections and sessions of a database that all iterations share, however they come to them."""

from __future__ import annotations

import pytest

from advisor.model.site import HazardKind
from tests.linking import linked

HEAD = """
import psycopg2, requests
from functools import cached_property
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("sqlite://")
make = sessionmaker(engine)

class Rows:
    session: Session
    def __init__(self, session: Session):
        self.session = session
    def load(self, key):
        return self.session.execute(text("select 1")).scalar()

class Tables:
    def __init__(self, session: Session):
        self.given = session
    @cached_property
    def rows(self):
        return Rows(self.given)

def opening(key):
    with Session(engine) as session:
        return session.execute(text("select 1")).scalar()

def making(key):
    with make() as session:
        return Rows(session).load(key)

def connecting(key):
    with psycopg2.connect("dbname=a") as connection, connection.cursor() as cursor:
        cursor.execute("select 1")
        return cursor.fetchone()

def fetching(key, tables):
    requests.get(key, timeout=10)
    requests.get(key + "/more", timeout=10)
    requests.get(key + "/rest", timeout=10)
    return tables.rows.load(key)

def work(keys, tables: Tables, connection: psycopg2.extensions.connection):
"""


def shares(body: str) -> bool:
    """Is a conversation said to be one for all iterations?"""
    case = linked(f"{HEAD}    return [{body} for key in keys]\n").cases[-1]
    return any(h.kind is HazardKind.STATEFUL_CAPTURE for h in case.hazards)


@pytest.mark.parametrize("body", ["tables.rows.load(key)", "connection.cursor().execute('select 1')"])
def test_what_no_iteration_opens_is_one_for_all(body: str) -> None:
    assert shares(body)


@pytest.mark.parametrize("body", ["opening(key)", "making(key)", "connecting(key)", "engine.connect()"])
def test_what_each_opens_is_its_own(body: str) -> None:
    assert not shares(body)


def test_beside_longer_waits_the_queries_can_stay_in_the_caller() -> None:
    assert not shares("fetching(key, tables)")


NAMED = """
import requests
from somewhere import database

class Job:
    def store(self, key):
        self.task.session.add(requests.get(key, timeout=9).text)

class Other:
    @property
    def session(self):
        return 1

def saving(key, session):
    session.add(requests.get(key, timeout=9).text)

def making(key, start):
    session = start()
    session.add(requests.get(key, timeout=9).text)

def work(keys, job, start, session):
"""


@pytest.mark.parametrize(
    ("body", "shared"),
    [
        ("saving(key, session)", True),
        ("saving(key, start())", False),
        ("making(key, start)", False),
        ("job.session.add(requests.get(key, timeout=9).text)", True),
        ("database.session.add(requests.get(key, timeout=9).text)", True),
        ("Job().store(key)", False),
    ],
)
def test_a_session_that_only_its_name_tells_is_shared_where_it_comes_from_elsewhere(body: str, shared: bool) -> None:
    case = linked(f"{NAMED}    return [{body} for key in keys]\n").cases[-1]
    assert any(h.kind is HazardKind.STATEFUL_CAPTURE for h in case.hazards) is shared
