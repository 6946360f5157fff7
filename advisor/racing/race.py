"""Race: the original twice, each variant once to warm up, then all of them in turn, round by round."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from advisor.errors import AdvisorError
from advisor.inputs.machine import usable_cores
from advisor.model.concurrency import DEFAULT_EXECUTOR
from advisor.model.race import ORIGINAL, Ending, RaceReport, RunReport, Standing, VariantReport
from advisor.racing.command import Command, shell
from advisor.racing.comparing import Reference, Result, told_code
from advisor.racing.judging import Judgement, judge, ranked, undecided
from advisor.racing.latency import Delay, delayed
from advisor.racing.output import ALL, Output, Sieve, read_output
from advisor.racing.running import Interrupted, Run, run
from advisor.racing.scratch import Home, Place, Scratch, scratch
from advisor.racing.variants import Found, Variant

_FAR_SLOWER = 10  # times the original's: a variant is not waited for any longer
_AT_LEAST = 20.0  # seconds that a variant may take in any case
_MORE = 2  # times the rounds asked for, that are run on top while the times scatter too much for a verdict
_NOT_DELAYED = "nothing was delayed: the program made no connection to this machine that --latency reaches"

Show = Callable[[RaceReport, str], None]
"""Called after each step with what is known so far, and with what comes next in words."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to race and how. `timeout` is in seconds for each run, `compare` are patterns of files from the project's root,
    `setup` is run once in each copy and `prepare` before each run; `latency` is that of servers on this machine, in seconds."""

    found: Found
    command: Command
    rounds: int
    timeout: float
    compare: tuple[str, ...] = ()
    sieve: Sieve = ALL
    setup: str | None = None
    prepare: str | None = None
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    ignore_failure: bool = False
    latency: float = 0.0


@dataclass(slots=True)
class _Lane:
    """A variant in the race, and what is known of it."""

    report: VariantReport
    changed: dict[str, bytes]
    foreign: list[float] = field(default_factory=list)

    @property
    def races(self) -> bool:
        return self.report.standing in (Standing.WAITING, Standing.SAME, Standing.UNCHECKED)

    def update(self, **values: object) -> None:
        self.report = self.report.model_copy(update=values)


class Race:
    """One race: `run` runs it, and `report` tells at any time what is known of it."""

    def __init__(self, plan: Plan, show: Show) -> None:
        self._plan, self._show = plan, show
        now = plan.found.model
        original = VariantReport(name=ORIGINAL, model=now, executor=DEFAULT_EXECUTOR[now])
        self._lanes = [_Lane(original, {}), *map(_lane, plan.found.variants)]
        self._reference: Reference | None = None
        self._delay = Delay()
        self._rounds = 0
        self._interrupted = False
        self._notes: list[str] = []

    def run(self) -> None:
        """AdvisorError where the original cannot be raced; Interrupted, after cleaning up, when somebody ends it."""
        if not any(lane.races for lane in self._lanes[1:]):
            return
        plan = self._plan
        try:
            home = Home.of(plan.found.examined.project, Path.cwd())
            with delayed(plan.latency) as self._delay, scratch(home, plan.exclude, plan.include) as copies:
                self._tell("copying the project")
                self._set_up(copies)
                self._warm_up(copies)
                for number in range(plan.rounds * (1 + _MORE)):
                    if number >= plan.rounds and not undecided(self._ranked(), number):
                        break
                    self._round(copies, number)
                    self._rounds = number + 1
                touched = copies.touched()
                if touched:
                    self._notes.append(f"{touched[0]} changed meanwhile: the program writes outside its scratch copy")
                if plan.latency and not self._delay.connections:
                    self._notes.append(_NOT_DELAYED)
        except Interrupted:
            self._interrupted = True
            raise

    def report(self) -> RaceReport:
        found = self._plan.found
        variants, rounds = self._ranked(), max(self._rounds, self._plan.rounds)
        foreign = [each for lane in self._lanes for each in lane.foreign]
        load, cores = fmean(foreign) if foreign else 0.0, usable_cores()
        judged = judge(variants, rounds, found.model, load, cores, self._unstable)
        if self._interrupted:
            judged = Judgement(Ending.INTERRUPTED, None, "interrupted: no verdict")
        return RaceReport(
            path=found.path, line=found.line, function=found.function, command=self._plan.command.words,
            python=".".join(map(str, self._plan.command.version)), cores=cores, rounds=rounds,
            variants=variants, ending=judged.ending, winner=judged.winner, verdict=judged.verdict,
            notes=(*self._notes, *self._loose, *self._longer, *judged.notes), load=round(load, 2), latency=self._plan.latency,
        )  # fmt: skip

    @property
    def _unstable(self) -> str:
        return "" if self._reference is None else self._reference.unstable

    def _ranked(self) -> tuple[VariantReport, ...]:
        return ranked([lane.report for lane in self._lanes])

    @property
    def _longer(self) -> list[str]:
        more = self._rounds - self._plan.rounds
        return [f"the times scattered too much for a verdict, so {more} more rounds were run"] if more > 0 else []

    @property
    def _loose(self) -> list[str]:
        if self._reference is None or not self._reference.loose or self._unstable:
            return []
        line = min(self._reference.loose) + 1
        return [f"the numbers in line {line} of the output differ by themselves, and are not compared there"]

    # ---- steps

    def _set_up(self, copies: Scratch) -> None:
        lanes = [lane for lane in self._lanes if lane.races]
        copies.check_room(2 * len(lanes))
        for lane in lanes:
            copies.add(lane.report.name, lane.changed)
            if self._plan.setup is not None:
                self._tell(f"{lane.report.name}: setting up")
                with copies.using(lane.report.name, restored=False) as place:
                    self._shell(self._plan.setup, place)
            copies.keep(lane.report.name)

    def _warm_up(self, copies: Scratch) -> None:
        original, *variants = self._lanes
        self._tell("the original, to see what it gives")
        first, ran = self._one(copies, original, self._plan.timeout)
        self._check_original(ran, copies)
        self._tell("the original again, to see whether it gives the same")
        second, again = self._one(copies, original, self._plan.timeout)
        self._reference = Reference(first, self._plan.sieve).and_of(second)
        original.update(standing=Standing.UNCHECKED if self._unstable else Standing.SAME, checked=2)
        self._limit = min(self._plan.timeout, max(_AT_LEAST, _FAR_SLOWER * max(ran.seconds, again.seconds)))
        for lane in variants:
            if lane.races:
                self._tell(f"{lane.report.name}, to warm up")
                self._checked(copies, lane, *self._one(copies, lane, self._limit))

    def _round(self, copies: Scratch, number: int) -> None:
        """Every variant once, each time beginning with another one."""
        lanes = [lane for lane in self._lanes if lane.races]
        first = number % len(lanes)
        for lane in (*lanes[first:], *lanes[:first]):
            self._tell(f"round {number + 1} of {max(number + 1, self._plan.rounds)}: {lane.report.name}")
            result, ran = self._one(copies, lane, self._plan.timeout if lane is lanes[0] else self._limit)
            if self._checked(copies, lane, result, ran):
                lane.foreign.append(ran.foreign)
                lane.update(runs=(*lane.report.runs, _timed(ran)))

    def _one(self, copies: Scratch, lane: _Lane, timeout: float) -> tuple[Result, Run]:
        command = self._plan.command
        with copies.using(lane.report.name) as place:
            if self._plan.prepare is not None:
                self._shell(self._plan.prepare, place)
            environment = self._delay.added_to(command.environment(place))
            ran = run(command.at(place), place.here, environment, timeout, self._plan.sieve)
            files = dict(_compared(place.root, self._plan.compare, self._plan.sieve))
        return Result(ran.exit_code, ran.output, files), ran

    def _shell(self, line: str, place: Place) -> None:
        shell(line, place, self._plan.command.environment(place), self._plan.timeout)

    def _tell(self, doing: str) -> None:
        self._show(self.report(), doing)

    # ---- checks

    def _check_original(self, ran: Run, copies: Scratch) -> None:
        if ran.timed_out:
            hint = (
                "give it less to do, or more time with --timeout S; it has no terminal, and its standard input is empty"
            )
            raise AdvisorError(f"the original did not end within {self._plan.timeout:g} s", hint)
        if ran.exit_code and not self._plan.ignore_failure:
            last = ran.errors.strip().rpartition("\n")[2]
            raise AdvisorError(
                f"the original fails in a scratch copy of the project: {told_code(ran.exit_code)}{f': {last}' if last else ''}",
                _hint_for(ran.errors, self._plan.command.interpreter),
            )
        if self._plan.compare:
            with copies.using(ORIGINAL, restored=False) as place:
                for pattern in self._plan.compare:
                    if not dict(_compared(place.root, (pattern,), self._plan.sieve)):
                        raise AdvisorError(f"--compare {pattern}: the original writes no such file",
                                           "patterns count from the project's root, like out/**/*.csv")  # fmt: skip
        self._check_it_runs(copies)

    def _check_it_runs(self, copies: Scratch) -> None:
        """A file that a variant changes was run: it is the script, or was compiled when it was imported."""
        changed = {path for lane in self._lanes for path in lane.changed}
        with copies.using(ORIGINAL, restored=False) as place:
            script = self._plan.command.script
            ran = {os.path.normpath(place.here / place.moved(str(script)))} if script else set()
            for path in changed:
                file = place.root / path
                cached = Path(f"{place.compiled}{file.parent}")
                if str(file) in ran or any(cached.glob(f"{file.stem}.*.pyc")):
                    return
        raise AdvisorError(
            f"the command ran, but not {self._plan.found.path}: there is nothing to race",
            "give a command that runs the place; an installed copy of the project may be imported instead",
        )

    def _checked(self, copies: Scratch, lane: _Lane, result: Result, ran: Run) -> bool:
        """Notes how the result compares with the original's; whether the run counts."""
        assert self._reference is not None
        if ran.timed_out:
            lane.update(standing=Standing.TIMED_OUT, difference=f"did not end within {self._limit:.0f} s")
            return False
        if self._reference.unstable and result.exit_code == self._reference.result.exit_code:
            lane.update(standing=Standing.UNCHECKED)
            return True
        original = self._lanes[0]
        if lane is original:
            self._reference = self._reference.and_of(result)
        elif self._reference.difference(result) and result.exit_code == self._reference.result.exit_code:
            self._tell(f"{lane.report.name} differs: the original once more, to see whether that does so by itself")
            again, _ = self._one(copies, original, self._plan.timeout)
            self._reference = self._reference.and_of(again)
        difference = self._reference.difference(result)
        if self._reference.unstable:
            original.update(standing=Standing.UNCHECKED, difference="")
            lane.update(standing=Standing.UNCHECKED)
            return True
        checked = lane.report.checked + 1
        if not difference:
            lane.update(standing=Standing.SAME, checked=checked)
            return True
        failed = result.exit_code != self._reference.result.exit_code
        last = ran.errors.strip().rpartition("\n")[2]
        lane.update(standing=Standing.FAILED if failed else Standing.WRONG, checked=checked,
                    difference=f"{difference}: {last}" if failed and last else difference)  # fmt: skip
        return False


def _lane(variant: Variant) -> _Lane:
    report = VariantReport(
        name=variant.name, model=variant.model, executor=variant.executor, workers=variant.workers,
        standing=Standing.REFUSED if variant.refused else Standing.WAITING, difference=variant.refused,
        predicted=variant.predicted, caveat=variant.caveat,
    )  # fmt: skip
    return _Lane(report, variant.changed)


def _timed(ran: Run) -> RunReport:
    return RunReport(seconds=round(ran.seconds, 6), cpu_user=round(ran.cpu_user, 6), cpu_system=round(ran.cpu_system, 6),
                     memory=ran.memory, exit_code=ran.exit_code)  # fmt: skip


def _compared(root: Path, patterns: tuple[str, ...], sieve: Sieve) -> Iterator[tuple[str, Output]]:
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if path.is_file():
                yield path.relative_to(root).as_posix(), read_output(path, sieve)


def _hint_for(errors: str, interpreter: str) -> str:
    if "EOFError" in errors or "not a tty" in errors or "Inappropriate ioctl" in errors or "No such device" in errors:
        return "it has no terminal, and its standard input is empty: give what it asks for as arguments"
    if "ModuleNotFoundError" in errors:
        return f"{interpreter} ran it, --python takes another; what .gitignore ignores is not copied without --include"
    if "FileNotFoundError" in errors:
        return "files that .gitignore ignores are not copied: --include PATTERN copies them, --setup CMD makes them"
    return "run it by itself first; --ignore-failure races a program that is meant to end so"
