"""Worker: the process that does a server's jobs, one at a time, so that its message loop never waits for an analysis.

It speaks through the pipes it was started with: the length of a message as four bytes, then the pickled message. It ends
when its standard input does. SIGUSR1 interrupts the job at hand.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import struct
from typing import TYPE_CHECKING, BinaryIO

from advisor.errors import AdvisorError
from advisor.serving.jobs import Answer, Done, Failed, Interrupted, Job

if TYPE_CHECKING:
    from advisor.serving.doing import Doing

LENGTH = struct.Struct("!I")
_BETWEEN_COLLECTIONS = 1_000_000  # as on the command line
_IDLE = 1.0  # seconds without a job, after which memory is tidied up


class _Withdrawn(BaseException):
    """No Exception, so that nothing on the way takes it for a failure of its own."""


class _Interruption:
    """Raises `_Withdrawn` on a signal while a job is being done, and lets the signal pass at any other time."""

    def __init__(self) -> None:
        self.armed = False
        if hasattr(signal, "SIGUSR1"):
            signal.signal(signal.SIGUSR1, self._interrupt)

    def _interrupt(self, _signal: int, _frame: object) -> None:
        if self.armed:
            self.armed = False
            raise _Withdrawn


def main() -> None:
    interruption = _Interruption()  # first of all, for a signal that nobody handles would end us
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, whose end closes our input
    jobs, answers = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed by mistake must not get among the answers
    gc.set_threshold(_BETWEEN_COLLECTIONS, *gc.get_threshold()[1:])
    from advisor.serving.doing import Doing  # everything that an analysis needs

    doing = Doing()
    while (job := _receive(jobs)) is not None:
        try:
            interruption.armed = True
            answer = _answer(doing, job)
            interruption.armed = False
        except _Withdrawn:
            answer = Interrupted()
        _send(answers, answer)
        _tidy_up_when_idle(jobs)


def _answer(doing: Doing, job: Job) -> Answer:
    try:
        return Done(doing.do(job))
    except AdvisorError as error:
        return Failed(error.title, error.hint, exit_code=error.exit_code)
    except Exception as error:  # noqa: BLE001 (the server goes on whatever happens, and says so)
        if os.environ.get("ADVISOR_DEBUG"):
            import traceback

            traceback.print_exc()
        return Failed(f"{type(error).__name__}: {error}", internal=True)


def _receive(stream: BinaryIO) -> Job | None:
    head = _exactly(stream, LENGTH.size)
    data = _exactly(stream, LENGTH.unpack(head)[0]) if head else b""
    job: Job | None = pickle.loads(data) if data else None
    return job


def _exactly(stream: BinaryIO, size: int) -> bytes:
    """Nothing when the stream ends before."""
    data = b""
    while len(data) < size:
        part = stream.read(size - len(data))
        if not part:
            return b""
        data += part
    return data


def _send(stream: BinaryIO, answer: Answer) -> None:
    data = pickle.dumps(answer)
    try:
        stream.write(LENGTH.pack(len(data)) + data)
        stream.flush()
    except BrokenPipeError:
        os._exit(0)  # nobody is left to hear of it


def _tidy_up_when_idle(stream: BinaryIO) -> None:
    """Programs that were linked before lie in circles; looking for these takes time that nobody waits for then."""
    if os.name == "nt" or not select.select([stream], [], [], _IDLE)[0]:
        gc.collect()


if __name__ == "__main__":
    main()
