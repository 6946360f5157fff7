"""The command that runs a place's variants against each other: race."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.console import check_writable, complain, write_out
from advisor.cli.options import Cores, Interpreter, ProjectRoot, Rules, cores_of, to_settings, words
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.model.concurrency import Model
    from advisor.model.race import RaceReport
    from advisor.racing.command import Command
    from advisor.racing.output import Sieve
    from advisor.racing.race import Show
    from advisor.racing.variants import Found

_FORMATS = ("text", "json", "markdown")
_FEWEST = 3  # rounds: with two no lead is surely more than noise


def race(
    place: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH:LINE -- PROGRAM",
            help="The place to rewrite; after `--` what to run: script.py, -m module or pytest, and its arguments.",
        ),
    ],
    models: Annotated[
        list[str] | None,
        typer.Option(metavar="MODEL,...", help="threading|multiprocessing|asyncio.  [all that can be written safely]"),
    ] = None,
    workers: Annotated[
        str | None, typer.Option(metavar="N[,N...]", help="Pool sizes to race, as in 2,4,8.  [the usual one]")
    ] = None,
    rounds: Annotated[int, typer.Option("--rounds", "-n", metavar="N", help="Timed runs of each variant.  [5]")] = 5,
    compare: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Files that must be the same too, from the project's root; may be repeated."),
    ] = None,
    ignore_lines: Annotated[
        list[str] | None, typer.Option(metavar="REGEX", help="Leave such lines out of the comparison; may be repeated.")
    ] = None,
    any_order: Annotated[bool, typer.Option("--any-order", help="Lines may come in any order.")] = False,
    timeout: Annotated[float, typer.Option(metavar="S", help="Seconds that a run may take.  [300]")] = 300.0,
    setup: Annotated[
        str | None, typer.Option(metavar="CMD", help="Run this once in each scratch copy, before the race.")
    ] = None,
    prepare: Annotated[
        str | None, typer.Option(metavar="CMD", help="Run this before each run; it is not timed.")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="HAZARD", help="Rewrite in spite of it, as `advisor generate` does.")
    ] = None,
    include: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Copy these though .gitignore ignores them.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="PATTERN", help="Do not copy these, as in .gitignore.")
    ] = None,
    ignore_failure: Annotated[
        bool, typer.Option("--ignore-failure", help="Race a program though it ends with an exit code other than 0.")
    ] = False,
    write: Annotated[bool, typer.Option("--write", help="Apply the winner to the project.")] = False,
    format: Annotated[
        str, typer.Option(metavar="text|json|markdown", help="How to print the result.  [text]")
    ] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of printing.")
    ] = None,
    export_json: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the times as `hyperfine --export-json` does.")
    ] = None,
    python: Interpreter = None,
    cores: Cores = None,
    rules: Rules = None,
    project: ProjectRoot = None,
) -> None:
    """Run a place as it is and rewritten, and see which is faster.

    The project is copied to a scratch folder for each variant, and the original is left alone; but your program runs,
    many times, with all that it does to the world outside. A variant whose exit code, output or files differ from the
    original's never wins. Exit codes: 0 done; 2 usage error, or the program cannot be raced; 130 interrupted.
    """
    from advisor.racing.race import Plan, Race
    from advisor.racing.running import Interrupted, interruptible

    for file in (output, export_json):
        check_writable(file)
    _check(format, rounds, timeout)
    found, command = _found(place, models, workers, accept, python, cores=cores, rules=rules, project=project)
    plan = Plan(
        found, command, rounds, timeout, tuple(compare or ()), _sieve(ignore_lines, any_order), setup, prepare,
        tuple(exclude or ()), tuple(include or ()), ignore_failure,
    )  # fmt: skip
    stopped = 0
    with _display() as show:
        contest = Race(plan, show)
        try:
            with interruptible():
                contest.run()
        except Interrupted as interrupt:
            stopped = 128 + interrupt.signal
    report = contest.report()
    if not stopped:
        _keep(report, found)
    _hand_out(report, format, output, export_json)
    if write and not stopped:
        _apply(report, found)
    raise typer.Exit(stopped)


def _check(format: str, rounds: int, timeout: float) -> None:
    from advisor.errors import did_you_mean

    if format not in _FORMATS:
        raise AdvisorError(
            f"--format {format}: no such format", did_you_mean(format, _FORMATS) or "text, json, markdown"
        )
    if rounds < _FEWEST:
        raise AdvisorError(f"-n {rounds}: too few to tell a gain from noise", f"give {_FEWEST} rounds or more")
    if timeout <= 0:
        raise AdvisorError(f"--timeout {timeout:g}: it takes some time", "give seconds, or leave it out")


def _found(
    place: list[str], models: list[str] | None, workers: str | None, accept: list[str] | None, python: str | None,
    *, cores: str | None, rules: list[Path] | None, project: Path | None,
) -> tuple[Found, Command]:  # fmt: skip
    """The variants of the place, and the command that runs it."""
    from advisor import refactoring
    from advisor.inputs.project import Project
    from advisor.racing.command import command_of
    from advisor.racing.variants import find_variants

    where, *program = place
    hazards = [*(accept or ()), "too-little-work"]  # whether it is too little is measured
    wish = refactoring.wanted(where, None, None, accept=hazards)
    command = command_of(program or [str(wish.path)], python)
    around = Project.around([wish.path, *([command.script] if command.script else [])], project)
    version = ".".join(map(str, command.version))
    settings = to_settings(
        around.root, target_python=version, **cores_of(cores), rules=rules, project=around.root, all=True
    )
    return find_variants(wish, _models(models), _sizes(workers), settings), command


def _models(options: list[str] | None) -> list[Model]:
    from advisor.refactoring import model_named

    return [model_named(word) for word in words(options)]


def _sizes(option: str | None) -> list[int]:
    try:
        sizes = [int(word) for word in (option or "").replace(",", " ").split()]
    except ValueError:
        sizes = [0]
    if any(size < 1 or size > 1000 for size in sizes):
        raise AdvisorError(f"--workers {option}: numbers from 1 to 1000", "like --workers 2,4,8")
    return sorted(set(sizes))


def _sieve(patterns: list[str] | None, any_order: bool) -> Sieve:
    import re

    from advisor.racing.output import Sieve

    compiled = []
    for pattern in patterns or ():
        try:
            compiled.append(re.compile(pattern.encode()))
        except re.error as error:
            raise AdvisorError(f"--ignore-lines {pattern}: {error}", "it is a regular expression of Python") from None
    return Sieve(tuple(compiled), any_order)


@contextmanager
def _display() -> Iterator[Show]:
    """A table that grows while somebody watches standard error; else nothing."""
    from advisor.inputs.terminal import this_terminal

    if not this_terminal().interactive:
        yield lambda _report, _doing: None
        return
    from rich.console import Console
    from rich.live import Live

    from advisor.outputs.race import live

    with Live(console=Console(stderr=True), transient=True, auto_refresh=False) as shown:
        yield lambda report, doing: shown.update(live(report, doing), refresh=True)


def _hand_out(report: RaceReport, format: str, output: Path | None, export_json: Path | None) -> None:
    from advisor.inputs.terminal import this_terminal
    from advisor.outputs import race as outputs

    if export_json is not None:
        write_out(outputs.as_hyperfine(report), export_json)
    if format == "json":
        text = outputs.as_json(report)
    elif format == "markdown":
        text = outputs.markdown(report)
    else:
        terminal = this_terminal()
        plain = output is not None
        text = outputs.render(report, terminal.width, terminal.color and not plain, terminal.ascii_only and not plain)
    write_out(text, output, None if format == "text" else "utf-8")


def _keep(report: RaceReport, found: Found) -> None:
    """For later analyses; a cache that cannot be written to is no reason to lose the result."""
    from advisor.inputs.knowledge import user_cache
    from advisor.racing.keeping import keep

    try:
        keep(report, found, user_cache())
    except AdvisorError as error:
        complain(f"warning: the result is not kept: {error.title}", error.hint)


def _apply(report: RaceReport, found: Found) -> None:
    """The winner in place of the original."""
    from advisor import rewriting

    if report.winner is None:
        complain("nothing written: nothing won", "")
        return
    variant = next(each for each in found.variants if each.name == report.winner)
    rewriting.replace_files([(changed.original, changed.text) for changed in variant.files])
    for changed in variant.files:
        complain(f"changed {changed.path}", "")
