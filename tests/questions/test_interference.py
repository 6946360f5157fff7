"""Interference: whether two pieces of code, or two iterations of one, change what the other needs."""

from __future__ import annotations

from functools import cache
from itertools import product
from textwrap import indent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.model import code
from advisor.model.site import Site, SiteKind
from advisor.model.state import State
from advisor.questions.flow import flow_of
from advisor.questions.interference import (
    View,
    ambient_clashes,
    clashes,
    draws,
    independent,
    meetings,
    view,
)
from tests.linking import Linked, linked, wrong

HEAD = """
import os, random, requests, shutil, signal, sqlite3, subprocess, sys, threading
from pathlib import Path

OUT = []
SEEN = set()
TABLE = {}
COUNT = 0
ALL = [OUT, SEEN]

class Box:
    shared = []
    def __init__(self, held=None):
        self.held = held
    def add(self, x):
        self.held.append(x)
    def set(self, x):
        self.n = x
    def peek(self):
        return self.n

def push(into, x):
    into.append(x)
def total(numbers):
    return sum(numbers)
def count():
    global COUNT
    COUNT += 1
"""


def blocks(before: str, one: str, other: str) -> tuple[Linked, State, State]:
    """The states of two pieces of one function; `a`, `b`, `c` and `s` come from outside, `before` runs before both."""
    parts = [f"if a:\n{indent(block, '    ')}" for block in (one, other)]
    body = "\n".join([before or "pass", *parts])
    found = linked(f"{HEAD}def work(a, b, c: Box, s):\n{indent(body, '    ')}\n")
    ifs = [s for s in found.work.body if isinstance(s, code.If)]
    return found, found.state(*ifs[-2].body), found.state(*ifs[-1].body)


def clash(found: Linked, one: State, other: State) -> bool:
    seen = View(found.program.objects, found.work.id)
    both = ((one, other), (other, one))
    return any(True for pair in both for _ in clashes(seen, *pair, apart=False))


PAIRS = [
    # one object, by whatever name
    ("", "a.append(1)", "len(a)", True),
    ("", "a.append(1)", "len(b)", False),
    ("", "a.append(1)", "a.append(2)", True),
    ("", "a.add(1)", "a.add(2)", False),  # a set does not tell which came first
    ("", "a.add(1)", "len(a)", True),
    ("", "len(a)", "len(a)", False),
    ("d = a", "a.append(1)", "len(d)", True),
    ("d = a.b", "a.b.append(1)", "len(d)", True),
    ("d = a[0]", "a[0].append(1)", "len(d)", True),
    ("add = a.append", "add(1)", "len(a)", True),
    ("d = [a]", "d[0].append(1)", "len(a)", True),
    ("", "push(a, 1)", "total(a)", True),
    ("", "push(a, 1)", "total(b)", False),
    ("", "push(OUT, 1)", "len(OUT)", True),
    ("", "count()", "count()", True),
    ("", "count()", "print(COUNT)", True),
    ("d = Box(a)", "d.add(1)", "len(a)", True),
    ("d = Box(a)", "d.add(1)", "len(b)", False),
    ("d = Box(OUT)", "d.add(1)", "len(OUT)", True),
    ("", "Box(OUT).add(1)", "len(OUT)", True),
    ("", "Box.shared.append(1)", "len(c.shared)", True),
    ("", "Box.shared.append(1)", "len(c.held)", False),
    # attributes and entries
    ("", "a.n = 1", "print(a.n)", True),
    ("", "a.n = 1", "print(a.m)", False),
    ("", "a.n = 1", "print(b.n)", False),
    ("", "a.n = 1", "print(a)", True),
    ("", "a.n.m = 1", "print(a.n)", True),
    ("", "a.n = 1", "print(a.n.m)", True),
    ("", "c.set(1)", "c.peek()", True),
    ("", "c.set(1)", "a.peek()", False),
    ("", "a[0] = 1", "print(a[1])", False),
    ("", "a[0] = 1", "print(a[0])", True),
    ("", "a['k'] = 1", "print(a['k'])", True),
    ("", "a['k'] = 1", "print(a['l'])", False),
    ("", "a[b] = 1", "print(a[0])", True),
    ("", "a['k'] = 1", "print(a.get('k'))", True),
    ("", "a['k'] = 1", "'k' in a", True),
    ("", "setattr(a, 'n', 1)", "print(a.n)", True),
    ("", "setattr(a, b, 1)", "print(a.n)", True),
    ("", "vars(a)['n'] = 1", "print(a.n)", True),
    ("", "a.n += 1", "a.n is None", False),  # what is added to is not None before, nor after
    ("", "a.n = 1", "a.n is None", True),
    ("", "a.sort()", "print(a[0])", True),
    ("", "a.pop()", "a.pop()", True),
    # names
    ("n = 0", "n = 1", "print(n)", True),
    ("n = m = 0", "n = 1", "print(m)", False),
    ("", "COUNT", "COUNT", False),
    # memos
    ("", "if 1 not in a: a[1] = 1", "if 1 not in a: a[1] = 1", False),
    ("", "if 1 not in a: a[1] = b.pop()", "if 1 not in a: a[1] = b.pop()", True),
    # one thing read of two
    ("", "a.append(len(b))", "c.set(len(b))", False),
]  # fmt: skip


@pytest.mark.parametrize(("before", "one", "other", "clashing"), PAIRS)
def test_two_pieces_change_one_thing_in_memory(before: str, one: str, other: str, clashing: bool) -> None:
    assert clash(*blocks(before, one, other)) is clashing


# ---- iterations


def of(head: str, block: str, before: str = "pass") -> tuple[Linked, Site, State]:
    """The state of an iteration of `for {head}`; `a`, `b` and `xs` come from outside, and so does what `main` passes."""
    text = f"{HEAD}def work(xs, a, b, n, c: Box):\n    {before}\n    for {head}:\n{indent(block, '        ')}\n"
    found = linked(text)
    return found, found.site, found.iteration()


def tie(head: str, block: str, before: str = "pass") -> str:
    """`flow` where a value goes from one iteration to another, `order` where it only shows which came first."""
    found, site, state = of(head, block, before)
    flows = {each.read is not None for each in clashes(view(found.program, site), state, state)}
    return "flow" if True in flows else "order" if flows else ""


ITERATIONS = [
    # each has an item of its own
    ("x in xs", "x.n = x.n + 1", ""),
    ("x in xs", "x.append(1)", ""),
    ("x in xs", "x['k'] = x['j']", ""),
    ("x in xs", "x.parent.n = 1", ""),  # always the same, whoever has one parent with another
    wrong("x in xs", "x.parent.n += 1", "order", why="what hangs on an item counts as its own, though two may have one parent"),
    ("x in xs", "x.parent.kids.append(1)", "order"),
    ("x in xs", "x.a.b.n = x.a.b.n + 1", "flow"),
    ("x in [a, b]", "x.append(1)", ""),
    ("x in [a, a]", "x.append(1)", "order"),
    ("x in [a] * 3", "x.append(1)", "order"),
    ("x in [a, b]", "x.append(len(a))", "flow"),
    ("x, y in [(a, b), (a, n)]", "x.append(1)", "order"),
    ("x, y in [(a, b), (a, n)]", "y.append(1)", ""),
    # what they share
    ("x in xs", "a.append(x)", "order"),
    ("x in xs", "a.add(x)", ""),
    ("x in xs", "len(a)", ""),
    ("x in xs", "a.n = x", "order"),
    ("x in xs", "a.n = 1", ""),  # always the same
    ("x in xs", "a.n = 1\nprint(a.n)", "flow"),
    ("x in xs", "a.n = x\nprint(a.m)", "order"),  # of two, the last one stays
    ("x in xs", "y = a.n", ""),
    ("x in xs", "y = [x]\ny.append(x)", ""),
    ("x in xs", "y = Box()\ny.set(x)\ny.peek()", ""),
    ("x in xs", "y = Box([])\ny.add(x)", ""),
    ("x in xs", "y = Box(a)\ny.add(x)", "order"),
    ("x in xs", "push(a, x)", "order"),
    ("x in xs", "push([], x)", ""),
    ("x in xs", "if x not in a: a[x] = x * 2", ""),
    ("x in xs", "k = x.k\nif k not in a: a[k] = x.v", "flow"),
    ("x in xs", "if x not in a: a[x] = len(a)", "flow"),
    ("x in xs", "if x in SEEN: pass\nelse: SEEN.add(x)", "flow"),
    # entries
    ("x in xs", "a[x] = x.n", "order"),  # two may be alike, and the last one stays
    wrong("i, x in enumerate(xs)", "xs[i] = x * 2", "", why="an entry of its own counts as one that others set, too"),
    ("i, x in enumerate(xs)", "xs[i + 1] = x * 2", "flow"),
    ("i, x in enumerate(xs)", "xs[i] = xs[i - 1]", "flow"),
    wrong("i, x in enumerate(xs)", "xs[~i] = x * 2", "flow", why="anything worked out of the index counts as the index"),
    wrong("i, x in enumerate(xs)", "xs[-i] = x * 2", "flow", why="anything worked out of the index counts as the index"),
    wrong("i, x in enumerate(xs)", "xs[abs(i)] = x * 2", "flow", why="anything worked out of the index counts as the index"),
    ("i, x in enumerate(xs)", "xs[b[i]] = x * 2", "flow"),
    wrong("k, v in a.items()", "a[k] = v * 2", "", why="an entry of its own counts as one that others set, too"),
    ("k, v in a.items()", "a[v] = v * 2", "flow"),
    ("i in range(9)", "a[i] = a[i] * 2", "flow"),
    wrong("k in a.keys()", "a[k] = n", "", why="an entry of its own counts as one that others set, too"),
    # what is walked
    ("x in xs", "xs.append(x)", "flow"),
    ("x in xs", "xs.sort()", "order"),
    ("x in xs", "len(xs)", ""),
    wrong("x in xs", "x.n = len(xs)", "", why="`len` counts as looking at all that the list holds"),
    ("x in xs", "x.n = xs[0].n", "flow"),
    ("x in a.rows", "x.n = 1\nprint(a.rows[0].n)", "flow"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "block", "expected"), ITERATIONS)
def test_two_iterations_change_one_thing_in_memory(head: str, block: str, expected: str) -> None:
    assert tie(head, block) == expected


WITH_BEFORE = [
    ("out = []", "x in xs", "out.append(x)", "order"),
    ("out = a", "x in xs", "out.append(x)\nlen(a)", "flow"),
    wrong("out = [0] * 9", "i, x in enumerate(xs)", "out[i] = x", "", why="an entry of its own counts as one that others set, too"),
    wrong("ys = xs", "i, x in enumerate(xs)", "ys[i] = x * 2", "", why="an entry of its own counts as one that others set, too"),
    ("ys = xs", "x in xs", "ys.append(x)", "flow"),
    ("ys = [a, b]", "y in ys", "y.append(1)", ""),
    ("ys = [a, a]", "y in ys", "y.append(1)", "order"),
    ("ys = [b, a]", "y in ys", "y.append(1)\nlen(b)", "flow"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "head", "block", "expected"), WITH_BEFORE)
def test_what_is_made_before_the_loop_is_shared(before: str, head: str, block: str, expected: str) -> None:
    assert tie(head, block, before) == expected


CALLED = [
    ("for x in xs: x.append(len(a))", "work(ALL, OUT)", True),
    wrong("for x in xs: x.append(len(a))", "work([OUT, TABLE], OUT)", True, why="what lies in a list that is passed on is no other name"),
    ("for x in xs: x.append(len(a))", "work([[], []], OUT)", False),
    ("for x in xs: a.append(len(b))", "work([], OUT, OUT)", True),
    ("for x in xs: y = a.n", "work([], OUT, OUT)", False),
]  # fmt: skip


@pytest.mark.parametrize(("loop", "call", "flowing"), CALLED)
def test_callers_may_pass_one_thing_for_two(loop: str, call: str, flowing: bool) -> None:
    found = linked(f"{HEAD}def work(xs, a, b=None):\n    {loop}\ndef main():\n    {call}\n")
    state = found.iteration()
    assert any(each.read is not None for each in clashes(view(found.program, found.site), state, state)) is flowing


# ---- the process, the thread, the context

AMBIENT = [
    ("os.chdir(a)", "pass", True),
    ("pass", "os.chdir(a)", True),  # while the other runs
    ("os.getcwd()", "os.getcwd()", False),
    ("os.environ['A'] = a", "pass", True),
    ("os.environ.get('A')", "os.environ.get('A')", False),
    ("signal.signal(2, a)", "pass", True),
    ("print(a)", "print(b)", False),  # lines are another matter
    ("random.random()", "random.random()", False),  # and so is chance
    ("sys.exit(1)", "pass", False),
    ("threading.current_thread()", "pass", True),  # in a worker it is another one
    ("pass", "threading.current_thread()", False),
    ("len(a)", "len(b)", False),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "clashing"), AMBIENT)
def test_work_may_not_run_beside_what_changes_the_process(one: str, other: str, clashing: bool) -> None:
    _, first, second = blocks("", one, other)
    assert any(True for _ in ambient_clashes(first, second)) is clashing


DRAWS = [
    ("random.random()", True),
    ("b = random.Random(1)\nb.random()", False),
    ("a = 1", False),
]  # fmt: skip


@pytest.mark.parametrize(("block", "drawn"), DRAWS)
def test_numbers_are_drawn_in_turn(block: str, drawn: bool) -> None:
    assert any(True for _ in draws(of("x in xs", block)[2])) is drawn


# ---- outside

MEETINGS = [
    ("x in xs", "open('a.txt', 'w')", True),
    ("x in xs", "open(x, 'w')", False),
    ("x in xs", "open('a.txt')", False),
    ("x in xs", "open('a.txt', 'a')", True),
    ("x in xs", "open(x)\nopen(x, 'w')", False),
    ("x in ['a', 'b']", "open(x, 'w')", False),
    ("x in ['a', 'a']", "open(x, 'w')", True),
    ("x in ['a', './a']", "open(x, 'w')", True),
    ("x in ['a', 'A']", "open(x, 'w')", False),
    ("x in ['a', 'A']", "open(x.lower(), 'w')", True),
    ("x in ['a/x', 'b/x']", "open(x, 'w')", False),
    ("x in ['a/x', 'b/x']", "open(os.path.basename(x), 'w')", True),
    ("x in ['a/x', 'b/y']", "open(os.path.basename(x), 'w')", False),
    ("x, y in [('a', 'b'), ('b', 'c')]", "shutil.copy(x, y)", True),
    ("x, y in [('a', 'b'), ('c', 'd')]", "shutil.copy(x, y)", False),
    ("x, y in {'a': 'b', 'b': 'c'}.items()", "shutil.copy(x, y)", True),
    ("x, y in zip(['a', 'b'], ['b', 'c'])", "shutil.copy(x, y)", True),
    ("x in [('a', 'b'), ('b', 'c')]", "shutil.copy(x[0], x[1])", True),
    ("x, y in [('a', 'c'), ('b', 'a')]", "os.path.exists(y + '.t')\nopen(x + '.t', 'w')", True),
    ("x, y in [('a', 'c'), ('b', 'a')]", "os.path.exists(y + '.t')\nopen(x + '.u', 'w')", False),
    ("x in ['a', 'a/b']", "os.mkdir(x)", True),
    ("x in ['a/b', 'a']", "os.rmdir(x)", True),
    ("x in ['a', 'ab']", "os.mkdir(x)", False),
    ("x in ['a', 'b']", "open(x)\nos.remove('b')", True),
    ("x in ['a', 'b']", "open(x)\nopen('b')", False),
    ("i, x in enumerate(xs)", "open(f'{i}', 'w')", False),
    ("i, x in enumerate(xs)", "open(f'{i}')\nopen(f'{i + 1}', 'w')", True),
    ("x in xs", "open(x.name, 'w')", False),
    ("x in xs", "open(f'{os.getpid()}', 'w')", True),
    ("x in xs", "open(f'{os.getpid()}-{x}', 'w')", False),
    ("x in xs", "y = x.name\nopen(y, 'w')", False),
    ("x in xs", "open(n, 'w')", True),
    ("x in xs", "n += 1\nopen(f'{n}', 'w')", False),
    ("x in xs", "open('in.txt')\nopen('out.txt', 'w')", True),
    ("x in xs", "os.makedirs('out', exist_ok=True)", False),
    ("x in xs", "os.rename(x, 'out')", True),
    ("x in xs", "os.rename('in', x)", True),
    ("x in xs", "Path(x).with_suffix('.txt').write_text('a')", False),
    ("x in xs", "requests.get('http://a')", False),
    ("x in xs", "requests.post('http://a')", False),  # two new ones, whichever comes first
    ("x in xs", "requests.put('http://a')", True),
    ("x in xs", "requests.put(x)", False),
    ("x in xs", "requests.put(f'http://a/{x}')", False),
    ("x in xs", "subprocess.run(['make'])", True),  # the same program again
    ("x in xs", "subprocess.run(['stylua', x])", False),  # what it does is not known
    ("x in xs", "subprocess.run(['make'], cwd=x)", False),
    ("x in xs", "subprocess.run(['make'], env={'X': x})", True),
    ("x in xs", "os.remove('a')", True),
]  # fmt: skip


@pytest.mark.parametrize(("head", "block", "meet"), MEETINGS)
def test_two_iterations_act_on_one_thing_outside(head: str, block: str, meet: bool) -> None:
    found, site, state = of(head, block)
    moving = frozenset(flow_of(site).bound)
    written = view(found.program, site).written
    assert any(True for _ in meetings(state.deeds, state.deeds, moving, written)) is meet


PROOFS = [
    ("requests.get('a')", "requests.get('a')", True),
    ("requests.get(a)", "requests.get(b)", True),
    ("requests.post('a')", "requests.post('b')", True),
    ("requests.post('a')", "requests.post('a')", False),
    ("requests.put('a')", "requests.put('b')", True),
    wrong("requests.put(a)", "requests.put(b)", False, why="two names count as two things, though both may hold one value"),
    ("requests.post(a)", "requests.get(a)", False),
    ("requests.post('a')", "requests.get('b')", False),  # one may have made the other
    ("open('a', 'w')", "open('b', 'w')", True),
    ("open('a', 'w')", "open('a')", False),
    ("open('a', 'w')", "requests.get('a')", True),
    ("subprocess.run(['a'])", "subprocess.run(['b'])", False),
    ("subprocess.run(['a'])", "requests.get('b')", True),
    ("s(1)", "requests.get('b')", False),  # nobody knows what it does
    ("requests.get('b')", "s(1)", False),
    ("len(a)", "len(b)", True),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "may_overlap"), PROOFS)
def test_reordering_needs_a_proof(one: str, other: str, may_overlap: bool) -> None:
    _, first, second = blocks("", one, other)
    assert (independent(first, second) is None) is may_overlap


def test_work_that_is_alike_is_tied_only_by_what_is_known_to_be_one_thing() -> None:
    for one, other, apart in [("s(1)", "s(2)", True), ("open('a', 'w')", "open('b', 'w')", True),
                              ("open('a', 'w')", "open('a', 'w')", False)]:  # fmt: skip
        _, first, second = blocks("", one, other)
        assert (independent(first, second, alike=True) is None) is apart


# ---- rows of awaits

ROWS = [
    ("x = await client.get(a)\ny = await client.get(b)", 2),
    ("x = await client.get(a)\ny = await client.get(x)", 0),
    ("x = await client.get(a)\nx = await client.get(b)", 0),
    ("x = await client.get(a)\nz = 1\ny = await client.get(b)", 2),
    ("x = await client.get(a)\nprint(x)\ny = await client.get(b)", 0),
    ("x = await client.get(a)\ny = await client.get(b)\nz = await client.get(y)", 2),
    ("await client.post('a')\nawait client.post('b')", 0),  # the second must not be done if the first fails
    ("await client.post('a')\nawait client.post('a')", 0),
    ("await client.put(a)\nawait client.put(b)", 0),
    ("x = await client.get(a)\nawait client.delete(a)", 0),
    ("x = await load(a)\ny = await load(b)", 2),
    ("x = await load(a)\ny = await note(b)", 2),
    ("x = await note(a)\ny = await note(b)", 0),
    ("x = client.get(a)\ny = await client.get(b)", 0),
    ("x = await client.get(a)\nprint(1)\ny = await client.get(b)", 2),
    ("x = await client.get(a)\nc.append(1)\ny = await client.get(b)", 2),
    ("if a:\n    x = await client.get(a)\ny = await client.get(b)", 2),
    ("if a:\n    x = await client.get(a)\n    return x\ny = await client.get(b)", 0),
]  # fmt: skip


@pytest.mark.parametrize(("body", "length"), ROWS)
def test_awaits_in_a_row_that_could_overlap(body: str, length: int) -> None:
    found = linked(
        "import httpx\nNOTES = []\nclient = httpx.AsyncClient()\n"
        "async def load(n):\n    return await client.get(n)\n"
        "async def note(n):\n    NOTES.append(n)\n    return await client.get(n)\n"
        f"async def work(a, b, c):\n{indent(body, '    ')}\n"
    )
    runs = [site for site in found.sites if site.kind is SiteKind.AWAITS and site.function == found.work.id]
    assert sum(len(site.body) for site in runs) == length


# ---- laws

READERS = ("len(a)", "print(a.n)", "print(b[0])", "1 in a", "total(OUT)", "c.peek()", "print(a.n.m)", "[x for x in a]")
WRITERS = ("a.append(1)", "a.n = 1", "b[0] = 2", "a.add(1)", "push(OUT, 1)", "c.set(b)", "a.n.m += 1", "a.sort()", "count()",
           "if 1 not in b: b[1] = 2", "TABLE[a] = 1")  # fmt: skip
PIECES = READERS + WRITERS


@cache
def pieces() -> tuple[Linked, tuple[State, ...]]:
    """The states of all pieces, in one function."""
    body = "\n".join(f"if a:\n{indent(piece, '    ')}" for piece in PIECES)
    found = linked(f"{HEAD}def work(a, b, c: Box):\n{indent(body, '    ')}\n")
    return found, tuple(found.state(*s.body) for s in found.work.body if isinstance(s, code.If))


@st.composite
def several(draw: st.DrawFn, of: tuple[str, ...] = PIECES) -> State:
    """What a few pieces do together."""
    _, states = pieces()
    chosen = draw(st.lists(st.sampled_from(of), max_size=3))
    return together([states[PIECES.index(each)] for each in chosen])


def together(states: list[State]) -> State:
    return State(
        reads=tuple(read for state in states for read in state.reads),
        writes=tuple(write for state in states for write in state.writes),
        ambient=tuple(use for state in states for use in state.ambient),
        deeds=tuple(deed for state in states for deed in state.deeds),
        uses=tuple(use for state in states for use in state.uses),
    )


@pytest.mark.xfail(
    strict=True, reason="what is set above another place is seen to be changed twice in one direction only"
)
def test_whether_two_pieces_change_one_thing_does_not_depend_on_which_is_asked_about() -> None:
    found, states = pieces()
    seen = View(found.program.objects, found.work.id)

    def both_change(one: State, other: State) -> bool:
        return any(each.read is None for each in clashes(seen, one, other, apart=False))

    for one, other in product(states, repeat=2):
        assert both_change(one, other) == both_change(other, one)


@settings(max_examples=100, deadline=None)
@given(several(), several())
def test_whether_two_pieces_clash_does_not_depend_on_which_comes_first(one: State, other: State) -> None:
    found, _ = pieces()
    assert clash(found, one, other) == clash(found, other, one)


@settings(max_examples=100, deadline=None)
@given(several(READERS), several(READERS))
def test_pieces_that_only_read_never_clash(one: State, other: State) -> None:
    assert not clash(pieces()[0], one, other)
    assert independent(one, other) is None


@settings(max_examples=100, deadline=None)
@given(several(), several(), several())
def test_more_work_never_clashes_less(one: State, other: State, more: State) -> None:
    found, _ = pieces()
    assert clash(found, one, together([other, more])) == (clash(found, one, other) or clash(found, one, more))


def test_what_changes_something_clashes_with_what_reads_it() -> None:
    found, states = pieces()
    clashing = {(w, r) for (w, one), (r, other) in product(zip(PIECES, states, strict=True), repeat=2)
                if w in WRITERS and r in READERS and clash(found, one, other)}  # fmt: skip
    assert {"a.append(1)", "a.sort()"} == {w for w, r in clashing if r == "1 in a"} - {"a.add(1)"}
    assert ("push(OUT, 1)", "total(OUT)") in clashing
    assert ("c.set(b)", "c.peek()") in clashing
    assert ("b[0] = 2", "print(a.n)") not in clashing
