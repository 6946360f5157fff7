"""What is known of other people's packages: the list, and a page on one of them as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from advisor.model.catalog import Catalog, ThreadSafety
from advisor.model.effect import Effect

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
