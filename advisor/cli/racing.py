"""The command that runs a place's variants against each other: race."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from advisor.cli.completing import complete_accepted, complete_changes
from advisor.cli.console import check_writable, complain, write_out
from advisor.cli.options import Cores, Interpreter, ProjectRoot, Rules, cores_of, to_settings, words
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.model.concurrency import Model
    from advisor.model.race import RaceReport, RacesReport
    from advisor.racing.command import Command
    from advisor.racing.output import Sieve
    from advisor.racing.race import Plan, Show
    from advisor.racing.variants import Found
    from advisor.refactoring import Wanted
    from advisor.settings import Settings

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
    all: Annotated[
        bool, typer.Option("--all", help="Race every finding of the program, then all winners together; no PATH:LINE.")
    ] = False,
    models: Annotated[
        list[str] | None,
        typer.Option(
            autocompletion=complete_changes,
            metavar="MODEL,...",
            help="threading|multiprocessing|asyncio.  [all that can be written safely]",
        ),
    ] = None,
    workers: Annotated[
        str | None, typer.Option(metavar="N[,N...]", help="Pool sizes to race, as in 2,4,8.  [the usual one]")
    ] = None,
    rounds: Annotated[
        int, typer.Option("--rounds", "-n", metavar="N", show_default=False, help="Timed runs of each variant.  [5]")
    ] = 5,
    compare: Annotated[
        list[str] | None,
        typer.Option(metavar="GLOB", help="Files that must be the same too, from the project's root; may be repeated."),
    ] = None,
    ignore_lines: Annotated[
        list[str] | None, typer.Option(metavar="REGEX", help="Leave such lines out of the comparison; may be repeated.")
    ] = None,
    any_order: Annotated[bool, typer.Option("--any-order", help="Lines may come in any order.")] = False,
    timeout: Annotated[
        float, typer.Option(metavar="S", show_default=False, help="Seconds that a run may take.  [300]")
    ] = 300.0,
    latency: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As if servers on this machine were so far away, there and back: 50ms.  [0]"),
    ] = None,
    setup: Annotated[
        str | None, typer.Option(metavar="CMD", help="Run this once in each scratch copy, before the race.")
    ] = None,
    prepare: Annotated[
        str | None, typer.Option(metavar="CMD", help="Run this before each run; it is not timed.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            autocompletion=complete_accepted,
            metavar="HAZARD",
            help="Rewrite in spite of it, as `advisor generate` does.",
        ),
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
        str,
        typer.Option(metavar="text|json|markdown", show_default=False, help="How to print the result.  [text]"),
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
    from advisor.racing.latency import latency_of
    from advisor.racing.race import Plan

    for file in (output, export_json):
        check_writable(file)
    _check(format, rounds, timeout)
    sieve, distance = _sieve(ignore_lines, any_order), latency_of("0" if latency is None else latency)
    asked = _asked(place, models, workers, accept, python, everything=all)
    settings, root = _settings(asked, cores=cores, rules=rules, project=project)

    def plan(found: Found) -> Plan:
        return Plan(
            found, asked.command, rounds, timeout, tuple(compare or ()), sieve, setup, prepare, tuple(exclude or ()),
            tuple(include or ()), ignore_failure, distance,
        )  # fmt: skip

    with _display() as show:
        ran = _race_all(asked, settings, root, plan, show) if all else _race_one(asked, settings, plan, show)
    _hand_out(ran.report, format, output, export_json)
    if write and not ran.stopped:
        _apply(ran.best)
    raise typer.Exit(ran.stopped)


class _Asked(NamedTuple):
    """The place (None: every finding), the command, the models and pool sizes."""

    wish: Wanted | None
    command: Command
    models: list[Model]
    sizes: list[int]


class _Ran(NamedTuple):
    """What came out, the race whose winner may be applied, and the exit code of a run that was interrupted."""

    report: RaceReport | RacesReport
    best: tuple[RaceReport, Found] | None
    stopped: int


def _race_one(asked: _Asked, settings: Settings, plan: Callable[[Found], Plan], show: Show) -> _Ran:
    from advisor.racing.race import Race
    from advisor.racing.running import Interrupted, interruptible
    from advisor.racing.variants import find_variants

    assert asked.wish is not None
    found = find_variants(asked.wish, asked.models, asked.sizes, settings)
    contest = Race(plan(found), show)
    try:
        with interruptible():
            contest.run()
    except Interrupted as interrupt:
        return _Ran(contest.report(), None, 128 + interrupt.signal)
    report = contest.report()
    _keep(report, found)
    return _Ran(report, (report, found), 0)


def _race_all(asked: _Asked, settings: Settings, root: Path, plan: Callable[[Found], Plan], show: Show) -> _Ran:
    from advisor.racing.every import Races
    from advisor.racing.running import Interrupted, interruptible

    races = Races(root, settings, plan, show, _keep)
    try:
        with interruptible():
            races.run(asked.models, asked.sizes)
    except Interrupted as interrupt:
        return _Ran(races.report(), None, 128 + interrupt.signal)
    return _Ran(races.report(), races.best, 0)


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


def _asked(
    words: list[str], models: list[str] | None, workers: str | None, accept: list[str] | None, python: str | None,
    *, everything: bool,
) -> _Asked:  # fmt: skip
    """`PATH:LINE -- PROGRAM`, or with --all the program alone."""
    from advisor import refactoring
    from advisor.racing.command import command_of

    wish = None
    program = words
    if not everything:
        where, *program = words
        hazards = [*(accept or ()), "too-little-work"]  # whether it is too little is measured
        wish = refactoring.wanted(where, None, None, accept=hazards)
        program = program or [str(wish.path)]
    return _Asked(wish, command_of(program, python), _models(models), _sizes(workers))


def _settings(
    asked: _Asked, *, cores: str | None, rules: list[Path] | None, project: Path | None
) -> tuple[Settings, Path]:
    """The settings, and the root of the project."""
    from advisor.inputs.project import Project

    paths = [each for each in (asked.wish and asked.wish.path, asked.command.script) if each]
    root = Project.around(paths or [Path()], project).root
    version = asked.command.version
    python = None if version == sys.version_info[:2] else ".".join(map(str, version))
    every = None if asked.wish is None else True
    return to_settings(root, target_python=python, **cores_of(cores), rules=rules, project=root, all=every), root


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


def _hand_out(report: RaceReport | RacesReport, format: str, output: Path | None, export_json: Path | None) -> None:
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


def _apply(best: tuple[RaceReport, Found] | None) -> None:
    """The winner in place of the original."""
    from advisor import rewriting

    report, found = best or (None, None)
    if report is None or found is None or report.winner is None:
        complain("nothing written: nothing won", "")
        return
    variant = next(each for each in found.variants if each.name == report.winner)
    if variant.caveat:
        raise AdvisorError(f"nothing written: {variant.name} is not safe in all cases: {variant.caveat}",
                           "--accept HAZARD, with the word in parentheses, accepts it", 1)  # fmt: skip
    rewriting.replace_files(
        [(changed.original, changed.text) for changed in variant.files], found.examined.project.root
    )
    for changed in variant.files:
        complain(f"changed {changed.path}", "")
