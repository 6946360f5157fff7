"""Races that were run before, beside the profiles in the user's cache: one file for each project, the latest of each place.

A race counts as long as the files that the place reaches are what they were.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from advisor.errors import AdvisorError
from advisor.files import put, read_bytes
from advisor.model.race import Kept

_FOLDER = "races"


class _Races(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    root: str
    races: tuple[Kept, ...]


def read_races(cache: Path, root: Path) -> dict[str, Kept]:
    """The races of the project at `root` that still hold, by the fingerprint of their place; none where nothing was kept."""
    kept = _read(_file(cache, root))
    return {each.site: each for each in kept if all(digest(root / path) == known for path, known in each.files.items())}


def all_races(cache: Path) -> tuple[Kept, ...]:
    """Every race that is kept, of all projects, whether it still holds or not."""
    return tuple(each for file in sorted((cache / _FOLDER).glob("*.json")) for each in _read(file))


def keep_race(cache: Path, root: Path, race: Kept) -> Path:
    """Keeps it in place of an earlier race of the same place; the file it went to. AdvisorError where that is no use."""
    file = _file(cache, root)
    others = (each for each in _read(file) if each.site != race.site)
    races = _Races(root=str(root), races=(*others, race))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        put(file, races.model_dump_json(indent=1).encode())
    except OSError as error:
        raise AdvisorError(
            f"{file}: cannot be written: {error.strerror}", "set ADVISOR_CACHE to a folder of yours"
        ) from error
    return file


def digest(file: Path) -> str:
    """The SHA-256 of a file; "" where it cannot be read."""
    try:
        return sha256(read_bytes(file)).hexdigest()
    except OSError:
        return ""


def _read(file: Path) -> Iterable[Kept]:
    try:
        return _Races.model_validate_json(read_bytes(file)).races
    except (OSError, ValidationError):  # a file that was cut short, or that another version wrote
        return ()


def _file(cache: Path, root: Path) -> Path:
    whose = sha256(os.fsencode(os.path.realpath(root))).hexdigest()[:8]
    return cache / _FOLDER / f"{root.name or 'root'}-{whose}.json"
