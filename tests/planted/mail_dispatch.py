# kind: coroutine-never-awaited
# fault: none
# why: The plain function gives the coroutine back, and the callers await or gather it.
# seen: 3.11 and 3.13: 4 sent, no warning
import asyncio


class Mailer:
    def __init__(self):
        self.sent = []

    async def _send(self, address, template):
        await asyncio.sleep(0)
        self.sent.append((address, template))
        return address

    def welcome(self, address):
        return self._send(address, "welcome")

    def goodbye(self, address):
        return self._send(address, "goodbye")


async def main():
    mailer = Mailer()
    first = mailer.welcome("ann@example.org")
    others = [mailer.goodbye(f"u{n}@example.org") for n in range(3)]
    await first
    await asyncio.gather(*others)
    print(len(mailer.sent))


if __name__ == "__main__":
    asyncio.run(main())
