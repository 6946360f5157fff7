# kind: lock-across-await
# fault: none
# why: asyncio's lock may be held over an await; the threading lock is let go before.
# seen: 3.11 and 3.13: True
import asyncio
import threading


class Room:
    def __init__(self):
        self.turn = asyncio.Lock()
        self.guard = threading.Lock()
        self.history = []

    def remember(self, text):
        with self.guard:
            self.history.append(text)

    async def say(self, text):
        async with self.turn:
            with self.guard:
                number = len(self.history)
            await asyncio.sleep(0.001)
            self.remember(f"{number} {text}")


async def main():
    room = Room()
    await asyncio.gather(*(room.say(f"line {n}") for n in range(20)))
    print([line.split()[0] for line in room.history] == [str(n) for n in range(20)])


if __name__ == "__main__":
    asyncio.run(main())
