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
        except Exception as error:  # noqa: BLE001 - raised where the result is taken
            outcomes.append((None, error))
    return outcomes


def _chunked(pool, function, items, size, count):
    """Each item with its outcome; items go to the pool `size` at a time, `count` chunks ahead."""
    items = iter(items)
    chunks = iter(lambda: list(islice(items, size)), [])
    for chunk, sent in _ahead(((chunk, pool.submit(_outcomes, function, chunk)) for chunk in chunks), count):
        for item, (value, error) in zip(chunk, sent.result()):
            yield item, _Outcome(value, error)
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

_HTTP = '''\
_clients = WeakKeyDictionary()  # one for each event loop, so that connections are used again


def _http():
    """The HTTP client of the running event loop, made when it is first needed."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = httpx.AsyncClient(follow_redirects=True)
    return _clients[loop]
'''

_REPORT = '''\
def _report(future):
    """Prints the traceback of work that failed, as a thread of its own would have done."""
    if not future.cancelled() and (error := future.exception()) is not None:
        traceback.print_exception(error)
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
    "_chunked": (
        _CHUNKED,
        frozenset({Needed("itertools", "islice")}),
    ),
    "_tasks": (_TASKS, frozenset({Needed("asyncio"), Needed("contextlib", "asynccontextmanager")})),
    "_lazily": (_LAZILY, frozenset({Needed("asyncio"), Needed("contextlib", "asynccontextmanager")})),
    "_processes": (
        _PROCESSES,
        frozenset({Needed("functools", "cache"), Needed("concurrent.futures", "ProcessPoolExecutor")}),
    ),
    "_http": (_HTTP, frozenset({Needed("asyncio"), Needed("httpx"), Needed("weakref", "WeakKeyDictionary")})),
    "_kept": (_KEPT, frozenset()),
    "_all_or_none": (_ALL_OR_NONE, frozenset({Needed("asyncio")})),
    "_report": (_REPORT, frozenset({Needed("traceback")})),
}
"""By name: the definition, and what it imports."""
