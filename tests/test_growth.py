"""The time of an analysis grows in proportion to the code, whatever its shape."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest

from tests.running import analyse

HEAD = "import asyncio\nimport aiohttp\nimport requests\n\n\n"


def sites(count: int) -> str:
    return "".join(f"def f{n}(urls):\n    return [requests.get(url) for url in urls]\n" for n in range(count))


def callers(count: int) -> str:
    calls = "".join(f"def f{n}(urls):\n    return [fetch(url) for url in urls]\n" for n in range(count))
    return "def fetch(url):\n    return requests.get(url).text\n" + calls


def awaits(count: int) -> str:
    steps = "".join(f"    a{n} = await get(session, 'http://x/{n}')\n" for n in range(count))
    return (
        "async def get(session, url):\n    async with session.get(url) as answer:\n        return await answer.text()\n"
        f"async def main(session: aiohttp.ClientSession):\n{steps}"
    )


def classes(count: int) -> str:
    below = "".join(f"class C{n}(C{n - 1}):\n    def m(self):\n        return super().m()\n" for n in range(1, count))
    return f"class C0:\n    def m(self):\n        return 1\n{below}for x in range(10):\n    C{count - 1}().m()\n"


def loops(count: int) -> str:
    return "".join(
        f"r{n} = []\nfor x in range(10):\n    r{n}.append(requests.get(str(x)).text)\n" for n in range(count)
    )


def chain(count: int) -> str:
    calls = "".join(f"def f{n}(url):\n    return f{n - 1}(url)\n" for n in range(1, count))
    return f"def f0(url):\n    return requests.get(url)\n{calls}def main(urls):\n    return [f{count - 1}(url) for url in urls]\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shape", "count"), [(sites, 200), (callers, 200), (awaits, 200), (classes, 300), (loops, 150), (chain, 800)]
)
def test_time_grows_in_proportion(tmp_path: Path, shape: Callable[[int], str], count: int) -> None:
    def seconds(number: int) -> float:
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "a.py").write_text(HEAD + shape(number))
        begun = process_time()
        assert not analyse(folder).skipped
        return process_time() - begun

    seconds(2)  # what is read once
    few, many = seconds(count), seconds(4 * count)
    assert many < 9 * few + 1.0  # with every pair compared it is sixteen times as much
