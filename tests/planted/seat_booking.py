# kind: lock-across-await
# fault: 20 | 23
# why: The threading lock is held over an await; a second booking blocks the loop's thread, and with it the first, for ever.
# seen: 3.11: hangs (killed after 8 s)
import asyncio
import threading


class Hall:
    def __init__(self, seats):
        self.free = list(range(seats))
        self.sold = {}
        self.lock = threading.Lock()

    async def pay(self, name):
        await asyncio.sleep(0.01)
        return f"receipt {name}"

    async def book(self, name):
        with self.lock:
            if not self.free:
                return None
            receipt = await self.pay(name)
            self.sold[self.free.pop(0)] = receipt
        return receipt


async def main():
    hall = Hall(3)
    print("booking", flush=True)
    print(await asyncio.gather(hall.book("ann"), hall.book("bob")))


if __name__ == "__main__":
    asyncio.run(main())
