"""Read what is known of models and terms: a page of Markdown for each, in `rules/models/` and `rules/terms/`."""

from __future__ import annotations

import re

from advisor.inputs.knowledge import builtin_rules
from advisor.model.concurrency import Model

_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
_KIND = {
    "hazards": "A hazard: it forbids or complicates a change.",
    "effects": "An effect: what a call does while it runs.",
}


def read_guides() -> dict[str, str]:
    """The page of each model, hazard, effect and further term, by its name; a term also by its name in small letters."""
    models = {model.value: (builtin_rules() / "models" / f"{model}.md").read_text(encoding="utf-8") for model in Model}
    terms = read_terms()
    return models | {term.lower(): page for term, page in terms.items()} | terms


def read_terms() -> dict[str, str]:
    """The page of each hazard, effect and further term. A file of `rules/terms/` holds one below each of its headings."""
    pages = {}
    for file in sorted((builtin_rules() / "terms").glob("*.md")):
        _, *parts = _HEADING.split(file.read_text(encoding="utf-8"))
        for term, text in zip(parts[::2], parts[1::2], strict=True):
            kind = f"{_KIND[file.stem]}\n\n" if file.stem in _KIND else ""
            pages[term] = f"# {term}\n\n{kind}{text.strip()}\n"
    return pages
