"""Site rules: where each matches in a tree, with as few searches as can be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from advisor.model.facts import Found
from advisor.model.rule import SiteRule
from advisor.stages.extract.syntax import SgNode, find_all, matches, parse

_VARIABLE = re.compile(r"(?<!\$)\$([A-Z][A-Z0-9_]*)")
_SIGNS = re.compile(r"\$+\w*")
_WORDS_IN_TURN = re.compile(r"(?:\(\^\|\\\.\)|\^)?(?:(\w+)|\((\w+(?:\|\w+)*)\))(?:\$|\\b)?")
"""A regular expression that is a word, or `(one|another)`, between anchors: it needs one of these words."""

_MOST_CLAUSES = 16

_ONLY_WORDS = bytes(code if code > 127 or chr(code).isalnum() or chr(code) == "_" else 32 for code in range(256))
"""A table that turns all ASCII but letters, digits and underscore into blanks; the quickest way to a file's words."""

Clause = frozenset[bytes]
"""Words, in UTF-8, of which at least one must stand in a file for a rule to match there."""


@dataclass(frozen=True, slots=True)
class SitePattern:
    """A site rule made ready: `needs` are its clauses, `captures` its single meta-variables."""

    id: str
    rule: dict[str, Any]
    constraints: dict[str, Any]
    captures: tuple[str, ...]
    needs: tuple[Clause, ...]


def prepare(sites: tuple[SiteRule, ...]) -> tuple[SitePattern, ...]:
    """The site rules that have a shape, ready for `found`; worth doing once for many files."""
    return tuple(
        SitePattern(site.id, site.rule, site.constraints, tuple(sorted(_captures(site.rule))), _needs(site.rule))
        for site in sites
        if site.rule is not None
    )


def found(root: SgNode, text: str, sites: tuple[SitePattern, ...]) -> tuple[Found, ...]:
    """Every place where a rule matches, in the order of line, column and rule.

    To search the tree is what costs. So the words of the file rule out most rules, and
    those that any file may hold, loops above all, are looked for in one search together.
    """
    words = _words(text)
    likely = [site for site in sites if all(not clause.isdisjoint(words) for clause in site.needs)]
    places: list[Found] = []
    common = [site for site in likely if not (site.needs or site.captures or site.constraints)]
    if common:
        for node in find_all(root, {"any": [site.rule for site in common]}, {}):
            places += [_place(site, node) for site in common if matches(node, site.rule)]
    for site in likely:
        if site not in common:
            places += [_place(site, node) for node in find_all(root, site.rule, site.constraints)]
    return tuple(sorted(places, key=lambda place: (place.line, place.column, place.rule)))


def check_site(site: SiteRule) -> str | None:
    """Why ast-grep cannot use the rule, None when it can."""
    root = parse("pass\n")
    for pattern in prepare((site,)):
        try:
            find_all(root, pattern.rule, pattern.constraints)
        except ValueError as error:
            return str(error)
    return None


def _words(text: str) -> frozenset[bytes]:
    return frozenset(text.encode().translate(_ONLY_WORDS).split())


def _place(site: SitePattern, node: SgNode) -> Found:
    span = node.range()
    captures = {name: match.text() for name in site.captures if (match := node.get_match(name)) is not None}
    return Found(site.id, span.start.line + 1, span.start.column, span.end.line + 1, captures)


def _captures(rule: Any) -> set[str]:
    """The names in `$NAME` of every pattern in a rule; `$$$REST` and `$_IGNORED` are none."""
    if isinstance(rule, list):
        return set().union(*map(_captures, rule))
    if not isinstance(rule, Mapping):
        return set()
    names = set().union(*(_captures(value) for value in rule.values()))
    pattern = rule.get("pattern")
    return names | set(_VARIABLE.findall(pattern)) if isinstance(pattern, str) else names


def _needs(rule: Any) -> tuple[Clause, ...]:
    """What must stand in a text for `rule` to match anywhere in it, longest words first.

    Every word of a pattern must. What is not understood here needs nothing.
    """
    clauses: set[Clause] = set()
    if not isinstance(rule, Mapping):
        return ()
    for key, value in rule.items():
        if key == "pattern" and isinstance(value, str):
            clauses.update(frozenset({word}) for word in _words(_SIGNS.sub(" ", value)))
        elif key == "regex" and isinstance(value, str) and (match := _WORDS_IN_TURN.fullmatch(value)):
            clauses.add(_words(match[1] or match[2]))
        elif key in {"has", "inside", "precedes", "follows"}:
            clauses.update(_needs(value))
        elif key == "all" and isinstance(value, list):
            clauses.update(clause for branch in value for clause in _needs(branch))
        elif key == "any" and isinstance(value, list):
            clauses.update(_either([_needs(branch) for branch in value]))
    return tuple(sorted(clauses, key=lambda clause: (-min(map(len, clause)), sorted(clause))))


def _either(branches: list[tuple[Clause, ...]]) -> set[Clause]:
    """The clauses that hold when those of some branch do: one of each joined, in every way while these are few."""
    ways = prod(len(branch) for branch in branches)
    picks = product(*branches) if ways <= _MOST_CLAUSES else [[branch[0] for branch in branches]]
    return {frozenset().union(*pick) for pick in picks} if branches else set()
