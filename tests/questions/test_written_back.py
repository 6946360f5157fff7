"""A row that every iteration asks for in the same way, changes and writes back is a tie; a row of its own is none."""

from __future__ import annotations

from textwrap import indent

import pytest

from advisor.questions.written_back import written_back
from tests.linking import linked

HEAD = """
from django.db import models
from requests import get
from sqlalchemy import select
from sqlalchemy.orm import Session

class Batch(models.Model):
    pass

def work(xs, batch_id, engine):
"""

SAME = [
    "for x in xs:\n    with Session(engine) as s:\n        b = s.get(Batch, batch_id)\n        b.done += 1\n",
    "for x in xs:\n    with Session(engine) as s:\n        b = s.scalar(select(Batch).filter_by(id=batch_id))\n        b.last = x",
    "for x in xs:\n    b = Batch.objects.get(pk=batch_id)\n    b.last = get(x).text\n    b.save()",
    "for x in xs:\n    with Session(engine) as s:\n        for b in s.scalars(select(Batch)):\n            b.seen = x",
]
OWN = [
    "for x in xs:\n    with Session(engine) as s:\n        b = s.get(Batch, x)\n        b.done += 1\n",
    "for x in xs:\n    with Session(engine) as s:\n        b = s.scalar(select(Batch).filter_by(id=x.id))\n        b.last = 1",
    "for x in xs:\n    b = Batch.objects.get(pk=x)\n    b.last = get(x).text\n    b.save()",
    "for x in xs:\n    b = Batch.objects.get(pk=batch_id)\n    print(b.last, get(x).text)",  # only read
    "for x in xs:\n    answer = get(batch_id)\n    answer.encoding = 'utf-8'",  # no row
    "b = Batch.objects.get(pk=batch_id)\nfor x in xs:\n    b.last = x",  # one object, told as such
]


def details(body: str) -> list[str]:
    found = linked(f"{HEAD}{indent(body, '    ')}\n")
    (site,) = (site for site in found.sites if site.function == found.work.id and site.targets == {"x"})
    return [detail.name for detail in written_back(found.program, found.catalog, site)]


@pytest.mark.parametrize("body", SAME)
def test_the_same_row_is_written_by_all(body: str) -> None:
    assert details(body)


@pytest.mark.parametrize("body", OWN)
def test_a_row_of_its_own_ties_nothing(body: str) -> None:
    assert not details(body)
