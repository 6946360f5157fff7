"""Productions that only coroutines have: state across an await, the running task, asynchronous iterators and scopes."""

from __future__ import annotations

from tests.differential.parts import Part, fixed

_AIO = ("coroutine",)
_NUMBERS = """
    async def numbers():
        for number in (7, 2, 4, 1, 5):
            await asyncio.sleep(0.001)
            yield number
"""

_LINK = """
    async def echo(reader, writer):
        while line := await reader.readline():
            await asyncio.sleep(0.001 * (len(line) % 3))
            writer.write(line)
        writer.close()


    class Link:
        def __init__(self, reader, writer):
            self._in, self._out = reader, writer

        async def ask(self, number):
            self._out.write(f"{number}\\n".encode())
            return int(await self._in.readline())
"""
_SERVED = """
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    link = Link(*await asyncio.open_connection(*server.sockets[0].getsockname()))
"""

PRODUCTIONS = fixed(
    Part("aio-stream-on-object", top=_LINK, setup=_SERVED, given="link=link", last="VALUE += await link.ask(NUM)",
         report="link._out.close()\nserver.close()", kinds=_AIO),
    Part("aio-check-then-await", top="""
        cache = {}
        asked = []


        async def rate(key):
            if key not in cache:
                asked.append(key)
                await asyncio.sleep(0.004)
                cache[key] = key * 2
            return cache[key]
        """, last="VALUE += await rate(NUM % 3)", report="print(asked, cache)", kinds=_AIO),
    Part("aio-lazy-connection", top="""
        opened = []
        link = None


        async def connection():
            global link
            if link is None:
                await asyncio.sleep(0.003)
                link = object()
                opened.append(1)
            return link
        """, first="await connection()", report="print(len(opened))", kinds=_AIO),
    Part("aio-current-task", first="home = asyncio.current_task().get_name()", last="VALUE += home == 'Task-1'",
         kinds=_AIO),
    Part("aio-task-kept", setup="home = asyncio.current_task()", given="home=home",
         last="VALUE += asyncio.current_task() is home",
         kinds=_AIO),
    Part("aio-contextvar-in-work", imports="contextvars", top='user = contextvars.ContextVar("user", default=0)',
         first="user.set(NUM)",
         report="print(user.get())", kinds=_AIO),
    Part("aio-contextvar-read-by-next", imports="contextvars", top='user = contextvars.ContextVar("user", default=0)',
         first="known = user.get()", last="user.set(NUM)\nVALUE += known * 100", kinds=_AIO),
    Part("aio-generator-told", top="""
        async def numbers():
            for number in (7, 2, 4, 1, 5):
                print("take", number)
                yield number
        """, head="async for ITEM in numbers():", after="print('did', NUM)", kinds=_AIO),
    Part("aio-generator-on-state", top="""
        pages = {"next": 1}


        async def numbers():
            while pages["next"] < 9:
                yield pages["next"]
        """, head="async for ITEM in numbers():", last='pages["next"] = NUM + 2', kinds=_AIO),
    Part("aio-generator-read-on", top=_NUMBERS, setup="source = numbers()", head="async for ITEM in source:",
         after="if NUM == 4:\n    break", report="print([each async for each in source])", kinds=_AIO),
    Part("aio-generator-closes", top="""
        async def numbers():
            try:
                for number in (7, 2, 4, 1, 5):
                    yield number
            finally:
                print("closed")
        """, head="async for ITEM in numbers():", after="print('did', NUM)", kinds=_AIO),
    Part("aio-queue", setup="jobs = asyncio.Queue()\nfor number in (7, 2, 4):\n    jobs.put_nowait(number)",
         head="while not jobs.empty():",
         take="ITEM = await jobs.get()", after="if NUM > 4:\n    await jobs.put(NUM - 4)",
         report="print(jobs.qsize())", kinds=_AIO),
    Part("aio-queue-in-work", given="tokens=tokens",
         setup="tokens = asyncio.Queue()\nfor number in range(20):\n    tokens.put_nowait(number)",
         last="VALUE += await tokens.get() * 10", report="print(tokens.qsize())", kinds=_AIO),
    Part("aio-results-queue", setup="told = asyncio.Queue()", given="told=told", last="await told.put(NUM)",
         report="print([told.get_nowait() for _ in range(told.qsize())])", kinds=_AIO),
    Part("aio-event", setup="ready = asyncio.Event()", given="ready=ready", first="was = ready.is_set()",
         last="VALUE += 50 * was",
         after="ready.set()", kinds=_AIO),
    Part("aio-lock-order", setup="lock = asyncio.Lock()\norder = []", given="lock=lock, order=order",
         last="async with lock:\n    order.append(NUM)", report="print(order)", kinds=_AIO),
    Part("aio-locked-counter", top="count = 0", setup="lock = asyncio.Lock()", given="lock=lock",
         last="global count\nasync with lock:\n    count += 1\n    VALUE += count * 10", report="print(count)",
         kinds=_AIO),
    Part("aio-conversation", top="""
        class Session:
            def __init__(self):
                self.last = 0

            async def ask(self, number):
                self.last = number
                await asyncio.sleep(0.001)
                return self.last
        """, setup="session = Session()", given="session=session", last="VALUE += await session.ask(NUM) * 10",
        kinds=_AIO),
    Part("aio-history", top="""
        class Chat:
            def __init__(self):
                self.history = []

            async def say(self, number):
                self.history.append(number)
                await asyncio.sleep(0.001)
                self.history.append(-number)
        """, setup="chat = Chat()", given="chat=chat", last="await chat.say(NUM)", report="print(chat.history)",
        kinds=_AIO),
    Part("aio-scope", top="""
        scopes = []


        @contextlib.asynccontextmanager
        async def scope(name):
            scopes.append(name)
            yield len(scopes)
            scopes.pop()
        """, imports="contextlib", call="async with scope(NUM) as deep:\n    GOT = WORK",
        last="VALUE += len(scopes) * 10", kinds=_AIO),
    Part("aio-time-limit", call="async with asyncio.timeout(0.25):\n    GOT = WORK", kinds=_AIO, around="try:",
         ends="except TimeoutError:\n    print('late', out)",
         last="await asyncio.sleep(0.5 * (NUM == 4))", items=(9, 8, 4, 9, 8)),
    Part("aio-time-limit-of-all", around="async with asyncio.timeout(5):", given="task=asyncio.current_task()",
         last="VALUE += task is asyncio.current_task()", kinds=_AIO),
    Part("aio-fire-and-forget", top="told = []\n\n\nasync def tell(number):\n    told.append(number)",
         last="asyncio.get_running_loop().call_soon(told.append, NUM)", after="await asyncio.sleep(0)\nprint(told)",
         kinds=_AIO),
    Part("aio-background-task", top="told = []\n\n\nasync def tell(number):\n    await asyncio.sleep(0.001)\n"
         "    told.append(number)",
         setup="tasks = []", given="tasks=tasks", last="tasks.append(asyncio.create_task(tell(NUM)))",
         report="await asyncio.gather(*tasks)\nprint(told)", kinds=_AIO),
    Part("aio-sees-the-body-write", setup="level = [0]", given="level=level", last="VALUE += level[0]",
         after="level[0] = GOT % 5", kinds=_AIO),
    Part("aio-cancelled", last="if NUM % 3 == 0:\n    raise asyncio.CancelledError", kinds=_AIO,
         call="try:\n    GOT = WORK\nexcept asyncio.CancelledError:\n    out.append('given up')\n    continue"),
    Part("aio-stop-iteration", first="if NUM == 4:\n    next(iter([]))", kinds=_AIO, items=(9, 7, 4, 1, 2), call="""
        try:
            GOT = WORK
        except RuntimeError as error:
            out.append(repr(error.__cause__))
            continue
        """),
)  # fmt: skip
