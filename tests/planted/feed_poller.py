# kind: queue-worker-dies
# fault: 20 | 10 | 22 | 31
# why: An error of fetch() ends the worker task before task_done(); when both are gone queue.join() never returns.
# seen: 3.11: hangs (killed after 8 s)
import asyncio


async def fetch(address):
    host, port = address
    reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), timeout=2)
    try:
        return await asyncio.wait_for(reader.readline(), timeout=2)
    finally:
        writer.close()


async def poll(queue, headlines):
    while True:
        address = await queue.get()
        headline = await fetch(address)
        headlines[address] = headline.decode().strip()
        queue.task_done()


async def collect(addresses, workers=2):
    queue = asyncio.Queue()
    for address in addresses:
        queue.put_nowait(address)
    headlines = {}
    pollers = [asyncio.create_task(poll(queue, headlines)) for _ in range(workers)]
    await queue.join()
    for poller in pollers:
        poller.cancel()
    return headlines


if __name__ == "__main__":
    print(asyncio.run(collect([("127.0.0.1", 9), ("127.0.0.1", 10), ("127.0.0.1", 11)])))
