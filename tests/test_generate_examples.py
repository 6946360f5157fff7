"""Every example that advises a model other than sequential, generated: what is written compiles and is clean, or why not.

`python -m tests.test_generate_examples` prints the table of examples, and with `--diffs` what each becomes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from advisor.errors import AdvisorError
from advisor.model.concurrency import Model
from advisor.model.rule import Example, SiteRule
from advisor.pipeline import Examined, examine
from advisor.refactoring import ChangedFile, Wanted, diff, refactor
from advisor.selftest import CORES, PYTHON, AnyRule
from advisor.settings import Settings
from advisor.stages.generate.mending import MENDED, ON_PURPOSE
from tests.generating import lint_all
from tests.knowing import own_rules, rules_at_hand

KNOWLEDGE = own_rules()
REFUSED = {
    "apply-call-0": "layout",  # a series goes on with an index of its own, which a list of results does not have
    "awaits-that-could-not-be-followed-0": "carried-dependence",  # told, with a question, and not written without a proof
    "connection-closed-by-each-thread-0": "thread-connection",  # where the work ends is for a person to say
    "copies-may-come-from-memory-0": "later-effects",
    "coroutine-function-handed-over-1": "event-loop",  # who keeps the task, and hears of its failure, is for a person to say
    "flushed-or-large-files-0": "later-effects",
    "later-iterations-are-cheap-0": "shared-write",  # the memory is an object of the caller, who would get it back empty
    "manager-in-a-loop-0": "shared-write",  # who else reads the manager's dict meanwhile is for a person to say
    "object-sent-to-a-process-1": "unpicklable-capture",  # the lock is part of the object whose method is sent
    "person-may-be-asked-0": "process-state",  # all would read the one standard input
    "pool-in-a-recursion-0": "carried-dependence",  # each level would open a pool of its own
    "process-started-and-joined-at-once-0": "layout",  # what a process leaves behind is for a person to say
    "thread-started-and-joined-at-once-1": "layout",  # the threads were made elsewhere
    "pool-map-1": "nothing-to-change",  # it runs on the right kind of pool already
    "shared-write-lost-in-a-process-0": "shared-write",  # the work fills a dict of the module, which is its only result
    "shared-write-needs-a-lock-0": "shared-write",  # adding to an attribute in another order may give another sum
    "submit-loop-0": "nothing-to-change",  # as above
    "two-items-one-file-0": "later-effects",
}
"""The examples that are not generated, with the hazard that forbids it."""
_SAME = {"E722": "BLE001"}  # `except:` and `except Exception:` are told as two things, the second being the better
_LEAST = 0.9  # of all examples that have something to change


@dataclass(frozen=True, slots=True)
class Made:
    """What became of an example: the changed file, or the hazard and the reason of the refusal."""

    name: str
    code: str
    file: ChangedFile | None
    hazard: str = ""
    because: str = ""


def examples() -> Iterator[tuple[AnyRule, str, Example]]:
    rules: list[AnyRule] = [*KNOWLEDGE.sites, *KNOWLEDGE.rules]
    for rule in rules:
        for index, example in enumerate(rule.examples):
            in_words = isinstance(rule, SiteRule) and rule.reported and rule.id not in MENDED
            if example.fires and example.expect is not Model.SEQUENTIAL and not in_words:
                yield rule, f"{rule.id}-{index}", example


@cache
def made() -> dict[str, Made]:
    with rules_at_hand(), TemporaryDirectory() as scratch:
        return {name: _made(Path(scratch), rule, name, example) for rule, name, example in examples()}


def _made(scratch: Path, rule: AnyRule, name: str, example: Example) -> Made:
    root = (scratch / name).resolve()
    file = root / example.path
    file.parent.mkdir(parents=True)
    file.write_text(example.code, encoding="utf-8")
    target = example.target_python or PYTHON
    settings = Settings(all=True, project=root, target_python=target, cores=CORES, jobs=1)
    line = _line(rule, example, examine((root,), settings))
    try:
        result = refactor(Wanted(file, line, example.expect), settings)
    except AdvisorError as error:
        because, _, hazard = error.title.rpartition(" (")
        return Made(name, example.code, None, hazard.removesuffix(")"), because.rpartition(": ")[2])
    return Made(name, example.code, result.files[0])


def _line(rule: AnyRule, example: Example, examined: Examined) -> int:
    """The line that the rule's example is about: of a misuse its own, of a site the first, or the one around `line`."""
    if isinstance(rule, SiteRule) and rule.reported:
        lines = [fault.line for fault in examined.faults if fault.rule == rule.id]
    elif isinstance(rule, SiteRule):
        lines = [site.line for site in examined.sites if site.kind == rule.site
                 and (example.line is None or site.line <= example.line <= site.end_line)]  # fmt: skip
    else:
        lines = [site.line for site in examined.sites]
    return example.line if example.line in lines else lines[0]


@cache
def complaints() -> dict[str, tuple[list[str], list[str]]]:
    """What ruff's default rules say of each example, before and after."""
    done = [each for each in made().values() if each.file is not None]
    before = lint_all([each.code for each in done])
    after = lint_all([each.file.text for each in done if each.file is not None])
    return {each.name: pair for each, pair in zip(done, zip(before, after, strict=True), strict=True)}


@pytest.mark.parametrize("name", [name for _, name, _ in examples()])
def test_an_example_is_generated_or_refused_for_a_reason(name: str) -> None:
    done = made()[name]
    assert done.hazard == REFUSED.get(name, ""), done.because
    if done.file is not None:
        assert done.file.text != done.code
        compile(done.file.text, name, "exec")
        before, after = ([_SAME.get(code, code) for code in codes] for codes in complaints()[name])
        new = [each for each in after if after.count(each) > before.count(each)]
        assert not new, done.file.text


def test_nearly_all_examples_are_generated() -> None:
    known = {name for _, name, _ in examples()}
    assert known >= REFUSED.keys()
    wanted = {name for name in known if REFUSED.get(name) != "nothing-to-change"}
    assert len(wanted - REFUSED.keys()) >= _LEAST * len(wanted)


def test_what_nothing_is_written_for_says_what_to_do() -> None:
    assert all(rule.fix for rule in KNOWLEDGE.sites if rule.reported and rule.id not in MENDED)


def test_what_is_mended_on_purpose_is_mended_at_all() -> None:
    assert MENDED.keys() >= ON_PURPOSE


def main() -> None:
    """The table; run by hand."""
    for done in made().values():
        print(f"{done.name:45} {'generated' if done.file else f'refused: {done.hazard}: {done.because}'}")
        if done.file and "--diffs" in sys.argv:
            print(diff(done.file, done.name))
    written = sum(done.file is not None for done in made().values())
    print(f"{written} of {len(made())} generated")


if __name__ == "__main__":
    main()
