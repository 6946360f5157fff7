"""The command line: options become settings, settings a report, the report text and an exit code.

What a command does not need is not imported: `--version` and `--help` answer at once.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from typing import Annotated, Any, NoReturn

import typer

from advisor import __version__
from advisor.children import exit_on_signals
from advisor.cli.analyzing import analyze, calibrate, profile
from advisor.cli.caching import clear, info
from advisor.cli.configuring import init, show
from advisor.cli.console import complain
from advisor.cli.generating import generate, new
from advisor.cli.knowing import check_rules, explain, list_rules
from advisor.cli.racing import race
from advisor.cli.serving import lsp, mcp
from advisor.errors import AdvisorError

# What is known of a program grows and stays, so that looking for cycles in it finds little: measured on the standard library,
# a tenth of the time with Python's own figure (700), one in twenty-five with 50,000, and no more memory with this one.
_BETWEEN_COLLECTIONS = 1_000_000


def main() -> None:
    """Runs the command line. Exit codes: 0 done; 1 findings at or above `--fail-on`; 2 usage, setting or rule error."""
    gc.set_threshold(_BETWEEN_COLLECTIONS, *gc.get_threshold()[1:])
    exit_on_signals()
    try:
        _check_folder()
        sys.exit(app(prog_name="advisor", standalone_mode=False))
    except AdvisorError as error:
        if os.environ.get("ADVISOR_DEBUG"):
            traceback.print_exc()
        complain(f"error: {error.title}", error.hint)
        sys.exit(error.exit_code)
    except MemoryError:
        complain("error: out of memory", "give it fewer files at once, or --jobs 1")
        sys.exit(2)
    except Exception as error:  # the last resort: a traceback helps nobody but us
        if hasattr(error, "format_message"):  # what was typed is wrong: typer's own errors have no other name in common
            _usage_error(error.format_message(), getattr(error, "ctx", None))
        if os.environ.get("ADVISOR_DEBUG"):
            raise
        complain(
            f"internal error: {type(error).__name__}: {error}",
            "please report this with what `advisor --debug …` prints for the same command",
        )
        sys.exit(2)


def _usage_error(message: str, context: Any) -> NoReturn:
    """Ends with the message in the style of all others; the hint is what was meant, or where the options are listed. Where
    nothing was given that had to be, the message is the whole help."""
    if message.startswith("Usage:"):
        typer.echo(message, err=True)
        sys.exit(2)
    title, _, meant = message.rstrip(".").partition(". ")  # `No such command 'x'. Did you mean 'y'?`
    title, near, options = title.removesuffix(")").partition(" (Possible options: ")
    meant = f"did you mean {options}?" if near else f"{meant[:1].lower()}{meant[1:]}"
    command = "advisor" if context is None else context.command_path
    complain(f"error: {title[:1].lower()}{title[1:]}", meant or f"`{command} -h` lists what there is")
    sys.exit(2)


def _debug(wanted: bool) -> None:
    if wanted:
        os.environ["ADVISOR_DEBUG"] = "1"


def _check_folder() -> None:
    try:
        os.getcwd()
    except OSError as error:
        raise AdvisorError("the current folder is gone", "change to one that exists") from error


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"advisor {__version__}")
        raise typer.Exit


def advisor(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", callback=_debug, is_eager=True, help="Print the traceback of an error too.")
    ] = False,
) -> None:
    """Find where threads, processes or asyncio would speed up Python code, and why."""


def _app() -> typer.Typer:
    """All commands, in the order in which `--help` lists them."""
    helpful = {"help_option_names": ["-h", "--help"]}
    commands = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False, context_settings=helpful
    )
    commands.callback()(advisor)
    commands.command()(analyze)
    commands.command()(explain)
    commands.command()(generate)
    commands.command(options_metavar="[OPTIONS] --")(profile)
    commands.command(options_metavar="[OPTIONS]")(race)
    for command in (calibrate, new, init):
        commands.command()(command)
    rules = typer.Typer(rich_markup_mode=None, context_settings=helpful)
    rules.callback(invoke_without_command=True)(list_rules)
    rules.command("check")(check_rules)
    commands.add_typer(rules, name="rules")
    config = typer.Typer(
        help="Show the settings that hold here.", no_args_is_help=True, rich_markup_mode=None, context_settings=helpful
    )
    config.command("show")(show)
    commands.add_typer(config, name="config")
    cache = typer.Typer(
        help="Show or clear what is kept between runs.",
        no_args_is_help=True,
        rich_markup_mode=None,
        context_settings=helpful,
    )
    cache.command()(info)
    cache.command()(clear)
    commands.command()(lsp)
    commands.command()(mcp)
    commands.add_typer(cache, name="cache")
    return commands


app = _app()
