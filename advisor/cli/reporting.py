"""How a report leaves: written in its format, with all that the format may want to show beside it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from advisor.cli.console import complain, write_out
from advisor.model.format import Format

if TYPE_CHECKING:
    from advisor.inputs.project import Project
    from advisor.model.report import Report
    from advisor.outputs.view import View
    from advisor.pipeline import Examined
    from advisor.recalling import Told
    from advisor.settings import Settings


def write_report(
    report: Report,
    seen: Examined | Told,
    settings: Settings,
    output: Path | None = None,
    stream: TextIO | None = None,
    *,
    quiet: bool = False,
) -> None:
    """The report in the format of the settings, to the file or stream (standard output); where `quiet`, people get none of
    a run that found nothing. `seen` is the analysis that it comes from, or what is recalled of it."""
    from advisor.outputs.formats import FORMATS
    from advisor.recalling import Told

    form = FORMATS[settings.format]
    if quiet and not report.findings and form.encoding is None:
        return
    view = (
        recalled_view(seen, settings, output, stream)
        if isinstance(seen, Told)
        else view_of(report, seen, settings, output, stream)
    )
    write_out(form.render(report, view), output, form.encoding, stream)


def view_of(
    report: Report, seen: Examined, settings: Settings, output: Path | None = None, stream: TextIO | None = None
) -> View:
    """What the format of the settings may show beside the report, for where it is written to."""
    from advisor.fixes import changes_for
    from advisor.outputs.explain import page_of
    from advisor.outputs.formats import FORMATS

    return replace(
        _view(seen.project, settings, output, stream),
        page=lambda slug: page_of(slug, seen.knowledge),
        changes=changes_for(report.findings, seen, settings) if FORMATS[settings.format].changes else {},
    )


def recalled_view(told: Told, settings: Settings, output: Path | None, stream: TextIO | None) -> View:
    """The same beside a report that is recalled."""
    return replace(_view(told.project, settings, output, stream), changes=told.changes)


def _view(project: Project, settings: Settings, output: Path | None, stream: TextIO | None) -> View:
    from advisor.inputs.discover import read
    from advisor.inputs.terminal import this_terminal
    from advisor.model.source import Source
    from advisor.outputs.formats import FORMATS
    from advisor.outputs.view import View

    def lines(path: str) -> list[str] | None:
        source = read(project, path)
        return source.text.split("\n") if isinstance(source, Source) else None

    def shown_path(path: str) -> str:
        shown = os.path.relpath(project.root / path)
        return shown if for_terminal else shown.replace(os.sep, "/")

    form, terminal = FORMATS[settings.format], this_terminal(stream)
    for_terminal = form.encoding is None
    return View(
        sources=lines,
        width=terminal.width,
        color=terminal.color and output is None,
        ascii_only=terminal.ascii_only and output is None,
        shown_path=shown_path,
    )


def complain_of_comments(report: Report, project: Project) -> None:
    """Comments to the advisor that are wrong: on standard error, so that they are seen whatever becomes of the report."""
    for remark in report.remarks:
        at = f"{os.path.relpath(project.root / remark.path)}{'' if remark.line is None else f':{remark.line}'}"
        complain(f"warning: {at}: {remark.text}", "")


def chosen_format(format: str | None, verbose: bool) -> str | None:
    """`--verbose` is `--format full`. Raises AdvisorError where another format is asked for at the same time."""
    from advisor.errors import AdvisorError

    if verbose and format not in (None, Format.TEXT, Format.FULL):
        raise AdvisorError(f"--verbose is --format full, and --format {format} is given", "leave out one of the two")
    return Format.FULL.value if verbose else format
