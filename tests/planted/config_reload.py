# kind: asyncio-run-in-loop
# fault: 30 | 10 | 22
# why: run_until_complete() is called on the loop that is running the caller, which raises a RuntimeError.
# seen: 3.11: RuntimeError: This event loop is already running
import asyncio


def resolve(coroutine):
    loop = asyncio.get_event_loop()
    return loop.run_until_complete(coroutine)


class RemoteConfig:
    def __init__(self):
        self.values = {}

    async def _pull(self):
        await asyncio.sleep(0.01)
        return {"workers": 4, "level": "info"}

    def reload(self):
        self.values = resolve(self._pull())


class Service:
    def __init__(self, config):
        self.config = config

    async def on_hangup(self):
        self.config.reload()
        return self.config.values["workers"]


async def main():
    config = RemoteConfig()
    print("workers", await Service(config).on_hangup())


if __name__ == "__main__":
    asyncio.run(main())
