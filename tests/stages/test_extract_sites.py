"""Site rules run over the same tree; skipping searches must not skip matches."""

from __future__ import annotations

from typing import Any

import pytest

from advisor.model.facts import Found, ModuleFacts
from advisor.model.rule import SiteRule
from advisor.model.site import SiteKind
from advisor.model.source import Source
from advisor.stages.extract import check_site, extract, prepare


def rule(slug: str, body: dict[str, Any], **more: Any) -> SiteRule:
    return SiteRule(id=slug, title=slug, site=SiteKind.FOR, rule=body, **more)


def found(text: str, *rules: SiteRule) -> tuple[Found, ...]:
    read = extract(Source("a.py", text), prepare(rules))
    assert isinstance(read, ModuleFacts)
    return read.found


LOOPS = "for a in b:\n    while c:\n        x = [d for d in e]\n"


def test_places_are_sorted_by_line_column_and_rule() -> None:
    rules = (
        rule("z-loop", {"any": [{"kind": "for_statement"}, {"kind": "while_statement"}]}),
        rule("for-loop", {"kind": "for_statement"}),
        rule("comprehension", {"kind": "list_comprehension"}),
    )
    assert found(LOOPS, *rules) == (
        Found("for-loop", 1, 0, 3, {}),
        Found("z-loop", 1, 0, 3, {}),
        Found("z-loop", 2, 4, 3, {}),
        Found("comprehension", 3, 12, 3, {}),
    )


def test_single_variables_are_captured() -> None:
    rules = (rule("map", {"pattern": "$POOL.map($F, $$$REST)"}),)
    assert found("p.q.map(f, a, b)\nmap(f, a)\n", *rules) == (Found("map", 1, 0, 1, {"POOL": "p.q", "F": "f"}),)


def test_constraints_count() -> None:
    rules = (rule("call", {"pattern": "$F()"}, constraints={"F": {"regex": "^g"}}),)
    assert [place.line for place in found("f()\ng()\n", *rules)] == [2]


@pytest.mark.parametrize(
    "body",
    [
        {"pattern": "asyncio.run($X)"},
        {"pattern": "run($X)"},
        {"any": [{"pattern": "asyncio.run($X)"}, {"pattern": "other($X)"}]},
        {"any": [{"pattern": "asyncio.run($X)"}, {"kind": "call"}]},
        {"all": [{"kind": "call"}, {"not": {"pattern": "missing($X)"}}]},
        {"kind": "call", "has": {"field": "function", "regex": r"(^|\.)(Thread|run)$"}},
        {"kind": "call", "regex": "^asyncio"},
        {"kind": "call", "inside": {"pattern": "x = $Y"}},
    ],
)
def test_a_rule_that_matches_is_never_ruled_out(body: dict[str, Any]) -> None:
    text = "x = asyncio.run(main)\nrun(1)\n"
    assert found(text, rule("site", body))


def test_words_rule_out_what_cannot_match() -> None:
    (pattern,) = prepare((rule("site", {"any": [{"pattern": "a.b($X)"}, {"kind": "call", "regex": "^(c|d)$"}]}),))
    assert set(pattern.needs) == {frozenset({b"a", b"c", b"d"}), frozenset({b"b", b"c", b"d"})}
    (anything,) = prepare((rule("site", {"any": [{"pattern": "a.b($X)"}, {"kind": "call"}]}),))
    assert anything.needs == ()


@pytest.mark.parametrize(
    "body", [{"kind": "no_such_kind"}, {"patern": "a"}, {"pattern": "a b"}, {"kind": "call", "regex": "("}, {}]
)
def test_a_rule_that_cannot_be_used_says_why_in_one_line(body: dict[str, Any]) -> None:
    why = check_site(rule("site", body))
    assert why
    assert "\n" not in why
    assert check_site(rule("site", {"kind": "call"})) is None
