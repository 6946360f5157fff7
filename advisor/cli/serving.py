"""The commands that stay up and answer other programs: lsp, mcp."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from advisor.cli.console import complain
from advisor.errors import AdvisorError


def lsp() -> None:
    """Run a language server for editors.

    It speaks on standard input and output. Findings are shown while you type, hovering explains them, and code actions apply
    the refactor or silence the finding. It writes no file and runs nothing of what it reads. Needs the extra `lsp`.
    """
    with _extra("lsp", "pygls"):
        from advisor.serving.lsp import serve
    _tell_people("a language server, for editors to start")
    serve()


def mcp(
    workspace: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Nothing outside of it is read.  [this folder]")
    ] = None,
    race: Annotated[
        bool,
        typer.Option("--race", help="Offer the tool that races: it runs programs of the workspace, in scratch copies."),
    ] = False,
) -> None:
    """Run an MCP server for assistants.

    It speaks on standard input and output. Its tools analyse, explain and give refactors as diffs. It writes no file and,
    without --race, runs nothing of what it reads. Needs the extra `mcp`.
    """
    folder = (workspace or Path()).absolute()
    if not folder.is_dir():
        raise AdvisorError(f"no such folder: {workspace}", "--workspace takes the folder that may be read")
    with _extra("mcp", "mcp"):
        from advisor.serving.mcp import serve
    _tell_people("an MCP server, for assistants to start")
    serve(folder.resolve(), racing=race)


@contextmanager
def _extra(extra: str, package: str) -> Iterator[None]:
    """What a package of an extra is imported in: one that is missing, or too old, is told with the command that mends it."""
    try:
        yield
    except ImportError as error:
        raise AdvisorError(
            f"`advisor {extra}` needs {package}, which is missing or too old ({error})",
            f"pip install 'concurrency-advisor[{extra}]', or with pipx: pipx inject concurrency-advisor {package}",
        ) from None


def _tell_people(what: str) -> None:
    """At a terminal, where nobody speaks the protocol, the server says what it is, and Ctrl-C ends it at once."""
    if sys.stdin is not None and sys.stdin.isatty():
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # or it would wait for a last line of input
        complain(f"This is {what}. Ctrl-C ends it.", "")
