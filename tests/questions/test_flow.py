"""Which names go from one iteration to the next, and which only tell people how far things are."""

from __future__ import annotations

from functools import partial
from textwrap import indent

import pytest

from advisor.questions.flow import NameUse, flow_of
from advisor.questions.talk import tells
from tests.linking import linked

HEAD = "from tqdm import tqdm\nimport logging\ndef work(xs, out, seen, table):\n    bar = tqdm(xs)\n    last = None\n"


def use(body: str, *, known: bool = True) -> NameUse:
    """What an iteration does with `last`."""
    found = linked(f"{HEAD}    for x in xs:\n{indent(body, '        ')}\n")
    site = found.site
    told = partial(tells, found.program, found.catalog, site.function)
    return (flow_of(site, told) if known else flow_of(site)).names["last"]


TALKED = [
    "print(last)\nlast = x",
    "logging.info('%s', last)\nlast = x",
    "bar.set_description(last)\nlast = x",
    "bar.update(last)\nlast = x",
    "print_progress_bar(last)\nlast = x",
]


@pytest.mark.parametrize("body", TALKED)
def test_what_is_only_told_ties_nothing(body: str) -> None:
    assert use(body).talked
    assert not use(body).exposed


@pytest.mark.parametrize("body", TALKED)
def test_without_knowledge_of_calls_it_is_read(body: str) -> None:
    assert use(body, known=False).exposed


READ = [
    "out.write(last)\nlast = x",
    "seen.update(last)\nlast = x",
    "table.report(last)\nlast = x",
    "print(last, file=out)\nlast = x",
    "last = f(last)",
]


@pytest.mark.parametrize("body", READ)
def test_what_is_kept_goes_on_to_the_next(body: str) -> None:
    assert use(body).exposed


def test_a_name_that_a_test_binds_is_new_in_each_iteration() -> None:
    found = linked(
        "def work(xs):\n    for x in xs:\n        if not (part := f(x)):\n            continue\n        g(part)\n"
    )
    assert not flow_of(found.site).names["part"].exposed
