"""Resolver: one place to ask what names, attributes and calls of a program lead to; the answers come from the files beside it.

The answers are sets of `Value`, small and flow-insensitive: all assignments to a name count.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from advisor.model import code
from advisor.model.catalog import Catalog
from advisor.model.program import NOTHING, Value, Values
from advisor.questions.imports import Finder
from advisor.stages.link import classes, decorators, expressions, hints, names, parameters, results
from advisor.stages.link.ask import Lineage, few
from advisor.stages.link.index import CallPlace, Index
from advisor.stages.link.memo import Memo

Answer = TypeVar("Answer")


class Resolver:
    """Answers `Ask` from one memo; see there for what each question means."""

    def __init__(self, index: Index, catalog: Catalog, find: Finder) -> None:
        self.index = index
        self.catalog = catalog
        self.find = find
        self.filled: dict[tuple[int, str], int] = {}
        self.canonical: Callable[[str], str] = functools.cache(catalog.canonical)
        self.held: Callable[[str], str | None] = functools.cache(self._held)
        self.memo = Memo(joined=_both)
        self._known = self.memo.known
        self._keep: list[code.Expr] = []  # answers are remembered by node identity, so nodes must live on
        self._lineages: dict[str, Lineage] = {}
        self._below: dict[str, tuple[str, ...]] = {}
        self._inherit()

    def _held(self, name: str) -> str | None:
        """What the catalog says that attribute `name` holds; or what a class of this name most likely has there, where the
        project uses a library by whose classes it would: `shop.models.Product.objects`, of a file that was not read."""
        owner, _, attribute = name.rpartition(".")
        packages = self.catalog.connecting.get(attribute)
        if packages and "." in owner and owner.partition(".")[0] not in self.catalog.libraries:
            used = packages.keys() & self._beside(owner.partition(".")[0])
            return packages[used.pop()] if len(used) == 1 else None
        return self.catalog.attribute(name)

    def _beside(self, package: str) -> frozenset[str]:
        """The packages that the files use which use this one."""
        return frozenset().union(*(names for names in self._imported if package in names))

    @functools.cached_property
    def _imported(self) -> tuple[frozenset[str], ...]:
        """The packages that each file imports by their names."""
        scopes = (self.index.scopes[top] for top in self.index.modules.values())
        found = ([b.imported for bindings in scope.values() for b in bindings] for scope in scopes)
        return tuple(
            frozenset(e.module.partition(".")[0] for e in names if e is not None and not e.level) for names in found
        )

    def values(self, function: str, expression: code.Expr) -> Values:
        if type(expression) is code.Name:
            return self.name(function, expression.id)
        if type(expression) is code.Literal:
            return expressions.literal(expression)
        key = (function, id(expression))
        known: Values | None = self._known.get(key)
        if known is None:
            self._keep.append(expression)
            known = self.memo.ask(key, NOTHING, expressions.evaluate, self, function, expression)
        return known

    def name(self, function: str, name: str) -> Values:
        home = self.index.scope_of(function, name)
        if home is None:
            key, where = ("global", self.index.functions[function].path, name), function
        else:
            key, where = ("name", home, name), home
        known: Values | None = self._known.get(key)
        return known if known is not None else self.memo.ask(key, NOTHING, names.named, self, where, name)

    def module_attribute(self, path: str, name: str) -> Values:
        return self.memo.ask(("module", path, name), NOTHING, names.module_attribute, self, path, name)

    def attribute(self, owner: Value, name: str) -> Values:
        return classes.attribute(self, owner, name)

    def member(self, owner: Value, name: str) -> Values:
        return self.memo.ask(("member", owner.kind, owner.name, name), NOTHING, classes.member, self, owner, name)

    def methods(self, owner: Value, name: str) -> tuple[str, ...]:
        return self.memo.ask(("methods", owner.kind, owner.name, name), (), classes.methods, self, owner, name)

    def lineage(self, cls: str) -> Lineage:
        if cls in self._lineages:
            return self._lineages[cls]
        alone: Lineage = ((cls,), ())
        return self.memo.ask(("lineage", cls), alone, classes.lineage, self, cls)

    def subclasses(self, cls: str) -> tuple[str, ...]:
        return self._below.get(cls, ())

    def _inherit(self) -> None:
        """Find out who inherits from whom: first of all, since so much rests on it that it must not rest on the rest.

        What is learned on the way, not knowing of overrides, is forgotten again. What the program puts in the place of
        attributes as it runs is not looked at: it is functions and objects, of which nobody inherits, and to know whose
        attributes these are half the program has to be asked.
        """
        whole = self.index
        self.index = replace(whole, set_from_outside={})
        self._lineages = {cls: self.lineage(cls) for cls in sorted(self.index.classes)}
        self._below = classes.subclasses(self._lineages)
        self.index = whole
        self.memo = Memo(joined=_both)
        self._known = self.memo.known

    def defined(self, function: str) -> Values:
        if not self.index.functions[function].decorators:
            return frozenset({Value("function", function)})
        return self.memo.ask(("defined", function), NOTHING, decorators.defined, self, function)

    def wrappers(self, function: str) -> tuple[str, ...]:
        if not self.index.functions[function].decorators:
            return ()
        return self.memo.ask(("wrappers", function), (), decorators.wrappers, self, function)

    def parameter(self, function: str, position: int) -> Values:
        return self.memo.ask(("parameter", function, position), NOTHING, parameters.parameter, self, function, position)

    def promised(self, function: str, annotation: code.Expr) -> Values:
        if isinstance(annotation, code.Name):  # a type alias may name itself
            key = ("promised", function, annotation.id)
            return self.memo.ask(key, NOTHING, hints.promised, self, function, annotation)
        return hints.promised(self, function, annotation)

    def called(self, name: str) -> dict[str, tuple[CallPlace, ...]]:
        return self.memo.ask(("called", name), {}, parameters.called, self, name)

    def callers(self, function: str) -> tuple[CallPlace, ...]:
        return self.memo.ask(("callers", function), (), parameters.callers, self, function)

    def argument(self, function: str, call: code.Call, position: int) -> code.Expr | None:
        return parameters.argument(self, function, call, position)

    def returned(self, function: str) -> Values:
        return self.memo.ask(("returned", function), NOTHING, results.returned, self, function)

    def yielded(self, function: str) -> Values:
        return self.memo.ask(("yielded", function), NOTHING, results.yielded, self, function)

    def ask_of(
        self, what: str, work: Callable[[str, code.Expr], float | None], function: str, expression: code.Expr
    ) -> float | None:
        """The number that `work` finds for `expression`, under the same memo; `what` tells such questions apart."""
        key = (what, function, id(expression))
        if key in self._known:
            known: float | None = self._known[key]
            return known
        self._keep.append(expression)
        unknown: float | None = None
        return self.memo.ask(key, unknown, work, function, expression)


def _both(one: Answer, other: Answer) -> Answer | None:
    """What holds both of two answers to a question; None, which is unknown, for two numbers."""
    if _is_lineage(one) and _is_lineage(other):
        return tuple(_both(mine, theirs) for mine, theirs in zip(one, other, strict=True))  # type: ignore[return-value, call-overload]
    match one, other:
        case frozenset(), frozenset():
            return few(one | other)  # type: ignore[return-value]
        case tuple(), tuple():
            return tuple(dict.fromkeys(one + other))  # type: ignore[return-value]
        case dict(), dict():
            return {**one, **other}  # type: ignore[return-value]
    return one if one == other else None


def _is_lineage(answer: object) -> bool:
    """Is it the classes that one inherits from, those of the project and those from outside?"""
    match answer:
        case (tuple() as inside, tuple() as outside):
            return all(isinstance(name, str) for name in (*inside, *outside))
    return False
