# kind: lambda-coroutine-dropped
# fault: 24
# why: The task made in the lambda is kept by nobody: it can be collected, its error is not seen, and the program may end before it.
# seen: 3.11: prints []
import asyncio
from collections import defaultdict


class Emitter:
    def __init__(self):
        self.handlers = defaultdict(list)

    def on(self, name, handler):
        self.handlers[name].append(handler)

    def emit(self, name, *args):
        for handler in self.handlers[name]:
            handler(*args)


class ThemeBuilder:
    def __init__(self, emitter):
        self.built = []
        emitter.on("changed", lambda path: asyncio.ensure_future(self.rebuild(path)))

    async def rebuild(self, path):
        await asyncio.sleep(0.05)
        self.built.append(path.removesuffix(".scss") + ".css")


async def main():
    emitter = Emitter()
    builder = ThemeBuilder(emitter)
    for path in ("main.scss", "print.scss"):
        emitter.emit("changed", path)
    await asyncio.sleep(0.01)
    return builder


if __name__ == "__main__":
    print(asyncio.run(main()).built)
