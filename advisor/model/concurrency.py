"""The four ways to run work, and the machinery that carries each out."""

from __future__ import annotations

from enum import StrEnum


class Model(StrEnum):
    """A model of execution, simplest first: of two that serve equally well, the earlier is advised."""

    SEQUENTIAL = "sequential"
    THREADING = "threading"
    MULTIPROCESSING = "multiprocessing"
    ASYNCIO = "asyncio"


class Executor(StrEnum):
    """What runs the work under a model."""

    NONE = "none"
    THREAD_POOL = "ThreadPoolExecutor"
    PROCESS_POOL = "ProcessPoolExecutor"
    INTERPRETER_POOL = "InterpreterPoolExecutor"
    TASK_GROUP = "asyncio.TaskGroup"
    TO_THREAD = "asyncio.to_thread"
    DASK = "dask.distributed"


DEFAULT_EXECUTOR = {
    Model.SEQUENTIAL: Executor.NONE,
    Model.THREADING: Executor.THREAD_POOL,
    Model.MULTIPROCESSING: Executor.PROCESS_POOL,
    Model.ASYNCIO: Executor.TASK_GROUP,
}


class Level(StrEnum):
    """How sure a piece of advice is (`confidence`), weakest first."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
