"""Race every finding of a program, what saves most first, and then all winners together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.model.concurrency import Model
from advisor.model.race import RaceReport, RacesReport
from advisor.model.report import Finding
from advisor.pipeline import report
from advisor.racing.race import Plan, Race, Show
from advisor.racing.running import Interrupted
from advisor.racing.variants import Found, Known, Variant, find_variants, look_at, together
from advisor.refactoring import Wanted
from advisor.settings import Settings


class Races:
    """The races of all findings below `root`. `run` runs them, and `report` tells at any time what is known of them.

    `plan` makes the plan of one race; `done` is called after each that was finished.
    """

    def __init__(
        self, root: Path, settings: Settings, plan: Callable[[Found], Plan], show: Show,
        done: Callable[[RaceReport, Found], None],
    ) -> None:  # fmt: skip
        self._root, self._settings = root, settings
        self._plan, self._show, self._done = plan, show, done
        self._races: list[RaceReport] = []
        self._skipped: list[str] = []
        self._winners: list[tuple[Found, Variant]] = []
        self._together: RaceReport | None = None
        self._best: tuple[RaceReport, Found] | None = None

    @property
    def best(self) -> tuple[RaceReport, Found] | None:
        """The race whose winner is worth to be applied: that of all winners together, or the only one that was won."""
        return self._best

    def report(self) -> RacesReport:
        return RacesReport(races=tuple(self._races), together=self._together, skipped=tuple(self._skipped))

    def run(self, models: Sequence[Model], sizes: Sequence[int]) -> None:
        """Interrupted, after cleaning up, when somebody ends it."""
        known = look_at(self._root, self._settings)
        findings = [each for each in report(known[0], self._settings).findings if each.change]
        for finding in sorted(findings, key=_most_saved_first):
            wish = Wanted(self._root / finding.path, finding.line, accept=frozenset({"too-little-work"}))
            try:
                found = find_variants(wish, models, sizes, self._settings, known)
                self._one(found)
            except AdvisorError as error:
                self._skipped.append(f"{finding.path}:{finding.line}: {error.title}")
        if len(self._winners) > 1:
            self._all(known)

    def _one(self, found: Found) -> None:
        told = self._run(found)
        self._done(told, found)
        if told.winner is not None:
            self._winners.append((found, next(each for each in found.variants if each.name == told.winner)))
            self._best = told, found

    def _all(self, known: Known) -> None:
        try:
            found = together(self._winners, self._settings, known)
            self._together = self._run(found, add=False)
        except AdvisorError as error:
            self._skipped.append(f"all winners together: {error.title}")
            self._best = None
            return
        self._best = (self._together, found) if self._together.winner else None

    def _run(self, found: Found, *, add: bool = True) -> RaceReport:
        race = Race(self._plan(found), self._show)
        try:
            race.run()
        except Interrupted:
            self._races.append(race.report())
            raise
        told = race.report()
        self._races += [told] if add else []
        return told


def _most_saved_first(finding: Finding) -> tuple[float, str, int]:
    saved = finding.saved.expected if finding.saved is not None else 0.0
    return -saved, finding.path, finding.line
