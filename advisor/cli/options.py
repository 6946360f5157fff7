"""The options that commands share, and how they become settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.cli.completing import (
    complete_fail_on,
    complete_formats,
    complete_kinds,
    complete_levels,
    complete_models,
    complete_pattern_slugs,
    complete_slugs,
    complete_templates,
    complete_topics,
)
from advisor.errors import AdvisorError, did_you_mean
from advisor.model.format import Format as Formats

if TYPE_CHECKING:
    from advisor.settings import Settings

Paths = Annotated[
    list[Path] | None,
    typer.Argument(help="Files and folders to report on; - is standard input.  [the configured ones, or this folder]"),
]
Format = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete_formats, metavar="NAME", help=f"How to write the report: {'|'.join(Formats)}.  [text]"
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Everything known of each finding: --format full.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of printing.")]
All = Annotated[bool, typer.Option("--all", help="List every site examined, also those best left as they are.")]
Python = Annotated[
    str | None, typer.Option(metavar="VERSION", help="Python that will run the code: 3.11, 3.14, 3.14t.  [this one]")
]
Cores = Annotated[
    str | None,
    typer.Option(metavar="N[,N...]", help="Cores it will run on; several: compare the gains.  [this machine's]"),
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        autocompletion=complete_slugs,
        metavar="SLUG,...",
        help="Only findings of these rules; `misuse` or `advice`: of that kind.",
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(autocompletion=complete_slugs, metavar="SLUG,...", help="No findings of these rules."),
]
Rules = Annotated[list[Path] | None, typer.Option(metavar="DIR", help="Extra rules (repeatable).")]
ProjectRoot = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Where imports are followed.  [nearest pyproject.toml or .git]"),
]
Exclude = Annotated[list[str] | None, typer.Option(metavar="PATTERN", help="Leave out, as in .gitignore (repeatable).")]
ForceExclude = Annotated[
    bool, typer.Option("--force-exclude", help="Leave out what --exclude matches also where it is named as PATH.")
]
PerFileIgnores = Annotated[
    list[str] | None,
    typer.Option(
        autocompletion=complete_pattern_slugs,
        metavar="PATTERN:SLUG,...",
        help="No findings of these rules in such files (repeatable).",
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete_fail_on,
        metavar="LEVEL",
        help="Exit with 1 on findings at or above this confidence, and show these: never|low|medium|high.  [never]",
    ),
]
Confidence = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete_levels,
        metavar="LEVEL",
        help="Only findings at or above this confidence: low|medium|high.  [medium]",
    ),
]
ProfileFile = Annotated[Path | None, typer.Option("--profile", metavar="FILE", help="Use this profile of a run.")]
Baseline = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Only findings that this file does not list as known.")
]
WriteBaseline = Annotated[
    bool,
    typer.Option("--write-baseline", help="List all present findings in the baseline file instead of reporting them."),
]
Since = Annotated[
    str | None, typer.Option(metavar="REV", help="Only findings on lines changed since this git revision.")
]
StdinFilename = Annotated[
    Path | None, typer.Option(metavar="PATH", help="What - stands for: the file as which standard input is read.")
]
Diff = Annotated[
    bool, typer.Option("--diff", help="Only findings on lines changed by the unified diff on standard input.")
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Analyse anew, whatever is known of earlier runs, and keep nothing.")
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress, notes and warnings, and no report where nothing is found.")
]
Program = Annotated[
    list[str], typer.Argument(metavar="PROGRAM", help="After `--`: script.py, -m module or pytest, and its arguments.")
]
ProfileOutput = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to save the profile.  [the user's cache]")
]
Interpreter = Annotated[
    str | None,
    typer.Option(
        "--python", metavar="PATH", help="The interpreter that runs the program.  [that of VIRTUAL_ENV or .venv]"
    ),
]
Watch = Annotated[bool, typer.Option("--watch", help="Stay up, and analyse again whenever a file changes.")]
Jobs = Annotated[int | None, typer.Option("--jobs", "-j", metavar="N", help="Worker processes.  [one for each core]")]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--executor", metavar="tcp://HOST:PORT", help="Have the files read by the workers of this Dask scheduler."
    ),
]
Topic = Annotated[
    str,
    typer.Argument(
        autocompletion=complete_topics,
        metavar="TOPIC",
        help="A rule, model, hazard, effect, library, call such as requests.get, or place in the code: PATH:LINE.",
    ),
]
Template = Annotated[
    str | None,
    typer.Argument(autocompletion=complete_templates, metavar="TEMPLATE", help="A slug of `advisor new --list`."),
]
NewFile = Annotated[Path | None, typer.Argument(metavar="FILE", help="The file to write; - is standard output.")]
List = Annotated[bool, typer.Option("--list", help="List the templates instead.")]
Force = Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")]
ListFormat = Annotated[str | None, typer.Option(metavar="text|json", help="How to print the list.  [text]")]

Kind = Annotated[
    str | None,
    typer.Option(
        autocompletion=complete_kinds,
        metavar="KIND",
        help="Only rules of this kind: site|misuse|judgement; or library.",
    ),
]
Advises = Annotated[
    str | None, typer.Option(autocompletion=complete_models, metavar="MODEL", help="Only rules that advise this model.")
]
About = Annotated[str | None, typer.Option(metavar="TEXT", help="Only rules with this text in slug or title.")]
Directory = Annotated[Path, typer.Argument(metavar="DIR", help="Holds sites/, decide/ or effects/.")]


def to_settings(root: Path, **overrides: Any) -> Settings:
    from advisor.settings import load_settings

    return load_settings(root, overrides)


def as_json(format: str | None) -> bool:
    """Whether a list is to be printed as JSON: what `--format` says, which for lists is text or json, else the project."""
    if format is None:
        return project_settings().format is Formats.JSON
    if format in (Formats.TEXT, Formats.JSON):
        return format == Formats.JSON
    hint = did_you_mean(format, (Formats.TEXT, Formats.JSON))
    raise AdvisorError(f"--format: {format!r} is not valid: it must be text or json", hint)


def project_settings(**overrides: Any) -> Settings:
    """The settings of a command that reads no code: those of the project around the current folder."""
    from advisor.inputs.project import Project

    return to_settings(Project.around([Path()]).root, **overrides)


def rule_directories(settings: Settings) -> tuple[Path, ...]:
    from advisor.inputs.rule_folders import builtin_rules

    return (builtin_rules(), *settings.rules)


def words(options: list[str] | None) -> list[str]:
    """`--select a,b --select c` as three words."""
    return [word for option in options or () for word in option.replace(",", " ").split()]


def by_pattern(options: list[str] | None) -> dict[str, list[str]]:
    """`--per-file-ignores "tests/*:a,b"` as slugs by pattern."""
    found: dict[str, list[str]] = {}
    for option in options or ():
        pattern, colon, slugs = option.rpartition(":")
        if not colon or not pattern or not words([slugs]):
            raise AdvisorError(
                f"--per-file-ignores {option}: no pattern and slugs", 'like --per-file-ignores "tests/*:SLUG"'
            )
        found.setdefault(pattern, []).extend(words([slugs]))
    return found


def cores_of(option: str | None) -> dict[str, Any]:
    """`--cores 4` is the target's number; `--cores 1,2,4` compares these and leaves the target as it is."""
    try:
        numbers = [int(word) for word in (option or "").replace(",", " ").split()]
    except ValueError:
        raise AdvisorError(f"--cores {option}: not a number", "like --cores 8, or several: --cores 1,2,4,8") from None
    return {"cores": numbers[0]} if len(numbers) == 1 else {"compare_cores": numbers}
