"""Weigh: what ties the iterations of a site to each other, and what stands in the way of running them side by side."""

from __future__ import annotations

from textwrap import indent

import pytest

from advisor.model.case import Case
from advisor.model.site import DependenceKind, HazardKind
from tests.linking import linked, wrong

HEAD = """
import asyncio, os, random, sqlite3, subprocess, threading, time
import numpy as np
import requests
import posixpath, psycopg
from concurrent.futures import ThreadPoolExecutor, ProcessPoolExecutor
from itertools import accumulate
from pathlib import PurePosixPath
from google.cloud import storage
from PIL import ImageDraw
from requests import get

OUT = []
COUNT = 0
lock = threading.Lock()

class Api:
    def __init__(self, held=None):
        self.held = held
        self.cache = {}
    def chained(self, x):
        self.token = get(x, self.token).text
    def noted(self, x):
        self.held.append(x)
        return get(x, self.held)
    def cached(self, x):
        if x not in self.cache:
            self.cache[x] = get(x)
        return self.cache[x]
    def set_and_read(self, x):
        self.url = x
        return get(self.url)
    def perhaps_set_and_read(self, x):
        try:
            self.number = int(x)
        except ValueError:
            pass
        return get(x, self.number)

class Paced(requests.Session):
    def request(self, method, url):
        wait = self.last + 2 - time.monotonic()
        if wait > 0: time.sleep(wait)
        self.last = time.monotonic()
        return super().request(method, url)

class Labelled:
    @property
    def label(self): return "a"

class Named(requests.Session):
    def request(self, method, url):
        return super().request(method, "https://example.org" + url)

class Tags:
    ids: dict
    def numbered(self, tag):
        if tag not in self.ids: self.ids[tag] = len(self.ids)
        return self.ids[tag]
    def kept(self, tag):
        if tag not in self.ids: self.ids[tag] = len(tag)
        return self.ids[tag]

def filled(**options):
    headers = options.setdefault("headers", {})
    if "Agent" not in headers: headers["Agent"] = get(options["url"])
    headers["Level"] = get(headers["Level"])

def told(**options):
    options.pop("one", None)
    return get(options["url"])

def sent(url, statement, x):
    with psycopg.connect(url) as c:
        return c.execute(statement, (x,)).fetchall()

def counting(x):
    global COUNT
    COUNT += 1
    return get(x)
def moving(x):
    os.chdir(x)
    return get("a")
def asking(x):
    return input(x)
"""


def weighed(body: str, function: str = "def work(xs, a, n, api: Api, ts: list[threading.Thread], tags: Tags):") -> Case:
    """The first site of a function."""
    found = linked(f"{HEAD}{function}\n{indent(body, '    ')}\n")
    return next(case for case, site in zip(found.cases, found.sites, strict=True) if site.function == found.work.id)


N, R, O, X, U, C = DependenceKind  # noqa: E741 - as short as the table needs

TIES = [
    ("for x in xs: get(x)", N),
    ("out = []\nfor x in xs: out.append(get(x))", R),
    ("out = {}\nfor x in xs: out[x] = get(x)", R),
    ("for x in xs: a.add(get(x).text)", R),
    ("n = 0\nfor x in xs: n += get(x).status_code", R),
    ("i = 0\nfor x in xs:\n    get(x)\n    i += 1", R),
    ("best = None\nfor x in xs:\n    y = get(x).text\n    if best is None or y > best: best = y", R),
    ("best = 0\nfor x in xs: best = max(best, get(x).status_code)", R),
    ("t = None\nfor x in xs: t = get(x, t).text", C),
    ("t = None\nfor x in xs: t = get(x).text", N),
    ("for x in xs:\n    t = get(x).text\n    get(t)", N),
    # a thing at a service that two items may name
    ("for x in xs:\n    y = get(f'http://a/{x.sku}')\n    requests.put(f'http://a/{x.sku}', json=y.json())", C),
    ("for x in xs:\n    y = get('http://a/' + x['sku'])\n    requests.put('http://a/' + x['sku'], json=y.json())", C),
    ("for x in xs:\n    y = get(x['url'])\n    requests.put(x['url'], json=y.json())", N),
    ("for x in xs:\n    y = get(f'http://a/{x}')\n    requests.put(f'http://a/{x}', json=y.json())", N),
    ("for x in xs:\n    y = get(f'http://a/{x.sku}')\n    requests.put(f'http://b/{x.sku}', json=y.json())", N),
    # what only the last iteration does
    ("for x in xs:\n    if get(x, api.token).ok:\n        api.token = x\n        break", DependenceKind.EXIT),
    ("for x in xs:\n    if get(x, api.token).ok:\n        api.token = x", C),
    ("for x in xs:\n    if get(x, api.token).ok:\n        api.token = x\n        continue", C),
    ("for x in xs:\n    for y in x:\n        if get(y, api.token).ok:\n            api.token = x\n            break", C),
    ("for x in xs:\n    try:\n        if get(x, api.token).ok:\n            api.token = x\n            break\n    except OSError: pass", C),
    # read when the loop is over
    ("t = None\nfor x in xs: t = get(x).text\nreturn t", R),
    ("for x in xs:\n    try: t = get(x).text\n    except OSError: pass\nprint(t)", R),
    ("for x in xs: t = get(x).text\nt = n\nreturn t", N),
    ("global COUNT\nfor x in xs: COUNT = get(x).text", R),
    ("bad = False\nfor x in xs:\n    if not get(x).ok: bad = True\nreturn bad", N),  # whichever comes last
    ("for x in xs:\n    y = n\n    n = get(y)", C),
    ("for i, x in enumerate(xs): xs[i] = get(x)", R),
    wrong("for i, x in enumerate(xs): xs[~i] = get(x)", U, why="anything worked out of the index counts as the index"),
    ("for i, x in enumerate(xs): xs[i + 1] = get(x)", U),
    # objects
    ("for x in xs: api.chained(x)", C),
    ("for x in xs: x.chained('a')", N),
    ("for x in xs: Api().chained(x)", N),
    ("for x in [api, api]: x.chained('a')", C),
    ("for x in xs: api.noted(x)", C),
    ("for x in xs: Api([]).noted(x)", N),
    ("for x in xs: Api(OUT).noted(x)", C),
    ("for x in xs: Api([]).noted(x)", N),
    ("for x in xs: api.cached(x)", R),
    ("for x in xs: api.set_and_read(x)", C),
    ("for x in xs: api.perhaps_set_and_read(x)", C),
    ("for x in xs: counting(x)", R),
    ("for x in xs: told(url=a, one=n)", N),
    ("for x in xs: filled(url=x, one=n)", N),
    ("for x in xs: filled(url=x, headers=n)", C),
    ("for x in xs: a.url = get(x).url", R),
    ("for x in xs: x.url = get(x).url", N),
    ("s = requests.Session()\nfor x in xs:\n    page = s.get(x)\n    page.encoding = page.text", N),
    ("for x in xs:\n    page = a.get(n)\n    page.encoding = get(page.encoding)", C),
    ("for x in xs:\n    a.label.title = get(a.label.title)", C),  # `Labelled.label` is another one
    ("for x in xs:\n    if x not in a: a[x] = get(x)", R),
    ("for x in xs: tags.numbered(get(x))", C),
    ("seen = set(a)\nfor x in list(seen): seen.add(get(x))", R),
    ("seen = list(a)\nfor x in seen: seen.append(get(x))", C),
    ("for x in xs:\n    for y in x: api.held = api.held * 31 + y", C),
    ("for x in xs: tags.kept(get(x))", R),
    ("for x in xs: OUT.append(get(x))", R),
    ("for x in xs: get(OUT.pop())", C),
    # outside
    ("for x in xs: open(f'{x}.html', 'w').write(get(x).text)", N),
    ("for x in xs: open('log', 'a').write(get(x).text)", O),
    ("for x in xs: open('last', 'w').write(get(x).text)", C),
    ("for x in xs: requests.put('http://a', x)", C),
    ("for x in xs: requests.put(x, 'a')", N),
    ("for x in xs: requests.put(a[n], x)", C),
    ("for x in xs: requests.put(a[n].url, x)", C),
    # what lies in what another iteration makes
    ("parts = a.split('/')\nfor i in range(1, 4): requests.post('/'.join(parts[:-i]))", C),
    ("for i in reversed(range(1, 4)):\n    above = a.rsplit('/', i)[0]\n    requests.post(above)", C),
    ("for x in reversed([a.rsplit('/', i)[0] for i in range(4)]): requests.post(x)", C),
    ("above = list(n.parents)\nfor x in above: requests.post(x)", N),  # of a commit, for all that is known
    ("for x in accumulate(xs, posixpath.join): requests.post(x)", C),
    ("for x in reversed(PurePosixPath(a).parents): requests.request('MKCOL', str(x))", C),
    ("path = ''\nfor x in xs:\n    path = f'{path}/{x}'\n    requests.post(path)", C),
    ("path = ''\nfor x in xs:\n    path += '/' + x\n    requests.post(path)", C),
    ("path = ''\nfor x in xs:\n    path = posixpath.join(path, x)\n    requests.post(path)", C),
    ("for i in range(1, 4): requests.get(xs[:i])", N),
    ("for i, x in enumerate(xs): requests.post(x[:i])", N),
    ("for x in xs: requests.post(x[:n])", N),
    ("for x in xs:\n    y = x\n    if n: y = y[:n]\n    requests.post(y)", N),
    ("for i in range(0, n, 10): requests.post('u', json=xs[i:i + 10])", N),
    ("for i in range(1, 4): requests.post(xs[i])", N),
    ("n = 0\nfor x in xs:\n    n += 1\n    requests.post(f'{a}/{n}')", R),
    ("for i in range(1, 4): os.makedirs('/'.join(xs[:i]), exist_ok=True)", N),
    ("for i in range(1, 4): os.mkdir('/'.join(xs[:i]))", C),
    # statements to one database, over a connection for each
    ("for x in xs: sent(a, 'SELECT %s', x)", N),
    ("for x in xs: sent(a, n(x), x)", U),
    ("for x in xs: sent(x, n(x), x)", N),  # each to a database of its own
    ("for x in xs:\n    with psycopg.connect(a) as c: c.execute(n(x))", U),
    ("for x in xs:\n    with psycopg.connect(a) as c: c.execute('SELECT 1')", N),
    # order and end
    ("for x in xs: print(get(x))", O),
    ("for x in xs: yield get(x)", O),
    ("for x in xs:\n    if get(x).ok: return x", X),
    ("for x in xs:\n    if get(x).ok: break", X),
    ("for x in xs:\n    if x == n: return get(x)", C),  # which so runs once
    ("any(get(x).ok for x in xs)", X),
    ("sum(get(x).status_code for x in xs)", N),
    ("[get(x) for x in xs]", N),
    ("[n := get(x, n) for x in xs]", C),
    ("[n := get(x) for x in xs]", N),
    ("[n for x in xs if (n := get(x, n))]", C),
    ("list(map(get, xs))", N),
    # while
    ("while xs: get(xs.pop())", N),
    ("while xs:\n    x = xs.pop()\n    xs.extend(get(x).json())", C),
    ("i = 0\nwhile i < n:\n    get(i)\n    i += 1", R),
    ("i = 0\nm = 1\nwhile i < m:\n    m = get(i).json()\n    i += 1", C),
    ("while n: n = get(n).json()", C),
    ("while not get(n).ok: time.sleep(1)", C),
    ("a = []\nwhile len(a) < n: a.append(get('http://a'))", R),
    ("for x in iter(api.held, None): get(x)", C),
    # no loop
    ("x = get('a')\ny = get('b')", N),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), TIES)
def test_what_ties_iterations_to_each_other(body: str, kind: DependenceKind) -> None:
    assert weighed(body).dependence.kind is kind


PROOFS = [
    ("t = None\nfor x in xs: t = get(x, t).text", "t"),
    ("for x in xs: api.chained(x)", "api.token"),
    ("n = 0\nfor x in xs: n += get(x).status_code", "n"),
    ("for x in xs: counting(x)", "COUNT"),
    ("for x in xs: open('log', 'a').write(get(x).text)", "log"),
    ("for x in xs:\n    if get(x).ok: break", "break"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "name"), PROOFS)
def test_the_tie_is_proved_by_a_name_and_a_line(body: str, name: str) -> None:
    detail = weighed(body).dependence.details[0]
    assert detail.name == name
    assert detail.line > 0
    assert f"`{name}`" in detail.because or name in ("break", "log")


H = HazardKind

HAZARDS = [
    ("for x in xs: get(x)", set()),
    ("out = []\nfor x in xs: out.append(get(x))", set()),
    ("for x in xs: a.append(get(x))", {H.SHARED_WRITE}),
    ("for x in xs: OUT.append(get(x))", {H.GLOBAL_WRITE}),
    ("for x in xs: x.done = get(x)", {H.ITEM_WRITE}),
    ("for x in xs: api.set_and_read(x)", {H.SHARED_WRITE}),
    ("for x in xs: api.cached(x)", {H.MEMO}),
    ("for x in xs: counting(x)", {H.GLOBAL_WRITE}),
    # the process and the thread
    ("for x in xs: moving(x)", {H.PROCESS_STATE}),
    ("for x in xs: get(os.getcwd() + x)", set()),
    ("for x in xs: get(x, threading.current_thread())", {H.THREAD_STATE}),
    ("random.seed(1)\nfor x in xs: get(x, random.random())", {H.RANDOM_DRAW}),
    ("for x in xs: get(x, random.random())", set()),  # never seeded: no run is like another
    ("r = random.Random(1)\nfor x in xs: get(x, r.random())", {H.RANDOM_DRAW, H.STATEFUL_CAPTURE}),
    ("for x in xs: get(x, random.Random(1).random())", set()),
    # limits and sessions
    ("paced = Paced()\nfor x in xs: paced.get(x)", {H.RATE_LIMIT, H.SHARED_WRITE}),
    ("named = Named()\nfor x in xs: named.get(x)", set()),
    ("for x in xs:\n    get(x)\n    n.session.delete(x)", {H.STATEFUL_CAPTURE}),
    ("for x in xs:\n    session = n.begin()\n    get(x)\n    session.delete(x)", set()),
    # captures
    ("pen = ImageDraw.Draw(a)\nfor x in xs: pen.text(get(x).text)", {H.THREAD_UNSAFE_CAPTURE, H.SHARED_WRITE}),
    ("for x in xs: ImageDraw.Draw(x).text(get(x).text)", set()),
    ("s = requests.Session()\nfor x in xs: s.get(x)", set()),  # which the catalog lets threads share
    ("for x in xs: requests.Session().get(x)", set()),
    ("db = sqlite3.connect('a')\nfor x in xs: db.execute('select ?', x)",
     {H.STATEFUL_CAPTURE, H.UNPICKLABLE_CAPTURE, H.SERIALISED_CAPTURE}),
    ("for x in xs: sqlite3.connect(x).execute('select 1')", set()),
    ("f = lambda x: get(x)\nfor x in xs: f(x)", {H.UNPICKLABLE_FUNCTION}),
    # order
    ("for x in xs: print(get(x))", {H.ORDERED_OUTPUT}),
    ("for x in xs: yield get(x)", {H.LAZY_GENERATOR}),
    ("f = open('a', 'w')\nfor x in xs: f.write(get(x).text)", {H.ORDERED_OUTPUT}),
    ("for x in xs: requests.Session().send(x)", set()),
    ("for part in a.iter_lines(): get(part)", {H.STREAMING}),
    ("for part in a.lines(): get(part)", set()),
    ("for line in open('a').readlines(): get(line)", set()),
    ("for x in xs: asking(x)", {H.INTERACTIVE}),
    ("import sys\nfor x in xs: sys.stdin.readline()", {H.MAY_ASK}),
    ("for x in xs:\n    if get(x).ok: asking(x)", {H.MAY_ASK}),
    ("for x in xs: open(os.path.basename(x), 'w').write(get(x).text)", {H.NAMES_MAY_MEET}),
    ("for x in xs: open(x.split('/')[-1], 'w').write(get(x).text)", {H.NAMES_MAY_MEET}),
    ("for x in xs: open(x, 'w').write(get(x).text)", set()),
    ("for n, x in enumerate(xs): open(f'{n}', 'w').write(get(os.path.basename(x)).text)", set()),
    ("for x in xs: get(x, data=open(os.path.basename(x)))", set()),
    ("for x in ['a/x', 'b/y']: open(os.path.basename(x), 'w').write(get(x).text)", set()),
    ("for x in xs:\n    get(x)\n    time.sleep(1)", {H.RATE_LIMIT}),
    ("for x in xs:\n    len(x)\n    time.sleep(1)", {H.POLLING}),
    ("for x in xs:\n    get(x)\n    time.sleep(0)", set()),  # it only lets others run
    ("while not a.ready: time.sleep(0)", {H.POLLING}),
    ("for attempt in range(3):\n    try: return get(a)\n    except OSError: pass", {H.RETRY}),
    ("while a < 3:\n    try: return get(b)\n    except OSError: a += 1", {H.RETRY}),
    ("while a < 3:\n    try: b = get(b)\n    except OSError: pass\n    else: break", {H.RETRY}),
    ("while xs:\n    try: get(xs.pop())\n    except OSError: return", set()),
    ("for entry in range(3):\n    try: a[entry] = get(entry)\n    except OSError: return", {H.SHARED_WRITE}),
    ("for number in range(3):\n    try: a[number] = get(number)\n    except OSError: pass", {H.SHARED_WRITE}),
    ("while not get(a).ok: time.sleep(1)", {H.POLLING}),
    ("while a: a = get(a).json()['next']", set()),
    ("url = a\nwhile url: url = get(url).json()['next']", {H.PAGINATION}),
    ("url = a\nfor x in xs: url = get(url).json()['next']", {H.PAGINATION}),
    ("p = {'page': 1}\nwhile get(a, p).ok: p['page'] = get(a, p).json()['more']", {H.PAGINATION, H.SHARED_WRITE}),
    ("s = requests.Session()\nfor x in xs:\n    s.headers['X-Page'] = x\n    get(s.headers)", {H.SHARED_WRITE}),
    ("for step in n: subprocess.run(step)", {H.STEPS, H.UNKNOWN_PROGRAM}),
    ("for name in n: subprocess.run(name)", {H.UNKNOWN_PROGRAM}),
    ("for thread in ts: thread.join()", {H.RUNNING_ALREADY}),
    ("for pid in pids: os.waitpid(pid, 0)", {H.RUNNING_ALREADY}),
    ("for path in paths: os.waitpid(os.spawnlp(os.P_NOWAIT, 'ls', 'ls', path), 0)", {H.UNKNOWN_PROGRAM}),
    # locks and transactions
    ("for x in xs:\n    with lock: get(x)", {H.LOCK_HELD}),
    ("for x in xs:\n    with lock: a.add(x)\n    get(x)", {H.SHARED_WRITE}),
    ("with lock:\n    for x in xs: get(x)", {H.LOCK_AROUND}),
    ("with a.atomic():\n    for x in xs: get(x)", {H.TRANSACTION}),
    ("with sqlite3.connect('a'):\n    for x in xs: get(x)", {H.TRANSACTION}),
    ("with storage.Client().batch():\n    for x in xs: get(x)", {H.BATCHED}),
    ("with a.batch():\n    for x in xs: get(x)", {H.BATCHED}),
    ("with a.batch() as held:\n    for x in xs: held.get(x)", {H.BATCHED}),
    ("with a.batch() as held:\n    for x in xs: get(x)", set()),
    ("for x in xs:\n    with a.batch(): get(x)", set()),
    ("with a.batches():\n    for x in xs: get(x)", set()),
    ("t = None\nfor x in xs: t = get(x).text\nreturn t", {H.LAST_STAYS}),
    ("t = None\nfor x in xs:\n    t = get(x).text\n    if t: break\nreturn t", set()),  # that of the round that ends it
    ("with a.span():\n    for x in xs: get(x)", set()),
    ("for x in xs:\n    with open(x): get(x)", set()),
    ("for x in xs:\n    with mutex: get(x)", {H.LOCK_HELD}),
    ("for x in xs:\n    with clock: get(x)", set()),
    ("with mutex:\n    for x in xs: get(x)", {H.LOCK_AROUND}),
    ("with clock:\n    for x in xs: get(x)", set()),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kinds"), HAZARDS)
def test_what_stands_in_the_way(body: str, kinds: set[HazardKind]) -> None:
    assert {hazard.kind for hazard in weighed(body).hazards} == kinds


ASYNC = [
    ("for x in xs: get(x)", {H.EVENT_LOOP}),
    ("for x in xs: await client.get(x)", {H.THREAD_UNSAFE_CAPTURE}),
    wrong("for x in xs: await asyncio.sleep(x)", {H.POLLING}, why="a sleep counts as a call to which it could keep a distance"),
    ("for x in xs: await channel.send(x)", {H.MESSAGE_ORDER, H.SHARED_WRITE}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kinds"), ASYNC)
def test_what_stands_in_the_way_of_a_coroutine(body: str, kinds: set[HazardKind]) -> None:
    case = weighed(body, "import httpx\nclient = httpx.AsyncClient()\nasync def work(xs, channel):")
    assert {hazard.kind for hazard in case.hazards} == kinds


ANSWERED = [
    ("return [requests.post('http://a/entries', json=x).json() for x in xs]", "unknown"),
    ("return [urlopen(Request('http://a/entries', dumps(x))).read() for x in xs]", "unknown"),
    ("return [requests.post(f'http://a/entries/{x}').json() for x in xs]", "none"),  # each has its own address
    ("return [urlopen(Request(f'http://a/{x}', b'-')).read() for x in xs]", "none"),
    ("for x in xs: requests.post('http://a/entries', json=x)", "none"),  # nobody looks at the answers
    ("return [urlopen(Request('http://a/entries')).read() for x in xs]", "none"),  # nothing is sent
]


@pytest.mark.parametrize(("body", "kind"), ANSWERED)
def test_answers_from_one_address_may_tell_what_came_before(body: str, kind: str) -> None:
    head = "import requests\nfrom json import dumps\nfrom urllib.request import Request, urlopen\ndef work(xs):"
    assert weighed(body, head).dependence.kind == kind


UNPACKED = [
    ("for x in xs: zipfile.ZipFile(x).extractall('out')", "unknown"),  # of two files with one name the last stays
    ("for x in xs: shutil.unpack_archive(x, 'out')", "unknown"),
    ("for x in xs: shutil.unpack_archive(x, f'out/{x}')", "none"),  # a folder each
    ("for x in xs: shutil.copytree(x, 'out')", "carried"),  # one thing, written by all
]


@pytest.mark.parametrize(("body", "kind"), UNPACKED)
def test_what_is_unpacked_into_one_folder_may_meet_there(body: str, kind: str) -> None:
    assert weighed(body, "import shutil, zipfile\ndef work(xs):").dependence.kind == kind


KINDS = [
    ("for x in xs: get(x)", "network"),
    ("for x in xs: subprocess.run(x)", "subprocess"),
    ("for x in xs: time.sleep(1)", "sleep"),
    ("for x in xs: len(x)", "tiny"),
    ("for x in xs:\n    for y in range(10**6): n += y * y", "cpu-python"),
    ("for x in xs: nobody.knows(x)", "unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "kind"), KINDS)
def test_what_takes_most_of_the_time(body: str, kind: str) -> None:
    assert weighed(body).work_kind == kind


ITEMS = [
    ("for x in range(7): get(x)", 7),
    ("for x in [1, 2, 3]: get(x)", 3),
    ("ys = [1, 2]\nfor x in ys: get(x)", 2),
    ("for x in enumerate('abcd'): get(x)", 4),
    ("[get((x, y)) for x in range(3) for y in range(4)]", 12),
    ("for x in xs: get(x)", None),
    ("for x in []: get(x)", None),
    ("x = get('a')\ny = get('b')", 2),
    ("ys = [1, 2, 3]\nwhile ys: get(ys.pop())", 3),
]  # fmt: skip


@pytest.mark.parametrize(("body", "items"), ITEMS)
def test_how_many_iterations_there_are_where_the_source_tells(body: str, items: int | None) -> None:
    work = weighed(body).work
    assert (work.items.expected if work.items_known else None) == items


@pytest.mark.parametrize(
    ("tasks", "items"),
    [("pool.map(get, range(7))", 7), ("pool.map(get, xs)", None), ("[pool.submit(get, x) for x in range(5)]", 5)],
)
def test_a_pool_has_as_many_tasks_as_what_it_walks_has_items(tasks: str, items: int | None) -> None:
    text = "from concurrent.futures import ThreadPoolExecutor\nfrom requests import get\npool = ThreadPoolExecutor()\n"
    found = next(case for case in linked(f"{text}def work(xs):\n    return {tasks}\n").cases if case.kind.is_concurrent)
    assert (found.work.items.expected if found.work.items_known else None) == items


@pytest.mark.parametrize(
    ("filling", "items"),
    [("for x in range(4): ys.append(x)", 5), ("for x in range(4): n(x)", 1), ("for x in n(): ys.append(x)", None)],
)
def test_a_list_that_grows_has_more_than_it_began_with(filling: str, items: int | None) -> None:
    found = linked(f"from requests import get\ndef work(n):\n    ys = [1]\n    {filling}\n    [get(y) for y in ys]\n")
    work = found.cases[-1].work
    assert (work.items.expected if work.items_known else None) == items


WEIGHTS = [
    ("'abc' * 100", 300),
    ("('a' * 20).encode()", 20),
    ("''.join(f'{i:>2}' for i in range(10))", 60),
    ("[i - 1 for i in range(10)]", 80),
    ("[n(i) for i in range(10)]", None),
    ("numpy.random.default_rng(1).integers(0, 9, 1000)", 8000),
    ("numpy.random.default_rng(1).integers(0, 9)", None),
    ("numpy.zeros((10, 20), dtype=numpy.float32)", 800),
    ("numpy.zeros(n)", None),
    ("numpy.random.rand(3, 4)", 96),
    ("open('x', 'rb').read(1 << 20)", 1 << 20),
    ("open('x', 'rb').read(n)", None),
    ("open('x', 'rb').read()", None),
]


@pytest.mark.parametrize(("expression", "size"), WEIGHTS)
def test_what_something_weighs_in_bytes(expression: str, size: int | None) -> None:
    found = linked(f"import numpy\ndef work(n):\n    return {expression}\n")
    assert found.program.weight(found.work.id, found.last) == size


def test_a_call_on_data_of_known_size_takes_no_less_at_its_least_than_expected() -> None:
    case = weighed("table = np.zeros(2)\nfor x in range(9): np.sort(table)")
    assert case.work.interpreter.low <= case.work.interpreter.expected <= case.work.interpreter.high
    large = weighed("table = np.zeros(2_000_000)\nfor x in range(9): np.sort(table)")
    assert large.work.native.expected > 1000 * case.work.interpreter.expected


def test_what_is_not_known_of_an_item_is_not_nothing() -> None:
    assert weighed("[get(x) for x in xs]").work.payload.high > 1e5
    assert weighed("for x in range(9): get(x)").work.payload.high == 8.0


@pytest.mark.parametrize(
    ("work", "waits"),
    [
        ("for issue in repo.get_issues(state=x): issue.title", True),
        ("list(repo.get_issues(state=x))", True),
        ("[issue.title for issue in repo.get_issues(state=x)]", True),
        ("repo.get_issues(state=x)", False),  # of which nobody asks for a page
    ],
)
def test_pages_are_asked_for_while_they_are_walked(work: str, waits: bool) -> None:
    found = linked(
        f"from github.Repository import Repository\ndef work(repo: Repository, xs):\n    for x in xs:\n        {work}\n"
    )
    assert (found.cases[0].work.waiting.expected > 0.01) is waits


@pytest.mark.parametrize(
    ("result", "payload", "flat"), [("x.upper()", 20, 20), ("json.loads(x)", 20, 10), ("np.zeros(4)", 42, 42)]
)
def test_texts_and_arrays_travel_in_one_piece(result: str, payload: int, flat: int) -> None:
    source = f"import json\nimport numpy as np\ndef work():\n    return [{result} for x in ['a' * 10, 'b' * 10]]\n"
    work = linked(source).cases[0].work
    assert (work.payload.expected, work.flat.expected) == (payload, flat)


@pytest.mark.parametrize(
    ("body", "travels"),
    [
        ("for x in xs: out.writerow(crunch(x))", False),
        ("for x in xs:\n    row = crunch(x)\n    out.writerow(row)", False),
        ("for x in xs: crunch(x, out)", True),
    ],
)
def test_what_only_takes_the_results_need_not_go_to_a_process(body: str, travels: bool) -> None:
    found = linked(f"""
import csv

def crunch(x, out=None):
    total = 0
    for i in range(1_000_000):
        total += i * x
    if out is not None:
        out.writerow([total])
    return [total]

def work(xs, file):
    out = csv.writer(file)
{indent(body, "    ")}
""")
    case = next(case for case, site in zip(found.cases, found.sites, strict=True) if site.function == found.work.id)
    assert any(hazard.kind is HazardKind.UNPICKLABLE_CAPTURE for hazard in case.hazards) is travels


@pytest.mark.parametrize(
    ("body", "batched"),
    [
        ("conn.execute('INSERT INTO t VALUES (?)', (x,)); conn.commit()", True),
        ("conn.executescript(x); conn.commit()", False),
        ("try:\n    conn.execute('DELETE FROM t'); conn.commit()\n  except sqlite3.Error:\n    conn.rollback()", False),
    ],
    ids=["a row", "a script, which commits first", "a rollback of one"],
)
def test_one_commit_stands_for_all_where_nothing_else_ends_the_transaction(body: str, batched: bool) -> None:
    text = f"import sqlite3\n\ndef work(xs):\n conn = sqlite3.connect('a')\n for x in xs:\n  {body}\n"
    (case,) = linked(text).cases
    assert bool(case.batch) is batched
