"""Whether a coroutine has its event loop to itself."""

from __future__ import annotations

import pytest

from advisor.questions.alone import is_alone
from tests.linking import linked

PROGRAM = """
import asyncio
import time
import aiohttp
import anyio
import websockets
import somewhere

async def work():
    time.sleep(1)

{rest}
"""

OTHER = "async def other():\n    await work()\n"


@pytest.mark.parametrize(
    ("rest", "alone"),
    [
        ("asyncio.run(work())", True),
        (OTHER + "asyncio.run(other())", True),
        ("anyio.run(work)", True),
        (OTHER + "asyncio.new_event_loop().run_until_complete(other())", True),
        (OTHER + "async def main():\n    async with aiohttp.ClientSession() as s:\n        await s.get('x')\n    await other()\n"
         "asyncio.run(main())", True),
        ("async def main():\n    for x in range(3):\n        await work()\nasyncio.run(main())", True),
        ("async def main():\n    async with websockets.connect('ws://a') as ws:\n        await ws.recv()\n        await work()\n"
         "asyncio.run(main())", False),  # which keeps the connection alive meanwhile
        ("", False),  # whoever calls it is not known
        ("asyncio.run(work())\nasync def handler():\n    await work()", False),
        ("async def main():\n    await asyncio.gather(work(), work())\nasyncio.run(main())", False),
        (OTHER + "async def main():\n    asyncio.create_task(other())\n    await work()\nasyncio.run(main())", False),
        ("async def main():\n    tasks = [work() for _ in range(3)]\n    for t in tasks:\n        await t\n"
         "asyncio.run(main())", False),
        ("async def main():\n    await somewhere.serve()\n    await work()\nasyncio.run(main())", False),
        ("def callback():\n    pass\nasync def main():\n    asyncio.get_running_loop().call_later(1, callback)\n"
         "    await work()\nasyncio.run(main())", False),
        (OTHER + "async def main():\n    server = await asyncio.start_server(other, port=1)\n    await work()\n"
         "asyncio.run(main())", False),
    ],
)  # fmt: skip
def test_nothing_else_runs_on_the_loop(rest: str, alone: bool) -> None:
    found = linked(PROGRAM.format(rest=rest))
    assert is_alone(found.program, found.catalog, found.work.id) is alone
