"""Locate: the places where a model is chosen, and where each stands."""

from __future__ import annotations

from textwrap import indent

import pytest

from advisor.model.site import Context, SiteKind
from tests.linking import linked

HEAD = """
import asyncio, threading, time
import httpx, requests
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import Pool
from requests import get

client = httpx.AsyncClient()
queue = asyncio.Queue()
other = asyncio.Queue()
lock = threading.Lock()
pool = ThreadPoolExecutor()

def load(x):
    return get(x)
async def fetch(x):
    return await client.get(x)
"""

K = SiteKind

SITES = [
    # loops
    ("for x in xs: get(x)", [(K.FOR, 1)]),
    ("while xs: get(xs.pop())", [(K.WHILE, 1)]),
    ("[get(x) for x in xs]", [(K.COMPREHENSION, 1)]),
    ("{get(x) for x in xs}", [(K.COMPREHENSION, 1)]),
    ("{x: get(x) for x in xs}", [(K.COMPREHENSION, 1)]),
    ("sum(get(x) for x in xs)", [(K.COMPREHENSION, 1)]),
    ("list(map(load, xs))", [(K.MAP, 1)]),
    ("for x in xs:\n    for y in x: get(y)", [(K.FOR, 1), (K.FOR, 2)]),
    ("get(xs)", []),
    ("def map(f, ys): ...\nmap(load, xs)", []),  # their own
    # what runs concurrently already
    ("list(pool.map(load, xs))", [(K.POOL, 1)]),
    ("for x in xs: pool.submit(load, x)", [(K.POOL, 1)]),
    ("[pool.submit(load, x) for x in xs]", [(K.POOL, 1)]),
    ("Pool().map(load, xs)", [(K.POOL, 1)]),
    ("for x in xs: threading.Thread(target=load, args=(x,)).start()", [(K.THREAD, 1)]),
    ("class Thread:\n    def __init__(self, target): ...\nThread(target=xs)", []),
    # statements
    ("x = get('a')\ny = get('b')", [(K.STATEMENTS, 1)]),
    ("x = get('a')\ny = get(x)", []),
    ("x = get('a')\nz = 1\ny = get('b')", [(K.STATEMENTS, 1)]),
    ("x = load('a')\ny = load('b')", [(K.STATEMENTS, 1)]),
    ("x = len('a')\ny = len('b')", []),
    ("get('a')\nget('b')", []),  # nobody keeps what they give
    ("if xs:\n    x = get('a')\n    y = get('b')", [(K.STATEMENTS, 2)]),
    ("for z in xs:\n    x = get('a')\n    y = get('b')", [(K.FOR, 1), (K.STATEMENTS, 2)]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "sites"), SITES)
def test_where_a_model_is_chosen(body: str, sites: list[tuple[SiteKind, int]]) -> None:
    assert located(f"def work(xs):\n{indent(body, '    ')}") == sites


IN_COROUTINES = [
    ("x = await client.get('a')\ny = await client.get('b')", [(K.AWAITS, 1)]),
    ("x = await fetch('a')\ny = await fetch('b')", [(K.AWAITS, 1)]),
    ("x = await fetch('a')\ny = await fetch(x)", []),
    ("await asyncio.gather(fetch('a'), fetch('b'))", [(K.GATHER, 1)]),
    ("await asyncio.gather(*[fetch(x) for x in xs])", [(K.GATHER, 1)]),
    ("await asyncio.gather(*[xs.client.get(x) for x in xs])", [(K.GATHER, 1)]),
    ("x = await session.get('a')", []),
    ("async with asyncio.timeout(5):\n    x = await xs.session.get('a')", []),
    ("x = await asyncio.wait_for(xs.session.get('a'), 5)", []),
    ("async def kept(bot): return await bot.fetch_user(1)\nx = await kept(xs)\nawait kept(xs)", [(K.AWAITS, 2)]),  # awaited below
    ("async def kept(bot): return bot.fetch_user(1)\nx = await kept(xs)", []),
    ("def kept(bot): return bot.fetch_user(1)\nx = kept(xs)", [(K.BLOCKING_IN_ASYNC, 2)]),
    ("x = await fetch(get('a'))", [(K.BLOCKING_IN_ASYNC, 1)]),  # its result is awaited, and it blocks before that
    ("get('a')", [(K.BLOCKING_IN_ASYNC, 1)]),
    ("load('a')", [(K.BLOCKING_IN_ASYNC, 1)]),
    ("time.sleep(1)", [(K.BLOCKING_IN_ASYNC, 1)]),
    ("await asyncio.sleep(1)", []),
    # awaits that wait for nothing, or for whoever takes what is queued
    ("await asyncio.sleep(0)\nawait asyncio.sleep(0)", []),
    ("x = await client.get('a')\nawait asyncio.sleep(0)\ny = await client.get('b')", [(K.AWAITS, 1)]),
    ("x = await client.get('a')\nawait asyncio.sleep(1)\ny = await client.get('b')", []),
    ("await queue.put(1)\nawait other.put(2)", []),
    ("await xs.queue.put(1)\nawait xs.others_queue.put(2)", []),
    ("await xs.queue.join()\nawait xs.others_queue.join()", [(K.AWAITS, 1)]),
    ("await xs.one.sendto(b'a', 1)\nawait xs.other.sendto(b'b', 2)", []),
    ("x = await asyncio.create_subprocess_exec('a')\ny = await asyncio.create_subprocess_exec('b')", []),
    ("await asyncio.to_thread(get, 'a')", []),
    ("await asyncio.to_thread(load, 'a')", []),
    ("len('a')", []),
    ("for x in xs: await fetch(x)", [(K.FOR, 1)]),
    ("async for x in xs: await fetch(x)", [(K.FOR, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "sites"), IN_COROUTINES)
def test_where_a_model_is_chosen_in_a_coroutine(body: str, sites: list[tuple[SiteKind, int]]) -> None:
    assert located(f"async def work(xs):\n{indent(body, '    ')}") == sites


def located(text: str) -> list[tuple[SiteKind, int]]:
    """The sites of `work`, with their lines in its body."""
    found = linked(f"{HEAD}{text}\n")
    return [(site.kind, site.line - found.work.line) for site in found.sites if site.function == found.work.id]


C = Context

CONTEXTS = [
    ("def work(xs):\n    for x in xs: get(x)", set()),
    ("async def work(xs):\n    for x in xs: get(x)", {C.ASYNC}),
    ("async def work(xs):\n    for x in xs: await fetch(x)", {C.ASYNC, C.AWAITS}),
    ("async def work(xs):\n    for x in xs:\n        async with x: pass", {C.ASYNC, C.AWAITS}),
    ("def work(xs):\n    with lock:\n        for x in xs: get(x)", {C.LOCKED}),
    ("def work(xs):\n    with open('a'):\n        for x in xs: get(x)", set()),
    ("def work(xs):\n    with clock:\n        for x in xs: get(x)", set()),
    ("def work(xs):\n    with mutex:\n        for x in xs: get(x)", {C.LOCKED}),
    ("def work(xs):\n    for x in xs:\n        with lock: get(x)", set()),
    # who runs it
    ("def work(xs):\n    for x in xs: get(x)\ndef main(ys): list(pool.map(work, ys))", {C.POOL_WORKER}),
    ("def work(xs):\n    for x in xs: get(x)\ndef main(ys): pool.submit(work, ys)", set()),  # one alone has all cores
    ("def work(xs):\n    for x in xs: get(x)\ndef main(ys):\n    for y in ys: pool.submit(work, y)", {C.POOL_WORKER}),
    ("def work(xs):\n    for x in xs: get(x)\ndef main(ys): list(map(work, ys))", set()),
    ("@app.route('/')\ndef work(xs):\n    for x in xs: get(x)", {C.HANDLER}),
    ("@cache.get\ndef work(xs):\n    for x in xs: get(x)", set()),
    ("class Page(View):\n  def get(self): ...\n  def work(self, xs):\n    for x in xs: get(x)", set()),
    # time
    ("def work(xs):\n    start = time.perf_counter()\n    for x in xs: get(x)\n    print(time.perf_counter() - start)", set()),
    (
        "def work(n):\n    start = time.perf_counter()\n    for _ in range(n): get('a')\n    print(time.perf_counter() - start)",
        {C.TIMED},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "contexts"), CONTEXTS)
def test_where_a_loop_stands(text: str, contexts: set[Context]) -> None:
    found = linked(f"{HEAD}{text}\n")
    assert found.site.contexts == contexts


MODULE = [
    ("app.py", "for x in [1]: get(x)", {C.MODULE_LEVEL}),
    ("app.py", "if __name__ == '__main__':\n    for x in [1]: get(x)", {C.MAIN_GUARD}),
    ("app.py", "if __name__ != '__main__':\n    for x in [1]: get(x)", {C.MODULE_LEVEL}),
    ("app.py", "if __name__ == '__main__':\n    pass\nfor x in [1]: get(x)", {C.MODULE_LEVEL}),
    ("test_app.py", "for x in [1]: get(x)", {C.MODULE_LEVEL, C.TEST}),
    ("tests/app.py", "for x in [1]: get(x)", {C.MODULE_LEVEL, C.TEST}),
    ("testament/app.py", "for x in [1]: get(x)", {C.MODULE_LEVEL}),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text", "contexts"), MODULE)
def test_where_a_loop_of_a_module_stands(path: str, text: str, contexts: set[Context]) -> None:
    (site,) = linked({path: f"from requests import get\n{text}\n"}).sites
    assert site.contexts == contexts


@pytest.mark.xfail(strict=True, reason="only `__name__ == …` counts, in this order")
def test_a_guard_turned_around_is_one_as_well() -> None:
    (site,) = linked("from requests import get\nif '__main__' == __name__:\n    for x in [1]: get(x)\n").sites
    assert site.contexts == {C.MAIN_GUARD}


CONSUMERS = [
    ("any(get(x) for x in xs)", "any"),
    ("sum([get(x) for x in xs])", "sum"),
    ("ys = [get(x) for x in xs]", ""),
    ("xs.extend(get(x) for x in xs)", ""),
]  # fmt: skip


@pytest.mark.parametrize(("body", "consumer"), CONSUMERS)
def test_who_takes_what_a_comprehension_gives(body: str, consumer: str) -> None:
    assert linked(f"{HEAD}def work(xs):\n    {body}\n").site.consumer == consumer


FILLED = [
    ("while len(out) < n: out.append(get('a'))", "out"),
    ("while n > len(out): out.append(get('a'))", "out"),
    ("while len(out) < n:\n    if xs: continue\n    out.append(get('a'))", ""),
    ("while len(out) < n:\n    if xs: out.append(get('a'))", ""),
    ("while len(out) < n:\n    out.append(get('a'))\n    out.append(1)", ""),
    ("while len(out) < n:\n    out.append(get('a'))\n    n -= 1", ""),
    ("while len(out) < n:\n    out.append(get('a'))\n    print(out)", ""),
    ("while len(out) < n: out.extend(get('a'))", ""),
    ("while len(xs) < n: out.append(get('a'))", ""),
]  # fmt: skip


@pytest.mark.parametrize(("body", "name"), FILLED)
def test_a_while_that_fills_a_collection_counts_its_rounds(body: str, name: str) -> None:
    assert linked(f"{HEAD}def work(xs, out, n):\n{indent(body, '    ')}\n").site.filled == name


def test_a_call_for_each_element_that_is_given_nothing_by_position_is_read() -> None:
    text = "import pandas as pd\n\ndef work(frame: pd.DataFrame, one):\n    return frame.apply(func=one)\n"
    assert [(site.line, site.iterable) for site in linked(text).sites] == [(4, None)]
