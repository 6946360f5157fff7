"""Jobs: what a server asks of its worker process. Plain values in, plain values out, for both go through a pipe."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model.report import Finding


@dataclass(frozen=True, slots=True)
class Files:
    """The files as the client sees them: `folders` of its workspace, and by absolute path the `unsaved` texts."""

    folders: tuple[str, ...] = ()
    unsaved: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Analyse:
    """Findings in one file, linked with the project around it."""

    files: Files
    file: str


@dataclass(frozen=True, slots=True)
class Analysed:
    """`findings` with paths from `root`; `why_not` where the file cannot be read, as while something is being typed;
    `cores` is what the gains are for."""

    root: str
    findings: tuple[Finding, ...] = ()
    why_not: str = ""
    cores: int = 1


@dataclass(frozen=True, slots=True)
class Fix:
    """The refactor of the finding on a line (from 1) of a file."""

    files: Files
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Fixed:
    """Changed files, each as its absolute path, its text before and its text after."""

    changes: tuple[tuple[str, str, str], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Survey:
    """Findings below several paths, for an assistant: the JSON report, its findings cut to `most`, best first."""

    folder: str
    paths: tuple[str, ...]
    confidence: str | None = None
    select: tuple[str, ...] = ()
    most: int = 50


@dataclass(frozen=True, slots=True)
class Explain:
    """A rule, model or library as a page of Markdown; or with `PATH:LINE` the findings on that line."""

    folder: str
    topic: str


@dataclass(frozen=True, slots=True)
class Generate:
    """The refactor of `PATH:LINE` as a unified diff."""

    folder: str
    place: str
    model: str | None = None
    executor: str | None = None


Job = Analyse | Fix | Survey | Explain | Generate


@dataclass(frozen=True, slots=True)
class Done:
    value: object


@dataclass(frozen=True, slots=True)
class Failed:
    """A mistake that a person can correct, as an AdvisorError has it; or, `internal`, one of the advisor."""

    title: str
    hint: str = ""
    internal: bool = False
    exit_code: int = 2


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The job was withdrawn while it was being done."""


Answer = Done | Failed | Interrupted
