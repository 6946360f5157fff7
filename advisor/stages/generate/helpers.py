"""The few functions that generated code may need beside the standard library, defined once in the file that uses them."""

from __future__ import annotations

from advisor.model.refactor import Needed

_AHEAD = '''\
def _ahead(started, count):
    """What `started` gives, in order, while up to `count` items are under way: futures, or tuples that end in one.

    What has not begun when the loop ends early is cancelled.
    """
    waiting = deque()
    failed = None
    try:
        try:
            for each in started:
                waiting.append(each)
                if len(waiting) > count:
                    yield waiting.popleft()
        except Exception as error:  # noqa: BLE001 - belongs after the items that wait: raised in its turn
            failed = error
        while waiting:
            yield waiting.popleft()
        if failed is not None:
            raise failed
    finally:
        for each in waiting:
            future = each[-1] if isinstance(each, tuple) else each
            if hasattr(future, "cancel"):  # None and the results of a multiprocessing pool have no such thing
                future.cancel()
'''

_CUT = '''\
def _cut(items, size):
    """The items, `size` at a time; where one cannot be drawn, those before it come first."""
    chunk = []
    try:
        for item in items:
            chunk.append(item)
            if len(chunk) == size:
                yield chunk
                chunk = []
    except Exception:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk
'''

_CHUNKED = '''\
class _Outcome:
    """What came of one item: `result()` gives it or raises it, as that of a future does."""

    __slots__ = ("error", "value")

    def __init__(self, value, error):
        self.value = value
        self.error = error

    def result(self):
        if self.error is not None:
            raise self.error
        return self.value


def _outcomes(function, chunk):
    """Runs in a worker: what the function makes of each item, a failure kept until it is that item's turn."""
    outcomes = []
    for item in chunk:
        try:
            outcomes.append((function(item), None))
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - raised where the result is taken
            outcomes.append((None, error))
    return outcomes


def _chunked(pool, function, items, size, count):
    """Each item with its outcome; items go to the pool `size` at a time, `count` chunks ahead."""
    started = ((chunk, pool.submit(_outcomes, function, chunk)) for chunk in _cut(items, size))
    for chunk, sent in _ahead(started, count):
        for item, (value, error) in zip(chunk, sent.result()):
            yield item, _Outcome(value, error)
'''

_HITS = '''\
def _tested(function, chunk):
    """Runs in a worker: the items for which the function gives a true value, and what stopped it, if anything did."""
    hits = []
    try:
        hits.extend(item for item in chunk if function(item))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - raised after the hits before it
        return hits, error
    return hits, None


def _hits(pool, function, items, size, count):
    """The items for which `function` gives a true value, in order; they go to the pool `size` at a time, `count` chunks ahead."""
    for sent in _ahead((pool.submit(_tested, function, chunk) for chunk in _cut(items, size)), count):
        hits, error = sent.result()
        yield from hits
        if error is not None:
            raise error
'''

_TASKS = '''\
@asynccontextmanager
async def _tasks(limit):
    """A task group for work that used to be awaited in turn: `start(function, ...)` runs it, `limit` at a time.

    A failure is raised where the result is awaited, as before; what still runs when the block ends is cancelled.
    """
    gate = asyncio.Semaphore(limit)
    tasks = []

    async def run(outcome, function, args, kwargs):
        try:
            async with gate:
                outcome.set_result(await function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - raised where the result is awaited
            if not outcome.done():
                outcome.set_exception(error)
                outcome.exception()  # counts as seen, for nobody may ask
        finally:
            outcome.cancel()  # has no effect on one that is done

    def start(function, *args, **kwargs):
        outcome = asyncio.get_running_loop().create_future()
        tasks.append(group.create_task(run(outcome, function, args, kwargs)))
        return outcome

    failed = None
    try:
        async with asyncio.TaskGroup() as group:
            yield start
            for task in tasks:
                task.cancel()
    except BaseExceptionGroup as errors:  # the group wraps what the block raised
        failed = errors.exceptions[0]
    if failed is not None:
        raise failed
'''

_LAZILY = '''\
@asynccontextmanager
async def _lazily():
    """Tasks for a generator: `start(function, ...)` runs one, and what still runs when the generator ends is cancelled."""
    tasks = set()

    def done(task):
        tasks.discard(task)
        if not task.cancelled():
            task.exception()  # counts as seen, for nobody may ask

    def start(function, *args, **kwargs):
        task = asyncio.ensure_future(function(*args, **kwargs))
        tasks.add(task)
        task.add_done_callback(done)
        return task

    try:
        yield start
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
'''

_PROCESSES = '''\
@cache
def _processes():
    """The pool of processes for what computes: made when first needed, there until the program ends."""
    return ProcessPoolExecutor()
'''

_ALONE = '''\
def _alone(client):
    """The same client, its connections too, without the cookies of other requests."""
    client = copy.copy(client)
    client.cookies = {}
    return client
'''

_HTTP = '''\
_clients = WeakKeyDictionary()  # one for each event loop, so that connections are used again


def _http():
    """A client for one request, over the connections of the running event loop: each has cookies of its own."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = httpx.AsyncClient(follow_redirects=True)
    return _alone(_clients[loop])
'''

_TRANSACTION = '''\
@asynccontextmanager
async def _transaction(connection):
    """What `with connection` did: the transaction is committed at the end of the block, or taken back where that failed."""
    try:
        yield
        await connection.commit()
    except BaseException:
        await connection.rollback()
        raise
'''

_CLOSING = '''\
@asynccontextmanager
async def _closing(connection):
    """A connection that the block closes, and no more: what was not committed is lost, as with `contextlib.closing`."""
    try:
        yield connection
    finally:
        await connection.close()
'''

_POSTGRES = '''\
class _Memory(ByteaLoader):
    def load(self, data):
        return memoryview(super().load(bytes(data)))


async def _postgres(*args, **kwargs):
    """A connection that writes parameters into statements, and gives columns as the types, that psycopg2 does."""
    kwargs["cursor_factory"] = psycopg.AsyncClientCursor
    connection = await psycopg.AsyncConnection.connect(*args, **kwargs)
    connection.adapters.register_loader("bytea", _Memory)
    for kind in ("uuid", "inet", "cidr"):
        connection.adapters.register_loader(kind, TextLoader)
    return connection
'''

_FOR_EACH_LOOP = '''\
def _for_each_loop(make):
    """A function that gives what `make` makes, once for each running event loop, so that connections are used again."""
    made = WeakKeyDictionary()

    def of_this_loop():
        loop = asyncio.get_running_loop()
        if loop not in made:
            made[loop] = make()
        return made[loop]

    return of_this_loop
'''

_RUN_PROGRAM = '''\
async def _run_program(
    command, *, shell=False, input=None, stdin=None, stdout=None, stderr=None, capture_output=False, text=None,
    encoding=None, errors=None, timeout=None, check=False, cwd=None, env=None,
):  # fmt: skip
    """`subprocess.run` for coroutines. Whatever ends the wait early, the program is killed, and waited for."""
    decoded = bool(text or encoding or errors)
    encoding, errors = encoding or locale.getpreferredencoding(False), errors or "strict"
    if capture_output:
        stdout = stderr = subprocess.PIPE
    if input is not None:
        stdin = subprocess.PIPE
        input = input.replace("\\n", os.linesep).encode(encoding, errors) if decoded else input
    options = {"stdin": stdin, "stdout": stdout, "stderr": stderr, "cwd": cwd, "env": env}
    if shell:
        process = await asyncio.create_subprocess_shell(command, **options)
    else:
        process = await asyncio.create_subprocess_exec(*command, **options)
    printed = {process.stdout: [], process.stderr: []}

    async def feed():
        with suppress(BrokenPipeError, ConnectionResetError):  # a program need not read all of it
            process.stdin.write(input)
            await process.stdin.drain()
        process.stdin.close()

    async def collect(stream):
        while piece := await stream.read(2**16):
            printed[stream].append(piece)

    def whole(stream):
        data = None if stream is None else b"".join(printed[stream])
        if data is None or not decoded:
            return data
        return data.decode(encoding, errors).replace("\\r\\n", "\\n").replace("\\r", "\\n")

    try:
        async with asyncio.timeout(timeout):
            streams = [collect(stream) for stream in printed if stream is not None]
            await asyncio.gather(*([feed()] if input is not None else []), *streams)
            await process.wait()
    except TimeoutError:
        parts = [b"".join(printed[stream]) or None for stream in (process.stdout, process.stderr)]
        raise subprocess.TimeoutExpired(command, timeout, output=parts[0], stderr=parts[1]) from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    output, complaint = whole(process.stdout), whole(process.stderr)
    if check and process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output=output, stderr=complaint)
    return subprocess.CompletedProcess(command, process.returncode, output, complaint)
'''

_REPORT = '''\
def _report(future):
    """Prints the traceback of work that failed, as a thread of its own would have done."""
    if not future.cancelled() and (error := future.exception()) is not None:
        traceback.print_exception(type(error), error, error.__traceback__)
'''

_KEPT = '''\
_kept_tasks = set()


def _kept(task):
    """Holds a task until it is done: the event loop itself would let it be collected in the middle of its work."""
    _kept_tasks.add(task)
    task.add_done_callback(_kept_tasks.discard)
    return task
'''

_ALL_OR_NONE = '''\
async def _all_or_none(*coroutines):
    """`asyncio.gather`, except that after a failure nothing runs on: the others are cancelled before it is raised."""
    tasks = [asyncio.ensure_future(each) for each in coroutines]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
'''

HELPERS: dict[str, tuple[str, frozenset[Needed]]] = {
    "_ahead": (_AHEAD, frozenset({Needed("collections", "deque")})),
    "_chunked": (_CHUNKED, frozenset()),
    "_cut": (_CUT, frozenset()),
    "_hits": (_HITS, frozenset()),
    "_tasks": (_TASKS, frozenset({Needed("asyncio"), Needed("contextlib", "asynccontextmanager")})),
    "_lazily": (_LAZILY, frozenset({Needed("asyncio"), Needed("contextlib", "asynccontextmanager")})),
    "_processes": (
        _PROCESSES,
        frozenset({Needed("functools", "cache"), Needed("concurrent.futures", "ProcessPoolExecutor")}),
    ),
    "_alone": (_ALONE, frozenset({Needed("copy")})),
    "_http": (_HTTP, frozenset({Needed("asyncio"), Needed("httpx"), Needed("weakref", "WeakKeyDictionary")})),
    "_transaction": (_TRANSACTION, frozenset({Needed("contextlib", "asynccontextmanager")})),
    "_closing": (_CLOSING, frozenset({Needed("contextlib", "asynccontextmanager")})),
    "_postgres": (
        _POSTGRES,
        frozenset(
            {
                Needed("psycopg"),
                Needed("psycopg.types.string", "ByteaLoader"),
                Needed("psycopg.types.string", "TextLoader"),
            }
        ),
    ),
    "_for_each_loop": (_FOR_EACH_LOOP, frozenset({Needed("asyncio"), Needed("weakref", "WeakKeyDictionary")})),
    "_run_program": (
        _RUN_PROGRAM,
        frozenset(
            {Needed("asyncio"), Needed("contextlib", "suppress"), Needed("locale"), Needed("os"), Needed("subprocess")}
        ),
    ),
    "_kept": (_KEPT, frozenset()),
    "_all_or_none": (_ALL_OR_NONE, frozenset({Needed("asyncio")})),
    "_report": (_REPORT, frozenset({Needed("traceback")})),
}
"""By name: the definition, and what it imports."""
