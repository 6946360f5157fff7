"""Whether the coroutines that a loop runs ever wait in a way that lets others go on."""

from __future__ import annotations

import pytest

from advisor.model.site import Context
from tests.linking import linked

PROGRAM = """
import asyncio
import requests
import somewhere

async def blocks(url):
    return requests.get(url, timeout=10).text

async def hands_on(url):
    return await blocks(url)

async def again(url):
    return await (again(url) if url else blocks(url))

async def tries_again(url):
    return await tries_again(url)

async def sleeps(url):
    await asyncio.sleep(1)
    return await blocks(url)

async def walks(url):
    return [row async for row in somewhere.rows(url)]

async def enters(url):
    async with somewhere.session(url):
        return await blocks(url)

async def in_a_thread(url):
    return await asyncio.to_thread(requests.get, url)

def work(urls, client, loop):
    for url in urls:
        {run}
"""


@pytest.mark.parametrize(
    ("run", "never"),
    [
        ("asyncio.run(blocks(url))", True),
        ("asyncio.run(hands_on(url))", True),
        ("asyncio.run(tries_again(url))", True),
        ("loop.run_until_complete(blocks(url))", True),
        ("asyncio.run(sleeps(url))", False),
        ("asyncio.run(walks(url))", False),
        ("asyncio.run(enters(url))", False),
        ("asyncio.run(in_a_thread(url))", False),
        ("asyncio.run(again(url))", False),  # an expression that is not followed
        ("asyncio.run(client.fetch(url))", False),  # nothing is known of it
        ("loop.run_until_complete(sleeps(url))", False),
    ],
)
def test_a_coroutine_that_awaits_nothing_which_waits_never_yields(run: str, never: bool) -> None:
    assert (Context.NEVER_YIELDS in linked(PROGRAM.format(run=run)).site.contexts) is never
