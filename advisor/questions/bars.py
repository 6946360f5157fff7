"""Bars: progress bars around what is walked, and the calls that move one on.

A bar passes its elements through and keeps the length.
"""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.catalog import CallEntry, Catalog, Elements, Length
from advisor.model.effect import Effect
from advisor.model.program import Program
from advisor.model.words import is_named
from advisor.questions.calls import entries, is_unresolved, last_name, receiver, walked

_AROUND = CallEntry(effect=Effect.NONE, elements=Elements.PASSED, length=Length.SAME, bar="made")
_COUNTS = CallEntry(effect=Effect.NONE, length=Length.RANGE, bar="made")


def bar_made(program: Program, catalog: Catalog, function: str, call: code.Call) -> CallEntry | None:
    """What is known of the progress bar that `call`, written in `function`, makes; None where it makes none."""
    known = entries(program, catalog, function, call)
    if known:
        return next((entry for _, entry in known if entry.bar == "made"), None)
    return bar_named(catalog, tree.callee(call))


def bar_named(catalog: Catalog, name: str) -> CallEntry | None:
    """What the name alone says of a function: that it puts a bar around an iterable, or counts under one."""
    if is_named(name, catalog.words.bar_makers):
        return _AROUND
    return _COUNTS if is_named(name, catalog.words.bar_counters) else None


def counts(entry: CallEntry) -> bool:
    """Does the bar count by itself, as `range` with the same arguments does: `trange(n)`?"""
    return entry.length is Length.RANGE


def behind_bar(program: Program, catalog: Catalog, function: str, iterable: code.Expr) -> code.Expr:
    """What is walked, without the progress bars around it: `urls` for `tqdm(urls)`.

    A bar that counts by itself (`trange(n)`) stays.
    """
    while isinstance(iterable, code.Call):
        made = bar_made(program, catalog, function, iterable)
        inner = walked(iterable, made) if made is not None and made.elements is not None else ()
        if not inner:
            break
        iterable = inner[0]
    return iterable


def is_bar(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Is `expression` a progress bar?"""
    types = [v.name for v in program.values(function, expression) if v.kind in ("object", "container")]
    known = [entry for name in types for entry in catalog.lineage(name)]
    if known:
        return any(entry.bar for entry in known)
    return not types and is_named(tree.dotted(expression) or "", catalog.words.bars)


def moves_bar(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Does `call` move a progress bar on, or draw one anew: `pbar.update(1)`, `print_progress_bar(i, n)`?"""
    known = entries(program, catalog, function, call)
    if known:
        return any(entry.bar == "moved" for _, entry in known)
    owner, words = receiver(call), catalog.words
    if owner is None:
        return is_named(last_name(call), words.bar_drawers)
    if not is_unresolved(program, function, call):
        return is_named(last_name(call), words.bar_drawers)
    return is_named(last_name(call), words.bar_steps) and is_bar(program, catalog, function, owner)
