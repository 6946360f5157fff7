# kind: limiter-outside-gather
# fault: none
# why: The limited task is the city; the gather inside it has two members always, so at most six requests run.
# seen: 3.11 and 3.13: at most 6 at once
import asyncio

running = peak = 0


async def request(path):
    global running, peak
    running += 1
    peak = max(peak, running)
    await asyncio.sleep(0.01)
    running -= 1
    return path


async def city(slots, name):
    async with slots:
        now, week = await asyncio.gather(request(f"/now/{name}"), request(f"/week/{name}"))
    return name, now, week


async def cities(names):
    slots = asyncio.Semaphore(3)
    return await asyncio.gather(*(city(slots, name) for name in names))


if __name__ == "__main__":
    result = asyncio.run(cities([f"city{n}" for n in range(40)]))
    print(len(result), peak)
