# kind: task-reference-dropped
# fault: 26
# why: The task is bound to a local name that is never used again; the writes are cut off when the loop ends and their errors are lost.
# seen: 3.11: "2 locked, 0 audit entries"
import asyncio
import sys


class AuditTrail:
    def __init__(self):
        self.entries = []

    async def write(self, user, action):
        await asyncio.sleep(0.02)
        self.entries.append(f"{user} {action}")


class Accounts:
    def __init__(self, trail):
        self.trail = trail
        self.locked = set()

    async def lock(self, user):
        self.locked.add(user)
        loop = asyncio.get_running_loop()
        task = loop.create_task(self.trail.write(user, "locked"))
        return user in self.locked


async def main(users):
    trail = AuditTrail()
    accounts = Accounts(trail)
    for user in users:
        await accounts.lock(user)
    return len(accounts.locked), trail


if __name__ == "__main__":
    locked, trail = asyncio.run(main(sys.argv[1:] or ["ann", "bob"]))
    print(locked, "locked,", len(trail.entries), "audit entries")
