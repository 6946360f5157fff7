"""Race: the command `advisor race` run for a server that was allowed to, in a process of its own, with what it reports."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from pathlib import Path
from typing import Any

import advisor
from advisor.errors import AdvisorError

_START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from advisor.cli import main; main()"
_PATIENCE = 30  # seconds in which a race that is withdrawn may clean up


async def race(folder: str, place: str, program: list[str], rounds: int) -> dict[str, Any]:
    """The JSON report of a race in `folder`. AdvisorError with what the command says where it cannot be raced."""
    beside = str(Path(advisor.__file__).parents[1])
    words = ["race", place, "--rounds", str(rounds), "--format", "json", "--", *program]
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-c", _START, beside, *words, cwd=folder, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    try:
        out, errors = await running.communicate()
    except asyncio.CancelledError:
        running.send_signal(signal.SIGINT if os.name != "nt" else signal.SIGTERM)
        with suppress(TimeoutError):
            await asyncio.wait_for(running.wait(), _PATIENCE)
        raise
    finally:
        if running.returncode is None:
            running.kill()
    if running.returncode:
        error, _, hint = errors.decode("utf-8", "replace").strip().partition("\nhint: ")
        raise AdvisorError(error.removeprefix("error: ") or "the race came to an end", hint, running.returncode)
    report: dict[str, Any] = json.loads(out)
    return report
