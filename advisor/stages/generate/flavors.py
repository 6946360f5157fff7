"""The ways to carry work out: what a pool or task group is called, how work is handed over and how its result is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace

from advisor.model.case import Case
from advisor.model.concurrency import Executor, Model
from advisor.model.refactor import Needed, Order
from advisor.questions.at_once import CONNECTIONS, THREADS, at_once

_WAITERS = int(THREADS.expected)
_FLUSHES = 8  # files on their way to the disk at the same time
_FEW = 8  # processes that only wait
_WORTH_SENDING = 0.003  # seconds: below, sending an item costs more than a tenth of the work
_WORTH_A_CHUNK = 0.02
_LONG = 0.03  # seconds an item: from here on sending items one by one costs nothing that shows


@dataclass(frozen=True, slots=True)
class Flavor:
    """`opens` is the head of the block in which work can be handed over, with `{pool}` for its name; `submit` and `result`
    are how. `isolated`: workers share no memory, so they live at the level of the module and get everything as arguments.
    `through` runs what cannot be awaited, or needs surroundings of its own. `whole`: `map` takes lists, not iterators.
    `ahead` is how many items are under way before the first result is taken, as an expression.
    """

    opens: str
    pool: str
    submit: str
    handle: str
    result: str
    needs: frozenset[Needed]
    helper: str
    isolated: bool = False
    tasks: bool = False
    ahead: str = ""
    initializer: bool = True
    through: str = ""
    whole: bool = False


def flavor(order: Order) -> Flavor:
    """How the order's executor is written."""
    case = order.case
    if order.executor is Executor.DASK:
        needs = frozenset({Needed("dask.distributed", "Client")})
        return Flavor("with Client() as cluster, cluster.get_executor() as {pool}:", "pool", "{pool}.submit", "future",
                      "future.result()", needs, "_ahead", isolated=True, ahead="64", initializer=False,
                      whole=True)  # fmt: skip
    if order.executor is Executor.INTERPRETER_POOL:
        workers = f"max_workers={order.workers}" if order.workers else ""
        ahead = str(4 * order.workers) if order.workers else "os.cpu_count() or 1"
        return _pool("InterpreterPoolExecutor", workers, ahead, isolated=True)
    if order.model is Model.MULTIPROCESSING:
        number = order.workers or (_bounded(_FEW, case) if _waits(case) else None)
        workers = f"max_workers={number}" if number else ""
        ahead = str(max(32, 4 * number)) if number else "4 * (os.cpu_count() or 1)"
        return _pool("ProcessPoolExecutor", workers, ahead, isolated=True)
    if order.model is Model.THREADING:
        threads = thread_count(order)
        ahead = "4 * (os.cpu_count() or 1)" if "os." in threads else str(2 * int(threads or _WAITERS))
        return _pool("ThreadPoolExecutor", pool_size(order), ahead, isolated=False)
    return Flavor(f"async with _tasks(limit={task_count(order)}) as {{pool}}:", "start", "{pool}", "task", "await task",
                  frozenset(), "_tasks", tasks=True)  # fmt: skip


def lazily(way: Flavor, order: Order) -> Flavor:
    """Tasks for a generator of coroutines: started as far ahead as the bound, and ended with the generator."""
    return replace(way, opens="async with _lazily() as {pool}:", helper="_lazily", ahead=str(task_count(order)))


def through_threads(way: Flavor) -> Flavor:
    """Tasks whose work blocks, and so runs in a thread each."""
    return replace(way, through="asyncio.to_thread, ", needs=way.needs | {Needed("asyncio")})


def _pool(name: str, workers: str, ahead: str, *, isolated: bool) -> Flavor:
    needs = {Needed("concurrent.futures", name)}
    if "os." in workers:
        needs.add(Needed("os"))
    return Flavor(f"with {name}({workers}) as {{pool}}:", "pool", "{pool}.submit", "future", "future.result()",
                  frozenset(needs), "_ahead", isolated=isolated, ahead=ahead)  # fmt: skip


def pool_size(order: Order) -> str:
    """The arguments of a ThreadPoolExecutor: `max_workers=16`, or none where its own default is right."""
    number = thread_count(order)
    return f"max_workers={number}" if number else ""


def thread_count(order: Order) -> str:
    """The bound of a pool of threads: the one asked for; else what waits may be many, what computes no more than the cores;
    "" for the default."""
    case = order.case
    if order.workers:
        return str(order.workers)
    if case.work_kind == "database":
        return str(_bounded(int(CONNECTIONS.expected), case))
    if _waits(case) or case.work_kind in ("unknown", "mixed", "tiny"):
        return str(_bounded(_WAITERS, case))
    if case.work_kind == "disk":
        return str(_bounded(_FLUSHES, case))
    if case.work_kind == "subprocess":
        return ""  # the default of ThreadPoolExecutor: a few more than the machine has cores
    return "os.cpu_count()"


def task_count(order: Order, *, blocks: bool = False) -> int:
    """How many tasks may be under way: as many as the forecast assumes; those whose work blocks are threads."""
    _, coroutines = at_once(order.case)
    return order.workers or _bounded(_WAITERS if blocks else int(coroutines.expected), order.case)


def _waits(case: Case) -> bool:
    return case.work_kind in ("network", "database", "sleep", "lock", "async")


def _bounded(limit: int, case: Case) -> int:
    known = case.work.items.expected if case.work.items_known else limit
    return max(2, min(limit, int(known)))


def long_items(case: Case) -> bool:
    """Does an item take so long that handing items over one by one costs nothing that shows?"""
    return case.work.per_item.expected >= _LONG


def chunk_size(case: Case, most: int = 500) -> int:
    """How many short items, `most` at the most, make a task that is worth sending by itself; 1 for items that are."""
    seconds = max(case.work.per_item.expected, 1e-6)
    return 1 if seconds >= _WORTH_SENDING else max(4, min(most, int(_WORTH_A_CHUNK / seconds)))


def known_items(case: Case) -> int | None:
    return int(case.work.items.expected) if case.work.items_known else None
