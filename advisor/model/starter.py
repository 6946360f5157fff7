"""A starter: a whole program to begin from, and what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model.concurrency import Model


@dataclass(frozen=True, slots=True)
class Starter:
    """A file of `skeletons/`. `slug` is its name with hyphens, `title` the first line of its docstring.

    `model`, `requires_python` ("" for any) and `dependencies` are what its inline script metadata says.
    """

    slug: str
    title: str
    model: Model
    requires_python: str
    dependencies: tuple[str, ...]
    text: str
