"""Watching: an analysis again whenever a file that it may rest on has changed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from advisor.cli.console import complain, write_out
from advisor.errors import AdvisorError
from advisor.inputs.project import never_entered

_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_ENDINGS = (".py", ".pyi", ".pyw", ".ipynb", ".toml", ".yml", ".yaml", ".gitignore")
_PAUSE = 200  # milliseconds without a further change, for editors write in several steps


def watch(folders: Sequence[Path], analyse: Callable[[], object]) -> None:
    """Calls `analyse` now and after each change of Python, settings or rules below `folders`, until Ctrl-C.

    A terminal is cleared before. What is wrong with a setting is told, and may be mended while this waits.
    """
    roots = [folder for folder in folders if not any(other in folder.absolute().parents for other in folders)]
    try:
        _again(analyse)
        for _ in _changes(roots):
            _again(analyse)
    except KeyboardInterrupt:
        write_out("\n")


def _changes(folders: Sequence[Path]) -> Iterator[object]:
    from watchfiles import watch as changes

    options: dict[str, Any] = {"watch_filter": _matters, "step": _PAUSE, "debounce": 5 * _PAUSE}
    try:
        yield from changes(*folders, **options)
    except OSError:  # the system lets nobody watch so many folders
        yield from changes(*folders, **options, force_polling=True, poll_delay_ms=1000)


def _again(analyse: Callable[[], object]) -> None:
    if sys.stdout is not None and sys.stdout.isatty():
        write_out(_CLEAR)
    try:
        analyse()
    except AdvisorError as error:
        complain(f"error: {error.title}", error.hint)
    sys.stdout.flush()
    complain("Watching for changes; Ctrl-C ends.", "")


def _matters(_change: object, path: str) -> bool:
    return path.endswith(_ENDINGS) and not any(never_entered(str(folder)) for folder in Path(path).parents)
