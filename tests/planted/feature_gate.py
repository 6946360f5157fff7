# kind: coroutine-never-awaited
# fault: 22
# why: allowed() is async; the condition tests the coroutine object, which is always true.
# seen: 3.11: never-awaited warning; mallory exports too
import asyncio


class Gate:
    def __init__(self, rules):
        self.rules = rules

    async def allowed(self, user, feature):
        await asyncio.sleep(0)
        return feature in self.rules.get(user, ())


class Exports:
    def __init__(self, gate):
        self.gate = gate

    async def run(self, user, rows):
        if not self.gate.allowed(user, "export"):
            raise PermissionError(user)
        await asyncio.sleep(0)
        return f"{user} exported {len(rows)} rows"


async def main():
    exports = Exports(Gate({"ann": {"export"}}))
    for user in ("ann", "mallory"):
        print(await exports.run(user, [1, 2, 3]))


asyncio.run(main())
