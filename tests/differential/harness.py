"""Rewrites a program for each model as `advisor generate` does, runs both, and tells in what they differ."""

from __future__ import annotations

import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from advisor import refactoring
from advisor.errors import AdvisorError
from advisor.model.concurrency import Model
from advisor.pipeline import Examined, examine
from advisor.refactoring import refactor, wanted
from advisor.settings import Settings
from advisor.stages.generate import ON_PURPOSE
from tests.differential.grammar import Program
from tests.differential.running import PATIENCE, Ran, Runner
from tests.knowing import rules_at_hand

MODELS = (Model.THREADING, Model.MULTIPROCESSING, Model.ASYNCIO)
SETTINGS = Settings(jobs=1, cores=2)
_PROCESSES = re.compile(r"\bProcessPoolExecutor\(|^\s*(?:from|import) multiprocessing\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A text that the advisor made of a program, and for which orders: "LINE MODEL", or "all-in"."""

    text: str
    orders: tuple[str, ...]

    @property
    def starts(self) -> bool:
        """Whether it starts processes."""
        return _PROCESSES.search(self.text) is not None


@dataclass(frozen=True, slots=True)
class Difference:
    """A rewritten program that does not do what the original did, and how worker processes began ("" without any)."""

    rewritten: Rewritten
    start: str
    found: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(self.rewritten.orders)}{self.start and f' ({self.start})'}: {'; '.join(self.found)}"


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a program: the texts, the orders that were refused with the reason, and those that crashed."""

    texts: tuple[Rewritten, ...]
    refused: dict[str, str]
    crashes: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a program: how often it was rewritten and refused, whether its own site was refused for the model
    that suits its work, and the differences.

    `unsteady` tells why the program is of no use: it does not do the same every time, by itself.
    """

    rewritten: int
    refused: int
    refusal: str
    differences: tuple[Difference, ...]
    unsteady: str = ""


class Harness:
    """Tries programs. The rules are loaded once, a program is analysed once, and equal texts run once.

    Processes are started by `fork`, and for a quarter of the texts, always the same ones, by `spawn` too; with
    `every_start` for all of them.
    """

    def __init__(self, patience: float = PATIENCE, *, every_start: bool = False) -> None:
        self._runner = Runner(patience)
        self._every_start = every_start
        self._folder = tempfile.TemporaryDirectory(prefix="differential-")

    def __enter__(self) -> Harness:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()
        self._folder.cleanup()

    def tried(self, program: Program) -> Tried:
        made = self.rewritten(program.text)
        return self.run(program.text, made, made.refused.get(program.order, ""))

    def run(self, text: str, made: Made, refusal: str = "") -> Tried:
        """Runs a program and all that was made of it."""
        texts = [each for each in made.texts if each.text != text]
        if not texts:
            return Tried(0, len(made.refused), refusal, made.crashes)
        before = self._runner.warm(text)
        if before.code is None:
            return Tried(len(texts), len(made.refused), refusal, made.crashes, "hangs")
        found = [each for changed in texts for each in self._differing(before, changed)]
        unsteady = ""
        if found and (other := before.differences(self._runner.cold(text))):
            found, unsteady = [], "; ".join(other)
        return Tried(len(texts), len(made.refused), refusal, (*made.crashes, *found), unsteady)

    def refusal(self, program: Program) -> str:
        """Why the site that the program is about is refused for the model that suits its work; "" where it is not."""
        return self.rewritten(program.text, program.order).refused.get(program.order, "")

    def rewritten(self, text: str, *only: str) -> Made:
        """What `generate app.py:LINE --model MODEL` makes of it for each line with a site and each model, and
        `generate --all-in .` at default settings; `only` of these orders, where any are given.

        Left out is the line of a misuse whose mending is meant to change what the program does.
        """
        file = Path(self._folder.name) / "app.py"
        (file.parent / "pyproject.toml").touch()
        file.write_text(text, encoding="utf-8")
        made: dict[str, list[str]] = {}
        refused: dict[str, str] = {}
        crashes: list[Difference] = []
        with rules_at_hand():
            seen = examine((file,), SETTINGS)
        with _examined(seen):
            for order, place, model in _orders(file, seen):
                if only and order not in only:
                    continue
                try:
                    result = refactor(wanted(place, model, None, everything=model is None), SETTINGS)
                except AdvisorError as error:
                    refused[order] = error.title.partition(": ")[2]
                except Exception as error:  # noqa: BLE001 - whatever it is, users would see it
                    crashes.append(Difference(Rewritten("", (order,)), "", (f"crashes: {error!r}",)))
                else:
                    changed = result.files[0].text if result.files else text
                    made.setdefault(changed, []).append(order)
        return Made(
            tuple(Rewritten(changed, tuple(orders)) for changed, orders in made.items()), refused, tuple(crashes)
        )

    def compared(self, before: str, after: str) -> tuple[str, ...]:
        """In what one text differs from another when both are run."""
        found = self._differing(self._runner.warm(before), Rewritten(after, ()))
        return found[0].found if found else ()

    def _differing(self, before: Ran, made: Rewritten) -> list[Difference]:
        """The first way to start processes with which the rewritten text does otherwise."""
        for start in self._starts(made):
            ran = self._runner.cold(made.text, start) if start else self._runner.warm(made.text)
            found = before.differences(ran)
            if found and ran.code is None and not start:
                found = before.differences(self._runner.warm(made.text))  # a busy machine can be slow once
            if found:
                return [Difference(made, start, tuple(found))]
        return []

    def _starts(self, made: Rewritten) -> tuple[str, ...]:
        """How processes are started; "" where there are none."""
        if not made.starts:
            return ("",)
        return ("fork", "spawn") if self._every_start or zlib.crc32(made.text.encode()) % 4 == 0 else ("fork",)


def _orders(file: Path, seen: Examined) -> Iterator[tuple[str, str, str | None]]:
    """Each order by name, with the place and the model that are asked for."""
    changing = {fault.line for fault in seen.faults if fault.rule in ON_PURPOSE}
    for line in sorted(({site.line for site in seen.sites} | {fault.line for fault in seen.faults}) - changing):
        for model in MODELS:
            yield f"{line} {model}", f"{file}:{line}", model.value
    yield "all-in", str(file.parent), None


@contextmanager
def _examined(seen: Examined) -> Iterator[None]:
    """Within this `refactor` takes what is known of the program already, instead of analysing it for each order."""
    with mock.patch.object(refactoring, "examine", return_value=seen):
        yield
