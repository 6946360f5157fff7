"""Refactoring: from a place in the source to the changed files: analyse, choose the sites, rewrite, combine."""

from __future__ import annotations

import difflib
import os
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from advisor.errors import AdvisorError, did_you_mean
from advisor.inputs.declared import oldest_python
from advisor.inputs.discover import discover
from advisor.inputs.project import Project
from advisor.inputs.remembered import user_cache
from advisor.model import code
from advisor.model.case import Case
from advisor.model.concurrency import DEFAULT_EXECUTOR, Executor, Model
from advisor.model.effect import ZERO
from advisor.model.estimate import Work
from advisor.model.fault import Fault
from advisor.model.refactor import Order, Outcome, Refusal
from advisor.model.site import Dependence, DependenceKind, Site
from advisor.model.source import Source as SourceFile
from advisor.outputs.characters import quoted
from advisor.pipeline import Examined, examine, report
from advisor.reading import Progress
from advisor.rewriting import Original, read_original
from advisor.settings import Settings
from advisor.stages.generate import MENDED, ON_PURPOSE, combine, generate, parse
from advisor.stages.generate.skeleton import write_skeleton
from advisor.stages.generate.source import Source
from advisor.stages.settle import Judged

EXECUTORS: dict[str, tuple[Executor, Model]] = {
    "threads": (Executor.THREAD_POOL, Model.THREADING),
    "processes": (Executor.PROCESS_POOL, Model.MULTIPROCESSING),
    "interpreters": (Executor.INTERPRETER_POOL, Model.MULTIPROCESSING),
    "task-group": (Executor.TASK_GROUP, Model.ASYNCIO),
    "to-thread": (Executor.TO_THREAD, Model.ASYNCIO),
    "dask": (Executor.DASK, Model.MULTIPROCESSING),
}
AGAIN = "this fixes what is wrong there; run the command again after applying it for the other refactor that is advised"
ACCEPTABLE = frozenset({"ordered-output", "later-effects", "too-little-work", "unknown-program"})
_WORD = re.compile(r"[^\W\d]\w*")
_INTERPRETERS = (3, 14)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for: `line` None for every finding of `path`; `model` and `executor` None for those advised.

    `accept` are the hazards that the user can live with, of those in ACCEPTABLE. `workers` is the size of the pool.
    """

    path: Path
    line: int | None
    model: Model | None = None
    executor: Executor | None = None
    accept: frozenset[str] = frozenset()
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file before and after; `path` counts from the root of the project."""

    path: str
    original: Original
    text: str


@dataclass(frozen=True, slots=True)
class Refactored:
    """The changed files, the sites that were refused, and what a reader should know; or the skeleton that was asked for."""

    files: tuple[ChangedFile, ...]
    refused: tuple[Outcome, ...] = ()
    notes: tuple[str, ...] = ()
    skeleton: str = ""


def wanted(
    place: str, model: str | None, executor: str | None, *, everything: bool = False, accept: Iterable[str] = ()
) -> Wanted:
    """`PATH:LINE` with options, understood; AdvisorError for what makes no sense."""
    chosen = _executor(executor) if executor else None
    kind = model_named(model) if model else None
    if chosen is not None and kind is not None and chosen[1] is not kind:
        raise AdvisorError(
            f"--executor {executor} is not a way to run {kind}", f"leave out --model, or say --model {chosen[1]}"
        )
    kind = chosen[1] if chosen else kind
    hazards = frozenset(accept)
    for hazard in hazards - ACCEPTABLE:
        raise AdvisorError(f"--accept {hazard}: no such hazard that could be accepted",
                           did_you_mean(hazard, ACCEPTABLE) or f"one of {', '.join(sorted(ACCEPTABLE))}")  # fmt: skip
    if everything:
        return Wanted(_existing(place), None, kind, chosen[0] if chosen else None, hazards)
    path, colon, line = place.rpartition(":")
    path, line = (path, line) if colon and (line.isdigit()) else (place, "")
    if path.rpartition(":")[2].isdigit() and not os.path.exists(path):  # PATH:LINE:COLUMN, as reports print it
        path, _, line = path.rpartition(":")
    if not line or int(line) < 1:
        raise AdvisorError(f"{place}: no line given", "say PATH:LINE, for example src/app.py:42; or --all-in PATH")
    return Wanted(_existing(path), int(line), kind, chosen[0] if chosen else None, hazards)


def refactor(
    wish: Wanted,
    settings: Settings,
    *,
    skeleton: bool = False,
    known: tuple[Examined, int] | None = None,
    progress: Progress | None = None,
) -> Refactored:
    """The files as they would be. AdvisorError when the one site that was asked for cannot be rewritten.

    `known` is an analysis of the same path under the same settings, with the time when it began (nanoseconds).
    """
    examined, started = known or (None, time.time_ns())
    examined = examined or examine((wish.path,), settings, progress, cache=user_cache())
    sources = _Sources(examined.project, started)
    outcomes, again = _outcomes(wish, examined, settings, sources)
    refused = [outcome for outcome in outcomes if outcome.rewrite is None]
    if wish.line is not None and refused:
        source = sources.of(refused[0].order.site.path)
        if skeleton and isinstance(source, Source):
            return Refactored((), tuple(refused), skeleton=write_skeleton(refused[0], source))
        raise refusal_error(refused[0], wish)
    files, notes, left = combined(sources.known, outcomes)
    while torn := {id(each.order) for each in left if each.order.model is Model.ASYNCIO} & {
        id(o.order) for o in outcomes
    }:
        # of a refactor that spans several places all are made, or none
        outcomes = [outcome for outcome in outcomes if id(outcome.order) not in torn]
        refused += [each for each in left if id(each.order) in torn]
        files, notes, left = combined(sources.known, outcomes)
    notes += [f"{wish.path}:{wish.line}: {AGAIN}"] if again else []
    if wish.line is not None:
        notes += [f"check first: {question}" for made in outcomes for question in made.order.questions]
    notes += [f"skipped {each.path}: {each.why}" for each in examined.facts.skipped if wish.line is None]
    return Refactored(tuple(files), (*refused, *left), tuple(notes))


def refactor_together(wishes: Iterable[Wanted], settings: Settings, known: tuple[Examined, int]) -> Refactored:
    """The files with several places rewritten at once; places whose rewrites touch each other are left out as refused.

    AdvisorError where one of the places cannot be rewritten at all.
    """
    examined, started = known
    sources = _Sources(examined.project, started)
    outcomes: list[Outcome] = []
    for wish in wishes:
        made, _ = _outcomes(wish, examined, settings, sources)
        if made and made[0].rewrite is None:
            raise refusal_error(made[0], wish)
        outcomes += made
    files, notes, left = combined(sources.known, outcomes)
    return Refactored(tuple(files), tuple(left), tuple(notes))


class _Sources:
    """The files as they were when the analysis began, each read and parsed once."""

    def __init__(self, project: Project, started: int) -> None:
        self.known: dict[str, tuple[Original, Source | Refusal]] = {}
        self._project, self._started = project, started

    def of(self, path: str) -> Source | Refusal:
        if path not in self.known:
            original = read_original(self._project.root / path, self._started, self._project.view.unsaved)
            self.known[path] = original, parse(original.text)
        return self.known[path][1]

    def read(self, path: str) -> Source | None:
        source = self.of(path)
        return source if isinstance(source, Source) else None


def _outcomes(wish: Wanted, examined: Examined, settings: Settings, sources: _Sources) -> tuple[list[Outcome], bool]:
    """What became of each order of the wish; and whether a misuse was mended first, and a refactor is left to be made."""
    again = False
    outcomes: list[Outcome] = []
    oldest = oldest_python(examined.project.root) if settings.target_python is None else None
    for order in (replace(each, oldest=oldest) for each in orders(wish, examined, settings)):
        if wish.line is not None and order.fault is None and any(outcome.rewrite for outcome in outcomes):
            again = (
                order.advised and order.site.line == wish.line
            )  # what is wrong at the line is mended, its site stays
            break
        source = sources.of(order.site.path)
        if wish.line is None and order.fault is not None and order.fault.rule in ON_PURPOSE:
            source = Refusal("decision", f"fixing {order.fault.rule} changes what the program does: ask for it by its line",
                             order.site.line)  # fmt: skip
        outcomes.append(
            Outcome(order, None, source) if isinstance(source, Refusal) else generate(order, source, sources.read)
        )
    if wish.line is not None and any(outcome.rewrite for outcome in outcomes):
        outcomes = [outcome for outcome in outcomes if outcome.rewrite]
    return outcomes, again


def combined(
    sources: dict[str, tuple[Original, Source | Refusal]], outcomes: Iterable[Outcome]
) -> tuple[list[ChangedFile], list[str], list[Outcome]]:
    files: list[ChangedFile] = []
    notes: list[str] = []
    left: list[Outcome] = []
    by_path: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.rewrite is not None:
            by_path.setdefault(outcome.order.site.path, []).append(outcome)
            for path, other in outcome.rewrite.elsewhere:
                by_path.setdefault(path, []).append(Outcome(outcome.order, other))
    for path, made in by_path.items():
        original, source = sources[path]
        assert isinstance(source, Source)
        rewrites: dict[int, Outcome] = {id(o.rewrite): o for o in made}
        text, kept, omitted = combine(source, [o.rewrite for o in made if o.rewrite is not None])
        files.append(ChangedFile(path, original, _ending_like(original.text, text)))
        for rewrite in kept:
            line = rewrites[id(rewrite)].order.site.line
            notes += [f"{rewrites[id(rewrite)].order.site.path}:{line}: {note}" for note in rewrite.notes]
        for rewrite in omitted:
            order = rewrites[id(rewrite)].order
            because = "it overlaps another refactor of this file: run the command again after applying that"
            left.append(Outcome(order, None, Refusal("overlap", because, order.site.line)))
    return files, notes, left


def _ending_like(before: str, after: str) -> str:
    """`after` without the line ending at its end where `before` has none."""
    if not before or before.endswith(("\n", "\r")):
        return after
    return after.removesuffix("\n").removesuffix("\r")


def remarks(result: Refactored) -> list[str]:
    """One line for each note and each site that was left as it is."""
    lines = [f"note: {note}" for note in result.notes]
    for outcome in result.refused:
        if outcome.refusal is not None:
            site, refusal = outcome.order.site, outcome.refusal
            unsafe = f"not safe as {outcome.order.model}: " if outcome.order.fault is None else ""
            lines.append(f"refused: {site.path}:{site.line}: {unsafe}{refusal.because} ({refusal.hazard})")
    return lines


def diff(changed: ChangedFile, shown: str) -> str:
    """A unified diff that `patch -p1` and `git apply` accept."""
    before, after = _lines(changed.original.text), _lines(changed.text)
    lines = difflib.unified_diff(before, after, quoted(f"a/{shown}"), quoted(f"b/{shown}"))
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _lines(text: str) -> list[str]:
    """The lines as `patch` counts them: a form feed or a line separator ends none."""
    return [line + "\n" for line in text.split("\n")[:-1]] + [text[text.rfind("\n") + 1 :]] * (not text.endswith("\n"))


# ---- choosing


def orders(wish: Wanted, examined: Examined, settings: Settings) -> list[Order]:
    """Every finding of a file or folder that the settings ask for; of a line the misuses that begin there, then its site."""
    pairs = list(zip(examined.sites, examined.judged, strict=True))
    rules = {rule.id: rule for rule in examined.knowledge.sites}
    unread = unread_names(examined, settings)
    faults = [f for f in examined.faults if f.rule in MENDED and wish.model in (None, rules[f.rule].advise)]
    if wish.line is None:
        findings = report(examined, settings).findings
        told = {(each.path, each.line, each.column, each.rule) for each in findings}
        also = {(place.path, place.line) for each in findings for place in each.also}
        sites = [order_for(wish, examined, site, judged, unread) for site, judged in pairs if is_advised(judged)
                 and ((site.path, site.line, judged.case.column + 1, judged.verdict.rule) in told
                      or (judged.instead is not None and (site.path, site.line) in also))]  # fmt: skip
        misuses = [fault for fault in faults if (fault.path, fault.line, fault.column + 1, fault.rule) in told]
        return [*sites, *(mending(examined, fault) for fault in misuses)]
    path = examined.project.relative(os.path.abspath(wish.path))
    here = [mending(examined, f) for f in faults if f.path == path and f.line == wish.line]
    try:
        one = _one(wish, examined, pairs)
        if wish.model is not None and any(judged.case.concurrent_now not in (None, wish.model) for _, judged in one):
            here = []  # another model was asked for, which no mending of what stands gives
        return [*here, *(order_for(wish, examined, *pair, unread) for pair in one)]
    except AdvisorError:
        if not here:
            raise
        return here


def unread_names(examined: Examined, settings: Settings) -> Callable[[str], bool]:
    """Whether a name occurs in a file of the project that the analysis had no reason to read, told when first asked."""

    @cache
    def words() -> frozenset[str]:
        found: set[str] = set()
        for each in discover((examined.project.root,), examined.project, settings.exclude):
            if isinstance(each, SourceFile) and each.path not in examined.program.modules:
                found.update(_WORD.findall(each.text))
        return frozenset(found)

    return lambda name: name in words()


def mending(examined: Examined, fault: Fault) -> Order:
    """The order to mend a misuse: its place as a site of which nothing else is known."""
    program = examined.program
    around = [f for f in program.functions.values() if f.path == fault.path and f.name == fault.function
              and (f.is_module or f.line <= fault.line <= f.end_line)]  # fmt: skip
    function = max(around, key=lambda f: f.line).id
    rule = next(rule for rule in examined.knowledge.sites if rule.id == fault.rule)
    model = fault.model or rule.advise or Model.SEQUENTIAL
    site = Site(fault.path, function, rule.site, fault.rule, fault.line, fault.column, fault.end_line,
                code.Unknown("misuse", ()), misuse=True)  # fmt: skip
    case = Case(fault.path, fault.function, rule.site, fault.rule, fault.line, fault.end_line, fault.column, frozenset(),
                "unknown", (), Dependence(DependenceKind.NONE), (), Work(ZERO, False, ZERO, ZERO, ZERO))  # fmt: skip
    return Order(site, case, model, DEFAULT_EXECUTOR[model], True, program, examined.summaries,
                 examined.knowledge.catalog, examined.target.python, fault)  # fmt: skip


def _one(wish: Wanted, examined: Examined, pairs: list[tuple[Site, Judged]]) -> list[tuple[Site, Judged]]:
    """The site at a line: one that begins there, else the innermost around it; of several the one advised."""
    path = examined.project.relative(os.path.abspath(wish.path))
    line = wish.line or 0
    mine = [pair for pair in pairs if pair[0].path == path]
    if not mine and path in {skipped.path for skipped in examined.facts.skipped}:
        why = next(skipped.why for skipped in examined.facts.skipped if skipped.path == path)
        raise AdvisorError(f"{wish.path}: {why}", "`advisor analyze` lists what it had to skip")
    around = [pair for pair in mine if pair[0].line <= line <= max(pair[0].end_line, pair[0].line)]
    begins = [pair for pair in around if pair[0].line == line]
    for group in (begins, around):
        advised = [pair for pair in group if is_advised(pair[1])]
        found = advised or ([] if group is begins and any(is_advised(p[1]) for p in around) and not begins else group)
        if found:
            return [max(found, key=lambda pair: (pair[0].line, -pair[0].end_line))]
    near = sorted({pair[0].line for pair in mine}, key=lambda number: abs(number - line))[:3]
    places = ", ".join(f"{wish.path}:{number}" for number in near)
    hint = f"nearest: {places}" if near else "`advisor analyze --all` lists every site"
    raise AdvisorError(f"{wish.path}:{line}: nothing to rewrite on this line", hint)


def is_advised(judged: Judged) -> bool:
    verdict = judged.instead or judged.verdict
    return verdict.change and verdict.model is not Model.SEQUENTIAL


def order_for(wish: Wanted, examined: Examined, site: Site, judged: Judged, unread: Callable[[str], bool]) -> Order:
    verdict = judged.instead or judged.verdict  # what has the same cause is mended like the place that is reported
    model = wish.model or verdict.model
    if model is Model.SEQUENTIAL and wish.line is not None:
        raise AdvisorError(f"{wish.path}:{wish.line}: {verdict.message}",
                           "--model threading (or multiprocessing, asyncio) asks for a refactor all the same", 1)  # fmt: skip
    executor = wish.executor or (verdict.executor if model is verdict.model else DEFAULT_EXECUTOR[model])
    if executor is Executor.INTERPRETER_POOL and examined.target.python < _INTERPRETERS:
        raise AdvisorError(
            "--executor interpreters needs Python 3.14 or newer", "add --target-python 3.14 if that will run the code"
        )
    open_questions = tuple(question for question in verdict.ask_first if question not in verdict.answered)
    fits = {verdict.model, *(other.model for other in verdict.alternatives)}
    return Order(site, judged.case, model, executor, verdict.change and model in fits, examined.program, examined.summaries,
                 examined.knowledge.catalog, examined.target.python, accepted=wish.accept,
                 questions=open_questions if model is verdict.model else (), unread=unread, workers=wish.workers)  # fmt: skip


def refusal_error(outcome: Outcome, wish: Wanted) -> AdvisorError:
    refusal = outcome.refusal or Refusal("layout", "it cannot be rewritten", 1)
    where = f"{wish.path}:{refusal.line}"
    hint = "--skeleton writes a module to finish by hand"
    if refusal.hazard in ACCEPTABLE:
        hint = f"--accept {refusal.hazard} rewrites it all the same, where that does not matter; {hint}"
    return AdvisorError(f"{where}: not safe as {outcome.order.model}: {refusal.because} ({refusal.hazard})", hint, 1)


def _executor(name: str) -> tuple[Executor, Model]:
    if name in EXECUTORS:
        return EXECUTORS[name]
    for executor, model in EXECUTORS.values():
        if executor.value.lower() == name.lower():
            return executor, model
    raise AdvisorError(f"no such executor: {name}", did_you_mean(name, EXECUTORS) or f"one of {', '.join(EXECUTORS)}")


def model_named(name: str) -> Model:
    models = [model.value for model in Model if model is not Model.SEQUENTIAL]
    if name not in models:
        raise AdvisorError(f"no such model: {name}", did_you_mean(name, models) or f"one of {', '.join(models)}")
    return Model(name)


def _existing(path: str) -> Path:
    if not os.path.exists(path):
        raise AdvisorError(f"no such file or folder: {path}", "paths count from this folder")
    return Path(path)
