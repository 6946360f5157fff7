"""The list of starters, as text and as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from textwrap import fill

from advisor.model.starter import Starter
from advisor.outputs.characters import visible


def as_text(starters: Sequence[Starter], width: int | None) -> str:
    """Slug, model, Python, title and further needs, in aligned columns; a title that is too long for
    `width` goes on below itself (None: never)."""
    rows = [(starter.slug, starter.model, starter.requires_python, _title(starter)) for starter in starters]
    slug, model, python = (max(map(len, column), default=0) for column in tuple(zip(*rows, strict=True))[:3])
    texts = []
    for row in rows:
        head = f"{row[0]:<{slug}}  {row[1]:<{model}}  {row[2]:<{python}}  "
        room = len(head + row[3]) if width is None else max(width, len(head) + 20)
        texts.append(fill(row[3], room, initial_indent=head, subsequent_indent=" " * len(head)))
    return "".join(f"{text}\n" for text in texts)


def _title(starter: Starter) -> str:
    packages = [re.split(r"[^\w.-]", requirement)[0] for requirement in starter.dependencies]
    needs = f" (needs {', '.join(packages)})" if packages else ""
    return visible(starter.title + needs)


def as_json(starters: Sequence[Starter]) -> str:
    """The list as JSON, without the programs themselves."""
    rows = [
        {
            "slug": starter.slug,
            "model": starter.model.value,
            "title": starter.title,
            "requires_python": starter.requires_python,
            "dependencies": list(starter.dependencies),
        }
        for starter in starters
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
