"""The commands that write code: generate, new."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.completing import complete_accepted, complete_changes, complete_executors
from advisor.cli.console import complain, progress_shown, settle_left, write_out, write_source
from advisor.cli.options import (
    Confidence,
    Cores,
    Force,
    Ignore,
    Jobs,
    List,
    ListFormat,
    NewFile,
    ProjectRoot,
    Python,
    Rules,
    Select,
    Template,
    as_json,
    cores_of,
    project_settings,
    rule_directories,
    to_settings,
    words,
)
from advisor.errors import AdvisorError
from advisor.model.concurrency import Level

if TYPE_CHECKING:
    from advisor.inputs.project import Project
    from advisor.refactoring import ChangedFile, Refactored


def generate(
    place: Annotated[
        str | None, typer.Argument(metavar="PATH:LINE", help="The loop, await or pool to rewrite.")
    ] = None,
    all_in: Annotated[
        str | None, typer.Option(metavar="PATH", help="Rewrite every finding of a file or folder.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            autocompletion=complete_changes,
            metavar="MODEL",
            help="threading|multiprocessing|asyncio.  [the one advised]",
        ),
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(
            autocompletion=complete_executors,
            metavar="NAME",
            help="threads|processes|interpreters|task-group|to-thread|dask.  [the one advised]",
        ),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Change the files instead of printing a diff.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Write changed copies there.")
    ] = None,
    skeleton: Annotated[
        bool, typer.Option("--skeleton", help="Where it would not be safe: print a module with TODO marks instead.")
    ] = False,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            autocompletion=complete_accepted,
            metavar="HAZARD",
            help="Rewrite in spite of it: ordered-output|later-effects|too-little-work|unknown-program.",
        ),
    ] = None,
    confidence: Confidence = None,
    select: Select = None,
    ignore: Ignore = None,
    target_python: Python = None,
    cores: Cores = None,
    rules: Rules = None,
    project: ProjectRoot = None,
    jobs: Jobs = None,
) -> None:
    """Rewrite a place for threads, processes or asyncio, as a diff.

    The program does what it did: the same results in the same order, and the first failure raised as before. What
    cannot be rewritten safely is refused with the reason. Exit codes: 0 done; 1 refused; 2 usage or rule error.
    """
    if (place is None) == (all_in is None):
        told = "say which place" if place is None else f"either {place} or --all-in, not both"
        raise AdvisorError(told, "advisor generate PATH:LINE, or advisor generate --all-in PATH")
    if write and output is not None:
        raise AdvisorError("--write changes the files, -o writes copies", "give one of the two")
    if skeleton and (write or output is not None or all_in is not None):
        raise AdvisorError("--skeleton prints a module for one place", "leave out --write, -o and --all-in")
    from advisor import refactoring
    from advisor.inputs.project import Project

    settle_left()
    wish = refactoring.wanted(
        place or all_in or "", model, executor, everything=all_in is not None, accept=accept or ()
    )
    around = Project.around((wish.path,), project)
    settings = to_settings(
        around.root, confidence=confidence, select=words(select), ignore=words(ignore), target_python=target_python,
        **cores_of(cores), rules=rules, project=project, jobs=jobs,
    )  # fmt: skip
    with progress_shown() as progress:
        result = refactoring.refactor(wish, settings, skeleton=skeleton, progress=progress)
    _hand_out(result, around, write, output)
    for line in refactoring.remarks(result):
        complain(line, "")
    if all_in is not None and not result.files and not result.refused:
        least = settings.confidence
        hint = (
            "" if least is Level.LOW else f"advice below {least} confidence is left out: --confidence low takes it in"
        )
        complain(f"{all_in}: nothing to change", hint)
    raise typer.Exit(0 if result.files or result.skeleton or not result.refused else 1)


def new(
    template: Template = None,
    file: NewFile = None,
    list: List = False,
    force: Force = False,
    rules: Rules = None,
    format: ListFormat = None,
) -> None:
    """Write a program to start from.

    Each template is a whole program that runs as it is: bounded, with timeouts, error handling and a clean stop. Put
    your own work where it says so.
    """
    from advisor.inputs.starters import find_starter, read_starters
    from advisor.inputs.terminal import this_terminal
    from advisor.outputs import starters as outputs
    from advisor.writing import write_new

    settings = project_settings(rules=rules)
    starters = read_starters(rule_directories(settings))
    if list and template is None:
        if as_json(format):
            write_out(outputs.as_json(starters), encoding="utf-8")
        else:
            write_out(outputs.as_text(starters, this_terminal().width if sys.stdout.isatty() else None))
    elif list or template is None or file is None:
        raise AdvisorError("give a TEMPLATE and a FILE, or --list", "`advisor new --list` shows the templates")
    elif file == Path("-"):
        write_out(find_starter(template, starters).text, encoding="utf-8")
    else:
        write_new(file, find_starter(template, starters).text, force=force)


def _hand_out(result: Refactored, project: Project, write: bool, output: Path | None) -> None:
    """The changed files: put in place, copied to a folder, or shown as a difference."""
    from advisor import refactoring, rewriting

    if result.skeleton:
        write_source(result.skeleton)
    elif write:
        rewriting.replace_files([(changed.original, changed.text) for changed in result.files], project.root)
        for changed in result.files:
            complain(f"changed {_shown(project, changed)}", "")
    elif output is not None:
        rewriting.write_copies(output, [(changed.path, changed.original, changed.text) for changed in result.files])
        for changed in result.files:
            complain(f"wrote {output / changed.path}", "")
    else:
        shown = [_shown(project, changed) for changed in result.files]
        write_source("".join(map(refactoring.diff, result.files, shown)), diff=True)


def _shown(project: Project, changed: ChangedFile) -> str:
    """The path as `patch -p1` needs it here; of a file outside this folder as its own project needs it."""
    path = os.path.relpath(project.root / changed.path).replace(os.sep, "/")
    return changed.path if path.startswith("../") else path
