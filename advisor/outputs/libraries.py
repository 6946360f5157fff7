"""What is known of other people's packages: the list, and a page on one of them as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from advisor.model.catalog import CallEntry, Catalog, ObjectEntry, ThreadSafety
from advisor.model.effect import SECONDS, Effect, Range

_NAMES_SHOWN = 8
_MEANS = {
    Effect.NETWORK: "wait for the network",
    Effect.DATABASE: "wait for a database",
    Effect.DISK: "wait for the disk",
    Effect.SUBPROCESS: "wait for another program",
    Effect.SLEEP: "sleep",
    Effect.LOCK: "wait for other threads or processes",
    Effect.CPU_PYTHON: "compute in the interpreter, and hold the GIL",
    Effect.CPU_NATIVE: "compute in native code that holds the GIL",
    Effect.CPU_NATIVE_NOGIL: "compute in native code that releases the GIL",
    Effect.PARALLEL_NATIVE: "use all cores by themselves",
    Effect.ASYNC: "are awaited, and do not block the event loop",
    Effect.TERMINAL: "wait for the person at the terminal",
    Effect.NONE: "take no time worth mentioning",
}
_EACH = {
    Effect.NETWORK: "Waits for the network",
    Effect.DATABASE: "Waits for a database",
    Effect.DISK: "Waits for the disk",
    Effect.SUBPROCESS: "Waits for another program",
    Effect.SLEEP: "Sleeps",
    Effect.LOCK: "Waits for other threads, processes or tasks",
    Effect.CPU_PYTHON: "Computes in the interpreter and holds the GIL",
    Effect.CPU_NATIVE: "Computes in native code that holds the GIL",
    Effect.CPU_NATIVE_NOGIL: "Computes in native code that releases the GIL",
    Effect.PARALLEL_NATIVE: "Uses all cores by itself",
    Effect.ASYNC: "Is awaited and does not block the event loop",
    Effect.TERMINAL: "Waits for the person at the terminal",
    Effect.NONE: "Takes no time worth mentioning",
}
_SHARED = {
    ThreadSafety.YES: "May be shared by threads",
    ThreadSafety.NO: "Must not be shared by threads",
    ThreadSafety.SERIALISED: "May be shared by threads, and serve one at a time",
}


def list_libraries(catalog: Catalog) -> tuple[dict[str, Any], ...]:
    """Every package as a row of the list of rules: its name, the kind `library`, and what it is."""
    return tuple(
        {"slug": package, "kind": "library", "title": about, "advises": ""}
        for package, about in sorted(catalog.about.items())
    )


def explain_library(package: str, catalog: Catalog) -> str:
    """The page of `package`: its calls by what they do, and which of its objects threads and processes may share."""
    parts = [f"# {package}", catalog.about[package]]
    for heading, lines in (("Calls", _calls(package, catalog)), ("Objects", _objects(package, catalog))):
        bullets = "\n".join(f"- {line}" for line in lines)
        parts += [f"## {heading}", bullets] if bullets else []
    return "\n\n".join(parts) + "\n"


def explain_api(name: str, catalog: Catalog) -> str:
    """The page of a call (`requests.get`, `open`) or class, whether it is listed under this name or inherited; empty where
    nothing is known of it."""
    known = catalog.call(name) or catalog.call(f"builtins.{name}")
    shared = catalog.object(name)
    if known is None and shared is None:
        return ""
    listed = name if known is None else known[0]
    lines = [] if known is None else list(_does(known[1]))
    lines += [] if shared is None else list(_may(shared))
    package = max((each for each in catalog.about if _belongs(listed, each)), key=len, default="")
    return "\n".join([f"# {listed}", "", *(f"- {line}" for line in lines), "", _see(package)]).rstrip() + "\n"


def _does(entry: CallEntry) -> Iterator[str]:
    yield f"{_EACH[entry.effect]} ({entry.effect.value})"
    if entry.cost is not None:
        yield f"One call usually takes {_duration(SECONDS[entry.cost])}"
    if entry.returns:
        yield f"Returns `{entry.returns}`"
    if entry.async_:
        yield f"In a coroutine: `{entry.async_}`"
    if entry.since is not None:
        yield f"New in Python 3.{entry.since}"
    if entry.note:
        yield entry.note[0].upper() + entry.note[1:]
    yield f"Basis: {entry.because.value}"


def _may(entry: ObjectEntry) -> Iterator[str]:
    if entry.threads in _SHARED:
        yield f"An object of it {_SHARED[entry.threads][0].lower()}{_SHARED[entry.threads][1:]}"
    if entry.picklable is not None:
        yield f"An object of it can{'' if entry.picklable else 'not'} be sent to a process"


def _see(package: str) -> str:
    return f"See `advisor explain {package}`." if package else ""


def _duration(cost: Range) -> str:
    low, high = (f"{seconds:.0e}" for seconds in (cost.low, cost.high))
    return f"{_time(float(low))} to {_time(float(high))}"


def _time(seconds: float) -> str:
    unit, size = next(
        ((unit, size) for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)) if seconds >= size), ("ns", 1e-9)
    )
    return f"{seconds / size:.3g} {unit}"


def _calls(package: str, catalog: Catalog) -> Iterator[str]:
    known = {name: entry.effect for name, entry in catalog.calls.items() if _belongs(name, package)}
    for effect, means in _MEANS.items():
        names = [name for name in known if known[name] is effect]
        if names:
            yield f"{means} ({effect.value}): {_some(names)}"


def _objects(package: str, catalog: Catalog) -> Iterator[str]:
    known = {name: entry for name, entry in catalog.objects.items() if _belongs(name, package)}
    for safety, means in _SHARED.items():
        names = [name for name in known if known[name].threads is safety]
        if names:
            yield f"{means}: {_some(names)}"
    fixed = [name for name in known if known[name].picklable is False]
    if fixed:
        yield f"Cannot be sent to a process: {_some(fixed)}"


def _belongs(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _some(names: Iterable[str]) -> str:
    names = sorted(names)
    shown = ", ".join(f"`{name}`" for name in names[:_NAMES_SHOWN])
    hidden = len(names) - _NAMES_SHOWN
    return f"{shown} and {hidden} more" if hidden > 0 else shown
