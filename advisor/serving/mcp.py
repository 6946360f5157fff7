"""The MCP server: tools with which an assistant analyses a workspace. They read; only `race`, where it is allowed,
runs code, in scratch copies. None writes to the workspace."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from advisor import __version__
from advisor.errors import AdvisorError
from advisor.serving.client import Worker
from advisor.serving.confined import inside
from advisor.serving.jobs import Explain, Generate, Job, Survey
from advisor.serving.race import race as run_race

_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_INSTRUCTIONS = """\
Says for places of a Python program whether threading, multiprocessing, asyncio or sequential code fits, and why.
Begin with `analyze`; `explain` PATH:LINE tells the evidence, hazards and what to check before changing; `generate` gives the
refactor as a diff, which you apply yourself. Speed-ups are estimates. Paths count from the workspace.\
"""


def serve(workspace: Path, *, racing: bool = False) -> None:
    """Speaks the Model Context Protocol on standard input and output until the client ends it."""
    server(workspace, racing=racing).run("stdio")


def server(workspace: Path, *, racing: bool = False) -> MCPServer[Any]:
    """The server with its tools, each confined to the folder `workspace`; with `racing` also the one that runs programs."""
    worker, folder = Worker(), str(workspace)

    @asynccontextmanager
    async def lifespan(_server: MCPServer[Any]) -> AsyncIterator[None]:
        try:
            yield
        finally:
            worker.close()

    tools: MCPServer[Any] = MCPServer("advisor", version=__version__, instructions=_INSTRUCTIONS, lifespan=lifespan)

    async def done(job: Job) -> Any:
        try:
            return await worker.do(job)
        except AdvisorError as error:
            raise _told(error, folder) from None

    # B006: the lists below are what the tools' schemas say of their defaults; each call is given lists of its own.
    @tools.tool(annotations=_READS)
    async def analyze(
        paths: Annotated[list[str], Field(description="files and folders of the workspace")] = ["."],  # noqa: B006
        confidence: Annotated[
            Literal["low", "medium", "high"], Field(description="only findings at or above this confidence")
        ] = "medium",
        select: Annotated[list[str], Field(description="only findings of these rules")] = [],  # noqa: B006
        limit: Annotated[int, Field(ge=1, le=500, description="the most findings, best first")] = 50,
    ) -> dict[str, Any]:
        """Find where concurrency pays in Python code, and where it is used wrongly."""
        return await done(Survey(folder, tuple(paths), confidence, tuple(select), limit))  # type: ignore[no-any-return]

    @tools.tool(annotations=_READS)
    async def explain(
        topic: Annotated[
            str, Field(description="PATH:LINE of a site; or a rule, a model or a library: `threading`, `requests`")
        ],
    ) -> str:
        """Everything known of one place, rule, model of execution or library, as Markdown."""
        return await done(Explain(folder, topic))  # type: ignore[no-any-return]

    @tools.tool(annotations=_READS)
    async def generate(
        place: Annotated[str, Field(description="PATH:LINE of a finding")],
        model: Annotated[
            Literal["threading", "multiprocessing", "asyncio"] | None, Field(description="default: advised")
        ] = None,
        executor: Annotated[
            Literal["threads", "processes", "interpreters", "task-group", "to-thread", "dask"] | None,
            Field(description="default: advised"),
        ] = None,
    ) -> dict[str, Any]:
        """The refactor of one place as a unified diff, which `patch -p1` accepts in the workspace. Writes nothing; an unsafe
        refactor is refused with the reason."""
        return await done(Generate(folder, place, model, executor))  # type: ignore[no-any-return]

    if racing:

        @tools.tool(annotations=ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=True))
        async def race(
            place: Annotated[str, Field(description="PATH:LINE of a finding")],
            program: Annotated[
                list[str],
                Field(min_length=1, description="script.py, or `-m` and a module, or `pytest`, and its arguments"),
            ],
            rounds: Annotated[int, Field(ge=3, le=50, description="timed runs of each variant")] = 5,
        ) -> dict[str, Any]:
            """Run a program with a place as it is and rewritten, compare results and times, and say which is faster. It runs
            many times for real, in scratch copies of the project, with all that it does to the world outside."""
            try:
                inside(folder, place.rpartition(":")[0])
                return await run_race(folder, place, program, rounds)
            except AdvisorError as error:
                raise _told(error, folder) from None

    return tools


def _told(error: AdvisorError, folder: str) -> ToolError:
    """The error with paths as they count here, and its hint unless that is an option of the command line."""
    hint = f" (hint: {error.hint})" if error.hint and not error.hint.startswith("--") else ""
    return ToolError(f"{error.title}{hint}".replace(f"{folder}{os.sep}", ""))
