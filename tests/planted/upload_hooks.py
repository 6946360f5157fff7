# kind: lambda-coroutine-dropped
# fault: 24
# why: notify() is an async function; the done callback calls it and drops the coroutine.
# seen: 3.11: never-awaited warning; "notified: []"
import asyncio


class Uploader:
    def __init__(self):
        self.sent = []

    async def notify(self, name):
        await asyncio.sleep(0)
        self.sent.append(name)

    async def upload(self, name):
        await asyncio.sleep(0.01)
        return name

    async def upload_all(self, names):
        tasks = []
        for name in names:
            task = asyncio.create_task(self.upload(name))
            task.add_done_callback(lambda done: self.notify(done.result()))
            tasks.append(task)
        return [await task for task in tasks]


async def main():
    uploader = Uploader()
    names = await uploader.upload_all(["a.iso", "b.iso"])
    await asyncio.sleep(0.05)
    print(names, "notified:", uploader.sent)


asyncio.run(main())
