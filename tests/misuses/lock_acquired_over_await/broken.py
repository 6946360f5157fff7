# fault: lock-held-across-await
# shows: hangs
# mended: 3 sent
import asyncio
import threading


class Account:
    def __init__(self):
        self._lock = threading.Lock()
        self.sent = 0

    async def send(self, text):
        self._lock.acquire()  # here
        try:
            before = self.sent
            await asyncio.sleep(0.01 * len(text))
            self.sent = before + 1
        finally:
            self._lock.release()


async def main():
    account = Account()
    await asyncio.gather(account.send("a"), account.send("b"), account.send("c"))
    print(f"{account.sent} sent")


asyncio.run(main())
