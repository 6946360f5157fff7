"""Link: what an expression may be, where a call may lead, and who calls a function."""

from __future__ import annotations

from textwrap import indent

import pytest

from advisor.model import code
from tests.linking import leads_to, linked, said, wrong

HEAD = """
import functools, json, pathlib
import requests
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Optional, cast

class Shape:
    sides = 0
    def __init__(self, inner=None):
        self.inner = inner
        self.parts = []
    def area(self):
        return 1.0
    def twice(self):
        return self.area()
    def me(self):
        return self
    @classmethod
    def make(cls):
        return cls()
    @staticmethod
    def unit():
        return 1
    @property
    def size(self):
        return 3

class Square(Shape):
    def area(self):
        return 2

class Point(NamedTuple):
    x: int
    y: str

@dataclass
class Row:
    name: str
    shape: Shape

def double(number):
    return number

def pair():
    return 1, "one"

def count():
    yield 1

async def fetch():
    return "text"

def maybe(flag):
    if flag:
        return 1
    return "none"

def typed(shape: Shape, path: "pathlib.Path", found: Optional[Square], rows: list[Row], table: dict[str, Shape]):
    return shape, path, found, rows, table

def wrapping(f):
    def wrapper(*args):
        return f(*args)
    return wrapper

def replacing(f):
    def other():
        return "other"
    return other

@wrapping
def wrapped():
    return 1

@replacing
def gone():
    return 1

@functools.cache
def cached():
    return 1

shapes = [Square()]
shapes.append(Shape())
table = {}
table["one"] = Shape()
first, (second, *rest) = 1, ("two", 3.0, 4.0)
"""

VALUES = [
    # written out
    ("1", {"int"}),
    ("'a'", {"str"}),
    ("[1, 'a']", {"list[int | str]"}),
    ("{'a': 1}", {"dict[int]"}),
    ("{1, 2}", {"set[int]"}),
    ("(1, 'a')", {"(int, str)"}),
    ("(1, 'a')[1]", {"str"}),
    ("f'{p}'", {"str"}),
    ("[*[Shape()]]", {"list[a Shape]"}),
    ("lambda: 1", {"def work.<lambda>"}),
    ("1 if p else 'a'", {"int", "str"}),
    ("not p", {"bool"}),
    ("1 < 2", {"bool"}),
    ("1 + 2", {"int"}),
    wrong("1 / 2", {"float"}, why="division of whole numbers is said to be a whole number"),
    ("(y := Shape())", {"a Shape"}),
    # classes and their members
    ("Shape", {"class Shape"}),
    ("Shape()", {"a Shape"}),
    ("Shape.make()", {"some Shape"}),
    ("Shape.unit()", {"int"}),
    ("Shape().size", {"int"}),
    ("Shape().area", {"def Shape.area"}),
    ("Shape().area()", {"float"}),
    ("Square().area()", {"int"}),
    ("Shape().twice()", {"float", "int"}),
    ("Square().me()", {"some Shape"}),
    ("Square().sides", {"int"}),
    ("Shape(Square()).inner", {"a Square"}),
    ("Shape().parts", {"list"}),
    ("Shape().missing", set()),
    ("type(Shape())", {"class Shape"}),
    ("Shape().__class__", {"class Shape"}),
    ("getattr(Shape(), 'area')", {"def Shape.area"}),
    ("Point(1, 'a').x", {"int"}),
    ("Row('a', Square()).name", {"str"}),
    ("Row('a', Square()).shape", {"some Shape"}),
    # functions
    ("double", {"def double"}),
    ("double(Shape())", {"a Shape"}),
    ("pair()[1]", {"str"}),
    ("count()", {"generator[int]"}),
    ("next(count())", {"int"}),
    ("fetch()", {"awaitable[str]"}),
    ("await fetch()", {"str"}),
    ("maybe(p)", {"int", "str"}),
    ("typed(p, p, p, p, p)[0]", {"some Shape"}),
    ("typed(p, p, p, p, p)[1]", {"pathlib.Path"}),
    ("typed(p, p, p, p, p)[2]", {"some Square"}),
    ("typed(p, p, p, p, p)[3]", {"list[some Row]"}),
    ("typed(p, p, p, p, p)[4]['a']", {"some Shape"}),
    ("partial(double)", {"def double"}),
    ("partial(double, 1)", {"def double after a partial"}),
    ("partial(double, Shape())()", {"a Shape"}),
    ("wrapped()", {"int"}),
    ("gone", {"def replacing.other"}),
    ("gone()", {"str"}),
    ("cached()", {"int"}),
    # what collections hold
    ("shapes[0]", {"a Shape", "a Square"}),
    ("table[p]", {"a Shape"}),
    ("first", {"int"}),
    ("second", {"str"}),
    wrong("rest", {"list[float]"}, why="a starred target is said to hold what stands before it as well"),
    ("shapes[1:]", {"list[a Shape | a Square]"}),
    ("sorted(shapes)", {"list[a Shape | a Square]"}),
    ("max([Shape()])", {"a Shape"}),
    ("{'a': Shape()}.get('a')", {"a Shape"}),
    ("[x for x in shapes]", {"list[a Shape | a Square]"}),
    ("[Shape() for x in p]", {"list[a Shape]"}),
    ("{x: Shape() for x in p}", {"dict[a Shape]"}),
    ("(x for x in [1])", {"generator[int]"}),
    ("list(map(pair, p))", {"list[(int, str)]"}),
    ("list(zip([1], ['a']))", {"list[(int, str)]"}),
    ("list(enumerate(['a']))", {"list[(int, str)]"}),
    # other people's code
    ("json", {"the json"}),
    ("json.loads", {"the json.loads"}),
    ("json.loads(p)", set()),
    ("pathlib.Path(p).parent", {"pathlib.Path"}),
    ("pathlib.Path(p) / 'a'", {"pathlib.Path"}),
    ("requests.get(p)", {"requests.Response"}),
    ("requests.Session().get(p)", {"requests.Response"}),
    ("'a,b'.split(',')[0]", {"str"}),
    ("ThreadPoolExecutor().submit(pair).result()", {"(int, str)"}),
    ("list(ThreadPoolExecutor().map(pair, p))", {"list[(int, str)]"}),
    wrong("cast(Shape, p)", {"some Shape"}, why="what `cast` promises is not used"),
    # nobody knows
    ("p", set()),
    ("p.area()", set()),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "values"), VALUES)
def test_what_an_expression_may_be(expression: str, values: set[str]) -> None:
    start = "async def" if "await" in expression else "def"
    found = linked(f"{HEAD}\n{start} work(p):\n    return {expression}\n")
    assert said(found.program.values(found.work.id, found.last)) == values


PARTS = "class A:\n    def run(self): ...\nclass B(A):\n    def run(self): ...\ndef f(x): ...\ndef g(x): ...\n"

TARGETS = [
    ("f(1)", {"f"}),
    ("h = f; h(1)", {"f"}),
    ("h = f if p else g; h(1)", {"f perhaps", "g perhaps"}),
    ("TABLE = {'f': f, 'g': g}; TABLE[p](1)", {"f perhaps", "g perhaps"}),
    ("h = partial(f, 1); h()", {"f"}),
    ("A().run()", {"A.run"}),
    ("B().run()", {"B.run"}),
    ("h = A().run; h()", {"A.run"}),
    ("A.run(B())", {"A.run"}),
    ("getattr(A(), 'run')()", {"A.run"}),
    ("m = getattr(B(), 'run', None); m()", {"B.run"}),
    ("getattr({'a': A(), 'b': B()}[p], 'run')()", {"A.run perhaps", "B.run perhaps"}),
    ("x: A = p; x.run()", {"A.run perhaps", "B.run perhaps"}),
    ("x = None; x = A(); x.run()", {"A.run"}),
    ("for x in [A()]: x.run()", {"A.run"}),
    ("[h(1) for h in (f,)][0]()", set()),
    ("(lambda: 1)()", {"work.<lambda>"}),
    ("A()", set()),
    ("p()", set()),
    ("p.run()", set()),  # nearly every class has such a method
    ("map(f, p)", {"the builtins.map", "f in here"}),
    ("sorted(p, key=f)", {"the builtins.sorted", "f in here"}),
    ("ThreadPoolExecutor().submit(f, p)", {"the concurrent.futures.ThreadPoolExecutor.submit", "f in thread"}),
    ("Pool().map(f, p)", {"the multiprocessing.pool.Pool.map", "f in process"}),
    ("threading.Thread(target=f, args=p)", {"the threading.Thread", "f in thread"}),
    ("threading.Thread(target=p)", {"the threading.Thread"}),
    ("await asyncio.to_thread(f, p)", {"the asyncio.to_thread", "f in thread"}),
    ("pathlib.Path(p).replace(p)", {"the pathlib.Path.replace"}),
    ("pathlib.Path(p).replace('a', 'b')", set()),  # a text has such a method, a path has not
    ("requests.get(p)", {"the requests.get"}),
    ("fetch(p)", {"the requests.get"}),
    ("requests.Session().get(p)", {"the requests.Session.get"}),
]  # fmt: skip

IMPORTS = """
import asyncio, pathlib, threading
import requests
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from multiprocessing import Pool
from requests import get as fetch
"""


@pytest.mark.parametrize(("statements", "targets"), TARGETS)
def test_where_a_call_may_lead(statements: str, targets: set[str]) -> None:
    start = "async def" if "await" in statements else "def"
    found = linked(f"{IMPORTS}{PARTS}{start} work(p):\n    {statements}\n")
    assert leads_to(found.program.targets(found.work.id, found.last_call)) == targets


METHODS = [
    (
        "a method that is called on `self` may be one of a class below",
        "class A:\n  def work(self): self.run()\nclass B(A):\n  def run(self): ...\n",
        {"B.run"},
    ),
    (
        "a mixin calls what the classes have that it is mixed into",
        "class Saves:\n  def work(self): self.store()\n"
        "class Disk(Saves):\n  def store(self): ...\nclass Memory(Saves):\n  def store(self): ...\n",
        {"Disk.store perhaps", "Memory.store perhaps"},
    ),
    (
        "a mixin calls what stands beside it, not below",
        "class Logs:\n  def work(self): self.log()\nclass Base:\n  def log(self): ...\nclass Both(Logs, Base): ...\n",
        {"Base.log"},
    ),
    (
        "of two bases the first one counts",
        "class L:\n  def run(self): ...\nclass R:\n  def run(self): ...\nclass Both(L, R): ...\ndef work(): Both().run()\n",
        {"L.run"},
    ),
    (
        "`super` leads upwards",
        "class A:\n  def run(self): ...\nclass B(A):\n  def run(self): ...\n  def work(self): super().run()\n",
        {"A.run"},
    ),
    wrong(
        "`super` leads to the neighbour where two are mixed",
        "class A:\n  def run(self): ...\nclass L(A):\n  def work(self): super().run()\n"
        "class R(A):\n  def run(self): ...\nclass Both(L, R): ...\n",
        {"A.run perhaps", "R.run perhaps"},
        why="`super` looks above its class, not along the order of look-up of the classes below",
    ),
    (
        "an object is called",
        "class A:\n  def __call__(self): ...\ndef work(): A()()\n",
        {"A.__call__"},
    ),
    (
        "a class is called",
        "class A:\n  def __init__(self): ...\nclass B(A): ...\ndef work(): B()\n",
        {"A.__init__"},
    ),
    (
        "the class of a class makes its objects",
        "class M(type):\n  def __call__(cls): ...\nclass A(metaclass=M): ...\ndef work(): A()\n",
        {"M.__call__"},
    ),
    (
        "the class of another class does not",
        "class M(type):\n  def __call__(cls): ...\nclass A(metaclass=M): ...\nclass B: ...\ndef work(): B()\n",
        set(),
    ),
    (
        "what a property gives is called",
        "class A:\n  @property\n  def run(self): return f\ndef f(): ...\ndef work(): A().run()\n",
        {"f"},
    ),
    (
        "a lambda of the class is called",
        "class A:\n  run = lambda self: 1\ndef work(): A().run()\n",
        {"A.<lambda>"},
    ),
    wrong(
        "a method has a second name",
        "class A:\n  def run(self): ...\n  go = run\ndef work(): A().go()\n",
        {"A.run"},
        why="names of the body of a class are not looked up there",
    ),
    wrong(
        "a method is filled in part by `partialmethod`",
        "from functools import partialmethod\n"
        "class A:\n  def run(self, n): ...\n  one = partialmethod(run, 1)\ndef work(): A().one()\n",
        {"A.run"},
        why="names of the body of a class are not looked up there",
    ),
    (
        "a class method makes an object",
        "class A:\n  @classmethod\n  def make(cls): return cls()\n  def run(self): ...\ndef work(): A.make().run()\n",
        {"A.run"},
    ),
    (
        "a static method has no object",
        "class A:\n  @staticmethod\n  def run(): ...\ndef work(): A.run()\n",
        {"A.run"},
    ),
    (
        "a name that is telling is guessed",
        "class A:\n  def ship_order(self): ...\ndef work(a): a.ship_order()\n",
        {"A.ship_order guessed"},
    ),
    (
        "one that takes fewer arguments is not meant",
        "class A:\n  def ship_order(self): ...\ndef work(a): a.ship_order(1, 2)\n",
        set(),
    ),
    (
        "a class of threads is started",
        "import threading\nclass T(threading.Thread):\n  def run(self): ...\ndef work(): T().start()\n",
        {"the threading.Thread.start", "T.run in thread"},
    ),
    (
        "a decorator wraps",
        "def d(f):\n  def inner(*a): return f(*a)\n  return inner\n@d\ndef g(): ...\ndef work(): g()\n",
        {"g", "d.inner"},
    ),
    (
        "a decorator gives back what it got",
        "def d(f): return f\n@d\ndef g(): ...\ndef work(): g()\n",
        {"g"},
    ),
    (
        "a decorator takes arguments",
        "def d(n):\n  def outer(f):\n    def inner(*a): return f(*a)\n    return inner\n  return outer\n"
        "@d(3)\ndef g(): ...\ndef work(): g()\n",
        {"g", "d.outer.inner"},
    ),
    (
        "a decorator drops what it got",
        "def d(f):\n  def inner(): ...\n  return inner\n@d\ndef g(): ...\ndef work(): g()\n",
        {"d.inner"},
    ),
    (
        "a task of a queue that puts itself there is not run",
        "from huey import RedisHuey\nq = RedisHuey()\n@q.task(retries=2)\ndef g(): ...\ndef work(): g()\n",
        {"the huey.api.TaskWrapper.__call__"},
    ),
    (
        "nor is one of a decorator that makes tasks",
        "from huey.contrib.djhuey import HUEY\ndef task(n):\n  def make(f):\n    def inner(*a): return f(*a)\n"
        "    return HUEY.task(retries=n)(inner)\n  return make\n@task(3)\ndef g(): ...\ndef work(): g()\n",
        {"the huey.api.TaskWrapper.__call__"},
    ),
    (
        "nor one that runs at certain times, under a lock",
        "from huey import crontab\nfrom huey.contrib.djhuey import db_periodic_task, lock_task\n"
        "@db_periodic_task(crontab())\n@lock_task('g')\ndef g(): ...\ndef work(): g()\n",
        {"the huey.api.TaskWrapper.__call__"},
    ),
    (
        "a lock around a function runs it",
        "from huey.contrib.djhuey import lock_task\n@lock_task('g')\ndef g(): ...\ndef work(): g()\n",
        {"g"},
    ),
    (
        "a task of a queue that is asked by a method to put it there is run",
        "import celery\nq = celery.Celery()\n@q.task(bind=True)\ndef g(): ...\ndef work(): g()\n",
        {"g"},
    ),
    (
        "an argument of one value makes it fetch what it has at hand",
        "from googleapiclient.discovery import build\ndef work(url): build('drive', 'v3', static_discovery=False)\n",
        {"the googleapiclient.discovery.build.with.network"},
    ),
    (
        "an argument of any value makes it",
        "from googleapiclient.discovery import build\ndef work(url): build('drive', 'v3', discoveryServiceUrl=url)\n",
        {"the googleapiclient.discovery.build.with.network"},
    ),
    (
        "another value does not",
        "from googleapiclient.discovery import build\ndef work(url): build('drive', 'v3', static_discovery=True)\n",
        {"the googleapiclient.discovery.build"},
    ),
    (
        "nor does what leaves it out",
        "from googleapiclient.discovery import build\ndef work(url): build('drive', 'v3', discoveryServiceUrl=None)\n",
        {"the googleapiclient.discovery.build"},
    ),
    wrong(
        "one of several is chosen by type",
        "from functools import singledispatch\n@singledispatch\ndef g(x): ...\n@g.register\ndef one(x: int): ...\n"
        "def work(): g(1)\n",
        {"g perhaps", "one perhaps"},
        why="what `singledispatch` registers is not among the targets",
    ),
    (
        "a function goes through parameters",
        "def f(): ...\ndef run(g): work(g)\ndef work(g): g()\ndef main(): run(f)\n",
        {"f"},
    ),
    (
        "a parameter hides what the module calls so",
        "def f(): ...\ndef work(f): f()\n",
        set(),
    ),
    (
        "a service goes through an attribute",
        "class A:\n  def __init__(self, s): self.s = s\n  def work(self): self.s.send()\n"
        "class Mail:\n  def send(self): ...\ndef main(): A(Mail()).work()\n",
        {"Mail.send"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "text", "targets"), METHODS)
def test_which_method_or_wrapper_is_meant(sentence: str, text: str, targets: set[str]) -> None:
    found = linked(text)
    assert leads_to(found.program.targets(found.work.id, found.last_call)) == targets, sentence


CALLERS = [
    ("def work(): ...\ndef main(): work()\n", {"main"}),
    ("def work(): ...\ndef main(): work\n", set()),
    ("def work(): ...\nwork()\n", {"<module>"}),
    wrong("def work(): ...\ndef main():\n  again = work\n  again()\n", {"main"},
          why="callers are looked for by name, and only imports are known to rename"),
    wrong("def work(): ...\ndef main(xs): map(work, xs)\n", {"main"}, why="a call that is handed a function is no caller of it"),
    ("def work(): ...\ndef work2(): ...\ndef main(): work2()\n", set()),
    ("class A:\n  def work(self): ...\ndef main(): A().work()\n", {"main"}),
    ("class A:\n  def work(self): ...\nclass B(A): ...\ndef main(): B().work()\n", {"main"}),
    ("class A:\n  def work(self): ...\nclass B(A):\n  def work2(self): ...\ndef main(): B().work2()\n", set()),
    ("class A:\n  def run(self): self.work()\nclass B(A):\n  def work(self): ...\n", {"A.run"}),
    ("def work(x): ...\ndef main(work): work(1)\n", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "callers"), CALLERS)
def test_who_calls(text: str, callers: set[str]) -> None:
    found = linked(text)
    places = found.program.callers(found.work.id)
    assert {found.program.functions[caller].name for caller, _ in places} == callers


FILES = [
    ("from part import f", {"part.py": "def f(): ..."}, {"f"}),
    ("from part import f as g; f = g", {"part.py": "def f(): ..."}, {"f"}),
    ("import part; f = part.f", {"part.py": "def f(): ..."}, {"f"}),
    ("from pkg.part import f", {"pkg/__init__.py": "", "pkg/part.py": "def f(): ..."}, {"f"}),
    ("from pkg import f", {"pkg/__init__.py": "from .part import f", "pkg/part.py": "def f(): ..."}, {"f"}),
    ("from pkg import *", {"pkg/__init__.py": "from .part import f", "pkg/part.py": "def f(): ..."}, {"f"}),
    ("import pkg.part; f = pkg.part.f", {"pkg/__init__.py": "", "pkg/part.py": "def f(): ..."}, {"f"}),
    ("from a import f", {"a.py": "from b import f", "b.py": "from a import f"}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("line", "others", "targets"), FILES)
def test_an_import_leads_to_the_other_file(line: str, others: dict[str, str], targets: set[str]) -> None:
    found = linked({"app.py": f"{line}\ndef work():\n    f()\n", **others})
    assert leads_to(found.program.targets(found.work.id, found.last_call)) == targets


IMPLIED = [
    ("A().size", "read", "  @property\n  def size(self): ...\n", {"A.size"}),
    ("A().size", "read", "  def size(self): ...\n", set()),
    ("A()[0]", "read", "  def __getitem__(self, i): ...\n", {"A.__getitem__"}),
    ("A()", "enter", "  def __enter__(self): ...\n  def __exit__(self, *e): ...\n", {"A.__enter__", "A.__exit__"}),
    ("A()", "iterate", "  def __iter__(self): ...\n", {"A.__iter__"}),
    ("A()", "iterate", "  def items(self): ...\n", set()),
]  # fmt: skip


@pytest.mark.parametrize(("expression", "how", "members", "targets"), IMPLIED)
def test_what_runs_without_being_called_by_name(expression: str, how: str, members: str, targets: set[str]) -> None:
    found = linked(f"class A:\n{members}def work():\n{indent(f'return {expression}', '    ')}\n")
    assert leads_to(found.program.implied(found.work.id, found.last, how)) == targets


@pytest.mark.parametrize(
    ("expression", "length"),
    [
        ("itertools.product(string.ascii_lowercase, repeat=4)", 26**4),
        ("itertools.product((1, 2), (3, 4, 5))", 6),
        ("itertools.product(xs, repeat=2)", None),
        ("digits", 10),
        ("random.sample(xs, 4)", 4),
        ("heapq.nlargest(3, xs)", 3),
        ("Counter(xs).most_common(6)", 6),
        ("Counter(xs).most_common()", None),
        ("string.Template", None),
    ],
)
def test_lengths_of_products_and_of_constants_of_other_packages(expression: str, length: int | None) -> None:
    head = "import heapq, itertools, random, string\nfrom collections import Counter\nfrom string import digits\n"
    program = linked(f"{head}def work(xs):\n    return {expression}\n")
    assert program.program.length(program.work.id, program.last) == length


@pytest.mark.parametrize(
    ("expression", "length"),
    [
        ("xs[:5]", 5),
        ("xs[2:5]", 3),
        ("xs[-5:]", 5),
        ("xs[-N:]", 7),
        ("[1, 2, 3][:5]", 3),
        ("[1, 2, 3][-2:]", 2),
        ("xs[5:]", None),
        ("xs[:-5]", None),
        ("xs[n:n + 5]", None),
        ("xs[::5]", None),
        ("xs[:10:2]", 5),
    ],
)
def test_a_part_has_as_many_elements_as_are_asked_for(expression: str, length: int | None) -> None:
    program = linked(f"N = 7\ndef work(xs, n):\n    return {expression}\n")
    assert program.program.length(program.work.id, program.last) == length


@pytest.mark.parametrize(
    ("loop", "number", "length"),
    [
        ("for n in range(3, 41)", 22, 22),  # on average
        ("for n in range(10)", 5, 5),
        ("for n in [7, 9]", 9, 9),
        ("for n in xs", None, None),
    ],
)
def test_the_number_that_a_loop_counts(loop: str, number: int | None, length: int | None) -> None:
    program = linked(f"def work(xs):\n    {loop}:\n        use(n, list(range(n)))\n")
    call = next(s.value for s in program.statements() if isinstance(s, code.Evaluate))
    assert isinstance(call, code.Call)
    assert program.program.number(program.work.id, call.arguments[0]) == number
    assert program.program.length(program.work.id, call.arguments[1]) == length


@pytest.mark.parametrize(
    ("handing", "number"),
    [
        ("threading.Thread(target=inner, args=(0, 40))", 40),
        ("ThreadPoolExecutor().submit(inner, 0, 40)", 40),
        ("ThreadPoolExecutor().submit(inner, 0, n=40)", 40),
        ("list(map(inner, 'ab', [7, 9]))", 9),
        ("threading.Thread(target=inner, args=xs)", None),
        ("ThreadPoolExecutor().submit(inner, 0, xs[0])", None),
        ("inner", None),
    ],
)
def test_a_number_that_a_function_is_given_by_what_it_is_handed_to(handing: str, number: int | None) -> None:
    program = linked(f"""
    import threading
    from concurrent.futures import ThreadPoolExecutor

    def inner(m, n):
        use(n)

    def work(xs):
        {handing}
    """)
    inner = next(info for info in program.program.functions.values() if info.name == "inner")
    assert program.program.number(inner.id, inner.calls[0].arguments[0]) == number


def test_the_parts_of_a_known_list_have_a_length() -> None:
    program = linked("""
    def rows(n):
        return [[0.0] * n for _ in range(n)]

    def work():
        for row in rows(30):
            use(row)
    """)
    call = next(s.value for s in program.statements() if isinstance(s, code.Evaluate))
    assert isinstance(call, code.Call)
    assert program.program.length(program.work.id, call.arguments[0]) == 30
