# kind: loop-bound-primitive-shared
# fault: none
# why: The threads each run a loop, but each loop's Device makes a lock of its own.
# seen: 3.11 and 3.13: 10 entries each
import asyncio
import threading


class Device:
    def __init__(self, name):
        self.name = name
        self.lock = asyncio.Lock()
        self.log = []

    async def command(self, text):
        async with self.lock:
            await asyncio.sleep(0.001)
            self.log.append(text)


async def session(name):
    device = Device(name)
    await asyncio.gather(*(device.command(f"set {n}") for n in range(10)))
    return device.log


def run(name, logs):
    logs[name] = asyncio.run(session(name))


if __name__ == "__main__":
    logs = {}
    threads = [threading.Thread(target=run, args=(name, logs)) for name in ("pump", "valve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print({name: len(log) for name, log in logs.items()})
