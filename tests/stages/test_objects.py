"""Objects: which places an expression may name the object of, under which other names it is known, and what comes twice."""

from __future__ import annotations

import pytest

from advisor.model import tree
from advisor.model.state import Place, Root, RootKind
from advisor.questions.written import Written
from tests.linking import changes, linked, told, wrong

HEAD = """
import copy
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

OUT = []
AGAIN = OUT
LISTS = [OUT]

class Box:
    shared = []
    def __init__(self, held):
        self.held = held
        self.own = []
    def me(self):
        return self
    @property
    def first(self):
        return self.held[0]
    @classmethod
    def cls(cls):
        return cls
    def __enter__(self):
        return self
    def peek(self):
        return self.held

class Lid(Box):
    def __init__(self, held, on=True):
        super().__init__(held)
        self.on = on

class Used:
    def __init__(self, held=[]):
        self.held = held

class Chest:
    def __init__(self, rows):
        self.box = Lid(rows)

@dataclass
class Kept:
    number: int
    rows: list

@dataclass
class Row:
    cells: list = field(default_factory=list)

class Lent:
    def __init__(self, rows):
        self.box = Box(rows)
    def __enter__(self):
        return self.box

def boxed(x):
    box = Box(x)
    return box
def same(x):
    return x
def part(x):
    return x.y
def made():
    return []
def given():
    return OUT
def default(x=[]):
    return x
def spread(*xs):
    return xs[0]
def each(x):
    yield x
@contextmanager
def lent(x):
    yield x
"""

PLACES = [
    # names, attributes, entries
    ("a", {"param a"}),
    ("a.b", {"param a.b"}),
    ("a.b[0]", {"param a.b[0]"}),
    ("a[i].b", {"param a[…].b"}),
    ("a['k'].c", {"param a['k'].c"}),
    ("a.b.c.d.e.f", {"param a.b.c.d.e"}),  # further down everything is one place
    ("b = a; b.c", {"param a.c"}),
    ("b = a.c; b.d", {"param a.c.d"}),
    ("x = y = a; y", {"param a"}),
    ("b, c = a, i; b", {"param a"}),
    ("b, c = a; b", {"param a[…]"}),
    ("(b := a); b", {"param a"}),
    ("a or i", {"param a", "param i"}),
    ("a if i else i", {"param a", "param i"}),
    ("a + i", set()),
    ("[]", set()),
    ("b = []; c = b; c", set()),
    ("OUT", {"global OUT"}),
    ("AGAIN", {"global OUT"}),
    ("LISTS[0]", {"global LISTS[0]"}),
    ("getattr(a, 'b')", {"param a.b"}),
    wrong("getattr(a, i)", {"param a"}, why="an attribute whose name is worked out is no place: it may be any part"),
    ("vars(a)", {"param a"}),
    ("a.__dict__", {"param a"}),
    # what functions give back
    ("same(a)", {"param a"}),
    ("same(same(a.b))", {"param a.b"}),
    ("part(a.b)", {"param a.b.y"}),
    ("made()", set()),
    ("given()", {"global OUT"}),
    ("default()", {"default x"}),
    ("default(a)", {"param a"}),
    ("default(x=a)", {"param a"}),
    ("partial(default, a)()", {"param a"}),
    ("Box.peek(Box(a))", {"param a"}),
    ("f = partial(default, a); f()", {"param a"}),
    ("f = partial(default, x=a); f()", {"param a"}),
    ("(lambda x: x)(a)", {"param a"}),
    ("(lambda: a)()", {"param a"}),
    # elements
    ("next(iter(a))", {"param a[…]"}),
    ("max(a)", {"param a[…]"}),
    ("a.pop()", {"param a[…]"}),
    ("a.get('k')", {"param a['k']"}),
    ("a.setdefault('k', [])", {"param a['k']"}),
    ("[a][0]", {"param a"}),
    ("b = [a]; b[0]", {"param a"}),
    ("b = [a] * 3; b[0]", {"param a"}),
    ("b = list((a,)); b[0]", {"param a"}),
    ("b = {'x': a}; b['x']", {"param a"}),
    ("b = {'x': a}; b.get('x')", {"param a"}),
    ("b = {'x': a, 'y': i}; b['x']", {"param a"}),
    ("b = dict(x=a); b['x']", {"param a"}),
    ("b = {}; b['x'] = a; b['x']", {"param a"}),
    ("b = {}; b['x'] = a; b['y'] = i; b[OUT]", {"param a", "param i"}),
    ("b = []; b.append(a); b[0]", {"param a"}),
    ("b = []; b.extend([a]); b[0]", {"param a"}),
    ("b = a if i else Box(i); b.held", {"param a.held", "param i"}),
    ("for b in [Box(a)]: b.held", {"param a"}),
    ("n, b = i, Box(a); b.held", {"param a"}),
    ("boxed(a).held", {"param a"}),
    ("b = boxed(a); b.peek()", {"param a"}),
    ("with Lent(a) as b: b.peek()", {"param a"}),
    ("sorted(a)[0]", {"param a[…]"}),
    ("a[:][0]", {"param a[…]"}),
    ("a.copy()[0]", {"param a[0]"}),
    ("copy.copy(a)[0]", {"param a[0]"}),
    ("dict(a)['k']", {"param a['k']"}),
    ("copy.deepcopy(a)[0]", set()),
    ("list(a)", set()),
    ("[x for x in a][0]", {"param a[…]"}),
    ("spread(a)", {"param a"}),
    # parts of objects that are made here
    ("Box(a)", set()),
    ("Box(a).own", set()),
    ("Box.shared", {"class Box.shared"}),
    ("Box(a).shared", {"class Box.shared"}),
    ("Box(a).held", {"param a"}),
    ("b = Box(a); b.held", {"param a"}),
    ("b = Box(held=a); c = Box(i); c.held", {"param i"}),
    ("with Box(a) as b: b.held", {"param a"}),
    ("Used().held", {"default held"}),
    ("Box(a).first", {"param a[0]"}),
    ("Box(a).peek()", {"param a"}),
    ("Kept(i, a).rows", {"param a"}),
    ("Kept(i, rows=a).rows", {"param a"}),
    ("Lid(a, i).held", {"param a"}),
    ("Used(Box(a)).held.held", {"param a"}),
    ("b = Used(Box(a)); b.held.peek()", {"param a"}),
    ("b = Used(Box(a)); b.held.held.part", {"param a.part"}),
    ("Chest(a).box.held", {"param a"}),
    ("b = Chest(a); b.box.first", {"param a[0]"}),
    ("b = Box(i); b = Box(b.held); b.held", {"param i"}),
    ("Lid(a, i).on", {"param i"}),
    ("b = Box(i); b.extra = a; b.extra", {"param a"}),
    ("b = Box(i); setattr(b, 'extra', a); b.extra", {"param a"}),
    ("b = Box(i); c = Box(i); b.extra = a; c.extra", set()),
    wrong("Box.cls()", {"class Box"}, why="a class is another place when `cls` names it, so the two never meet"),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "places"), PLACES)
def test_which_object_an_expression_names(statements: str, places: set[str]) -> None:
    found = linked(f"{HEAD}def work(a, i):\n    {statements}\n")
    assert told(found.program.objects.places(found.work.id, found.last)) == places


BLOCKS = [
    ("an item of a loop is an element", "def work(a):\n  for x in a: ...\n  x\n", {"param a[…]"}),
    ("a counter is none", "def work(a):\n  for i, x in enumerate(a): ...\n  i\n", set()),
    ("the item beside the counter is", "def work(a):\n  for i, x in enumerate(a): ...\n  x\n", {"param a[…]"}),
    ("two columns are kept apart", "def work(a, b):\n  for x, y in zip(a, b): ...\n  y\n", {"param b[…]"}),
    ("a value of a dict", "def work(a):\n  for k, v in a.items(): ...\n  v\n", {"param a[…]"}),
    ("items that are written out", "A = []\ndef work():\n  for x in [A]: ...\n  x\n", {"global A"}),
    ("what a generator was given", "def g(x):\n  yield x\ndef work(a):\n  for x in g(a): ...\n  x\n", {"param a"}),
    ("what is entered", "def work(a):\n  with a as b: ...\n  b\n", {"param a"}),
    (
        "what a context manager lends",
        f"{HEAD}def work(a):\n  with lent(a) as b: ...\n  b\n",
        {"param a"},
    ),
    (
        "what `__enter__` gives back",
        "class A:\n  def __enter__(self): return self\ndef work(a: A):\n  with a as b: ...\n  b\n",
        {"param a"},
    ),
    wrong(
        "what `__enter__` gives back when it is not the object itself",
        "class A:\n  def __enter__(self): return self.inner\ndef work(a: A):\n  with a as b: ...\n  b\n",
        {"param a.inner"},
        why="`with` is taken to give the object itself",
    ),
    ("a method that returns its object", f"{HEAD}def work(a: Box): return a.me()\n", {"param a"}),
    ("a property", f"{HEAD}def work(a: Box): return a.first\n", {"param a.held[0]"}),
    ("an attribute set by the constructor", f"{HEAD}class Sub(Box):\n  def work(self): self.held\n", {"self self.held"}),
    (
        "an attribute of the class or of the object",
        f"{HEAD}class Sub(Box):\n  def work(self): self.shared\n",
        {"self self.shared", "class Box.shared"},
    ),
    ("a field of a data class is no attribute of the class", f"{HEAD}def work(a: Row): a.cells\n", {"param a.cells"}),
    ("a variable of the function around", "def f():\n  out = []\n  def work(): out\n  work()\n", {"local out"}),
    ("a parameter of the function around", "def f(out):\n  def work(): out.x\n  work()\n", {"local out.x"}),
    ("a variable of the module set elsewhere", "G = None\ndef f():\n  global G\n  G = []\ndef work(): G\n", {"global G"}),
    ("a chain of nodes is its head and all below the next", "def work(n):\n  while n:\n    n = n.next\n  n\n",
     {"param n", "param n.next"}),
    wrong(
        "a pattern binds a part",
        "def work(a):\n  match a:\n    case [x, *_]: ...\n  x\n",
        {"param a[…]"},
        why="names bound by patterns have no place",
    ),
    wrong(
        "a singleton is no new object",
        "class A:\n  one = []\n  def __new__(cls): return cls.one\ndef work(): A()\n",
        {"class A.one"},
        why="what `__new__` returns is not asked: making an object always counts as a new one",
    ),
    (
        "a singleton from a class method",
        "class A:\n  _one = None\n  @classmethod\n  def one(cls):\n    if cls._one is None: cls._one = cls()\n"
        "    return cls._one\ndef work(): A.one()\n",
        {"class A._one"},
    ),
    (
        "an awaited answer",
        "async def f(x): return x\nasync def work(a): await f(a)\n",
        {"param a"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "text", "places"), BLOCKS)
def test_which_object_a_name_stands_for(sentence: str, text: str, places: set[str]) -> None:
    found = linked(text)
    assert told(found.program.objects.places(found.work.id, found.last)) == places, sentence


ALIASES = [
    ("a parameter is what callers pass", "def work(x): x\ndef main(): work(OUT)\n", {"global OUT"}),
    ("by keyword as well", "def work(x): x\ndef main(): work(x=OUT)\n", {"global OUT"}),
    ("and through a function between", "def work(x): x\ndef f(y): work(y)\ndef main(): f(OUT)\n", {"global OUT"}),
    ("a part is a part of what they pass", "def work(x): x.y\ndef main(): work(OUT)\n", {"global OUT.y"}),
    ("another parameter is something else", "def work(x, y): x\ndef main(): work([], OUT)\n", set()),
    ("what nobody passes has no other name", "def work(x): x\n", set()),
    wrong("by a star", "def work(*x): x[0]\ndef main(): work(OUT)\n", {"global OUT"},
          why="what is passed for `*args` is no other name of an element of it"),
    wrong("by two stars", "def work(**x): x['y']\ndef main(): work(y=OUT)\n", {"global OUT"},
          why="what is passed for `**kwargs` is no other name of an element of it"),
    ("by default", "def work(x=OUT): x\n", {"global OUT"}),
    ("by a default that is made", "def work(x=[]): x\n", {"default x"}),
    ("a plain default is no object of its own", "def work(x=None): x\n", set()),
    ("by a method of an object", "class A:\n  def work(self, x): x\ndef main(): A().work(OUT)\n", {"global OUT"}),
    ("an attribute is what the constructor was given", "class A:\n  def __init__(self, x): self.x = x\n"
     "  def work(self): self.x\ndef main(): A(OUT)\n", {"global OUT"}),
    ("or has by default", "class A:\n  def __init__(self, x=OUT): self.x = x\n"
     "  def work(self): self.x\ndef main(): A()\n", {"global OUT"}),
    ("what is passed stands for the default", "class A:\n  def __init__(self, x=OUT): self.x = x\nIN = []\nONE = A(IN)\n"
     "def work(): ONE.x\n", {"global IN"}),
    ("also through the class below", "class A:\n  def __init__(self, x): self.x = x\n  def work(self): self.x\n"
     "class B(A):\n  def __init__(self): super().__init__(OUT)\n", {"global OUT"}),
    ("an attribute is what a method sets", "class A:\n  def set(self): self.x = OUT\n  def work(self): self.x\n",
     {"global OUT"}),
    ("the object of a method is what it is called on", "class A:\n  def work(self): self\nONE = A()\n"
     "def main(): ONE.work()\n", {"global ONE"}),
    ("an element is what was put there", "XS = [OUT]\ndef work(): XS[0]\n", {"global OUT"}),
    ("also later", "XS = []\nXS.append(OUT)\ndef work(): XS[0]\n", {"global OUT"}),
    ("an attribute of the class has one object", "class A:\n  x = []\n  def work(self): self.x\n", {"class A.x"}),
    wrong("a field of a data class has one for each", "@dataclass\nclass A:\n  x: list = field(default_factory=list)\n"
          "def work(a: A): a.x\n", set(), why="the fields of data classes are taken for attributes of the class"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "text", "others"), ALIASES)
def test_under_which_other_names_an_object_is_known(sentence: str, text: str, others: set[str]) -> None:
    found = linked("from dataclasses import dataclass, field\nOUT = []\n" + text)
    objects, function = found.program.objects, found.work.id
    places = objects.places(function, found.last)
    assert places, "the expression names something"
    first = {place for place in places if place.root.kind != "class"} or places
    found_names = told(other for place in first for other in objects.aliases(function, place))
    assert found_names - told(first) == others, sentence


REPEATED = [
    ("x in [1, 2, 3]", set()),
    ("x in [1, 2, 1]", {"x"}),
    ("x in ['a', 'b', 'a']", {"x"}),
    ("x in (A, B)", set()),
    ("x in (A, B, A)", {"x"}),
    ("x in [f(1), f(1)]", set()),  # two calls are two things
    ("x in [A] * 3", {"x"}),
    ("x in [A] + [B]", set()),
    ("x in [A] + [A]", {"x"}),
    ("x in [A] + [B] + [A]", {"x"}),
    ("x in p", set()),
    ("x in range(9)", set()),
    ("x in sorted([2, 1, 2])", {"x"}),
    ("x in set([2, 1, 2])", set()),
    ("x in TWICE", {"x"}),
    ("x in ONCE", set()),
    ("x, y in [(1, 2), (1, 3)]", {"x"}),
    ("x, y in [(1, 2), (2, 3)]", set()),
    ("x, y in zip([1, 1], [1, 2])", {"x"}),
    ("i, x in enumerate(TWICE)", {"x"}),
    ("x in cycle(p)", {"x"}),
    ("x in random.choices(p)", {"x"}),
    ("x in [A for _ in p]", {"x"}),
    ("x in [f(y) for y in p]", set()),
    ("x in [y for y in TWICE]", {"x"}),
    ("x in [table[y] for y in p]", {"x"}),  # several keys may lead to one thing
    ("x in (y for y in p)", set()),
    wrong("x in p + p", {"x"}, why="a list that is added to itself holds everything twice"),
    wrong("x in [*TWICE]", {"x"}, why="what a star spreads is left out"),
    wrong("x in chain(ONCE, ONCE)", {"x"}, why="`chain` is not looked through"),
    wrong("x in [y for y in p for _ in p]", {"x"}, why="only comprehensions of one `for` are looked through"),
    wrong("x, y in product(p, p)", {"x", "y"}, why="`product` and its kin are not known to repeat their arguments"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "names"), REPEATED)
def test_which_names_get_one_value_several_times(head: str, names: set[str]) -> None:
    text = "import random\nfrom itertools import chain, cycle, product\nA, B = [], []\nONCE = [A, B]\nTWICE = [A, B, A]\ntable = {}\n"
    found = linked(f"{text}def f(n): ...\ndef work(p):\n    for {head}: ...\n")
    objects = found.program.objects
    assert Written(objects.written(found.work.id, found.loop.target, found.loop.iterable)).repeated == names


def test_what_callers_pass_may_repeat() -> None:
    for given, names in (("[1, 2, 1]", {"x"}), ("[1, 2]", set())):
        found = linked(f"def work(xs):\n    for x in xs: ...\ndef main():\n    work({given})\n")
        rows = found.program.objects.written(found.work.id, found.loop.target, found.loop.iterable)
        assert Written(rows).repeated == names


METHODS = [
    ("add = out.append; add(1)", "out.append"),
    ("add = partial(out.append, 1); add()", "out.append"),
    ("add = out.append; more = add; more(1)", "out.append"),
    ("out.append(1)", "out.append"),
    ("add = out.append; add = print; add(1)", "add"),
    ("add(1)", "add"),
]  # fmt: skip


@pytest.mark.parametrize(("statements", "method"), METHODS)
def test_which_bound_method_a_name_stands_for(statements: str, method: str) -> None:
    found = linked(f"from functools import partial\ndef work(out):\n    {statements}\n")
    function = found.last_call.function
    assert tree.dotted(found.program.objects.bound_method(found.work.id, function)) == method


def test_an_object_that_a_method_puts_in_a_global() -> None:
    program = linked("""
        ACTIVE, HELD = None, []

        class Store:
            def start(self):
                global ACTIVE, HELD
                ACTIVE = self
                HELD = [self]
                self.rows = []

        def work(rows):
            ACTIVE.rows.append(rows)
            HELD[0].rows.append(rows)
            return ACTIVE
        """)
    where = {"global ACTIVE", "local self"}
    assert told(program.program.objects.places(program.work.id, program.last)) == where
    assert {"perhaps append global ACTIVE.rows", "perhaps append local self.rows"} <= changes(program.state())


def test_a_parameter_that_an_inner_function_puts_in_a_variable_around_it() -> None:
    program = linked("""
        def work(rows):
            best = None

            def look(row):
                nonlocal best
                best = row

            for row in rows:
                look(row)
            return best
        """)
    assert told(program.program.objects.places(program.work.id, program.last)) == {"local best", "local row"}


def test_what_lies_in_a_list_of_one_program_is_no_answer_for_the_next() -> None:
    text = "def work(a, b):\n    rows = [{}]\n    for row in rows:\n        row.append(1)\n"
    for name in ("a", "b"):
        program = linked(text.format(name))
        held = program.program.objects.items(program.work.id, "row", program.loop.iterable)
        assert f"param {name}" in told(held)


def test_what_lies_in_a_variable_is_told_in_the_terms_of_its_own_function() -> None:
    program = linked("""
        class Worker:
            def work(self, given):
                kept = [self.rows, given]

                def keep(one, two, three):
                    kept.append(three)

                keep(1, 2, given)
                kept[0].count += 1

        Worker().work([1])
        """)
    element = Place(Root(RootKind.LOCAL, "kept", program.work.id), ("[0]",))
    assert told(program.program.objects.aliases(program.work.id, element)) == {
        "local kept[0]",
        "self self.rows",
        "param given",
    }


@pytest.mark.parametrize("order", [("work", "read"), ("read", "work")])
def test_which_function_asks_first_changes_no_other_name(order: tuple[str, str]) -> None:
    program = linked("""
        def make(size):
            root = []

            def work(given):
                nonlocal root
                root = [given, size]

            def read():
                return root[0]

            return work, read
        """)
    element = Place(Root(RootKind.LOCAL, "root", program.function("make").id), ("[0]",))
    names = {name: told(program.program.objects.aliases(program.function(name).id, element)) for name in order}
    assert "param given" in names["work"]
    assert "param given" not in names["read"]


def test_an_object_that_is_called_may_hand_itself_on() -> None:
    """Where nothing leads into the object, nothing that lies in it is asked for."""
    text = """
    SEEN = []
    class Tap:
        def __init__(self, log): self.log = log
        def __call__(self, x):
            SEEN.append(self)
            self.log.append(x)
    def work(xs):
        log = []
        tap = Tap(log)
        for x in xs: tap(x)
    """
    found = linked(text)
    state = found.summaries.function_state(found.work.id)
    assert {write.place.label for write in state.writes} == {"SEEN"}
