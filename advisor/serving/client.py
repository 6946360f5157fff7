"""Client: jobs handed from a server's message loop to its worker process, which is started when the first one comes.

One job is done at a time, in the order in which they came. A job is withdrawn by cancelling the task that waits for it:
it is interrupted if it is being done, and never begun otherwise. A worker that ends is replaced.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import advisor
from advisor.errors import AdvisorError
from advisor.serving.jobs import Answer, Done, Failed, Interrupted, Job
from advisor.serving.worker import LENGTH

_NUDGE = 0.5  # seconds until a job that was interrupted is interrupted again
_PATIENCE = 20  # nudges, after which the worker is ended


class Worker:
    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._process: Process | None = None
        self._current: Job | None = None
        self._withdrawn: set[int] = set()

    async def do(self, job: Job) -> object:
        """The value that the job gives. AdvisorError where it fails; its exit code is 2 for what a person can correct."""
        doing = asyncio.ensure_future(self._do(job))
        doing.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            answer = await asyncio.shield(doing)
        except asyncio.CancelledError:
            if not doing.done():
                self._withdraw(job)
            raise
        if isinstance(answer, Done):
            return answer.value
        if isinstance(answer, Failed):
            title = f"internal error: {answer.title}" if answer.internal else answer.title
            raise AdvisorError(title, answer.hint, answer.exit_code)
        raise asyncio.CancelledError

    def close(self) -> None:
        """Ends the worker, in the midst of a job if need be."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()

    async def _do(self, job: Job) -> Answer:
        async with self._turn:
            if id(job) in self._withdrawn:
                self._withdrawn.discard(id(job))
                return Interrupted()
            self._current = job
            try:
                return await self._exchange(job)
            except (OSError, asyncio.IncompleteReadError, pickle.UnpicklingError, EOFError):
                self.close()
                self._process = None
                if id(job) in self._withdrawn:
                    return Interrupted()
                return Failed("the process that analyses came to an end", internal=True)
            finally:
                self._current = None
                self._withdrawn.discard(id(job))

    async def _exchange(self, job: Job) -> Answer:
        process = await self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        data = pickle.dumps(job)
        process.stdin.write(LENGTH.pack(len(data)) + data)
        await process.stdin.drain()
        size = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))[0]
        answer: Answer = pickle.loads(await process.stdout.readexactly(size))
        return answer

    async def _started(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            # In the folder that holds the advisor, for `-m` imports from the current one first: never from the workspace.
            beside = Path(advisor.__file__).parents[1]
            command = (sys.executable, "-m", "advisor.serving.worker")
            self._process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=beside)
        return self._process

    def _withdraw(self, job: Job) -> None:
        self._withdrawn.add(id(job))
        if self._current is job:
            self._interrupt(job, _PATIENCE)

    def _interrupt(self, job: Job, nudges: int) -> None:
        if self._current is not job or self._process is None or self._process.returncode is not None:
            return
        if nudges == 0:
            self._process.kill()
        elif os.name != "nt":  # elsewhere there is no such signal: the job ends by itself, and nobody hears of it
            self._process.send_signal(signal.SIGUSR1)
            asyncio.get_running_loop().call_later(_NUDGE, self._interrupt, job, nudges - 1)
