"""Sentences of rules: what stands between backquotes is code."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from advisor.outputs.characters import visible

_CODE = re.compile(r"`([^`]+)`")


def marked_up(text: str) -> Markup:
    """The sentence with `<code>` where it has backquotes, and all else escaped."""
    parts = _CODE.split(visible(text))  # at odd places what stood between backquotes
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)
    )
