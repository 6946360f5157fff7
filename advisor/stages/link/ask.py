"""Ask: the questions that the parts of the resolver may ask each other, and the small words they share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Protocol

from advisor.model import code
from advisor.model.catalog import Catalog
from advisor.model.program import NOTHING, Value, Values
from advisor.questions.imports import Finder
from advisor.stages.link.index import CallPlace, Index

Lineage = tuple[tuple[str, ...], tuple[str, ...]]

MOST = 16  # alternatives told apart for one expression
PLACES = 30  # callers, assignments and stores asked for one type
_DEEPEST = 4  # containers within containers
_REMEMBERED = 100_000  # answers about sets of values: circles of questions ask for the same ones again and again
_HOLDERS = frozenset(["container", "awaitable", "future", "any", "object"])


MANY: Values = frozenset({Value("many", "")})


class Ask(Protocol):
    """Every answer is remembered; a question that leads back to itself is answered with what is known so far."""

    index: Index
    catalog: Catalog
    find: Finder
    filled: dict[tuple[int, str], int]  # (id of a call, callee) -> places that `partial` has filled before
    canonical: Callable[[str], str]  # of the catalog, remembered
    held: Callable[[str], str | None]  # its `attribute`

    def values(self, function: str, expression: code.Expr) -> Values:
        """What `expression`, written in `function`, may be."""

    def name(self, function: str, name: str) -> Values:
        """What `name` may be where `function` reads it."""

    def module_attribute(self, path: str, name: str) -> Values:
        """What `name` of the module at `path` may be, submodules included."""

    def attribute(self, owner: Value, name: str) -> Values:
        """What `owner.name` may be."""

    def member(self, owner: Value, name: str) -> Values:
        """The same for an instance or class of the project."""

    def methods(self, owner: Value, name: str) -> tuple[str, ...]:
        """The project's methods that `owner.name` may run, overrides included."""

    def lineage(self, cls: str) -> Lineage:
        """The project classes that `cls` inherits from in the order of look-up (itself first), and the outside ones."""

    def subclasses(self, cls: str) -> tuple[str, ...]:
        """All project classes below `cls`, in the order of their ids."""

    def defined(self, function: str) -> Values:
        """What the definition of `function` leaves under its name, after its decorators."""

    def wrappers(self, function: str) -> tuple[str, ...]:
        """The project's functions that decorators put around `function`."""

    def parameter(self, function: str, position: int) -> Values:
        """What a parameter may be."""

    def promised(self, function: str, annotation: code.Expr) -> Values:
        """The instances that an annotation, written in `function`, promises."""

    def called(self, name: str) -> dict[str, tuple[CallPlace, ...]]:
        """For the callables known by the last name `name`: the calls that may lead to each."""

    def callers(self, function: str) -> tuple[CallPlace, ...]:
        """The calls that may lead to `function`."""

    def returned(self, function: str) -> Values:
        """What `function` returns."""

    def yielded(self, function: str) -> Values:
        """What a generator function yields."""


def union(answers: Iterable[Values]) -> Values:
    return NOTHING.union(*answers)


def in_order(values: Values) -> Iterable[Value]:
    """The values one after the other, in an order that is the same in every run: what is asked about them in turn may
    depend on it."""
    return values if len(values) < 2 else sorted(values)


def few(values: Values) -> Values:
    """`values`, those joined that differ only in what they hold; `MANY` where there are too many to tell apart."""
    return values if len(values) < 2 else _few(values)


@functools.lru_cache(maxsize=_REMEMBERED)
def _few(values: Values) -> Values:
    holding = 0
    for value in values:
        if value.args or value.kind in _HOLDERS:
            holding += 1
    if holding > 1:
        values = _joined(values)
    return MANY if len(values) > MOST or not values.isdisjoint(MANY) else values


def object_of(name: str) -> Value:
    return Value("object", name)


def some_of(values: Values) -> Value:
    """The alternatives at one place of a row."""
    return Value("any", "", _shallow(values))


def container(name: str, inside: Values) -> Value:
    return Value("container", name, _shallow(inside))


def awaitable(values: Values) -> Value:
    return Value("awaitable", "", _shallow(values))


def awaited(value: Value) -> Values:
    return frozenset(value.args) if value.kind in ("awaitable", "future") else frozenset({value})


def instances(value: Value) -> Values:
    """What objects of the class `value` are."""
    if value.kind == "class":
        return frozenset({Value("some", value.name)})
    return frozenset({object_of(value.name)}) if value.kind == "external" else frozenset()


def tells(ask: Ask, value: Value) -> bool:
    """Is it worth following from one function to another? An outside name that nothing is known of is not."""
    if value.kind != "external":
        return True
    name = value.name
    return name in ask.catalog.packages or ask.catalog.call(name) is not None or ask.catalog.object(name) is not None


@functools.lru_cache(maxsize=_REMEMBERED)
def _shallow(values: Values) -> tuple[Value, ...]:
    if all(not v.args or _depth(v) < _DEEPEST for v in values):
        return tuple(sorted(few(values)))
    return tuple(sorted(few(frozenset(cut for v in values for cut in _cut(v, _DEEPEST - 1)))))


def _cut(value: Value, depth: int) -> Values:
    """The value, with containers so deep in it as holding nothing known; what else lies there is left out."""
    if not value.args or _depth(value) <= depth:
        return frozenset({value})
    if value.kind == "any":
        return frozenset(
            {Value("any", "", tuple(sorted(few(frozenset(v for a in value.args for v in _cut(a, depth))))))}
        )
    if value.kind == "row" and depth > 1:
        return frozenset({Value("row", value.name, tuple(v for a in value.args for v in _cut(a, depth - 1)))})
    if value.kind in _HOLDERS and depth > 1:
        inner = frozenset(v for a in value.args for v in _cut(a, depth - 1))
        return frozenset({Value(value.kind, value.name, tuple(sorted(few(inner))))})
    if value.kind in ("container", "row"):
        return frozenset({Value("container", value.name if value.kind == "container" else "builtins.tuple")})
    return NOTHING


@functools.lru_cache(maxsize=_REMEMBERED)
def _depth(value: Value) -> int:
    return max(map(_depth, value.args), default=0) + (value.kind != "any")


def _joined(values: Values) -> Values:
    """Of two lists, one that holds what either may hold; so an answer that grows replaces what it was."""
    groups: dict[tuple[str, str, int], list[Value]] = {}
    for value in values:
        groups.setdefault((value.kind, value.name, -1 if value.kind in _HOLDERS else len(value.args)), []).append(value)
    if len(groups) == len(values):
        return values
    return frozenset(joined for group in groups.values() for joined in (_join(group) if len(group) > 1 else group))


def _join(group: list[Value]) -> list[Value]:
    kind, name = group[0].kind, group[0].name
    if kind in _HOLDERS:
        return [Value(kind, name, _shallow(frozenset(inner for value in group for inner in value.args)))]
    places = [few(frozenset(place)) for place in zip(*(value.args for value in group), strict=True)]
    if all(len(place) == 1 for place in places):
        return [Value(kind, name, tuple(inner for place in places for inner in place))]
    return group
