"""Every example of every rule, through the whole pipeline: what `advisor explain` shows is what readers get."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from advisor.inputs.knowledge import builtin_rules, load_knowledge
from advisor.model.report import Finding
from advisor.model.rule import Example, Rule, SiteRule
from tests.running import PYTHON, analyse

KNOWLEDGE = load_knowledge((builtin_rules(),))
NOT_YET = {
    "blocking-wait-without-an-async-form-0": "ftplib has an async form by now: aioftp",
    "called-from-an-event-loop-0": "a caller that is a coroutine is not seen as an event loop",
    "callee-not-known-0": "a call of what a dictionary holds is not told as dynamic",
    "one-task-at-a-time-0": "the wait for the result hides the work of the task",
    "too-much-to-copy-0": "the size of what numpy makes is not followed",
    "pool-created-in-a-loop-1": "what the pool's tasks compute is not weighed",
    "process-per-item-0": "what a process computes is not weighed",
    "thread-started-and-joined-at-once-1": "work of a thread beside the loop is not counted as tiny",
}


def _cases(rules: tuple[Any, ...]) -> list[Any]:
    """(rule, example, name of its folder) each; a known miss is expected to fail, and fails once it passes."""
    cases = []
    for rule in rules:
        for at, example in enumerate(rule.examples):
            name = f"{rule.id}-{at}"
            marks = [pytest.mark.xfail(reason=NOT_YET[name])] if name in NOT_YET else []
            cases.append(pytest.param(rule, example, name, id=name, marks=marks))
    return cases


@pytest.mark.parametrize(("rule", "example", "name"), _cases(KNOWLEDGE.rules))
def test_a_judgement_does_what_its_example_says(rule: Rule, example: Example, name: str) -> None:
    """A rule that fires leaves its slug, its reason or its question; one that does not fire leaves none of them."""
    found = [each for each in findings(example.target_python).get(name, []) if example.line in (None, each.line)]
    if not found:
        assert not example.fires
        assert example.expect == "sequential"
        return
    assert found[0].model == example.expect, _told(found[0])
    if not (rule.cautions and example.expect == "sequential"):  # questions are asked where something is advised
        assert _fired(rule, found[0]) == example.fires, _told(found[0])


@pytest.mark.parametrize(("rule", "example", "name"), _cases(KNOWLEDGE.sites))
def test_a_place_gets_the_model_that_its_example_says(rule: SiteRule, example: Example, name: str) -> None:
    """The place is the statement that the pattern matched in, which for a misuse is the loop around it."""
    if not example.fires:
        return  # that the pattern does not match is tested with the patterns; what else is there is not its concern
    found = [
        each
        for each in findings(example.target_python).get(name, [])
        if each.site == rule.site and (example.line is None or each.line <= example.line <= each.end_line)
    ]
    assert found
    assert found[0].model == example.expect, _told(found[0])


@cache
def findings(target: str | None) -> dict[str, list[Finding]]:
    """What is said of the examples for a target, each in a folder of its own, all in one run."""
    found: dict[str, list[Finding]] = {}
    with TemporaryDirectory() as root:
        rules: list[Rule | SiteRule] = [*KNOWLEDGE.rules, *KNOWLEDGE.sites]
        for rule in rules:
            for at, example in enumerate(rule.examples):
                if example.target_python == target:
                    file = Path(root, f"{rule.id}-{at}", example.path)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_text(example.code, encoding="utf-8")
        for finding in analyse(Path(root), target_python=target or PYTHON).findings:
            found.setdefault(finding.path.partition("/")[0], []).append(finding)
    return found


def _fired(rule: Rule, finding: Finding) -> bool:
    slugs = {finding.rule, *(other.rule for other in finding.rejected)}
    texts = [other.because for other in finding.alternatives] + ([*finding.ask_first] if rule.cautions else [])
    templates = [rule.why, *(other.because for other in rule.also), *(rule.ask_first if rule.cautions else ())]
    return rule.id in slugs or any(_says(text, template) for text in texts for template in templates)


def _says(text: str, template: str) -> bool:
    """Is `text` the template with its placeholders filled?"""
    parts = re.split(r"`?\{\w+\}`?", " ".join(template.split()))
    return re.fullmatch(".*".join(map(re.escape, parts)), text) is not None


def _told(finding: Finding) -> str:
    return f"{finding.model} {finding.rule} at line {finding.line}: {finding.message}"
