"""The variants of a place: what each model makes of it, or why that would not be safe."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from advisor import refactoring
from advisor.errors import AdvisorError
from advisor.model.concurrency import DEFAULT_EXECUTOR, Executor, Model
from advisor.model.race import TOGETHER, Predicted
from advisor.pipeline import Examined, examine
from advisor.refactoring import ChangedFile, Wanted
from advisor.rewriting import encoded
from advisor.settings import Settings
from advisor.stages.settle import Judged

AS_FIXED = "as fixed"
Known = tuple[Examined, int]
"""An analysis, and the time when it began, in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to rewrite the place; `refused` says why there is none. `predicted` is the range of speed-ups forecast.

    `caveat` is the hazard in spite of which it was written, where the user did not accept that: it may be raced, for its
    result is compared, but is not put in place of the original.
    """

    name: str
    model: Model
    executor: Executor
    workers: int | None = None
    files: tuple[ChangedFile, ...] = ()
    refused: str = ""
    caveat: str = ""
    predicted: Predicted | None = None

    @property
    def changed(self) -> dict[str, bytes]:
        """The bytes of each changed file, by its path from the project's root."""
        return {each.path: encoded(each.original, each.text) for each in self.files}


@dataclass(frozen=True, slots=True)
class Found:
    """A place with its variants; `function` is the one it stands in, `model` how it runs as it is."""

    path: str
    line: int
    function: str
    model: Model
    variants: tuple[Variant, ...]
    examined: Examined
    judged: Judged | None


def find_variants(
    wish: Wanted, models: Sequence[Model], sizes: Sequence[int], settings: Settings, known: Known | None = None
) -> Found:
    """What `models` (none: all that may fit) make of the place, each once for every size of its pool (none: the usual one).

    `known` is an analysis under the same settings that covers the place. AdvisorError where there is no such place.
    """
    known = known or look_at(wish.path, settings)
    examined = known[0]
    judged = _judged(wish, examined)
    now = None if judged is None else judged.case.concurrent_now
    found: list[Variant] = []
    texts: set[tuple[str, ...]] = set()
    wishes = [replace(wish, model=model) for model in models or _likely(wish)]
    for each in wishes:
        for size in sizes or (None,):
            variant = _variant(replace(each, workers=size), settings, known, judged)
            if variant is None or (variant.files and (same := tuple(file.text for file in variant.files)) in texts):
                continue
            if variant.files:
                texts.add(same)
            found.append(variant)
            if variant.refused:
                break
    path = examined.project.relative(str(Path(wish.path).absolute()))
    function = "" if judged is None else judged.case.function
    line = wish.line if judged is None or wish.line is None else judged.case.line
    return Found(path, line or 1, function, now or Model.SEQUENTIAL, tuple(found), examined, judged)


def look_at(path: Path, settings: Settings) -> Known:
    started = time.time_ns()
    return examine((path,), settings), started


def together(winners: Sequence[tuple[Found, Variant]], settings: Settings, known: Known) -> Found:
    """One variant with the winners of several places. AdvisorError where they cannot be combined."""
    examined = known[0]
    wishes = [Wanted(examined.project.root / found.path, found.line, None if variant.name == AS_FIXED else variant.model,
                     accept=refactoring.ACCEPTABLE, workers=variant.workers) for found, variant in winners]  # fmt: skip
    made = refactoring.refactor_together(wishes, settings, known)
    model = winners[0][1].model
    variant = Variant(TOGETHER, model, DEFAULT_EXECUTOR[model], files=made.files)
    return Found(winners[0][0].path, winners[0][0].line, "", Model.SEQUENTIAL, (variant,), examined, None)


def _likely(wish: Wanted) -> Iterator[Model | None]:
    """All models, and last what is advised: it may mend a fault, and stay sequential."""
    if wish.model is not None:
        yield wish.model
        return
    yield from (Model.THREADING, Model.MULTIPROCESSING, Model.ASYNCIO, None)


def _judged(wish: Wanted, examined: Examined) -> Judged | None:
    """The site at the line: the innermost that is there; None where only a misuse is."""
    path = examined.project.relative(str(Path(wish.path).absolute()))
    line = wish.line or 0
    here = [each for each in examined.judged if each.case.path == path
            and each.case.line <= line <= max(each.case.line, each.case.end_line)]  # fmt: skip
    begins = [each for each in here if each.case.line == line]
    return max(begins or here, key=lambda each: each.case.line, default=None)


def _variant(wish: Wanted, settings: Settings, known: tuple[Examined, int], judged: Judged | None) -> Variant | None:
    advised = None if judged is None else judged.verdict
    model = wish.model or (Model.SEQUENTIAL if advised is None else advised.model)
    executor = wish.executor or (
        advised.executor if advised is not None and advised.model is model else DEFAULT_EXECUTOR[model]
    )
    name = AS_FIXED if wish.model is None else str(model)
    name += f" × {wish.workers}" if wish.workers else ""
    forecast = None if judged is None else judged.forecast.by_model.get(model)
    predicted = None if forecast is None else Predicted(low=round(forecast.low, 2), high=round(forecast.high, 2))
    made = Variant(name, model, executor, wish.workers, predicted=predicted)
    try:
        result = refactoring.refactor(wish, settings, known=known)
    except AdvisorError as error:
        if error.exit_code != 1:
            raise
        if wish.model is None:  # it stays as it is, or the model was tried already
            return None
        if wish.accept >= refactoring.ACCEPTABLE:
            return replace(made, refused=_reason(error.title))
        variant = _variant(replace(wish, accept=refactoring.ACCEPTABLE), settings, known, judged)
        return None if variant is None else replace(variant, caveat="" if variant.refused else _reason(error.title))
    changed = tuple(each for each in result.files if each.text != each.original.text)
    if not changed:
        return None
    outside = next((each.path for each in changed if each.path.startswith("../")), None)
    if outside is not None:
        raise AdvisorError(f"{outside}: lies outside the project", "--project DIR names a folder that holds it")
    return replace(made, files=changed)


def _reason(title: str) -> str:
    """`app.py:3: not safe as threading: because (hazard)` as the table shows it."""
    return title.partition(": not safe as ")[2].partition(": ")[2] or title
