"""Workers: processes that do the parts of something large, each over a pipe of its own, and that end with the block.

A pool of the standard library has one pipe for all results: a worker that is ended while it writes one leaves half of it
there, and the pool waits for the rest for good.
"""

from __future__ import annotations

import pickle
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from traceback import format_exception
from typing import TYPE_CHECKING, Any, TypeVar

from advisor.children import end_with_parent
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

Part = TypeVar("Part")
Result = TypeVar("Result")

_PATIENCE = 5.0  # seconds that a worker has to end, before it is killed


def by_processes(
    work: Callable[[Part], Result],
    parts: Sequence[Part],
    workers: int,
    *,
    order: Iterable[int] | None = None,
    method: str | None = None,
) -> Iterator[Result]:
    """What `work` gives for each of the parts, in their order as it comes, by so many processes.

    They are started by `method`, as multiprocessing names it, and take the parts in the `order` of their places. Under
    "fork" nothing is sent to a worker but a place, else `work` and the parts are. The first error raised is raised here;
    AdvisorError where a worker was ended from outside.
    """
    from multiprocessing import get_context
    from multiprocessing.connection import wait

    places = iter(range(len(parts)) if order is None else order)
    copied = method == "fork"
    context: Any = get_context(method)
    started: list[BaseProcess] = []
    results: dict[int, Result] = {}
    try:
        idle: list[Any] = []
        for _ in range(min(workers, len(parts))):
            ours, theirs = context.Pipe()
            started.append(context.Process(target=_work, args=(theirs, work, parts if copied else None), daemon=True))
            started[-1].start()
            theirs.close()  # so that a worker that has ended is the end of its pipe, to us and to those that follow
            idle.append(ours)
        busy: dict[Any, int] = {}
        for wanted in range(len(parts)):
            while wanted not in results:
                while idle and (place := next(places, None)) is not None:
                    with _told_if_ended():
                        idle[-1].send(place if copied else parts[place])
                    busy[idle.pop()] = place
                for pipe in wait(list(busy)):
                    results[busy.pop(pipe)] = _received(pipe)
                    idle.append(pipe)
            yield results.pop(wanted)
    finally:
        _end([process for process in started if process.pid is not None])


def _received(pipe: Any) -> Any:
    with _told_if_ended():
        result, error, origin = pipe.recv()
    if error is not None:
        raise error from RuntimeError(origin)
    return result


@contextmanager
def _told_if_ended() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:  # nothing there, or half a result
        raise AdvisorError(
            "a worker process was ended from outside", "it may have been short of memory: --jobs 1 needs less"
        ) from error


def _end(processes: Sequence[BaseProcess]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.join(_PATIENCE)
        if process.is_alive():
            process.kill()
            process.join()


def _work(pipe: Any, work: Callable[[Any], Any], parts: Sequence[Any] | None) -> None:
    """In a worker: one part after another, until nothing more comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all, and it is our parent that ends us
    end_with_parent()
    with suppress(EOFError, OSError):  # our parent has ended
        while True:
            told = pipe.recv()
            pipe.send(_done(work, told if parts is None else parts[told]))


def _done(work: Callable[[Any], Any], part: Any) -> tuple[Any, BaseException | None, str]:
    """What comes of it, or the error that was raised, as far as it can be sent, and where it was."""
    try:
        return work(part), None, ""
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        origin = "".join(format_exception(error))
        try:
            pickle.loads(pickle.dumps(error))
        except Exception:  # noqa: BLE001 - a class of anyone's may refuse in any way
            return None, RuntimeError(repr(error)), origin
        return None, error, origin
