"""The advisor's own rules, read once for all tests: they stay as they are, and reading them is most of a small analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from unittest.mock import patch

from advisor import pipeline
from advisor.inputs import knowledge
from advisor.inputs.knowledge import builtin_rules, load_knowledge, user_cache
from advisor.model.knowledge import Knowledge
from advisor.model.rule import SiteRule
from advisor.stages.extract import check_site

_OWN = (builtin_rules(),)


@cache
def own_rules() -> Knowledge:
    return load_knowledge(_OWN, check_site, user_cache())


@contextmanager
def rules_at_hand() -> Iterator[None]:
    """Within this no analysis reads the advisor's own rules; those of anyone else are read beside them as ever."""
    with patch.object(pipeline, "load_knowledge", _at_hand), patch.object(knowledge, "load_knowledge", _at_hand):
        yield


def _at_hand(
    directories: tuple[Path, ...],
    check_rule: Callable[[SiteRule], str | None] | None = None,
    cache: Path | None = None,
) -> Knowledge:
    return own_rules() if directories == _OWN else load_knowledge(directories, check_rule, cache)
