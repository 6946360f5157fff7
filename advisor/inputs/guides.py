"""Read what is known of the models themselves: one page of Markdown for each, in `rules/models/`."""

from __future__ import annotations

from advisor.inputs.knowledge import builtin_rules
from advisor.model.concurrency import Model


def read_guides() -> dict[str, str]:
    """The page of each model, by the model's name."""
    return {model.value: (builtin_rules() / "models" / f"{model}.md").read_text(encoding="utf-8") for model in Model}
