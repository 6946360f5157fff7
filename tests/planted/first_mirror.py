# kind: blocking-wait-in-coroutine
# fault: none
# why: result() is asked of tasks that asyncio.wait() gave back as done, so it does not wait.
# seen: 3.11 and 3.13: prints us
import asyncio


async def ask(mirror, delay):
    await asyncio.sleep(delay)
    return mirror


class Mirrors:
    def __init__(self, delays):
        self.delays = delays

    async def fastest(self):
        tasks = [asyncio.create_task(ask(name, delay)) for name, delay in self.delays.items()]
        done, late = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        return min(task.result() for task in done)


if __name__ == "__main__":
    print(asyncio.run(Mirrors({"eu": 0.05, "us": 0.01, "jp": 0.2}).fastest()))
