"""The command line: options become settings, settings a report, the report text and an exit code.

What a command does not need is not imported: `--version` and `--help` answer at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor import __version__
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.inputs.project import Project
    from advisor.model.knowledge import Knowledge
    from advisor.model.report import Report
    from advisor.refactoring import Refactored
    from advisor.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Paths = Annotated[list[Path] | None, typer.Argument(help="Files and folders to report on; left out: this folder.")]
Format = Annotated[str | None, typer.Option(metavar="text|json", help="How to print the report.  [text]")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of printing.")]
All = Annotated[bool, typer.Option("--all", help="List every site examined, also those best left as they are.")]
Python = Annotated[
    str | None, typer.Option(metavar="VERSION", help="Python that will run the code: 3.11, 3.14, 3.14t.  [this one]")
]
Cores = Annotated[int | None, typer.Option(metavar="N", help="Cores it will run on.  [this machine's]")]
Select = Annotated[list[str] | None, typer.Option(metavar="SLUG,...", help="Only findings of these rules.")]
Ignore = Annotated[list[str] | None, typer.Option(metavar="SLUG,...", help="No findings of these rules.")]
Rules = Annotated[list[Path] | None, typer.Option(metavar="DIR", help="Further rules; may be given again.")]
ProjectRoot = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where imports are followed.  [nearest pyproject.toml or .git]"),
]
Exclude = Annotated[
    list[str] | None, typer.Option(metavar="PATTERN", help="Leave out, as in .gitignore; may be given again.")
]
FailOn = Annotated[
    str | None,
    typer.Option(metavar="LEVEL", help="Exit with 1 on findings of this confidence: never|low|medium|high.  [never]"),
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", metavar="N", help="Worker processes.  [one for each core]")]
Topic = Annotated[
    str, typer.Argument(metavar="SLUG|MODEL", help="A rule; or threading, multiprocessing, asyncio, sequential.")
]

_BROKEN_PIPE = 141  # what a shell sees of a program that a closed pipe ended


def main() -> None:
    """Runs the command line. Exit codes: 0 done; 1 findings at or above `--fail-on`; 2 usage, setting or rule error."""
    try:
        app(prog_name="advisor")
    except AdvisorError as error:
        _complain(f"error: {error.title}", error.hint)
        sys.exit(error.exit_code)
    except Exception as error:  # the last resort: a traceback helps nobody but us
        if os.environ.get("ADVISOR_DEBUG"):
            raise
        _complain(
            f"internal error: {type(error).__name__}: {error}",
            "please report this with the output of the same command under ADVISOR_DEBUG=1",
        )
        sys.exit(2)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"advisor {__version__}")
        raise typer.Exit


@app.callback()
def advisor(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Which model of concurrency fits which place in your Python code, and why."""


@app.command()
def analyze(
    paths: Paths = None,
    format: Format = None,
    output: Output = None,
    all: All = False,
    target_python: Python = None,
    cores: Cores = None,
    select: Select = None,
    ignore: Ignore = None,
    rules: Rules = None,
    project: ProjectRoot = None,
    exclude: Exclude = None,
    fail_on: FailOn = None,
    jobs: Jobs = None,
) -> None:
    """Find where concurrency pays, and say why.

    Each loop, await and pool where the way of running matters is shown with the model that fits (threading,
    multiprocessing, asyncio, or leave it sequential), the reason, what stands in the way, and the gain.
    """
    from advisor.inputs.project import Project
    from advisor.inputs.terminal import this_terminal
    from advisor.outputs.progress import progress_bar

    _check_writable(output)
    targets = tuple(paths or [Path()])
    around = Project.around(targets, project)
    settings = _settings(
        around.root, format=format, all=all or None, target_python=target_python, cores=cores, select=_words(select),
        ignore=_words(ignore), rules=rules, project=project, exclude=exclude, fail_on=fail_on, jobs=jobs,
    )  # fmt: skip
    from advisor.pipeline import advise

    with progress_bar(this_terminal().interactive) as progress:
        report = advise(targets, settings, progress)
    _write(_rendered(report, settings, around, output), output, "utf-8" if settings.format == "json" else None)
    raise typer.Exit(_exit_code(report, settings))


@app.command()
def generate(
    place: Annotated[
        str | None, typer.Argument(metavar="PATH:LINE", help="The loop, await or pool to rewrite.")
    ] = None,
    all_in: Annotated[
        str | None, typer.Option(metavar="PATH", help="Rewrite every finding of a file or folder.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(metavar="MODEL", help="threading|multiprocessing|asyncio.  [the one advised]")
    ] = None,
    executor: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="threads|processes|interpreters|task-group|to-thread|dask.  [the one advised]"
        ),
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Change the files instead of printing a diff.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="DIR", help="Write changed copies there.")
    ] = None,
    skeleton: Annotated[
        bool, typer.Option("--skeleton", help="Where it would not be safe: print a module with TODO marks instead.")
    ] = False,
    target_python: Python = None,
    cores: Cores = None,
    rules: Rules = None,
    project: ProjectRoot = None,
    jobs: Jobs = None,
) -> None:
    """Rewrite a place for threads, processes or asyncio, and print the difference.

    The program does what it did: the same results in the same order, and the first failure raised as before. What
    cannot be rewritten safely is refused with the reason. Exit codes: 0 done; 1 refused; 2 usage or rule error.
    """
    from advisor import refactoring
    from advisor.inputs.project import Project

    if (place is None) == (all_in is None):
        raise AdvisorError("say which place", "advisor generate PATH:LINE, or advisor generate --all-in PATH")
    wish = refactoring.wanted(place or all_in or "", model, executor, everything=all_in is not None)
    around = Project.around((wish.path,), project)
    settings = _settings(around.root, target_python=target_python, cores=cores, rules=rules, project=project, jobs=jobs)
    result = refactoring.refactor(wish, settings, skeleton=skeleton)
    _hand_out(result, around, write, output)
    for line in refactoring.remarks(result):
        _complain(line, "")
    raise typer.Exit(0 if result.files or result.skeleton or not result.refused else 1)


@app.command()
def explain(topic: Topic, rules: Rules = None) -> None:
    """Explain a rule or a model.

    A rule: what it means, when it holds and when not, with examples. A model of execution: what it is good for, what
    it costs, where it ends.
    """
    from advisor.inputs.guides import read_guides
    from advisor.inputs.terminal import this_terminal
    from advisor.outputs.explain import explain_slug, render

    terminal, guides = this_terminal(), read_guides()
    page = guides.get(topic) or explain_slug(topic, _knowledge(rules=rules), tuple(guides))
    _write(render(page, terminal.width, terminal.color, terminal.ascii_only))


@app.command("rules")
def list_rules(rules: Rules = None, format: Format = None) -> None:
    """List every rule.

    A line is a slug, a kind (site: where to look; misuse: wrong whatever the work; judgement: what to do), a title.
    """
    from advisor.outputs import explain

    rows = explain.list_rules(_knowledge(rules=rules))
    if _settings(Path(), format=format).format == "json":
        _write(explain.as_json(rows), encoding="utf-8")
    else:
        _write(explain.as_text(rows))


def _hand_out(result: Refactored, project: Project, write: bool, output: Path | None) -> None:
    """The changed files: put in place, copied to a folder, or shown as a difference."""
    from advisor import refactoring, rewriting

    if result.skeleton:
        _write(result.skeleton, encoding="utf-8")
    elif write:
        rewriting.replace_files([(changed.original, changed.text) for changed in result.files])
    elif output is not None:
        rewriting.write_copies(output, [(changed.path, changed.original, changed.text) for changed in result.files])
    else:
        shown = [os.path.relpath(project.root / changed.path).replace(os.sep, "/") for changed in result.files]
        _write("".join(map(refactoring.diff, result.files, shown)), encoding="utf-8")


def _settings(root: Path, **overrides: Any) -> Settings:
    from advisor.settings import load_settings

    return load_settings(root, overrides)


def _words(options: list[str] | None) -> list[str]:
    """`--select a,b --select c` as three words."""
    return [word for option in options or () for word in option.replace(",", " ").split()]


def _knowledge(rules: list[Path] | None) -> Knowledge:
    """Everything that is known here: the advisor's own rules, and those of the command line or this project."""
    from advisor.inputs.knowledge import builtin_rules, load_knowledge, user_cache
    from advisor.inputs.project import Project

    settings = _settings(Project.around([Path()]).root, rules=rules)
    return load_knowledge((builtin_rules(), *settings.rules), cache=user_cache())


def _rendered(report: Report, settings: Settings, project: Project, output: Path | None) -> str:
    if settings.format == "json":
        from advisor.outputs import json

        return json.render(report)
    from advisor.inputs.discover import read
    from advisor.inputs.terminal import this_terminal
    from advisor.model.source import Source
    from advisor.outputs import text

    def lines(path: str) -> list[str] | None:
        source = read(project, path)
        return source.text.split("\n") if isinstance(source, Source) else None

    terminal = this_terminal()
    return text.render(
        report,
        sources=lines,
        width=terminal.width,
        color=terminal.color and output is None,
        ascii_only=terminal.ascii_only and output is None,
        shown_path=lambda path: os.path.relpath(project.root / path),
    )


def _exit_code(report: Report, settings: Settings) -> int:
    """1 when a finding that advises a change is at least as sure as `fail_on`."""
    from advisor.model.concurrency import Level

    levels = ["never", *Level]
    if settings.fail_on == "never":
        return 0
    limit = levels.index(settings.fail_on)
    return int(any(finding.change and levels.index(finding.confidence) >= limit for finding in report.findings))


def _check_writable(output: Path | None) -> None:
    """An output that cannot be is an error before the work, not after it."""
    if output is None and sys.stdout is None:  # started with `>&-`
        raise AdvisorError("standard output is closed", "redirect it to a file instead")
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise AdvisorError(f"{output}: cannot be written", "give a file in a folder that exists")


def _write(text: str, output: Path | None = None, encoding: str | None = None) -> None:
    """To the file in UTF-8, or to standard output, where what its encoding cannot hold is escaped."""
    _check_writable(output)
    try:
        if output is not None:
            output.write_bytes(text.encode("utf-8", "backslashreplace"))
            return
        rest = memoryview(text.encode(encoding or sys.stdout.encoding or "utf-8", "backslashreplace"))
        while rest:  # an unbuffered stream may take less than all at once
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.flush()
    except OSError as error:
        if output is None:  # or the interpreter complains as well, when it flushes at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(_BROKEN_PIPE) from None
        raise AdvisorError(f"{output or 'standard output'}: cannot be written: {error.strerror}") from error


def _complain(line: str, hint: str) -> None:
    if sys.stderr is None:  # closed before the start: the exit code has to say it
        return
    lines = [line, f"hint: {hint}"] if hint else [line]
    text = "".join(f"{' '.join(line.splitlines())}\n" for line in lines)
    sys.stderr.buffer.write(text.encode(sys.stderr.encoding or "utf-8", "backslashreplace"))
    sys.stderr.flush()
