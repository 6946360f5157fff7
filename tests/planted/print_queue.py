# kind: lock-kept-after-a-failure
# fault: 17 | 18 | 20
# why: A printer that is off raises in send(), and the semaphore has one place less from then on.
# seen: 3.11: hangs after two documents that failed
import asyncio


class Printers:
    def __init__(self, hosts):
        self.hosts = hosts
        self.free = asyncio.Semaphore(len(hosts))
        self.failed = []

    async def print(self, number):
        host = self.hosts[number % len(self.hosts)]
        try:
            await self.free.acquire()
            reader, writer = await asyncio.open_connection(host, 9100)
            writer.write(b"page")
            await writer.drain()
            writer.close()
            self.free.release()
        except OSError as error:
            self.failed.append(error)


async def main():
    printers = Printers(["127.0.0.1", "127.0.0.1"])
    await asyncio.gather(*(printers.print(number) for number in range(6)))
    print(len(printers.failed))


if __name__ == "__main__":
    asyncio.run(main())
