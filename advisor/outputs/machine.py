"""The machine as a person wants to read it: what each way of running costs there, in the units that fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from advisor.model.estimate import Machine
from advisor.model.race import Kept


def render(machine: Machine, identity: Mapping[str, str], races: Sequence[Kept] = ()) -> str:
    """One line for each figure, below a line that says whose they are; then what races made of predictions."""
    whose = f"{identity['processor']}, {identity['cores']} cores, {identity['system']}, {identity['python']}"
    measured = "measured here" if machine.calibrated else "usual figures; `advisor calibrate` measures this machine"
    rows = [f"  {label:<36}{value:>12}" for label, value in _figures(machine)]
    return "\n".join([whose, f"({measured})", *rows, *_predictions(races), ""])


def _figures(machine: Machine) -> Iterator[tuple[str, str]]:
    yield "start and end a thread", _time(machine.thread_start)
    yield "task on a thread pool", _time(machine.thread_task)
    for method, seconds in sorted(machine.process_start.items()):
        yield f"start and end a process ({method})", _time(seconds)
    yield "task on a process pool", _time(machine.process_task)
    yield "the same, in large chunks", _time(machine.process_task_chunked)
    yield "pickle, send and unpickle records", f"{machine.pickle_bandwidth / 1e6:.0f} MB/s"
    yield "the same for bytes and arrays", f"{machine.flat_bandwidth / 1e6:.0f} MB/s"
    yield "coroutine as a task", _time(machine.coroutine_task)
    yield "call through asyncio.to_thread", _time(machine.to_thread)
    yield "what a further core adds", f"{machine.core_scaling:.0%}"


def _predictions(races: Sequence[Kept]) -> Iterator[str]:
    tested = [
        (race, model, gain) for race in races for model, gain in race.gains.items() if gain.predicted and gain.same
    ]
    if tested:
        yield ""
        yield "Predicted speed-ups of places, and those of the whole program when they were raced:"
    for race, model, gain in tested:
        assert gain.predicted is not None
        low, high = gain.predicted.low, gain.predicted.high
        off = "" if low <= gain.expected <= high else ", off"
        where = f"{race.path}:{race.line}"
        yield f"  {where:<34} {model:<16} {low:.3g}–{high:.3g}×, measured {gain.expected:.3g}×{off}"


def _time(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-6:.3g} µs"
