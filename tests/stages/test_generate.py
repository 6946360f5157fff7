"""Generate: for each construct, a hit whose generated form does the same, and a near-miss that is refused."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module, refusal
from tests.sampling import sampled

HEAD = """\
import asyncio
import logging
import time

log = logging.getLogger(__name__)


def slow(x):
    time.sleep(0.003)
    if x == 13:
        raise ValueError(x)
    return x * 2


async def later(x):
    await asyncio.sleep(0.003)
    if x == 13:
        raise ValueError(x)
    return x * 2


"""

LOOPS = {
    "a list that the work fills": """
def subject(xs):
    out = []
    for x in xs:  # here
        row = []
        for step in range(3):
            row.append(slow(x) + step)
        out.append(row)
    return out
""",
    "a list that a call fills": """
def subject(xs):
    out = []
    for x in xs:  # here
        found = [x]
        for step in range(2):
            fill(found, slow(x))
        out.append(found)
    return out


def fill(found, value):
    found.append(value)
""",
    "an argument that fails in the try": """
PRICES = {1: 4, 3: 13, 5: 2}


def subject(xs):
    out = []
    for x in xs:  # here
        try:
            out.append(slow(PRICES[x]))
        except (ValueError, KeyError) as error:
            out.append(type(error).__name__)
    return out
""",
    "append": """
def subject(xs):
    out = []
    for x in xs:  # here
        out.append(slow(x))
    return out
""",
    "extend": """
def subject(xs):
    out = []
    for x in xs:  # here
        out.extend([slow(x), x])
    return out
""",
    "dict store": """
def subject(xs):
    out = {}
    for x in xs:  # here
        out[x] = slow(x)
    return list(out.items())
""",
    "set add": """
def subject(xs):
    out = set()
    for x in xs:  # here
        out.add(slow(x))
    return out
""",
    "counter and sum": """
def subject(xs):
    count = total = 0
    for x in xs:  # here
        total += slow(x)
        count += 1
    return count, total
""",
    "best": """
def subject(xs):
    best = None
    for x in xs:  # here
        value = slow(x)
        if best is None or value > best[0]:
            best = (value, x)
    return best
""",
    "conditional append": """
def subject(xs):
    out = []
    for x in xs:  # here
        if x % 2:
            out.append(slow(x))
        else:
            out.append(None)
    return out
""",
    "continue": """
def subject(xs):
    out = []
    for x in xs:  # here
        if x % 2:
            continue
        y = slow(x)
        if y > 8:
            continue
        out.append(y)
    return out
""",
    "try": """
def subject(xs):
    out, bad = [], 0
    for x in xs:  # here
        try:
            out.append(slow(x))
        except ValueError as error:
            print("bad", error)
            bad += 1
            continue
        print("good", x)
    return out, bad
""",
    "print before and after": """
def subject(xs):
    for x in xs:  # here
        print("asking", x)
        y = slow(x)
        print("got", y)
""",
    "break": """
def subject(xs: list[int]):
    out = []
    for x in xs:  # here
        y = slow(x)
        if y > 10:
            break
        out.append(y)
    else:
        out.append("all")
    return out
""",
    "return": """
def subject(xs: list[int]):
    for x in xs:  # here
        if slow(x) > 10:
            return x
    return None
""",
    "enumerate": """
def subject(xs):
    out = []
    for i, x in enumerate(xs, 1):  # here
        out.append((i, slow(x)))
    return out
""",
    "zip": """
def subject(xs):
    out = []
    for a, b in zip(xs, xs[1:]):  # here
        out.append((a, slow(b)))
    return out
""",
    "items": """
def subject(xs):
    table = {x: x + 1 for x in xs}
    out = {}
    for key, value in table.items():  # here
        out[key] = slow(value)
    return out
""",
    "nested": """
def subject(xs):
    out = []
    for x in xs:  # here
        for y in range(3):
            out.append((x, slow(x + y)))
    return out
""",
    "several statements": """
def subject(xs):
    out = []
    for x in xs:  # here
        url = x + 1
        first = slow(url)
        second = slow(first)
        out.append((url, second))
    return out
""",
    "loop variable read after": """
def subject(xs):
    x = y = None
    for x in xs:  # here
        y = slow(x)
    return x, y
""",
    "with around": """
class Held:
    def __enter__(self):
        return 5

    def __exit__(self, *_):
        print("closed")


def subject(xs):
    out = []
    with Held() as extra:
        for x in xs:  # here
            out.append(slow(x + extra))
    return out
""",
    "method and self": """
class Maker:
    def __init__(self, step):
        self.step = step
        self.made = []

    def one(self, x):
        return slow(x + self.step)

    def every(self, xs):
        for x in xs:  # here
            self.made.append(self.one(x))
        return self.made


def subject(xs):
    return Maker(3).every(xs)
""",
    "logging": """
def subject(xs):
    out = []
    for x in xs:  # here
        y = slow(x)
        log.info("%s gave %s", x, y)
        out.append(y)
    return out
""",
    "generator of items": """
def numbers(xs):
    for x in xs:
        if x == 99:
            raise KeyError(x)
        yield x


def subject(xs):
    out = []
    for x in numbers(xs):  # here
        print(slow(x))
        out.append(x)
    return out
""",
    "list comprehension": """
def subject(xs):
    return [slow(x) for x in xs]  # here
""",
    "comprehension with test and tail": """
def subject(xs):
    return [(x, slow(x) + 1) for x in xs if x % 3]  # here
""",
    "dict comprehension": """
def subject(xs):
    return {str(x): slow(x) for x in xs}  # here
""",
    "set comprehension": """
def subject(xs):
    return {slow(x) for x in xs}  # here
""",
    "fed to sum": """
def subject(xs):
    return sum(slow(x) for x in xs)  # here
""",
    "nested comprehension": """
def subject(xs):
    return [slow(x + y) for x in xs for y in range(2)]  # here
""",
    "filter comprehension": """
def subject(xs):
    return [x for x in xs if slow(x) > 6]  # here
""",
    "map": """
def subject(xs):
    return list(map(slow, xs))  # here
""",
    "map walked": """
def subject(xs):
    for y in map(slow, xs):  # here
        print(y)
""",
    "while counted": """
def subject(xs):
    out = []
    i = 0
    while i < len(xs):  # here
        out.append(slow(xs[i]))
        i += 1
    return out
""",
    "while drained": """
def subject(xs):
    out = []
    while xs:  # here
        x = xs.pop(0)
        out.append(slow(x))
    return out, xs
""",
    "collected in pieces": """
def subject(xs):
    out = []
    for x in xs:  # here
        for y in range(2):
            z = slow(x + y)
            if z > 6:
                out.append(z)
    return out
""",
}
_INPUTS: tuple[list[int], ...] = ([], [1], [4, 1, 5, 2, 8, 1, 3], [2, 6, 13, 1, 13, 20], [3, 1, 99, 4])


@pytest.mark.parametrize("model", ["threading", "multiprocessing"])
@pytest.mark.parametrize("construct", sampled(LOOPS, 8))
def test_the_generated_loop_does_what_the_loop_did(construct: str, model: str, tmp_path: Path) -> None:
    text = HEAD + LOOPS[construct]
    new = generated(tmp_path, text, model)
    assert "PoolExecutor(" in new
    assert lint(new) == lint(text)
    before, after = module(tmp_path, text), module(tmp_path, new)
    for xs in _INPUTS:
        assert did(after, [list(xs)]) == did(before, [list(xs)]), new


@pytest.mark.parametrize("construct", sampled(LOOPS, 8))
def test_synchronous_code_as_tasks(construct: str, tmp_path: Path) -> None:
    if construct in ("map", "map walked", "method and self"):
        pytest.skip("has no form of its own")
    text = HEAD + LOOPS[construct] + "\n\ndef caller(xs):\n    return subject(xs)\n"
    new = generated(tmp_path, text, "asyncio")
    assert any(way in new for way in ("asyncio.create_task(", "_tasks(limit=", "_ahead("))
    assert "asyncio.to_thread" in new
    before, after = module(tmp_path, text), module(tmp_path, new)
    for xs in _INPUTS:
        assert did(after, [list(xs)], "caller") == did(before, [list(xs)], "caller"), new


AWAITS = {
    "append": """
async def subject(xs):
    out = []
    for x in xs:  # here
        out.append(await later(x))
    return out
""",
    "print and try": """
async def subject(xs):
    for x in xs:  # here
        print("asking", x)
        try:
            print(await later(x))
        except ValueError as error:
            print("bad", error)
""",
    "return": """
async def subject(xs: list[int]):
    for x in xs:  # here
        if await later(x) > 10:
            return x
    return None
""",
    "comprehension": """
async def subject(xs):
    return {x: await later(x) for x in xs}  # here
""",
    "several awaits": """
async def subject(xs):
    out = []
    for x in xs:  # here
        a = await later(x)
        b = await later(a)
        out.append(b)
    return out
""",
    "task awaited at once": """
async def subject(xs):
    out = []
    for x in xs:  # here
        out.append(await asyncio.create_task(later(x)))
    return out
""",
    "in a row": """
async def load_one(x):
    return await later(x)


async def load_two(x):
    return await later(x + 1)


async def subject(xs):
    a = await load_one(len(xs))  # here
    b = await load_two(len(xs) + 6)
    return a, b
""",
}


@pytest.mark.parametrize("construct", AWAITS)
def test_awaits_run_together_and_give_the_same(construct: str, tmp_path: Path) -> None:
    text = HEAD + AWAITS[construct]
    new = generated(tmp_path, text, "asyncio")
    assert "await asyncio.gather(" in new

    assert lint(new) == lint(text)
    before, after = module(tmp_path, text), module(tmp_path, new)
    for xs in _INPUTS:
        assert did(after, [list(xs)]) == did(before, [list(xs)]), new


REFUSED = {
    "carried": (
        "carried-dependence",
        """
def subject(x):
    out = []
    for _ in range(9):  # here
        x = slow(x)
        out.append(x)
    return out
""",
    ),
    "prints in the midst of the work": (
        "ordered-output",
        """
def subject(xs):
    for x in xs:  # here
        y = 0
        for k in range(2):
            print(k)
            y += slow(x + k)
        print("done", y)
""",
    ),
    "skips what other iterations have seen": (
        "carried-dependence",
        """
def subject(xs):
    seen = set()
    out = []
    for x in xs:  # here
        if x in seen:
            continue
        seen.add(x)
        out.append(slow(x))
    return out
""",
    ),
    "another iteration is known only after this one": (
        "carried-dependence",
        """
def subject(x):
    out = []
    while x < 100:  # here
        x = slow(x)
        out.append(x)
    return out
""",
    ),
    "read before the work fills it": (
        "shared-write",
        """
def subject(xs):
    out = []
    for x in xs:  # here
        row = []
        log.info("%s", row)
        for step in range(3):
            row.append(slow(x) + step)
        out.append(row)
    return out
""",
    ),
    "a mapping kept lazy": (
        "lazy-generator",
        """
def subject(xs):
    found = map(slow, xs)  # here
    return found
""",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_safe_is_refused_with_its_hazard(case: str, tmp_path: Path) -> None:
    hazard, body = REFUSED[case]
    assert f"({hazard})" in refusal(tmp_path, HEAD + body)


def test_a_process_would_change_a_copy(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
TOTALS = {}


def tally(x):
    TOTALS[x] = slow(x)
    return x


def subject(xs):
    out = []
    for x in xs:  # here
        out.append(tally(x))
    return out
"""
    )
    assert "(shared-write)" in refusal(tmp_path, text, "multiprocessing")


def test_comments_and_formatting_of_other_code_stay(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
def  odd( a,b ) :   # stays
    return [ a ,b ]


def subject(xs):
    out = []
    for x in xs:  # here
        # about the work
        out.append(  slow(x)  )   # trailing
    return out
"""
    )
    new = generated(tmp_path, text)
    assert "def  odd( a,b ) :   # stays\n    return [ a ,b ]\n" in new
    assert "# about the work" in new
    assert "# trailing" in new


def test_text_over_several_lines_is_not_moved(tmp_path: Path) -> None:
    text = (
        HEAD
        + '''
def subject(xs):
    out = []
    for x in xs:  # here
        y = slow(x)
        out.append(f"""{y}
  kept
""")
    return out
'''
    )
    new = generated(tmp_path, text)
    before, after = module(tmp_path, text), module(tmp_path, new)
    assert did(after, [[1, 2]]) == did(before, [[1, 2]])


def test_what_is_done_to_an_item_comes_before_the_work_on_it(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
class Item:
    def __init__(self, x):
        self.x = x

    def prepare(self):
        self.x += 1


def subject(xs):
    out = []
    for item in (  # here
        [Item(x) for x in xs]
    ):
        item.prepare()
        item.x *= 2
        out.append(slow(item.x))
    return out
"""
    )
    assert "(carried-dependence)" in refusal(tmp_path, text, "multiprocessing")
    before, after = module(tmp_path, text), module(tmp_path, generated(tmp_path, text))
    assert did(after, [[1, 2, 3]]) == did(before, [[1, 2, 3]])


def test_a_script_without_guard_gets_one(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
out = []
for x in [1, 2, 3]:  # here
    out.append(slow(x))
print(out)
"""
    )
    new = generated(tmp_path, text, "multiprocessing")
    assert 'if __name__ == "__main__":\n    with ProcessPoolExecutor' in new
    assert "    print(out)" in new
    file = tmp_path / "script.py"
    guard = 'if __name__ == "__main__":\n'
    spawns = "    import multiprocessing\n    multiprocessing.set_start_method('spawn')\n"
    spawning = new.replace(guard, guard + spawns)
    file.write_text(spawning)
    assert (
        subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True).stdout == "[2, 4, 6]\n"
    )


@pytest.mark.parametrize("given", ["enumerate(rows)", "zip(range(9), rows)", "enumerate(reversed(rows))"])
def test_numbering_the_items_does_not_look_into_them(tmp_path: Path, given: str) -> None:
    """What is kept in each item may change while further ones are drawn; the list that they are drawn from may not."""
    text = f"""{HEAD}

def subject(xs):
    rows = [{{"x": x}} for x in xs]
    for i, row in {given}:  # here
        row["y"] = slow(row["x"]) + i
    return rows
"""
    before, after = module(tmp_path, text), module(tmp_path, generated(tmp_path, text))
    assert did(after, [[1, 2, 3]]) == did(before, [[1, 2, 3]])
    grows = text.replace("        row", "        slow(row['x'])\n        rows[0] = {'x': i}\n        row")
    assert "(carried-dependence)" in refusal(tmp_path, grows)


def test_a_table_that_is_computed_at_import_is_no_work_to_guard(tmp_path: Path) -> None:
    """Each process may compute it anew; what would start processes there may not be followed by definitions."""
    text = (
        HEAD
        + """
TABLE = [slow(x) for x in (1, 2)]


def run(xs):
    out = []
    for x in xs:  # here
        out.append(slow(x) + TABLE[0])
    return out
"""
    )
    new = generated(tmp_path, text, "multiprocessing")
    assert "__main__" not in new
    file = tmp_path / "table.py"
    spawns = "import multiprocessing\n    multiprocessing.set_start_method('spawn')\n"
    file.write_text(f"{new}\n\nif __name__ == '__main__':\n    {spawns}    print(run([1, 2, 3]))\n")
    told = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True).stdout
    assert told == "[4, 6, 8]\n"
    starts = text + "\n\ndef outer():\n    return run([1])\n\n\nONE = outer()\n\n\ndef more():\n    return ONE\n"
    assert "(no-main-guard)" in refusal(tmp_path, starts, "multiprocessing")


def test_a_script_that_goes_on_defining_is_refused(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
out = []
for x in [1, 2, 3]:  # here
    out.append(slow(x))


def more():
    return out
"""
    )
    assert "(no-main-guard)" in refusal(tmp_path, text, "multiprocessing")


MISUSED = {
    "submit and result in one step": """
def subject(xs):
    out = []
    with ThreadPoolExecutor(4) as pool:
        for x in xs:  # here
            out.append(pool.submit(slow, x).result())
    return out
""",
    "a future waited for at once": """
def subject(xs):
    out = {}
    with ThreadPoolExecutor(4) as pool:
        for x in xs:  # here
            future = pool.submit(slow, x)
            out[x] = future.result()
            print("had", x)
    return out
""",
    "a pool for each iteration": """
def subject(xs):
    out = []
    for x in xs:
        with ThreadPoolExecutor(4) as pool:  # here
            out.extend(pool.map(slow, [x, x + 1]))
    return out
""",
}


@pytest.mark.parametrize("misuse", MISUSED)
def test_misused_pools_are_mended(misuse: str, tmp_path: Path) -> None:
    text = "from concurrent.futures import ThreadPoolExecutor\n" + HEAD + MISUSED[misuse]
    new = generated(tmp_path, text, "threading")
    assert new != text
    assert lint(new) == lint(text)
    before, after = module(tmp_path, text), module(tmp_path, new)
    for xs in _INPUTS:
        assert did(after, [list(xs)]) == did(before, [list(xs)]), new


def test_a_thread_for_each_item_becomes_a_bounded_pool(tmp_path: Path) -> None:
    text = (
        "import threading\n"
        + HEAD
        + """
def subject(xs):
    out = {}

    def put(x):
        out[x] = slow(x)

    threads = []
    for x in xs:
        thread = threading.Thread(target=put, args=(x,))  # here
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return sorted(out.items())
"""
    )
    new = generated(tmp_path, text, "threading")
    assert "threading.Thread" not in new
    before, after = module(tmp_path, text), module(tmp_path, new)
    assert did(after, [[1, 2, 5]]) == did(before, [[1, 2, 5]])


def test_a_blocking_call_in_a_coroutine_goes_to_a_thread(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
async def subject(x):
    return slow(x) + 1  # here
"""
    )
    new = generated(tmp_path, text, "asyncio", executor="to-thread")
    assert "(await asyncio.to_thread(slow, x)) + 1" in new
    assert did(module(tmp_path, new), [4]) == did(module(tmp_path, text), [4])


def test_sleep_has_a_counterpart(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
async def subject(x):
    time.sleep(0.01)  # here
    return x
"""
    )
    assert "    await asyncio.sleep(0.01)" in generated(tmp_path, text, "asyncio")


KEPT_OPEN = """\
import http.client


def subject(host, paths):
    connection = http.client.HTTPConnection(host)
    out = []
    for path in paths:  # here
        connection.request("GET", path)
        out.append(connection.getresponse().read())
    connection.close()
    return out
"""


@pytest.mark.parametrize(
    ("model", "how"),
    [
        ("threading", "closing(http.client.HTTPConnection(host))"),
        ("multiprocessing", "initializer=_start_subject_path, initargs=(host,)"),
    ],
)
def test_a_client_that_threads_must_not_share_is_made_by_each(
    model: str, how: str, tmp_path: Path, echo_server: str
) -> None:
    assert "(later-effects)" in refusal(tmp_path, KEPT_OPEN.replace("GET", "POST"), model)
    new = generated(tmp_path, KEPT_OPEN, model)
    assert how in new
    assert not lint(new)
    arguments = (echo_server, [f"/{number}" for number in range(6)])
    assert did(module(tmp_path, new), arguments) == did(module(tmp_path, KEPT_OPEN), arguments)


def test_an_event_loop_closes_such_clients_only_where_no_item_can_end_it_before_its_threads_are_done(
    tmp_path: Path, echo_server: str
) -> None:
    assert "(early-exit)" in refusal(tmp_path, KEPT_OPEN, "asyncio")
    body = """\
        connection.request("GET", path)
        out.append(connection.getresponse().read())
"""
    kept_on = f"        try:\n{textwrap.indent(body, '    ')}        except Exception:\n            out.append(None)\n"
    careful = KEPT_OPEN.replace(body, kept_on)
    new = generated(tmp_path, careful, "asyncio")
    assert "AsyncExitStack() as opened" in new
    arguments = (echo_server, [f"/{number}" for number in range(6)])
    assert did(module(tmp_path, new), arguments) == did(module(tmp_path, careful), arguments)


@pytest.fixture
def echo_server() -> Iterator[str]:
    """The address of a server that answers with the path it was asked for."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(self.path)))
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.slow
def test_a_real_cluster_gives_the_same(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    text = HEAD + LOOPS["dict store"]
    new = generated(tmp_path, text, executor="dask", model="multiprocessing")
    assert "get_executor()" in new
    file = tmp_path / "on_dask.py"
    file.write_text(new + '\n\nif __name__ == "__main__":\n    print(subject([3, 1, 2]))\n')
    ran = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ran.stdout.strip() == "[(3, 6), (1, 2), (2, 4)]"


def test_a_walk_that_is_pruned_keeps_its_pace(tmp_path: Path) -> None:
    text = (
        "import os\n"
        + HEAD
        + """
def subject(folder):
    out = []
    for root, folders, files in os.walk(folder):  # here
        folders[:] = [name for name in folders if name != "skip"]
        out.append(slow(len(files)))
    return out
"""
    )
    assert "(carried-dependence)" in refusal(tmp_path, text)


def test_a_call_that_only_sounds_like_a_look_up_is_work(tmp_path: Path) -> None:
    text = """\
import requests


def subject(base):
    users = requests.get(f"{base}/users", timeout=3).json()  # here
    groups = requests.get(f"{base}/groups", timeout=3).json()
    return users, groups
"""
    new = generated(tmp_path, text)
    assert "pool.submit(requests.get" not in new
    assert 'return requests.get(f"{base}/users", timeout=3).json()' in new


def test_a_nested_function_cannot_go_to_a_process(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
def subject(xs, step):
    def one(x):
        return slow(x + step)

    out = []
    for x in xs:  # here
        out.append(one(x))
    return out
"""
    )
    assert "(unpicklable-function)" in refusal(tmp_path, text, "multiprocessing")
    before, after = module(tmp_path, text), module(tmp_path, generated(tmp_path, text))
    assert did(after, [[1, 2], 3]) == did(before, [[1, 2], 3])


@pytest.mark.parametrize("model", ["threading", "multiprocessing"])
@pytest.mark.parametrize(
    "construct",
    ["append", "dict store", "try", "enumerate", "several statements", "comprehension with test and tail",
     "dict comprehension", "filter comprehension", "map"],
)  # fmt: skip
def test_an_iterator_is_walked_once(construct: str, model: str, tmp_path: Path) -> None:
    text = HEAD + LOOPS[construct]
    before, after = module(tmp_path, text), module(tmp_path, generated(tmp_path, text, model))
    assert did(after, [iter([4, 1, 5, 2])]) == did(before, [iter([4, 1, 5, 2])])


def test_an_iterator_of_which_others_may_read_on_is_not_taken_ahead(tmp_path: Path) -> None:
    text = HEAD + LOOPS["return"].replace("xs: list[int]", "xs")
    assert "(early-exit)" in refusal(tmp_path, text)


IN_A_QUEUE = """\
from celery import Celery

app = Celery("reports")


def squares(n):
    return sum(i * i for i in range(n))


@app.task
def subject(numbers):
    return [squares(n) for n in numbers]  # here
"""


def test_no_process_is_started_from_a_worker_of_a_task_queue(tmp_path: Path) -> None:
    assert "(daemonic-worker)" in refusal(tmp_path, IN_A_QUEUE, "multiprocessing")
    assert "ThreadPoolExecutor" in generated(tmp_path, IN_A_QUEUE, "threading")


AWAITED = """\
import asyncio
import time


async def size(url):
    await asyncio.sleep(0.1)
    return len(url)


async def subject(urls):
    return [await size(url) for url in urls]  # here


async def beside(url):
    time.sleep(0.1)  # there
    return url
"""


@pytest.mark.parametrize(("says", "written"), [(">=3.11", True), (">=3.10", False), ("", True)])
def test_what_the_oldest_python_of_the_project_lacks_is_not_written(says: str, written: bool, tmp_path: Path) -> None:
    declared = f'[project]\nrequires-python = "{says}"\n' if says else ""
    (tmp_path / "pyproject.toml").write_text(declared, encoding="utf-8")
    in_turn = AWAITED.replace("for url in urls]", "for url in urls if int(url)]")  # which may fail
    if written:
        assert "asyncio.TaskGroup" in generated(tmp_path, in_turn, "asyncio")
    else:
        told = refusal(tmp_path, in_turn, "asyncio")
        assert "new in Python 3.11" in told
        assert told.endswith("(python-version)")
    assert "asyncio.create_task(" in generated(tmp_path, AWAITED, "asyncio")
    assert "await asyncio.sleep" in generated(
        tmp_path, AWAITED.replace("  # here", "").replace("there", "here"), "asyncio"
    )


def test_a_test_that_fails_in_the_try_is_not_asked_outside_of_it(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
PRICES = {1: 4, 3: 13, 5: 2}


def subject(xs):
    out = []
    for x in xs:  # here
        try:
            if PRICES[x] > 2:
                out.append(slow(x))
        except KeyError:
            out.append(None)
    return out
"""
    )
    for model in ("threading", "asyncio"):
        assert "not safe as" in refusal(tmp_path, text, model)
