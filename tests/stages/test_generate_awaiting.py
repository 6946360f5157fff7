"""Generate: loops, comprehensions and runs of a synchronous program whose work awaits a client, and not a thread, as tasks."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module, otherwise, refusal
from tests.sampling import sampled
from tests.servers import Web, redis_server, web

HEAD = """\
import sqlite3
import subprocess
from contextlib import closing

import redis
import requests

MARK = {"X-Mark": "m"}
SESSION = requests.Session()
SESSION.headers.update(MARK)
SHARED = requests.Session()


def ask_alone(url):
    return SHARED.get(url).json()


"""

OVER_HTTP = {
    "a loop": """
def subject(base):
    found = []
    for number in range(8):  # here
        found.append(requests.get(f"{base}/wait/{number}", timeout=5).json())
    return found
""",
    "a comprehension": """
def subject(base):
    return [requests.get(f"{base}/wait/{number}").json()["path"] for number in range(8) if number != 3]  # here
""",
    "a generator that is eaten": """
def subject(base):
    return sum(len(requests.get(f"{base}/wait/{number}").content) for number in range(5))  # here
""",
    "a dict": """
def subject(base):
    return {number: requests.get(base + "/wait", params={"n": number}).json()["path"] for number in range(5)}  # here
""",
    "a run": """
def subject(base):
    first = requests.get(base + "/wait/a").json()  # here
    second = requests.get(base + "/wait/b", params={"x": 1}).json()
    return first, second
""",
    "a session of the function": """
def subject(base):
    session = requests.Session()
    session.headers.update(MARK)
    found = []
    for number in range(8):  # here
        answer = session.get(f"{base}/wait/{number}")
        answer.raise_for_status()
        found.append(answer.json())
    session.close()
    return found
""",
    "a session in a block": """
def subject(base):
    found = {}
    with requests.Session() as session:
        session.headers.update(MARK)
        session.get(base + "/set")
        for number in range(6):  # here
            found[number] = session.get(f"{base}/wait/{number}").json()
    return found
""",
    "a session of the module": """
def subject(base):
    return [SESSION.get(f"{base}/wait/{number}").json() for number in range(6)]  # here
""",
    "one that fails": """
def subject(base):
    found = []
    try:
        for path in ("/wait/1", "/fail", "/wait/2"):  # here
            answer = requests.get(base + path)
            answer.raise_for_status()
            found.append(answer.json()["path"])
    except Exception as error:
        print(len(found), isinstance(error, LookupError))
    return found
""",
    "one that leaves early": """
def subject(base):
    for number in range(6):  # here
        if requests.get(f"{base}/wait/{number}").json()["path"].endswith("2"):
            return number
""",
    "a coroutine's own loop": """
async def subject(base):
    found = []
    for number in range(8):  # here
        found.append(requests.get(f"{base}/wait/{number}").json())
    return found
""",
}

THROUGH_THREADS = {
    "an answer that is kept": """
def subject(base):
    return [requests.get(f"{base}/{number}") for number in range(8)]  # here
""",
    "a failure that is waited for": """
def subject(base):
    found = []
    for number in range(8):  # here
        try:
            found.append(requests.get(f"{base}/{number}").json())
        except requests.RequestException:
            found.append(None)
    return found
""",
    "work that only blocks": """
def subject(base):
    found = []
    for number in range(8):  # here
        answer = requests.get(f"{base}/{number}").json()
        found.append(subprocess.run("true", shell=False).returncode or answer)
    return found
""",
    "a function of the project": """
def subject(base):
    return [ask_alone(f"{base}/{number}") for number in range(8)]  # here
""",
    "a session that others use": """
def subject(base):
    return [SHARED.get(f"{base}/{number}").json() for number in range(8)]  # here
""",
    "a session from outside": """
def subject(base, session=None):
    return [session.get(f"{base}/{number}").json() for number in range(8)]  # here
""",
    "a session that was asked before": """
def subject(base):
    session = requests.Session()
    session.get(base + "/set")
    return [session.get(f"{base}/{number}").json() for number in range(8)]  # here
""",
}


@pytest.fixture(scope="module")
def site() -> Iterator[Web]:
    with web() as made:
        yield made


@pytest.mark.parametrize("case", sampled(OVER_HTTP, 4))
def test_requests_of_a_loop_are_awaited(tmp_path: Path, site: Web, case: str) -> None:
    text = HEAD + OVER_HTTP[case].removeprefix("\n")
    new = generated(tmp_path, text, "asyncio")
    assert "httpx.AsyncClient(" in new
    assert "asyncio.create_task(" in new or "_tasks(limit=" in new
    assert "to_thread" not in new
    site.forget()
    before, asked = did(module(tmp_path, text), (site.address,)), list(site.asked)
    site.forget()
    assert did(module(tmp_path, new), (site.address,)) == before
    assert set(site.asked) >= set(asked)
    assert site.at_once > 1
    assert lint(new) <= lint(text)


@pytest.mark.parametrize("case", THROUGH_THREADS)
def test_what_httpx_would_do_otherwise_is_done_by_threads(tmp_path: Path, case: str) -> None:
    new = otherwise(tmp_path, HEAD + THROUGH_THREADS[case].removeprefix("\n"))
    assert "asyncio.to_thread" in new or "not safe as asyncio" in new  # what threads must not share is refused
    assert "httpx" not in new


def test_a_request_that_may_change_what_the_next_one_reads_comes_first(tmp_path: Path) -> None:
    text = HEAD + OVER_HTTP["a run"].removeprefix("\n").replace("requests.get", "requests.post", 1)
    assert "`requests.post` and `requests.get` may act on the same thing" in refusal(tmp_path, text, "asyncio")


def test_what_is_set_on_a_session_is_set_on_its_twin(tmp_path: Path) -> None:
    text = HEAD + OVER_HTTP["a session of the module"].removeprefix("\n")
    new = generated(tmp_path, text, "asyncio")
    assert "headers=MARK) as async_session" in new


PROGRAMS = """
def subject(words):
    found = []
    for word in words:  # here
        done = subprocess.run(["sh", "-c", 'sleep 0.2; echo "$1"', "sh", word], capture_output=True, text=True, check=True)
        found.append(done.stdout)
    return found
"""


def test_programs_of_a_loop_run_side_by_side(tmp_path: Path) -> None:
    text = HEAD + PROGRAMS.removeprefix("\n")
    new = generated(tmp_path, text, "asyncio")
    assert "asyncio.create_task(" in new
    assert "_run_program" in new
    words = [f"word {number}" for number in range(6)]
    made = module(tmp_path, new)
    began = time.monotonic()
    assert did(made, (words,)).gave == [f"{word}\n" for word in words]
    assert time.monotonic() - began < 1
    assert lint(new) <= lint(text)


def test_a_cancelled_loop_leaves_no_program_behind(tmp_path: Path) -> None:
    text = HEAD + "async def subject():\n    for number in range(4):  # here\n"
    text += '        subprocess.run(["sleep", f"27.{number + 1}8281"], check=True)\n'
    made = module(tmp_path, generated(tmp_path, text, "asyncio"))

    def running() -> int:
        return subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout.count("8281\n")

    async def cancelled() -> tuple[int, int]:
        task = asyncio.create_task(made.subject())
        await asyncio.sleep(0.4)
        before = running()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return before, running()

    assert asyncio.run(cancelled()) == (4, 0)


PER_ROUND = """
def subject(paths):
    sums = []
    for path in paths:  # here
        with closing(sqlite3.connect(path)) as conn:
            conn.execute("insert into t values (1)")
            total = conn.execute("select sum(a) from t").fetchone()[0]
            conn.commit()
        sums.append(total)
    return sums
"""

ONE_FOR_ALL = """
def subject(paths):
    with closing(sqlite3.connect(paths[0])) as conn:
        for path in paths:  # here
            conn.execute("insert into t values (?)", (len(path),))
            conn.commit()
"""


def test_each_round_has_a_connection_of_its_own(tmp_path: Path) -> None:
    text = HEAD + PER_ROUND.removeprefix("\n")
    new = generated(tmp_path, text, "asyncio", accept=["later-effects"])
    assert "async with aiosqlite.connect(path) as conn:" in new
    paths = [str(tmp_path / f"{number}.db") for number in range(4)]
    for path in paths:
        with sqlite3.connect(path) as conn:
            conn.execute("create table t (a)")
        conn.close()
    assert did(module(tmp_path, text), (paths,)).gave == [1, 1, 1, 1]
    assert did(module(tmp_path, new), (paths,)).gave == [2, 2, 2, 2]
    assert lint(new) <= lint(text)


def test_rounds_do_not_share_a_connection(tmp_path: Path) -> None:
    assert "aiosqlite" not in otherwise(tmp_path, HEAD + ONE_FOR_ALL.removeprefix("\n"))


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with redis_server() as made:
        yield made


REDIS = {
    "a client of the module": """
def subject(keys):
    found = []
    for key in keys:  # here
        CACHE.incr(key)
        found.append((key, CACHE.get(key)))
    return found
""",
    "a client of the function": """
def subject(keys):
    client = redis.Redis(host="127.0.0.1", port=PORT, decode_responses=True)
    found = {}
    for key in keys:  # here
        client.set(key, key.upper())
        found[key] = client.get(key)
    client.close()
    return found
""",
    "a client in a block": """
def subject(keys):
    with redis.Redis(host="127.0.0.1", port=PORT, decode_responses=True) as client:
        client.set("begun", 1)
        found = []
        for key in keys:  # here
            client.rpush(key, 1)
            found.append(client.hget("nothing", key))
        return found, [client.lrange(key, 0, -1) for key in keys], client.get("begun")
""",
}


@pytest.mark.parametrize("case", REDIS)
def test_rounds_share_the_twin_of_a_client_of_redis(tmp_path: Path, port: int, case: str) -> None:
    head = f'import redis\n\nPORT = {port}\nCACHE = redis.Redis("127.0.0.1", PORT)\n\n\n'
    text = head + REDIS[case].removeprefix("\n")
    new = generated(tmp_path, text, "asyncio", accept=["later-effects"])
    assert "async with redis.asyncio.Redis(" in new
    assert "to_thread" not in new
    keys = [f"key {number}" for number in range(6)]
    made = [module(tmp_path, each) for each in (text, new)]
    made[0].CACHE.flushall()
    before = did(made[0], (keys,))
    made[0].CACHE.flushall()
    assert did(made[1], (keys,)) == before
    assert before.raised is None
    assert lint(new) <= lint(text)


def test_rounds_that_add_to_one_list_of_redis_keep_their_order(tmp_path: Path) -> None:
    head = "import redis\n\nPORT = 6379\n\n\n"
    text = head + REDIS["a client in a block"].removeprefix("\n").replace("rpush(key, 1)", 'rpush("list", key)')
    assert "adds to one thing in every iteration" in refusal(tmp_path, text, "asyncio", accept=["later-effects"])


SUMS = """
import asyncio

def squares(n):
    for i in range(n):
        yield i * i

async def work(n):
    return [
        {call}  # here
    ]

if __name__ == "__main__":
    print(asyncio.run(work(3)))
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("call", "moved"),
    [
        ("sum(i * i for i in range(n + 3_000_000)),", "return sum(i * i for i in range(n + 3_000_000))"),
        ("sum(squares(n + 3_000_000)),", "return sum(squares(n + 3_000_000))"),
        ("sorted([i * 7919 % 1003 for i in range(3_000_000)])[n],", "return sorted([i * 7919"),
    ],
)
def test_what_the_arguments_compute_goes_to_the_process_too(tmp_path: Path, call: str, moved: str) -> None:
    text = SUMS.format(call=call)
    new = generated(tmp_path, text, "multiprocessing")
    assert moved in new
    file = tmp_path / "run.py"
    outcomes = []
    for each in (text, new):
        file.write_text(each, encoding="utf-8")
        ran = subprocess.run([sys.executable, str(file)], capture_output=True, text=True, check=True)
        outcomes.append(ran.stdout)
    assert outcomes[0] == outcomes[1]
