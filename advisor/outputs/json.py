"""The report as JSON: the public contract of `advisor.model.report`, the same bytes for the same findings."""

from __future__ import annotations

import json
import re

from advisor.model.report import Report
from advisor.outputs.view import View


def render(report: Report, _view: View | None = None) -> str:
    """The whole report, indented, with a newline at the end. A byte of a file name that is not UTF-8 is `\\udcNN`."""
    text = json.dumps(report.model_dump(mode="json"), indent=2, ensure_ascii=False)
    text = text if text.replace("\n", "").isprintable() else _HIDDEN.sub(_escaped, text)
    return text + "\n"


_HIDDEN = re.compile(r"[^\n -~]")


def _escaped(found: re.Match[str]) -> str:
    """What a terminal would obey, and what has no UTF-8, as JSON's escape; all else as it is."""
    character = found[0]
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else json.dumps(character)[1:-1]
