"""Numbers about machines and runs: what a pool costs here, what an iteration costs, what a model would gain."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from advisor.model.concurrency import Model
from advisor.model.effect import ZERO, Range

Basis = Literal["static", "profile", "measured"]

WORTHWHILE = 1.2  # a smaller speed-up does not pay for the code it takes


@dataclass(frozen=True, slots=True)
class Target:
    """The interpreter and cores that will run the code: `python` as (major, minor), `gil` false for free-threaded builds."""

    python: tuple[int, int]
    gil: bool
    cores: int

    def __str__(self) -> str:
        return f"{self.python[0]}.{self.python[1]}{'' if self.gil else 't'}"


@dataclass(frozen=True, slots=True)
class Machine:
    """What concurrency costs on a machine, in seconds (bandwidths in bytes a second, pickled, sent and unpickled:
    `pickle_bandwidth` for many small objects, `flat_bandwidth` for texts, bytes and arrays).

    `core_scaling` is what each core beyond the first adds, as a part of the first.
    """

    thread_start: float
    thread_task: float
    process_start: dict[str, float]  # by start method: fork, forkserver, spawn
    process_task: float
    process_task_chunked: float
    coroutine_task: float
    to_thread: float
    pickle_bandwidth: float
    flat_bandwidth: float = 1.8e8
    core_scaling: float = 0.95
    calibrated: bool = False


@dataclass(frozen=True, slots=True)
class Inner:
    """A loop inside an iteration whose length the source does not tell, in `line`: a round of it takes about `seconds`."""

    line: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Work:
    """One iteration's time, split as the cost model needs it, and how many iterations there are.

    Seconds per iteration: `interpreter` holds the GIL, `native` releases it, `waiting` uses no CPU of this process,
    `child` is the CPU of a process it waits for (it needs a core of its own). `payload` is bytes in and out per item, `flat`
    those of them that are one text, bytes or array, which travel faster than many small objects.
    """

    items: Range
    items_known: bool
    interpreter: Range
    native: Range
    waiting: Range
    child: Range = ZERO
    payload: Range = ZERO
    flat: Range = ZERO
    parallel_native: bool = False
    inner: Inner | None = None

    @property
    def per_item(self) -> Range:
        return self.interpreter + self.native + self.waiting + self.child


@dataclass(frozen=True, slots=True)
class Speedup:
    """Sequential time divided by the model's time, with so many `workers`, `because` in words: from the 10th to the 90th
    percentile of what may be, `expected` where all is as expected. `pays` is how likely it is enough to be worth it,
    `pays_if_long` the same in those runs where all items take a second or more, None where hardly any does; the `program_*`
    bounds are for the whole run, where its share is known."""

    low: float
    expected: float
    high: float
    basis: Basis
    workers: int
    because: str = ""
    program_low: float | None = None
    program_high: float | None = None
    pays: float = 0.0
    pays_if_long: float | None = None


class Speedups(Mapping[Model, Speedup]):
    """The speed-up under each model, worked out when it is first asked for: at most sites nobody asks. A copy that is sent to
    another process works out the others there, if `work` can be sent."""

    def __init__(
        self, work: Callable[[], Mapping[Model, Callable[[], Speedup]]], known: dict[Model, Speedup] | None = None
    ) -> None:
        self._work, self._known = work, {} if known is None else known

    @cached_property
    def _by_model(self) -> Mapping[Model, Callable[[], Speedup]]:
        return self._work()

    def __getitem__(self, model: Model) -> Speedup:
        if model not in self._known:
            self._known[model] = self._by_model[model]()
        return self._known[model]

    def __iter__(self) -> Iterator[Model]:
        return iter(self._by_model)

    def __len__(self) -> int:
        return len(self._by_model)

    def __reduce__(self) -> tuple[object, ...]:
        return Speedups, (self._work, self._known)


@dataclass(frozen=True, slots=True)
class Forecast:
    """What each model would gain at one site, and what the site takes as it is."""

    by_model: Mapping[Model, Speedup]
    sequential_seconds: Range


@dataclass(frozen=True, slots=True)
class Outlook:
    """What surrounds an advised gain: the item count from which it pays (None: never), the seconds an item must take to pay
    where there are as many as expected (None: however long), the gain on other numbers of cores, and that of interpreters
    in place of processes, where the target has them."""

    break_even: int | None = None
    break_even_seconds: float | None = None
    on_cores: dict[int, Speedup] = field(default_factory=dict)
    interpreters: Speedup | None = None


@dataclass(frozen=True, slots=True)
class Curves:
    """An advised gain against the number of cores, and against the number of items on the target's own cores; each by
    rising numbers. `items` is how many there may be."""

    by_cores: dict[int, Speedup]
    by_items: dict[int, Speedup]
    items: Range
