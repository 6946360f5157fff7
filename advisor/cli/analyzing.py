"""The commands that look at code and machines: analyze, profile, calibrate."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.cli.console import check_writable, complain, progress_shown, read_in, settle_left, write_out
from advisor.cli.options import (
    All,
    Baseline,
    Confidence,
    Cores,
    Diff,
    Exclude,
    FailOn,
    ForceExclude,
    Format,
    Ignore,
    Interpreter,
    Jobs,
    NoCache,
    Output,
    Paths,
    PerFileIgnores,
    ProfileFile,
    ProfileOutput,
    Program,
    ProjectRoot,
    Python,
    Quiet,
    Rules,
    Scheduler,
    Select,
    Since,
    StdinFilename,
    Verbose,
    Watch,
    WriteBaseline,
    by_pattern,
    cores_of,
    to_settings,
    words,
)
from advisor.cli.reporting import chosen_format, complain_of_comments, write_report
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.inputs.memory import Memory
    from advisor.inputs.project import Project
    from advisor.measuring.record import Recorded
    from advisor.model.changes import Changes
    from advisor.model.report import Report
    from advisor.pipeline import Examined
    from advisor.recalling import Told
    from advisor.settings import Settings

_BUSY = 0.25  # part of the machine that others may use before what is measured on it means little
_STANDARD_INPUT, _UNNAMED = Path("-"), Path("<stdin>")


def analyze(
    paths: Paths = None,
    format: Format = None,
    verbose: Verbose = False,
    output: Output = None,
    all: All = False,
    target_python: Python = None,
    cores: Cores = None,
    select: Select = None,
    ignore: Ignore = None,
    rules: Rules = None,
    project: ProjectRoot = None,
    exclude: Exclude = None,
    force_exclude: ForceExclude = False,
    per_file_ignores: PerFileIgnores = None,
    confidence: Confidence = None,
    fail_on: FailOn = None,
    jobs: Jobs = None,
    executor: Scheduler = None,
    profile: ProfileFile = None,
    baseline: Baseline = None,
    write_baseline: WriteBaseline = False,
    since: Since = None,
    diff: Diff = False,
    stdin_filename: StdinFilename = None,
    quiet: Quiet = False,
    no_cache: NoCache = False,
    watch: Watch = False,
) -> None:
    """Find where concurrency pays, and say why.

    Each loop, await and pool where the way of running matters is shown with the model that fits (threading,
    multiprocessing, asyncio, or leave it sequential), the reason, the hazards and the speed-up.
    """
    from advisor.inputs.project import Project

    if watch and (write_baseline or _STANDARD_INPUT in (paths or ())):
        raise AdvisorError("--watch reads files that change, again and again", "leave out --write-baseline and -")
    settle_left()
    typed = _standard_input(paths, stdin_filename, diff)
    named = tuple(path if path != _STANDARD_INPUT else stdin_filename or _UNNAMED for path in paths or ())
    around = Project.around(named or (Path(),), project)
    given = dict(
        format=chosen_format(format, verbose), all=all or None, target_python=target_python, **cores_of(cores),
        select=words(select), ignore=words(ignore), rules=rules, project=project, exclude=exclude,
        force_exclude=force_exclude or None, per_file_ignores=by_pattern(per_file_ignores), confidence=confidence,
        fail_on=fail_on, jobs=jobs, executor=executor, profile=profile, output=output, baseline=baseline,
    )  # fmt: skip
    asked = _Asked(named, around, given, write_baseline, since, diff, quiet, no_cache)
    if not watch:
        raise typer.Exit(_once(asked, typed))
    from advisor.cli.watching import watch as watch_files
    from advisor.inputs.memory import Memory

    watch_files([around.root, *named, *(rules or ())], partial(_once, asked, Memory()))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What `analyze` was asked for: `paths` (none: those of the configuration) of the project `around`, the options that are
    settings, and those that are not."""

    paths: tuple[Path, ...]
    around: Project
    given: dict[str, Any]
    write_baseline: bool
    since: str | None
    diff: bool
    quiet: bool
    no_cache: bool


def _once(asked: _Asked, memory: Memory | None) -> int:
    """One analysis and its report; the exit code. The configuration is read anew, for it may be what has changed."""
    settings = to_settings(asked.around.root, **asked.given)
    check_writable(settings.output)
    if not asked.paths and settings.paths:  # of this project, wherever its parts may have marks of their own
        settings = settings.model_copy(update={"project": asked.around.root})
    targets = asked.paths or settings.paths or (Path(),)
    if asked.write_baseline:
        _check_baseline(settings, asked.since, asked.diff)
        _write_baseline(asked, targets, settings, memory)
        return 0
    found, seen = _found(asked, targets, settings, memory)
    write_report(found, seen, settings, settings.output, quiet=asked.quiet)
    if not asked.quiet:
        complain_of_comments(found, asked.around)
        _tell_left_out(found, settings)
    return _exit_code(found, settings)


def _found(
    asked: _Asked, targets: tuple[Path, ...], settings: Settings, memory: Memory | None
) -> tuple[Report, Examined | Told]:
    """The report, from the cache of this user where it may be, and the analysis that it comes from."""
    from advisor.outputs.formats import FORMATS
    from advisor.recalling import advise_again

    changes = _changes(asked.around, asked.since, asked.diff)
    form = FORMATS[settings.format]
    if memory is None and changes is None and not (asked.no_cache or form.whole):
        with progress_shown(quiet=asked.quiet) as progress:
            told = advise_again(targets, settings, progress, changes=form.changes)
        return told.report, told
    from advisor.inputs.remembered import user_cache
    from advisor.pipeline import examine, report

    cache = None if asked.no_cache else user_cache()
    with progress_shown(quiet=asked.quiet) as progress:
        seen = examine(targets, settings, progress, every=settings.all, memory=memory, cache=cache)
        return report(seen, settings, changes), seen


def profile(
    program: Program,
    output: ProfileOutput = None,
    python: Interpreter = None,
    target_python: Python = None,
    cores: Cores = None,
    project: ProjectRoot = None,
    all: All = False,
) -> None:
    """Run a program under Scalene, and advise on what it measured.

    The program runs for real, with its own input, output and exit code; the advice goes to standard error, and the
    profile is kept. It should run for two seconds or more. Without --python it runs in the active virtual environment
    (VIRTUAL_ENV), in .venv or venv of this folder or the project, else in the interpreter of the advisor.
    """
    from advisor.inputs.knowledge import user_cache
    from advisor.measuring.record import default_file, program_of, project_interpreter, project_of, record

    check_writable(output)
    settle_left()
    words = program_of(program)
    around = project_of(words, project)
    file = output or default_file(user_cache(), around, words)
    settings = to_settings(
        around.root, all=all or None, target_python=target_python, **cores_of(cores), project=around.root, profile=file
    )
    with _others_watched("waiting for a core counts as waiting", "repeat it while nothing else runs"):
        recorded = record(words, python or project_interpreter(around), around, file)
    _tell_of(recorded)
    from advisor.pipeline import examine
    from advisor.pipeline import report as reported

    targets = tuple(file for file in recorded.ran if file.is_relative_to(around.root) and file.is_file())
    seen = examine(targets or (around.root,), settings, every=settings.all)
    report = reported(seen, settings)
    write_report(report, seen, settings, stream=sys.stderr)
    complain_of_comments(report, around)
    raise typer.Exit(recorded.exit_code)


def calibrate(
    show: Annotated[bool, typer.Option("--show", help="Print what is known of this machine; measure nothing.")] = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Forget what was measured, and use the usual figures.")
    ] = False,
) -> None:
    """Measure what concurrency costs on this machine.

    What threads, processes and coroutines cost, and what a further core adds. It takes less than ten seconds, best while
    nothing else runs. The figures are kept for this machine and interpreter, and `analyze` uses them from then on.
    """
    from advisor.inputs.knowledge import user_cache
    from advisor.inputs.machine import forget_machine, identity, keep_machine, this_machine
    from advisor.inputs.races import all_races
    from advisor.inputs.terminal import this_terminal
    from advisor.outputs.machine import render
    from advisor.outputs.progress import progress_bar

    if reset and show:
        raise AdvisorError("--show prints the figures and --reset forgets them", "give one of the two")
    if reset:
        forgotten = forget_machine(user_cache())
        complain("forgot the figures of this machine" if forgotten else "nothing was measured on this machine", "")
        return
    if not show:
        from advisor.measuring.calibrate import calibrate as measure

        hint = "repeat it while nothing else runs, or `advisor calibrate --reset` forgets them"
        with (
            _others_watched("the figures are higher than they should be", hint),
            progress_bar(this_terminal().interactive, "Measuring", "steps") as progress,
        ):
            keep_machine(measure(progress), user_cache())
    races = all_races(user_cache()) if show else ()
    write_out(render(this_machine(user_cache()), identity(), races))


@contextmanager
def _others_watched(therefore: str, hint: str) -> Iterator[None]:
    """Says afterwards whether other programs kept so many cores busy that what was measured within means little."""
    from advisor.inputs.machine import machine_busy, usable_cores

    def others() -> float:
        own = os.times()
        return machine_busy() - sum(own[:4])

    started, before = time.monotonic(), others()
    yield
    busy, cores = (others() - before) / (time.monotonic() - started), usable_cores()
    if busy > _BUSY * cores:
        complain(f"warning: other programs kept {busy:.1f} of {cores} cores busy meanwhile: {therefore}", hint)


def _tell_of(recorded: Recorded) -> None:
    """One line between the program's output and the report, on standard error."""
    from advisor.outputs.characters import visible

    ended = f", exit code {recorded.exit_code}" if recorded.exit_code else ""
    seconds = f"{recorded.seconds:.1f} s, {recorded.samples:,} samples{ended}"
    write_out(f"\nadvisor: profile of {seconds}: {visible(str(recorded.file))}\n\n", stream=sys.stderr)


def _standard_input(paths: list[Path] | None, name: Path | None, diff: bool) -> Memory | None:
    """Standard input laid over the file that it stands for; None where `-` is not asked for."""
    if _STANDARD_INPUT not in (paths or ()):
        if name is not None:
            raise AdvisorError("--stdin-filename names what - stands for, and - is not given", "advisor analyze -")
        return None
    from advisor.inputs.memory import Memory
    from advisor.inputs.reading import decode
    from advisor.inputs.view import View

    if diff:
        raise AdvisorError("--diff and - both read standard input", "name the files instead of -")
    data = read_in()
    text = data.decode("utf-8", "replace") if (name or _UNNAMED).suffix == ".ipynb" else decode(data)
    if not isinstance(text, str):
        raise AdvisorError(f"standard input:{text[1]}: {text[0]}", "it must be the text of a Python file")
    return Memory(View({os.path.abspath(name or _UNNAMED): text}))


def _tell_left_out(report: Report, settings: Settings) -> None:
    """What the baseline and unchanged lines keep out of the report, on standard error: no format has a place for it."""
    from advisor.outputs.phrases import count

    if report.unchanged:
        complain(f"note: {count(report.unchanged, 'finding')} on unchanged lines not reported", "")
    if report.known:
        complain(f"note: {count(report.known, 'known finding')} not reported ({settings.baseline})", "")
    if report.stale:
        gone = f"{count(report.stale, 'finding')} of the baseline {'is' if report.stale == 1 else 'are'} gone"
        complain(f"note: {gone}", "--write-baseline removes them from it")


def _changes(project: Project, since: str | None, diff: bool) -> Changes | None:
    """The changes that were asked for; None where everything is to be reported."""
    from advisor.inputs.changes import changes_in, changes_since

    if since is not None and diff:
        raise AdvisorError("--since and --diff both say what has changed", "give one of the two")
    if since is not None:
        return changes_since(project, since)
    if not diff:
        return None
    changes, missing = changes_in(project, read_in().decode("utf-8", "surrogateescape"))
    for name in missing:
        complain(f"warning: the diff changes {name}, and there is no such file here", "")
    return changes


def _check_baseline(settings: Settings, since: str | None, diff: bool) -> None:
    if since is not None or diff:
        raise AdvisorError(
            "a baseline lists all findings, not only those on changed lines", "leave out --since and --diff"
        )
    if settings.baseline is None:
        raise AdvisorError(
            "--write-baseline: which file?", 'give --baseline FILE, or set baseline = "FILE" in the configuration'
        )


def _write_baseline(asked: _Asked, targets: tuple[Path, ...], settings: Settings, memory: Memory | None) -> None:
    from advisor.inputs.remembered import user_cache
    from advisor.model.concurrency import Level
    from advisor.outputs.phrases import count
    from advisor.pipeline import as_baseline, examine
    from advisor.writing import write_new

    assert settings.baseline is not None
    cache = None if asked.no_cache else user_cache()
    with progress_shown(quiet=asked.quiet) as progress:
        all_levels = settings.model_copy(update={"confidence": Level.LOW})
        seen = examine(targets, all_levels, progress, every=settings.all, memory=memory, cache=cache)
        text = as_baseline(seen, settings)
    write_new(settings.baseline, text, force=True)
    if not asked.quiet:
        used = settings.is_configured("baseline")
        hint = "" if used else f'set baseline = "{settings.baseline}" in the configuration to use it'
        known = count(text.count('"id"'), "known finding")
        complain(f"wrote {settings.baseline}: {known}", hint)


def _exit_code(report: Report, settings: Settings) -> int:
    """1 when a finding that advises a change is at least as sure as `fail_on`; 2 when nothing of what there was could be read."""
    if report.skipped and not report.summary.files:
        return 2
    from advisor.model.concurrency import Level

    levels = ["never", *Level]
    if settings.fail_on == "never":
        return 0
    limit = levels.index(settings.fail_on)
    return int(any(finding.change and levels.index(finding.confidence) >= limit for finding in report.findings))
