"""Generate: the twin of a client that a module made for all of its coroutines, once for each event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.refactoring import refactor, wanted
from advisor.settings import Settings
from tests.generating import did, generated, lint, module, otherwise
from tests.servers import Web, redis_server, web

SESSION = """\
import asyncio

import requests

MARK = {"X-Mark": "m"}
SESSION = requests.Session()
SESSION.headers.update(MARK)


async def enter(base):
    SESSION.get(base + "/set")  # here


async def subject(base):
    await enter(base)
    first = SESSION.get(base + "/a").json()
    return first, SESSION.post(base + "/b", json={"x": 1}).json()
"""

CACHE = """\
import redis

CACHE = redis.Redis("127.0.0.1", {port}, decode_responses=True)


async def subject(key):
    with CACHE.pipeline() as pipe:
        pipe.set(key, 1).incr(key)
        done = pipe.execute()  # here
    return done, CACHE.get(key), [each for each in CACHE.scan_iter(key)]
"""

WITHOUT_A_TWIN = {
    "a function asks it too": SESSION + "\n\ndef plain(base):\n    return SESSION.get(base).json()\n",
    "it is set again": SESSION + "\n\ndef renew():\n    global SESSION\n    SESSION = requests.Session()\n",
    "it is set up further": SESSION.replace("SESSION.headers.update(MARK)", 'SESSION.proxies["http"] = "http://proxy"'),
    "what it is made of is set again": CACHE.replace("{port}", "PORT").replace(
        "CACHE =", "PORT = 1\nPORT = 2\nCACHE =", 1
    ),
    "it is closed": CACHE.replace("{port}", "1").replace("    return done", "    CACHE.close()\n    return done"),
    "it is given away": CACHE.replace("{port}", "1").replace("    return done", "    print(CACHE)\n    return done"),
    "it is a pool's": CACHE.replace('"127.0.0.1", {port}', "connection_pool=redis.ConnectionPool()"),
}


@pytest.fixture(scope="module")
def site() -> Iterator[Web]:
    with web() as made:
        yield made


def test_coroutines_share_the_twin_of_a_session(tmp_path: Path, site: Web) -> None:
    new = generated(tmp_path, SESSION, "asyncio")
    assert new.count("await _async_session()") == 3
    made = module(tmp_path, new)
    before = did(module(tmp_path, SESSION), (site.address,))
    site.forget()
    assert did(made, (site.address,)) == before
    assert site.connections == 1
    assert did(made, (site.address,)) == before  # in another event loop, with another client
    assert lint(new) <= lint(SESSION)


def test_the_twin_of_a_client_of_redis(tmp_path: Path) -> None:
    with redis_server() as port:
        text = CACHE.format(port=port)
        new = generated(tmp_path, text, "asyncio")
        assert "async with _async_cache().pipeline() as pipe:" in new
        assert did(module(tmp_path, new), ("a",)) == did(module(tmp_path, text), ("a",))
        made = module(tmp_path, new)

        async def several() -> list[str]:
            found = await asyncio.gather(*(made.subject(f"key {number}") for number in range(5)))
            return [each[1] for each in found]

        assert asyncio.run(several()) == ["2"] * 5
        assert lint(new) <= lint(text)


@pytest.mark.parametrize("case", WITHOUT_A_TWIN)
def test_a_client_that_is_more_than_its_arguments_has_no_twin(tmp_path: Path, case: str) -> None:
    assert "_async_" not in otherwise(tmp_path, WITHOUT_A_TWIN[case])


def test_a_session_that_another_file_may_change_has_no_twin(tmp_path: Path) -> None:
    other = (
        "import subject_of_all\n\n\ndef sign_in(token):\n    subject_of_all.SESSION.headers['Authorization'] = token\n"
    )
    (tmp_path / "other.py").write_text(other)
    (tmp_path / "pyproject.toml").touch()
    file = tmp_path / "subject_of_all.py"
    file.write_text(SESSION)
    found = refactor(wanted(f"{tmp_path}", "asyncio", None, everything=True), Settings(jobs=1))
    assert all("_async_session" not in changed.text for changed in found.files)


def test_all_the_sites_of_one_client_are_converted_once(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    file = tmp_path / "subject.py"
    file.write_text(SESSION)
    found = refactor(wanted(str(file), "asyncio", None, everything=True), Settings(jobs=1))
    assert found.files[0].text == generated(tmp_path, SESSION, "asyncio")
    assert not found.refused
