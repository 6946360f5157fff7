"""Spoken: names in messages as code has them: `open`, where the catalog says `builtins.open`."""

from __future__ import annotations

import re

_BUILT_IN = re.compile(r"\bbuiltins\.(?=\w)")


def spoken(text: str) -> str:
    """The text with the names of built-in functions and methods as one writes them."""
    return _BUILT_IN.sub("", text) if "builtins." in text else text
