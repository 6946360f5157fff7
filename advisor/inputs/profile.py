"""Read a profile: the one file that knows Scalene's JSON (2.x), found in files that `advisor profile` saved and in plain ones.

What its fields mean was found out on real programs, and some do not mean what their names say:

- `stacks` are the project's frames of each sample, outermost first; `cpu_samples` is the part of the run's wall-clock
  time, waiting included, and all of them add up to 1. Time inside libraries is booked on the project's line that called them.
- The split into waiting and computing stands only in `lines`: `n_sys_percent` is the time in which the process did not
  run. That is waiting, but also being pushed aside by other programs, so a few percent of it mean nothing.
- `n_cpu_percent_python` against `n_cpu_percent_c` cannot be trusted: a loop of pure Python reads 40 to 90 % native.
  The two are handed on, and whoever uses them should only add them up.
- In an event loop the stack ends at the line that runs the loop. What the coroutines waited for stands in
  `combined_stacks`, one for each suspended task and sample, marked `[await]`.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from advisor.errors import AdvisorError
from advisor.files import read_bytes
from advisor.inputs.project import Project
from advisor.model.evidence import Frame, Place, Profile, Rounds, Stack

SECONDS_TO_SAMPLE = 2.0
"""A run of this length has some two hundred samples: enough to tell shares of a few percent apart."""

_LARGEST = 500_000_000  # bytes: a long run of a large program has tens of millions
_FEWEST_SAMPLES = 8
_SHORTEST = 0.1  # seconds
_AGAIN = "record it again: advisor profile -- SCRIPT ARGUMENTS"
_FRAME = re.compile(r"(?P<path>.+) \S+:(?P<line>\d+);?")
_RUNS_A_LOOP = re.compile(r"\brun(_until_complete|_forever)?\(")
_AWAIT = re.compile(r"\[await\] .*?(?: \((?P<task>[^()]*)\))?")


class _Line(msgspec.Struct):
    lineno: int
    line: str
    n_cpu_percent_python: float
    n_cpu_percent_c: float
    n_sys_percent: float
    n_core_utilization: float = 0.0

    @property
    def total(self) -> float:
        return self.n_cpu_percent_python + self.n_cpu_percent_c + self.n_sys_percent


class _File(msgspec.Struct):
    lines: list[_Line]


class _Count(msgspec.Struct):
    count: int
    cpu_samples: float


class _Combined(msgspec.Struct):
    kind: str
    display_name: str
    filename_or_module: str
    line: int | None = None


class _Loop(msgspec.Struct):
    path: str
    line: int
    column: int
    entries: int
    rounds: int


class _Added(msgspec.Struct):
    """What `advisor profile` adds: where the sources lay and their SHA-256, the iterations that loops made, the machine's cores."""

    root: str
    sources: dict[str, str] = {}
    loops: list[_Loop] = []
    cores: int = 1


class TooShort(AdvisorError):
    """A profile of a run that was over before enough of it was seen: it tells nothing, and nothing is wrong with it."""


class _Document(msgspec.Struct):
    elapsed_time_sec: float
    files: dict[str, _File]
    stacks: list[tuple[list[str], _Count]] = []
    combined_stacks: list[tuple[list[_Combined], int]] = []
    entrypoint_dir: str = ""
    program: str = ""
    advisor: _Added | None = None


def read_profile(file: Path, project: Project) -> Profile:
    """The profile in `file`, its paths those of `project`.

    TooShort where the run was over too soon; any other AdvisorError for what is no such profile, or was made of other
    sources than the project's.
    """
    document = _document(file)
    home = _Home(document, project)
    _check_sources(file, document, home)
    lines = _Lines(document, home)
    suspended = tuple(_suspended(document, home))
    stacks = tuple(_stacks(document, home, lines, suspended))
    if not stacks:
        raise AdvisorError(f"{file}: a profile of other sources: nothing of it lies in {project.root}", _AGAIN)
    return Profile(
        seconds=document.elapsed_time_sec,
        stacks=stacks,
        rounds=dict(_rounds(document, home)),
        tasks=_tasks(suspended),
        flat=not document.stacks,
    )


def _document(file: Path) -> _Document:
    try:
        data = read_bytes(file, _LARGEST)
    except OSError as error:
        raise AdvisorError(f"{file}: cannot be read: {error.strerror}", "--profile takes a saved profile") from error
    try:
        raw = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise AdvisorError(f"{file}: not a profile: not valid JSON", _AGAIN) from error
    if raw == {}:
        raise TooShort(f"{file}: an empty profile: the run was too short to sample", too_short_hint())
    try:
        document = msgspec.convert(raw, _Document)
    except msgspec.ValidationError as error:
        raise AdvisorError(f"{file}: not a profile of Scalene 2: {str(error).lower()}", _AGAIN) from error
    seconds = document.elapsed_time_sec
    samples = sum(count.count for _, count in document.stacks)
    # a long call into native code puts off the samples it should have had: few of them can stand for a long run
    if seconds < _SHORTEST or (document.stacks and samples < _FEWEST_SAMPLES and seconds < SECONDS_TO_SAMPLE):
        raise TooShort(f"{file}: the run was too short to sample ({seconds:.1f} seconds)", too_short_hint())
    return document


def too_short_hint() -> str:
    return f"make it last {SECONDS_TO_SAMPLE:.0f} seconds or more: give it more work, or a larger input"


# ---- whose files they are


class _Home:
    """The project's name for the files of a profile that was perhaps recorded somewhere else."""

    def __init__(self, document: _Document, project: Project) -> None:
        given = document.advisor.root if document.advisor is not None else document.entrypoint_dir
        self._roots = [project.root, *([Path(given)] if given else [])]
        self._project = project
        self._known: dict[str, str | None] = {}

    def path(self, name: str) -> str | None:
        """The path in the project; None for a file that is not part of it."""
        if name not in self._known:
            self._known[name] = self._look(Path(name))
        return self._known[name]

    def text(self, path: str) -> bytes | None:
        """The file's bytes; None for one that would not be read as a source either."""
        try:
            return read_bytes(self._project.root / path)
        except OSError:
            return None

    def _look(self, file: Path) -> str | None:
        for root in self._roots:
            relative = file if not file.is_absolute() else _below(file, root)
            if relative is not None and (self._project.root / relative).is_file():
                return relative.as_posix()
        return None


def _below(file: Path, root: Path) -> Path | None:
    for folder in (root, root.resolve()):
        if file.is_relative_to(folder):
            return file.relative_to(folder)
    return None


def _check_sources(file: Path, document: _Document, home: _Home) -> None:
    """AdvisorError where a file that was seen running is not what it was: by its hash, else by the lines that ran."""
    hashes = {} if document.advisor is None else document.advisor.sources
    for name, profiled in sorted(document.files.items()):
        path = home.path(name)
        if path is None:
            continue
        data = home.text(path)
        if data is None:
            continue
        recorded = hashes.get(name)
        if recorded is not None:
            if sha256(data).hexdigest() != recorded:
                raise AdvisorError(f"{file}: {path} has changed since this profile was recorded", _AGAIN)
            continue
        now = data.decode("utf-8-sig", "replace").splitlines()
        for line in profiled.lines:
            if line.total > 0 and _shown(now[line.lineno - 1] if line.lineno <= len(now) else "") != _shown(line.line):
                where = f"line {line.lineno} of {path}"
                raise AdvisorError(f"{file}: {where} has changed since this profile was recorded", _AGAIN)


def _shown(text: str) -> str:
    """A line as Scalene writes it: made safe to stand in HTML."""
    return text.rstrip().replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


# ---- where the time went


class _Lines:
    """How the time of a line was split, and its text; of a line without samples, as its whole file."""

    def __init__(self, document: _Document, home: _Home) -> None:
        self._lines: dict[Frame, _Line] = {}
        self._files: dict[str, _Line] = {}
        self.cores = 1 if document.advisor is None else document.advisor.cores
        for name, file in document.files.items():
            path = home.path(name)
            if path is not None:
                self._lines.update((Frame(path, line.lineno), line) for line in file.lines)
                self._files[path] = _sum(file.lines)

    def __iter__(self) -> Iterator[tuple[Frame, _Line]]:
        return iter(self._lines.items())

    def split(self, frames: tuple[Frame, ...], share: float) -> Stack:
        """`share` spent in `frames`, divided as the time on its last line was."""
        line = self._lines.get(frames[-1])
        if line is None or line.total <= 0:
            line = self._files.get(frames[-1].path)
        if line is None or line.total <= 0:
            return Stack(frames, share, 0.0, 0.0)
        part = share / line.total
        return Stack(
            frames,
            interpreter=part * line.n_cpu_percent_python,
            native=part * line.n_cpu_percent_c,
            waiting=part * line.n_sys_percent,
            cores=line.n_core_utilization * self.cores,
        )

    def runs_a_loop(self, frame: Frame) -> bool:
        line = self._lines.get(frame)
        return line is not None and _RUNS_A_LOOP.search(line.line) is not None


def _sum(lines: Sequence[_Line]) -> _Line:
    return _Line(
        lineno=0,
        line="",
        n_cpu_percent_python=sum(line.n_cpu_percent_python for line in lines),
        n_cpu_percent_c=sum(line.n_cpu_percent_c for line in lines),
        n_sys_percent=sum(line.n_sys_percent for line in lines),
    )


def _stacks(document: _Document, home: _Home, lines: _Lines, suspended: Sequence[_Suspended]) -> Iterator[Stack]:
    if not document.stacks:
        for frame, line in lines:
            if line.total > 0:
                yield lines.split((frame,), line.total / 100)
        return
    awaited = _awaited(suspended)
    total = sum(count.cpu_samples for _, count in document.stacks) or 1.0
    for names, count in document.stacks:
        frames = tuple(_frames(names, home))
        if not frames and not awaited:
            continue
        share = count.cpu_samples / total
        if not frames:  # a server or test runner drives the loop, and none of it is the project's
            yield from (Stack(chain, 0.0, 0.0, share * part) for chain, part in awaited.items())
            continue
        stack = lines.split(frames, share)
        if awaited and lines.runs_a_loop(frames[-1]):
            yield replace(stack, waiting=0.0)
            # waits that overlap each last as long as the loop was idle: the parts may add up to more than the whole
            for chain, part in awaited.items():
                yield Stack((*frames, *chain), 0.0, 0.0, stack.waiting * part)
        else:
            yield stack


def _frames(names: Iterable[str], home: _Home) -> Iterator[Frame]:
    for name in names:
        match = _FRAME.fullmatch(name)
        path = home.path(match["path"]) if match else None
        if match is not None and path is not None:
            yield Frame(path, int(match["line"]))


class _Suspended(NamedTuple):
    """Where a task of an event loop was seen suspended, by the awaits that led there, and in how many samples."""

    task: str
    chain: tuple[Frame, ...]
    hits: int


def _suspended(document: _Document, home: _Home) -> Iterator[_Suspended]:
    for combined, hits in document.combined_stacks:
        own = [frame for frame in combined if frame.kind == "py"]
        mark = _AWAIT.fullmatch(own[-1].display_name) if own else None
        if mark is not None:
            names = (f"{frame.filename_or_module} f:{frame.line}" for frame in own)
            yield _Suspended(mark["task"] or "", tuple(_frames(names, home)), hits)


def _awaited(suspended: Iterable[_Suspended]) -> Mapping[tuple[Frame, ...], float]:
    """Chains of awaits, and the part of the loop's idle time in which some task was suspended there."""
    by_chain: Counter[tuple[Frame, ...]] = Counter()
    by_task: Counter[str] = Counter()
    for task, chain, hits in suspended:
        by_task[task] += hits
        by_chain[chain] += hits
    samples = max(by_task.values(), default=0)  # the task that was suspended longest was there in all of them
    return {chain: min(1.0, hits / samples) for chain, hits in by_chain.items() if chain}


def _tasks(suspended: Iterable[_Suspended]) -> Mapping[Frame, int]:
    names: dict[Frame, set[str]] = defaultdict(set)
    for task, chain, _ in suspended:
        if chain:
            names[chain[-1]].add(task)
    return {frame: len(tasks) for frame, tasks in names.items()}


def _rounds(document: _Document, home: _Home) -> Iterator[tuple[Place, Rounds]]:
    for loop in document.advisor.loops if document.advisor is not None else ():
        path = home.path(loop.path)
        if path is not None:
            yield Place(path, loop.line, loop.column), Rounds(loop.entries, loop.rounds)


def sources_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The SHA-256 of each file that a profile speaks of: what to remember, so that a change is noticed later."""
    hashes = {}
    for name in document.get("files", {}):
        file = Path(name)
        with suppress(OSError):
            hashes[name] = sha256(read_bytes(file)).hexdigest()
    return hashes
