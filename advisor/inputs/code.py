"""The state of this code, which what is kept between runs rests on."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

from advisor import __version__

_CODE = Path(__file__).resolve().parents[1]


@cache
def state_of_code() -> str:
    """Changes with each of the files of this code, and with the version."""
    states = [__version__]
    for folder, inner, names in os.walk(_CODE):
        inner[:] = sorted(name for name in inner if name != "__pycache__")
        states += [f"{name} {_state(folder, name)}" for name in sorted(names) if name.endswith(".py")]
    return digest_of(states)


def _state(folder: str, name: str) -> str:
    status = os.stat(os.path.join(folder, name))
    return f"{status.st_size} {status.st_mtime_ns}"


def digest_of(words: Iterable[str]) -> str:
    """Names a row of words: equal rows have equal names, in every process."""
    return blake2b("\n".join(words).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
