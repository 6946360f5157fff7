"""What opens a transaction: by its type, and by its name where nothing is known of the type."""

from __future__ import annotations

import pytest

from advisor.questions.transactions import opens_transaction
from tests.linking import linked

OPENS = [
    ("transaction.atomic()", "from django.db import transaction"),
    ("session.begin()", ""),
    ("db.begin_nested", ""),
    ("connection", "import sqlite3\nconnection = sqlite3.connect('x')"),
    ("psycopg.connect('x')", "import psycopg"),
]


@pytest.mark.parametrize(("expression", "head"), OPENS)
def test_entering_opens_a_transaction(expression: str, head: str) -> None:
    found = linked(f"{head}\ndef work(session, db):\n    with {expression}:\n        session.go()\n")
    assert opens_transaction(found.program, found.catalog, found.work.id, found.entered)


@pytest.mark.parametrize(
    ("expression", "head"),
    [
        ("session", ""),
        ("session.beginning()", ""),
        ("transactions_of(db)", ""),
        ("db.atomic_file('x')", ""),
        ("open('x')", ""),
    ],
)
def test_entering_something_else_does_not(expression: str, head: str) -> None:
    found = linked(f"{head}\ndef work(session, db):\n    with {expression}:\n        session.go()\n")
    assert not opens_transaction(found.program, found.catalog, found.work.id, found.entered)
