"""The calls of an iteration, what is worth submitting, and which sites are concurrent."""

from __future__ import annotations

import pytest

from advisor.model import tree
from advisor.model.effect import Range
from advisor.model.site import Site, SiteKind
from advisor.questions.calls import argument, calls_of, puts_behind, reads_on
from advisor.questions.thresholds import is_too_little
from tests.linking import known, linked


def test_calls_of_an_iteration_are_those_of_the_body_and_the_parts() -> None:
    loop = linked("def work(xs):\n    for x in first(xs):\n        if second(x):\n            third(fourth(x))\n").loop
    site = Site("app.py", "work", SiteKind.FOR, "for-loop", 2, 4, 4, loop, body=loop.body, iterable=loop.iterable)
    assert [tree.callee(call) for call in calls_of(site)] == ["second", "third", "fourth"]


def test_an_argument_that_is_not_written_out_is_unknown() -> None:
    call = linked("def work(xs, y):\n    f(*xs, y, z=1)\n").last_call
    assert argument(call, 1) is None
    assert tree.dotted(argument(call, -1) or call) == "y"
    assert argument(call, "z") is not None
    assert argument(call, "w") is None


def test_work_is_too_little_where_even_the_most_that_it_may_be_is() -> None:
    some = Range(1e-5, 1e-4, 1e-3)
    assert is_too_little(some, Range(1e-6, 1e-4, 2e-3))
    assert not is_too_little(some, Range(1e-6, 1e-4, 2e-2))
    assert is_too_little(Range(1e-8, 1e-7, 2e-6), Range.exactly(1.0))  # however many there are


def test_pools_threads_and_gathers_are_concurrent() -> None:
    assert {kind for kind in SiteKind if kind.is_concurrent} == {SiteKind.POOL, SiteKind.THREAD, SiteKind.GATHER}


@pytest.mark.parametrize(
    ("api", "puts", "reads"),
    [
        ("io.TextIOWrapper.write", True, False),
        ("csv.DictWriter.writerow", True, False),
        ("socket.socket.sendall", True, False),
        ("pypdf.PdfWriter.add_page", True, False),
        ("builtins.list.append", True, False),
        ("requests.Session.send", False, False),  # a request, which leaves the session as it is
        ("soundfile.write", False, False),  # a file of its own
        ("io.TextIOWrapper.readline", False, True),
        ("socket.socket.recv", False, True),
        ("requests.Response.iter_content", False, True),
        ("zipfile.ZipFile.read", False, False),  # a member, by its name
        ("queue.Queue.get", False, False),  # nothing from outside
        ("asyncio.Task.add_done_callback", False, False),
        ("elsewhere.Sink.write", True, False),
        ("elsewhere.Source.readline", False, True),
        ("elsewhere.Sink.rewrite", False, False),
    ],
)
def test_what_a_method_does_to_the_end_of_its_object(api: str, puts: bool, reads: bool) -> None:
    assert (puts_behind(known(), api), reads_on(known(), api)) == (puts, reads)
