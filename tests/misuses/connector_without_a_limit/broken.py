# fault: gather-without-a-bound
# shows: prints more than fifty at once: True
# mended: more than fifty at once: False
# needs: aiohttp
import asyncio

import aiohttp
from aiohttp import web

open_now = most = 0


async def answer(request):
    global open_now, most
    open_now += 1
    most = max(most, open_now)
    await asyncio.sleep(0.6)
    open_now -= 1
    return web.Response(text="ok")


async def probe(session, url):
    async with session.get(url) as reply:
        return reply.status


async def probe_all(urls):
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        return await asyncio.gather(*[probe(session, url) for url in urls])  # here


async def main():
    server = web.Application()
    server.router.add_get("/{name}", answer)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    await probe_all([f"http://127.0.0.1:{port}/{number}" for number in range(200)])
    await runner.cleanup()
    print(f"more than fifty at once: {most > 50}")


asyncio.run(main())
