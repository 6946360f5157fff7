"""Every example of every rule, through the whole pipeline: what `advisor explain` shows is what readers get."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from advisor.model.knowledge import Knowledge
from advisor.model.rule import SiteRule
from advisor.selftest import AnyRule, Outcome, self_test, state
from tests.knowing import own_rules

KNOWLEDGE = own_rules()
RULES: list[AnyRule] = [*KNOWLEDGE.sites, *KNOWLEDGE.rules]
NAMES = [f"{rule.id}-{at}" for rule in RULES for at in range(len(rule.examples))]


@cache
def outcomes() -> dict[str, Outcome]:
    return {outcome.name: outcome for outcome in self_test(KNOWLEDGE)}


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_does_what_its_example_says(name: str) -> None:
    assert outcomes()[name].wrong == ""


def test_every_rule_passes_its_self_test() -> None:
    """Only what is quoted and never tested, or asks for a profile, may have no example that fires."""
    assert {rule.id: state(rule, outcomes().values()) for rule in RULES} == {rule.id: "passes" for rule in RULES}


def test_an_example_that_gets_something_else_is_told() -> None:
    site = next(rule for rule in KNOWLEDGE.sites if rule.id == "task-reference-dropped")
    judgement = next(rule for rule in KNOWLEDGE.rules if rule.id == "independent-waits-in-sync-code")
    for rule in (site, judgement):
        turned = tuple(example.model_copy(update={"fires": not example.fires}) for example in rule.examples)
        told = self_test(_only(rule.model_copy(update={"examples": turned})))
        assert all(outcome.wrong for outcome in told), told
        assert state(rule, told) == "fails"


def test_code_on_which_a_rule_still_fires_is_no_remedy() -> None:
    rule = next(rule for rule in KNOWLEDGE.sites if rule.id == "task-reference-dropped")
    example = rule.examples[0].model_copy(update={"after": rule.examples[0].code})
    broken = rule.model_copy(update={"examples": (example,)})
    assert "still fires" in self_test(_only(broken))[0].wrong


def _only(rule: AnyRule) -> Knowledge:
    if isinstance(rule, SiteRule):
        return replace(KNOWLEDGE, sites=(rule,), rules=())
    return replace(KNOWLEDGE, sites=(), rules=(rule,))
