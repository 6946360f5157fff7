"""Lazy: what a generator does belongs to whoever walks it, and not to the code that makes it."""

from __future__ import annotations

from textwrap import indent

import pytest

from advisor.model.effect import Effect
from advisor.model.state import Piece
from advisor.model.summary import Summary
from advisor.questions.flow import flow_of, iteration
from tests.linking import changes, linked

HEAD = """
import asyncio, contextlib, itertools, queue, requests
from concurrent.futures import ThreadPoolExecutor

SEEN = []
TASKS = queue.Queue()
pool = ThreadPoolExecutor()

def pages(x):
    SEEN.append(x)
    yield requests.get(x)
async def streamed(x):
    SEEN.append(x)
    yield requests.get(x)
def opened(x):
    return pages(x)
def opened_later(x):
    rows = opened(x)
    return rows
def noted(rows):
    return list(rows)
@contextlib.contextmanager
def session(x):
    yield requests.get(x)
@unheard_of
def started(x):
    yield requests.get(x)
"""

ROUNDS = [
    # stored: whoever takes it from there walks it
    ("found.append(pages(x))", False),
    ("found.append((x, pages(x)))", False),
    ("found.insert(0, pages(x))", False),
    ("found.append([pages(x), pages(x)])", False),
    ("found += [pages(x)]", False),
    ("found[0] = pages(x)", False),
    ("found.append(opened(x))", False),
    ("found.append(opened_later(x))", False),
    ("found.append(streamed(x))", False),
    ("found.append(pages(x) if x else None)", False),
    ("found.append(itertools.islice(pages(x), 3))", False),
    ("found.append(itertools.chain(pages(x), opened(x)))", False),
    ("found.append([pages(y) for y in x])", False),
    ("rows = pages(x)\nfound.append(rows)", False),
    ("a, b = pages(x), opened(x)\nfound.append(a or b)", False),
    # dropped, or kept by a name that the round does not walk
    ("pages(x)", False),
    ("rows = pages(x)", False),
    ("rows = pages(x)\nrows.close()", False),
    ("rows = pages(x)\nif rows is None: print(x)", False),
    # generator expressions
    ("found.append(requests.get(y) for y in x)", False),
    ("found.append(row for row in pages(x))", False),
    ("found.append([row for row in pages(x)])", True),
    ("found.append(sum(1 for row in pages(x)))", True),
    ("found.append(any(requests.get(y) for y in x))", True),
    # walked
    ("for row in pages(x): found.append(row)", True),
    ("for row in opened(x): found.append(row)", True),
    ("for row in opened_later(x): found.append(row)", True),
    ("for row in itertools.chain(pages(x), [1]): found.append(row)", True),
    ("found.append(list(pages(x)))", True),
    ("found.append(next(pages(x)))", True),
    ("found.append([*pages(x)])", True),
    ("found.extend(pages(x))", True),
    ("found += pages(x)", True),
    ("first, *others = pages(x)", True),
    ("found.append(x in pages(x))", True),
    ("rows = pages(x)\nfor row in rows: found.append(row)", True),
    ("rows = pages(x)\nfound.append(next(rows))", True),
    ("rows = pages(x)\nrows.send(None)", True),
    ("rows = pages(x)\nmore = rows\nfound.extend(more)", True),
    ("rows = [pages(x)]\nfor row in itertools.chain(*rows): found.append(row)", True),
    ("rows = []\nrows.append(pages(x))\nfor row in rows[0]: found.append(row)", True),
    ("rows = pages(x)\ndef rest(): return list(rows)\nfound.append(rest())", True),
    # handed to code that may walk it
    ("found.append(noted(pages(x)))", True),
    ("n(pages(x))", True),
    ("found.append(n.put_all(pages(x)))", True),
    # its decorator runs it
    ("found.append(started(x))", True),
    ("with session(x) as s: found.append(s)", True),
]


@pytest.mark.parametrize(("block", "walked"), ROUNDS)
def test_what_a_round_of_generators_does(block: str, walked: bool) -> None:
    found = linked(f"{HEAD}def work(xs, n):\n    found = []\n    for x in xs:\n{indent(block, '        ')}\n")
    piece = Piece(found.work.id, found.loop.body, private=frozenset({"x"}), targets=frozenset({"x"}))
    assert asks(found.summaries.piece(piece)) is walked
    changed = changes(found.summaries.state(piece))
    if "pages" in block and "opened" not in block:
        assert ("append global SEEN" in changed) is walked
    elif "opened" in block:  # what a function returns may be walked where nobody looks: to be safe, it counts as done
        assert "append global SEEN" in changed


ELSEWHERE = [
    "n.append(pages(x))",
    "n.found.append(pages(x))",
    "n.rows = pages(x)",
    "TASKS.put(pages(x))",
    "SEEN[0] = pages(x)",
]


@pytest.mark.parametrize("block", ELSEWHERE)
def test_what_others_may_find_is_no_wait_here_but_may_be_walked_meanwhile(block: str) -> None:
    found = linked(f"{HEAD}def work(xs, n):\n    for x in xs:\n        {block}\n")
    piece = Piece(found.work.id, found.loop.body, private=frozenset({"x"}), targets=frozenset({"x"}))
    assert not asks(found.summaries.piece(piece))
    assert "append global SEEN" in changes(found.summaries.state(piece))


WHOLE = [
    ("found = []\nfor x in xs: found.append(pages(x))\nfor row in itertools.chain(*found): print(row)", True),
    ("found = [pages(x) for x in xs]\nfor rows in found:\n    for row in rows: print(row)", True),
    ("found = {}\nfor x in xs: found[x] = pages(x)\nprint(sum(map(len, found.values())))", True),
    ("rows = pages(xs)\nfor x in xs:\n    if x: break\nelse:\n    print(list(rows))", True),
    ("yield from pages(xs)", True),
    ("print(list(itertools.chain.from_iterable(pages(x) for x in xs)))", True),
    ("print(list(pool.submit(opened, xs).result()))", False),  # its walk cannot be seen from here
    ("found = []\nfor x in xs: found.append(pages(x))\nreturn len(xs)", False),
    ("found = (pages(x) for x in xs)", False),
    ("later = lambda: pages(xs)", False),
]


@pytest.mark.parametrize(("block", "walked"), WHOLE)
def test_what_a_function_of_generators_does(block: str, walked: bool) -> None:
    found = linked(f"{HEAD}def work(xs):\n{indent(block, '    ')}\n")
    assert asks(found.summaries.function(found.work.id)) is walked


RETURNED = [
    ("for row in made(xs): print(row)", True),
    ("print(sorted(made(xs)))", True),
    ("return made(xs)", True),  # whoever called may
    ("kept = []\nkept.append(made(xs))", False),
    ("made(xs)", False),
]


@pytest.mark.parametrize("given", ["pages(x)", "(requests.get(y) for y in x)", "itertools.chain(pages(x), pages(x))"])
@pytest.mark.parametrize(("block", "walked"), RETURNED)
def test_what_is_returned_the_caller_may_walk(block: str, walked: bool, given: str) -> None:
    found = linked(f"{HEAD}def made(x):\n    return {given}\ndef work(xs):\n{indent(block, '    ')}\n")
    assert asks(found.summaries.function(found.work.id)) is walked


@pytest.mark.parametrize(
    ("made", "walked"),
    [("[pages(x) for x in xs]", False), ("{x: pages(x) for x in xs}", False), ("[list(pages(x)) for x in xs]", True)],
)
def test_a_comprehension_of_generators_only_makes_them(made: str, walked: bool) -> None:
    found = linked(f"{HEAD}def work(xs):\n    for row in itertools.chain(*{made}): print(row)\n")
    site = next(site for site in found.sites if site.kind == "comprehension" and site.function == found.work.id)
    assert asks(found.summaries.piece(iteration(site, flow_of(site)))) is walked


@pytest.mark.parametrize(
    ("handed", "works"), [("pages, x", False), ("list, pages(x)", True), ("noted, pages(x)", True)]
)
def test_a_worker_that_is_handed_a_generator_function_only_makes_a_generator(handed: str, works: bool) -> None:
    found = linked(f"{HEAD}def work(xs):\n    for x in xs:\n        pool.submit({handed})\n")
    piece = Piece(found.work.id, found.loop.body, targets=frozenset({"x"}), handed_over=True)
    assert asks(found.summaries.piece(piece)) is works


def asks(summary: Summary) -> bool:
    """Does it wait for the network?"""
    return any(proof.effect is Effect.NETWORK for proof in summary.proofs)
