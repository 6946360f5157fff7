"""The command line: options become settings, settings a report, the report text and an exit code.

What a command does not need is not imported: `--version` and `--help` answer at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from advisor import __version__
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.inputs.project import Project
    from advisor.measuring.record import Recorded
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

rules_app = typer.Typer(rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]})
app.add_typer(rules_app, name="rules")

Paths = Annotated[list[Path] | None, typer.Argument(help="Files and folders to report on; left out: this folder.")]
Format = Annotated[str | None, typer.Option(metavar="text|json", help="How to print the report.  [text]")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of printing.")]
All = Annotated[bool, typer.Option("--all", help="List every site examined, also those best left as they are.")]
Python = Annotated[
    str | None, typer.Option(metavar="VERSION", help="Python that will run the code: 3.11, 3.14, 3.14t.  [this one]")
]
Cores = Annotated[
    str | None,
    typer.Option(metavar="N[,N...]", help="Cores it will run on; several: compare the gains.  [this machine's]"),
]
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
Confidence = Annotated[
    str | None, typer.Option(metavar="LEVEL", help="Only findings at least this sure: low|medium|high.  [medium]")
]
ProfileFile = Annotated[
    Path | None, typer.Option("--profile", metavar="FILE", help="Rest the advice on this profile of a run.")
]
Program = Annotated[
    list[str], typer.Argument(metavar="PROGRAM", help="After `--`: script.py, -m module or pytest, and its arguments.")
]
ProfileOutput = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to save the profile.  [the user's cache]")
]
Interpreter = Annotated[
    str | None,
    typer.Option("--python", metavar="PATH", help="The interpreter that runs it; needs Scalene.  [this one]"),
]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", metavar="N", help="Worker processes.  [one for each core]")]
Topic = Annotated[
    str, typer.Argument(metavar="SLUG|MODEL", help="A rule; or threading, multiprocessing, asyncio, sequential.")
]
Template = Annotated[str | None, typer.Argument(metavar="TEMPLATE", help="A slug of `advisor new --list`.")]
NewFile = Annotated[Path | None, typer.Argument(metavar="FILE", help="The file to write; - is standard output.")]
List = Annotated[bool, typer.Option("--list", help="List the templates instead.")]
Force = Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")]
ListFormat = Annotated[str | None, typer.Option(metavar="text|json", help="How to print the list.  [text]")]

Kind = Annotated[str | None, typer.Option(metavar="KIND", help="Only rules of this kind: site|misuse|judgement.")]
Advises = Annotated[str | None, typer.Option(metavar="MODEL", help="Only rules that advise this model.")]
About = Annotated[str | None, typer.Option(metavar="TEXT", help="Only rules with this text in slug or title.")]
Directory = Annotated[Path, typer.Argument(metavar="DIR", help="Holds sites/, decide/ or effects/.")]

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
    confidence: Confidence = None,
    fail_on: FailOn = None,
    jobs: Jobs = None,
    profile: ProfileFile = None,
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
        around.root, format=format, all=all or None, target_python=target_python, **_cores(cores), select=_words(select),
        ignore=_words(ignore), rules=rules, project=project, exclude=exclude, confidence=confidence, fail_on=fail_on,
        jobs=jobs, profile=profile,
    )  # fmt: skip
    from advisor.pipeline import advise

    with progress_bar(this_terminal().interactive) as progress:
        report = advise(targets, settings, progress)
    _write(_rendered(report, settings, around, output), output, "utf-8" if settings.format == "json" else None)
    raise typer.Exit(_exit_code(report, settings))


@app.command(options_metavar="[OPTIONS] --", no_args_is_help=True)
def profile(
    program: Program,
    output: ProfileOutput = None,
    python: Interpreter = None,
    target_python: Python = None,
    cores: Cores = None,
    project: ProjectRoot = None,
    all: All = False,
) -> None:
    """Run a program under Scalene, keep its profile, and advise on what it measured.

    The program runs for real, with its own input, output and exit code; the advice goes to standard error. It should
    run for two seconds or more.
    """
    from advisor.inputs.knowledge import user_cache
    from advisor.measuring.record import default_file, program_of, project_of, record

    _check_writable(output)
    words = program_of(program)
    around = project_of(words, project)
    file = output or default_file(user_cache(), around, words)
    settings = _settings(
        around.root, all=all or None, target_python=target_python, **_cores(cores), project=around.root, profile=file
    )
    recorded = record(words, python, around, file)
    _tell_of(recorded)
    from advisor.pipeline import advise

    targets = tuple(file for file in recorded.ran if file.is_relative_to(around.root) and file.is_file())
    report = advise(targets or (around.root,), settings)
    _write(_rendered(report, settings, around, output=None, stream=sys.stderr), stream=sys.stderr)
    raise typer.Exit(recorded.exit_code)


@app.command()
def calibrate(
    show: Annotated[bool, typer.Option("--show", help="Print what is known of this machine; measure nothing.")] = False,
) -> None:
    """Measure what threads, processes and coroutines cost on this machine.

    It takes less than ten seconds, best while nothing else runs. The figures are kept for this machine and interpreter, and
    `analyze` uses them from then on.
    """
    from advisor.inputs.knowledge import user_cache
    from advisor.inputs.machine import identity, keep_machine, this_machine
    from advisor.inputs.terminal import this_terminal
    from advisor.outputs.machine import render
    from advisor.outputs.progress import progress_bar

    if not show:
        from advisor.measuring.calibrate import calibrate as measure

        with progress_bar(this_terminal().interactive, "Measuring", "steps") as progress:
            keep_machine(measure(progress), user_cache())
    _write(render(this_machine(user_cache()), identity()))


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


@rules_app.callback(invoke_without_command=True)
def list_rules(
    context: typer.Context,
    kind: Kind = None,
    advises: Advises = None,
    about: About = None,
    rules: Rules = None,
    format: Format = None,
) -> None:
    """List the rules, or check those of a directory.

    A line is a slug, a kind (site: where to look; misuse: wrong whatever the work; judgement: what to do), a title.
    As JSON each rule also has the state of its self-test, for which its examples are analysed.
    """
    if context.invoked_subcommand is not None:
        return
    from advisor.outputs import explain

    knowledge = _knowledge(rules=rules)
    rows = explain.chosen(explain.list_rules(knowledge), kind, advises, about)
    if _settings(Path(), format=format).format == "json":
        from advisor.selftest import with_states

        _write(explain.as_json(with_states(rows, knowledge, _project_settings(rules=rules).rules)), encoding="utf-8")
    else:
        _write(explain.as_text(rows))


@rules_app.command("check")
def check_rules(directory: Directory) -> None:
    """Check a directory of rules: every file, and what every example gets.

    Each fault is told with its file, line and key, and with a hint. Exits with 2 when something is wrong.
    """
    from advisor.selftest import check_directory

    wrong = check_directory(directory)
    _write("".join(f"{line}\n" for line in wrong) or f"{directory}: all rules are well formed and do what they say\n")
    raise typer.Exit(2 if wrong else 0)


@app.command()
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
    from advisor.outputs import starters as outputs
    from advisor.writing import write_new

    settings = _project_settings(rules=rules, format=format)
    starters = read_starters(_rule_directories(settings))
    if list and template is None:
        as_json = settings.format == "json"
        _write(
            outputs.as_json(starters) if as_json else outputs.as_text(starters), encoding="utf-8" if as_json else None
        )
    elif list or template is None or file is None:
        raise AdvisorError("give a TEMPLATE and a FILE, or --list", "`advisor new --list` shows the templates")
    elif file == Path("-"):
        _write(find_starter(template, starters).text, encoding="utf-8")
    else:
        write_new(file, find_starter(template, starters).text, force=force)


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


def _cores(option: str | None) -> dict[str, Any]:
    """`--cores 4` is the target's number; `--cores 1,2,4` compares these and leaves the target as it is."""
    try:
        numbers = [int(word) for word in (option or "").replace(",", " ").split()]
    except ValueError:
        raise typer.BadParameter(f"--cores {option}: a number, or several as in 1,2,4,8") from None
    return {"cores": numbers[0]} if len(numbers) == 1 else {"compare_cores": numbers}


def _knowledge(rules: list[Path] | None) -> Knowledge:
    """Everything that is known here: the advisor's own rules, and those of the command line or this project."""
    from advisor.inputs.knowledge import load_knowledge, user_cache

    return load_knowledge(_rule_directories(_project_settings(rules=rules)), cache=user_cache())


def _project_settings(**overrides: Any) -> Settings:
    """The settings of a command that reads no code: those of the project around the current folder."""
    from advisor.inputs.project import Project

    return _settings(Project.around([Path()]).root, **overrides)


def _rule_directories(settings: Settings) -> tuple[Path, ...]:
    from advisor.inputs.rule_folders import builtin_rules

    return (builtin_rules(), *settings.rules)


def _tell_of(recorded: Recorded) -> None:
    """One line between the program's output and the report, on standard error."""
    ended = f", exit code {recorded.exit_code}" if recorded.exit_code else ""
    seconds = f"{recorded.seconds:.1f} s, {recorded.samples:,} samples{ended}"
    _write(f"\nadvisor: profile of {seconds}: {recorded.file}\n\n", stream=sys.stderr)


def _rendered(
    report: Report, settings: Settings, project: Project, output: Path | None, stream: TextIO | None = None
) -> str:
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

    terminal = this_terminal(stream)
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


def _write(text: str, output: Path | None = None, encoding: str | None = None, stream: TextIO | None = None) -> None:
    """To the file in UTF-8, or to a stream (standard output), where what its encoding cannot hold is escaped."""
    _check_writable(output)
    out = stream or sys.stdout
    try:
        if output is not None:
            output.write_bytes(text.encode("utf-8", "backslashreplace"))
            return
        rest = memoryview(text.encode(encoding or out.encoding or "utf-8", "backslashreplace"))
        while rest:  # an unbuffered stream may take less than all at once
            rest = rest[out.buffer.write(rest) :]
        out.flush()
    except OSError as error:
        if output is None:  # or the interpreter complains as well, when it flushes at the end
            os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
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
