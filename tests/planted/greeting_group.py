# kind: task-reference-dropped
# fault: none
# why: The task group keeps its tasks and waits for them; the value of create_task() need not be kept.
# seen: 3.11: all three greeted
import asyncio


class Lobby:
    def __init__(self):
        self.greeted = []

    async def greet(self, guest):
        await asyncio.sleep(0.01)
        self.greeted.append(guest)


async def open_doors(guests):
    lobby = Lobby()
    async with asyncio.TaskGroup() as group:
        for guest in guests[:5]:
            group.create_task(lobby.greet(guest))
    return lobby.greeted


if __name__ == "__main__":
    print(asyncio.run(open_doors(["ann", "bob", "cy"])))
