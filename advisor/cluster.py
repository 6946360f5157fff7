"""Cluster: work on parts handed to the workers of a `dask.distributed` cluster, which may be other machines.

A worker that dies costs time: its parts are done again elsewhere. The workers need this advisor, in this version, and are
sent the text of what is analysed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from advisor import __version__
from advisor.errors import AdvisorError

Part = TypeVar("Part")
Result = TypeVar("Result")

_PATIENCE = 10  # seconds to reach the scheduler, and for it to have a worker


@contextmanager
def cluster(address: str) -> Iterator[Callable[[Callable[[Part], Result], Sequence[Part]], Iterator[Result]]]:
    """Within the block: what gives the results of a function for each part, in their order, worked out by the cluster whose
    scheduler is at `address`.

    AdvisorError where Dask is not installed here, the scheduler cannot be reached or has no worker, a worker has another
    advisor, or a part was lost with every worker that tried it.
    """
    try:
        from distributed import CancelledError, Client
        from distributed.comm.core import CommClosedError
        from distributed.scheduler import KilledWorker
    except ImportError as error:
        raise AdvisorError(
            "--executor needs Dask, which is not installed", "pip install concurrency-advisor[dask]"
        ) from error
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told in one line
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, ImportError) as error:
        raise AdvisorError(f"--executor: nothing answers at {address}", "start it with `dask scheduler`") from error
    try:
        _check(client, address)

        def worked_out(work: Callable[[Part], Result], parts: Sequence[Part]) -> Iterator[Result]:
            futures = client.map(work, parts, pure=False)
            try:
                yield from (future.result() for future in futures)
            except (CommClosedError, CancelledError) as error:
                raise AdvisorError(f"--executor: {address} has gone away", "it may have been ended") from error

        yield worked_out
    except KilledWorker as error:
        raise AdvisorError(
            f"--executor: every worker that tried it was ended: {error}", "they may be short of memory"
        ) from error
    finally:
        with suppress(Exception):
            client.close()


def _check(client: Any, address: str) -> None:
    """Are there workers, which have this advisor?"""
    with suppress(TimeoutError):
        client.wait_for_workers(1, timeout=_PATIENCE)

    def version() -> str:  # a function in a function is sent whole: a worker may have no advisor to find it in
        try:
            import advisor
        except ImportError:
            return ""
        return advisor.__version__

    versions = client.run(version)
    if not versions:
        raise AdvisorError(f"--executor: {address} has no worker", f"start one with `dask worker {address}`")
    for worker, its in sorted(versions.items()):
        if its != __version__:
            has = f"advisor {its}" if its else "no advisor"
            raise AdvisorError(
                f"--executor: the worker at {worker} has {has}", f"install concurrency-advisor {__version__} there"
            )
