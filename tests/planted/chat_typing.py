# kind: task-reference-dropped
# fault: none
# why: Each task stands in a set until it is done, and the set is awaited at the end.
# seen: 3.11 and 3.13: both shown
import asyncio


class Background:
    def __init__(self):
        self._tasks = set()

    def start(self, coroutine):
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self):
        await asyncio.gather(*self._tasks)


class Chat:
    def __init__(self, background):
        self.background = background
        self.shown = []

    async def _typing(self, user):
        await asyncio.sleep(0.01)
        self.shown.append(user)

    async def key(self, user):
        self.background.start(self._typing(user))


async def main():
    background = Background()
    chat = Chat(background)
    for user in ("ann", "bob"):
        await chat.key(user)
    await background.close()
    print(chat.shown)


if __name__ == "__main__":
    asyncio.run(main())
