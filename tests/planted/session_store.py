# kind: coroutine-never-awaited
# fault: 32
# why: close() of the base is async and is called as a plain statement, so the sessions are never flushed.
# seen: 3.11: never-awaited warning; rows {}
import asyncio


class Backend:
    def __init__(self):
        self.rows = {}

    async def flush(self, rows):
        await asyncio.sleep(0)
        self.rows.update(rows)


class Store:
    def __init__(self, backend):
        self.backend = backend
        self.pending = {}

    async def close(self):
        await self.backend.flush(self.pending)
        self.pending = {}


class SessionStore(Store):
    def touch(self, key):
        self.pending[key] = "alive"

    async def close(self):
        super().close()
        self.touch = None


async def main():
    backend = Backend()
    store = SessionStore(backend)
    store.touch("s1")
    await store.close()
    print("rows", backend.rows)


if __name__ == "__main__":
    asyncio.run(main())
