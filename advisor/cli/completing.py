"""Completion: the words that may stand where the shell asks. What goes wrong here goes wrong in silence: there are no words then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.model.knowledge import Knowledge

Completer = Callable[[str], list[str]]


def _completes(words: Callable[[], Iterable[str]]) -> Completer:
    """Of all words those that begin as what was typed."""

    @wraps(words)
    def complete(incomplete: str) -> list[str]:
        return _beginning(incomplete, words)

    complete.__annotations__ = {"incomplete": str, "return": list[str]}  # by which typer tells what to pass
    del complete.__wrapped__
    return complete


def _beginning(incomplete: str, words: Callable[[], Iterable[str]]) -> list[str]:
    try:
        return sorted(word for word in words() if word.startswith(incomplete))
    except AdvisorError:
        return []


def _directories() -> tuple[Path, ...]:
    """Where rules and templates are looked for, those of the project around this folder included."""
    from advisor.inputs.project import Project
    from advisor.inputs.rule_folders import builtin_rules
    from advisor.settings import load_settings

    return (builtin_rules(), *load_settings(Project.around([Path()]).root, {}).rules)


def _knowledge() -> Knowledge:
    from advisor.inputs.knowledge import load_knowledge, user_cache

    return load_knowledge(_directories(), cache=user_cache())


@_completes
def complete_levels() -> Iterable[str]:
    from advisor.model.concurrency import Level

    return tuple(Level)


@_completes
def complete_formats() -> Iterable[str]:
    from advisor.model.format import Format

    return tuple(Format)


@_completes
def complete_fail_on() -> Iterable[str]:
    from advisor.model.concurrency import Level

    return ("never", *Level)


@_completes
def complete_models() -> Iterable[str]:
    from advisor.model.concurrency import Model

    return tuple(Model)


@_completes
def complete_changes() -> Iterable[str]:
    """The models that code can be rewritten for."""
    from advisor.model.concurrency import Model

    return [model.value for model in Model if model is not Model.SEQUENTIAL]


@_completes
def complete_executors() -> Iterable[str]:
    from advisor.refactoring import EXECUTORS

    return EXECUTORS


@_completes
def complete_accepted() -> Iterable[str]:
    from advisor.refactoring import ACCEPTABLE

    return ACCEPTABLE


@_completes
def complete_kinds() -> Iterable[str]:
    return ("site", "misuse", "judgement", "library")


@_completes
def complete_templates() -> Iterable[str]:
    from advisor.inputs.starters import read_starters

    return [starter.slug for starter in read_starters(_directories())]


@_completes
def complete_topics() -> Iterator[str]:
    from advisor.inputs.guides import read_guides

    knowledge = _knowledge()
    yield from {*read_guides(), *knowledge.slugs, *knowledge.catalog.about}


def _selectable() -> Iterable[str]:
    from advisor.model.report import SELECTABLE_KINDS

    return _knowledge().slugs | SELECTABLE_KINDS


def complete_slugs(incomplete: str) -> list[str]:
    """The last of several slugs with commas between them."""
    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{slug}" for slug in _beginning(last, _selectable)]


def complete_pattern_slugs(incomplete: str) -> list[str]:
    """The slugs of `PATTERN:SLUG,...`; nothing before the colon."""
    pattern, colon, slugs = incomplete.rpartition(":")
    return [f"{pattern}:{each}" for each in complete_slugs(slugs)] if colon else []
