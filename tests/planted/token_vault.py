# kind: lock-across-await
# fault: 30 | 33
# why: acquire() of a threading lock is followed by an await before release(); the next coroutine that acquires stops the loop.
# seen: 3.11: hangs (killed after 8 s)
import asyncio
import time
from threading import RLock, BoundedSemaphore as Slots


class Vault:
    def __init__(self, lifetime=60):
        self.lifetime = lifetime
        self.token = None
        self.expires = 0.0
        self._slot = Slots(1)
        self._names = RLock()
        self.users = set()

    async def _renew(self):
        await asyncio.sleep(0.01)
        self.expires = time.monotonic() + self.lifetime
        return f"token-{self.expires:.0f}"

    def note(self, user):
        with self._names:
            self.users.add(user)

    async def get(self, user):
        self.note(user)
        self._slot.acquire()
        try:
            if time.monotonic() >= self.expires:
                self.token = await self._renew()
            return self.token
        finally:
            self._slot.release()


async def main():
    vault = Vault()
    print("renewing", flush=True)
    tokens = await asyncio.gather(*(vault.get(f"u{n}") for n in range(3)))
    print(len(set(tokens)))


asyncio.run(main())
