"""Self-test: every example of every rule through the real pipeline, and whether it gets what it says.

The examples are what `advisor explain` shows, so a rule that passes does what its readers are told. They are analysed
as small projects in a scratch folder, all in one run for each target, and nothing of them is ever executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from advisor.errors import did_you_mean
from advisor.inputs.knowledge import builtin_rules, load_knowledge, user_cache
from advisor.inputs.rule_files import example_places, misfits
from advisor.inputs.rule_folders import list_rule_files
from advisor.model.knowledge import Knowledge
from advisor.model.report import Finding
from advisor.model.rule import Example, Rule, SiteRule, When
from advisor.pipeline import advise
from advisor.settings import Settings
from advisor.stages.extract import check_site

PYTHON = "3.12"  # the target of examples that name none, on this many cores:
CORES = 4

AnyRule = Rule | SiteRule


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one example of a rule fared: `wrong` says what it got instead, empty where it does what it says."""

    rule: str
    index: int
    wrong: str

    @property
    def name(self) -> str:
        return f"{self.rule}-{self.index}"


def self_test(
    knowledge: Knowledge, rules: tuple[Path, ...] = (), only: frozenset[str] | None = None
) -> tuple[Outcome, ...]:
    """The outcome of each example of `knowledge` (of the rules in `only`), in the order of slugs.

    `rules` are the user's rule directories, which the examples are analysed with.
    """
    chosen = [rule for rule in _rules(knowledge) if only is None or rule.id in only]
    cases = [(rule, index, example) for rule in chosen for index, example in enumerate(rule.examples)]
    found = _analysed([(f"{rule.id}-{index}", example) for rule, index, example in cases], rules)
    outcomes = [
        Outcome(rule.id, index, _wrong(rule, example, found, f"{rule.id}-{index}")) for rule, index, example in cases
    ]
    return tuple(sorted(outcomes, key=lambda outcome: (outcome.rule, outcome.index)))


def state(rule: AnyRule, outcomes: Iterable[Outcome]) -> str:
    """`passes`, `fails`, or `untested` where no example makes it fire; one that is only quoted or needs a profile cannot."""
    mine = [outcome for outcome in outcomes if outcome.rule == rule.id]
    if any(outcome.wrong for outcome in mine):
        return "fails"
    by_code = isinstance(rule, SiteRule) or (rule.when != When() and rule.when.share is None)
    needed = {True, False} if by_code else {False}
    return "passes" if needed <= {example.fires for example in rule.examples} else "untested"


def with_states(
    rows: Iterable[dict[str, Any]], knowledge: Knowledge, rules: tuple[Path, ...]
) -> tuple[dict[str, Any], ...]:
    """The rows of a list of rules, each with the number of examples, the state of its self-test, and what failed."""
    rows = tuple(rows)
    outcomes = self_test(knowledge, rules, frozenset(row["slug"] for row in rows))
    by_slug = {rule.id: rule for rule in _rules(knowledge)}
    return tuple(
        row
        | {"examples": len(by_slug[row["slug"]].examples), "self_test": state(by_slug[row["slug"]], outcomes)}
        | {"failing": [f"examples[{o.index}]: {o.wrong}" for o in outcomes if o.rule == row["slug"] and o.wrong]}
        for row in rows
    )


def check_directory(directory: Path) -> tuple[str, ...]:
    """What is wrong with the rules of a directory, each as "file:line: what" with a hint; empty where all is well.

    The files are read beside the advisor's own, so that a slug is used once; their examples are analysed with both.
    """
    files = tuple(list_rule_files((directory,)))
    own = () if directory.resolve() == builtin_rules() else list_rule_files((builtin_rules(),))
    broken = tuple(misfits(files, check_site, beside=own))
    if broken:
        return tuple(f"{error.title}" + (f" (hint: {error.hint})" if error.hint else "") for error in broken)
    # asked for as the analysis of the examples does, which so finds what was read
    knowledge = load_knowledge((builtin_rules(), directory), check_site, user_cache())
    places = example_places(files)
    return (*_careless(knowledge, places), *_failing(knowledge, directory, places))


def _careless(knowledge: Knowledge, places: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Rules that no example proves, and names that lead nowhere."""
    sites = {site.id for site in knowledge.sites}
    for rule in _rules(knowledge):
        if rule.id not in places:
            continue
        where = places[rule.id][0]
        shown = {example.fires for example in rule.examples}
        if state(rule, ()) == "untested" and True not in shown:
            yield f"{where}: {rule.id} has no example in which it fires (hint: add one under `examples:`)"
        elif False not in shown:
            yield f"{where}: {rule.id} has no near-miss (hint: add an example with `fires: false` and a `because:`)"
        named = rule.when.found_by if isinstance(rule, Rule) else ()
        for slug in named:
            if slug not in sites:
                hint = did_you_mean(slug, sites) or "`advisor rules --kind site` lists them"
                yield f'{where}: {rule.id}: found_by names the site rule "{slug}", which does not exist (hint: {hint})'


def _failing(knowledge: Knowledge, directory: Path, places: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for outcome in self_test(knowledge, (directory,), frozenset(places)):
        if outcome.wrong:
            where = places[outcome.rule][outcome.index]
            hint = f"`advisor analyze --all --rules {directory}` on its code shows more"
            yield f"{where}: examples[{outcome.index}] of {outcome.rule}: {outcome.wrong} (hint: {hint})"


def _rules(knowledge: Knowledge) -> list[AnyRule]:
    return [*knowledge.sites, *knowledge.rules]


def _analysed(named: list[tuple[str, Example]], rules: tuple[Path, ...]) -> Mapping[str, list[Finding]]:
    """All findings by the name of the example; what an example becomes when mended is analysed as `NAME.after`."""
    found: dict[str, list[Finding]] = {}
    for target in sorted({example.target_python or PYTHON for _, example in named}):
        with TemporaryDirectory() as scratch:
            root = Path(scratch).resolve()
            for name, example in named:
                if (example.target_python or PYTHON) == target:
                    _write(root / name / example.path, example.code)
                    if example.after:
                        _write(root / f"{name}.after" / example.path, example.after)
            settings = Settings(all=True, project=root, target_python=target, cores=CORES, jobs=1, rules=rules)
            for finding in advise((root,), settings).findings:
                found.setdefault(finding.path.partition("/")[0], []).append(finding)
    return found


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def _wrong(rule: AnyRule, example: Example, found: Mapping[str, list[Finding]], name: str) -> str:
    here = found.get(name, [])
    if isinstance(rule, Rule):
        wrong = _judgement_wrong(rule, example, here)
    else:
        wrong = _misuse_wrong(rule, example, here) if rule.reported else _site_wrong(rule, example, here)
    if not wrong and any(_fired(rule, finding) for finding in found.get(f"{name}.after", [])):
        return "it still fires on what the code becomes (`after`)"
    return wrong


def _judgement_wrong(rule: Rule, example: Example, here: list[Finding]) -> str:
    """A judgement that fires leaves its slug, its reason or its question; one that does not leaves none of them."""
    judged = [each for each in here if example.line in (None, each.line)]
    if not judged:
        return "there is no site" if example.fires or example.expect != "sequential" else ""
    first = judged[0]
    if first.model != example.expect:
        return f"expected {example.expect.value}, got {_told(first)}"
    if rule.cautions and example.expect == "sequential":  # questions are asked where something is advised
        return ""
    fired = _fired(rule, first)
    return "" if fired == example.fires else f"it {'fires' if fired else 'does not fire'} there: {_told(first)}"


def _site_wrong(rule: SiteRule, example: Example, here: list[Finding]) -> str:
    """The place is the statement that the pattern matched in, which for a misuse is the loop around it."""
    if not example.fires:
        return ""  # that the shape does not match shows elsewhere; what else is there is not its concern
    places = [
        each
        for each in here
        if each.site == rule.site and (example.line is None or each.line <= example.line <= each.end_line)
    ]
    if not places:
        return f"there is no site of kind {rule.site.value}"
    first = places[0]
    return "" if first.model == example.expect else f"expected {example.expect.value}, got {_told(first)}"


def _misuse_wrong(rule: SiteRule, example: Example, here: list[Finding]) -> str:
    lines = [each.line for each in here if each.rule == rule.id]
    if not example.fires:
        return f"it fires in line {lines[0]}" if lines else ""
    if not lines:
        return "it does not fire there"
    if example.expect is not rule.advise:
        return f"expected {example.expect.value}, but the rule advises {rule.advise}"
    return "" if example.line is None or example.line in lines else f"it fires in line {lines[0]}, not {example.line}"


def _fired(rule: AnyRule, finding: Finding) -> bool:
    if rule.id in {finding.rule, *(other.rule for other in finding.rejected)}:
        return True
    if not isinstance(rule, Rule):
        return False
    texts = [other.because for other in finding.alternatives] + ([*finding.ask_first] if rule.cautions else [])
    templates = [rule.why, *(other.because for other in rule.also), *(rule.ask_first if rule.cautions else ())]
    return any(_says(text, template) for text in texts for template in templates)


def _says(text: str, template: str) -> bool:
    """Is `text` the template with its placeholders filled?"""
    parts = re.split(r"`?\{\w+\}`?", " ".join(template.split()))
    return re.fullmatch(".*".join(map(re.escape, parts)), text) is not None


def _told(finding: Finding) -> str:
    return f"{finding.model.value} by {finding.rule} in line {finding.line}"
