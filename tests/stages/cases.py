"""Cases and numbers for the tests of the stages that judge: a plain loop of network waits, and what may differ."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from advisor.model.case import Case
from advisor.model.concurrency import Model
from advisor.model.effect import ZERO, Effect, EffectTrace, Range
from advisor.model.estimate import WORTHWHILE, Forecast, Machine, Speedup, Target, Work
from advisor.model.site import Dependence, DependenceKind, Detail, Hazard, HazardKind, SiteKind

TWO_CORES = Target(python=(3, 11), gil=True, cores=2)
MACHINE = Machine(
    thread_start=2e-4,
    thread_task=3e-5,
    process_start={"fork": 8e-3, "forkserver": 0.1, "spawn": 0.2},
    process_task=2.5e-4,
    process_task_chunked=5e-6,
    coroutine_task=1.2e-5,
    to_thread=1.3e-4,
    pickle_bandwidth=6e7,
)


def a_case(effect: Effect = Effect.NETWORK, **changed: Any) -> Case:
    """Thirty known rounds that each wait 50 ms for `requests.get`, in a `for` loop of synchronous code."""
    plain = Case(
        path="app.py",
        function="pull",
        kind=SiteKind.FOR,
        rule="for-loop",
        line=4,
        end_line=6,
        column=4,
        contexts=frozenset(),
        work_kind=effect.value,
        effects=(EffectTrace(effect, "requests.get", ()),),
        dependence=Dependence(DependenceKind.NONE),
        hazards=(),
        work=a_work(waiting=0.05, interpreter=1e-3),
        subject="for url in urls",
    )
    return replace(plain, **changed)


def computing(**changed: Any) -> Case:
    """Fifty known rounds of 20 ms pure Python each."""
    return a_case(Effect.CPU_PYTHON, **{"work": a_work(items=50, interpreter=0.02), **changed})


def a_work(items: float = 30, known: bool = True, **seconds: float) -> Work:
    """Exact numbers; `payload` in bytes, the others in seconds per item."""
    parts: dict[str, Any] = {name: Range.exactly(value) for name, value in seconds.items()}
    return replace(Work(Range.exactly(items), known, interpreter=ZERO, native=ZERO, waiting=ZERO), **parts)


def a_hazard(kind: HazardKind, name: str = "session", line: int = 31, because: str = "") -> Hazard:
    return Hazard(kind, name, line, because)


def carried(
    because: str = "each iteration reads `token` (line 31), which the previous iteration wrote (line 33)",
) -> Dependence:
    return Dependence(DependenceKind.CARRIED, (Detail("token", 31, because),))


def a_forecast(seconds: float = 1.5, low: float | None = None, pays: float | None = None, **gains: float) -> Forecast:
    """Expected gains by model name; what is not given gains nothing. Unless they `pays` so likely, they surely do, or not."""
    by_model = {
        model: Speedup(low if low is not None else gain, gain, gain, "static", 8, pays=odds)
        for model in Model
        for gain in [gains.get(model.value, 1.0)]
        for odds in [float(gain >= WORTHWHILE) if pays is None else pays]
    }
    return Forecast(by_model, Range.exactly(seconds))
