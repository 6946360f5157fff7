"""Lengths: what counts by itself, up to a number that somebody chose or without an end."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.catalog import Catalog, Length
from advisor.model.program import Program
from advisor.questions.bars import bar_named, counts
from advisor.questions.calls import entries


def is_counter(program: Program, catalog: Catalog, function: str, iterable: code.Expr) -> bool:
    """Does `iterable`, written in `function`, count like `range`: `range(n)`, `numpy.arange(n)`, `trange(n)`?"""
    if not isinstance(iterable, code.Call):
        return False
    known = entries(program, catalog, function, iterable)
    if known:
        return any(entry.length is Length.RANGE for _, entry in known)
    named = bar_named(catalog, tree.callee(iterable))
    return named is not None and counts(named)


def is_endless(program: Program, function: str, iterable: code.Expr) -> bool:
    """Is `iterable` an `itertools.count()` or `iter(ask, stop)`, so that only who walks it knows the end?"""
    if not isinstance(iterable, code.Call):
        return False
    names = {target.name for target in program.targets(function, iterable)}
    return "itertools.count" in names or ("builtins.iter" in names and len(iterable.arguments) > 1)
