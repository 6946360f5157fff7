"""Bars: progress bars around what is walked, and the calls that move one on.

A bar passes its elements through and keeps the length.
"""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import Program
from advisor.model.words import is_named
from advisor.questions.calls import argument, entries, is_unresolved, last_name, receiver, walked


def makes_bar(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Does `call`, written in `function`, make a progress bar?"""
    known = entries(program, catalog, function, call)
    if known:
        return any(entry.bar == "made" for _, entry in known)
    return is_bar_name(catalog, tree.callee(call))


def is_bar_name(catalog: Catalog, name: str) -> bool:
    """Is a function of which only the name is known named like one that puts a bar around an iterable?"""
    return is_named(name, catalog.words.bar_makers)


def behind_bar(program: Program, catalog: Catalog, function: str, iterable: code.Expr) -> code.Expr:
    """What is walked, without the progress bars around it: `urls` for `tqdm(urls)`.

    A bar that makes what it shows (`trange(n)`) stays.
    """
    while isinstance(iterable, code.Call) and makes_bar(program, catalog, function, iterable):
        inner = _shown(program, catalog, function, iterable)
        if inner is None:
            break
        iterable = inner
    return iterable


def _shown(program: Program, catalog: Catalog, function: str, call: code.Call) -> code.Expr | None:
    known = [entry for _, entry in entries(program, catalog, function, call) if entry.bar == "made"]
    if known:
        return next(iter(walked(call, known[0])), None) if known[0].elements is not None else None
    first = argument(call, 0)
    return first if first is not None else argument(call, "iterable")


def has_bar(program: Program, catalog: Catalog, function: str, iterable: code.Expr) -> bool:
    """Is there a progress bar in what is walked, however deep: `enumerate(tqdm(urls))`?"""
    calls = (node for node in tree.every(iterable) if isinstance(node, code.Call))
    return any(makes_bar(program, catalog, function, call) for call in calls)


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
