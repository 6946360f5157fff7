"""Shown annotated code: every file of `fixtures/sites/` gets the advice that its comments ask for.

`# advise: MODEL RULE` on the line where a site begins is what must be said there; `# todo-advise: MODEL RULE` is what
should be and is not yet: such a miss is printed, and fails once it passes, so that it is made an `advise`. A finding
that advises a change where no comment speaks of one is noise, and noise fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from advisor.model.report import Finding
from advisor.model.site import DependenceKind, SiteKind
from tests.running import ROOT, analyse

FOLDER = ROOT / "fixtures" / "sites"
FILES = sorted(FOLDER.glob("*.py"))
_COMMENT = re.compile(r"#\s*(todo-)?advise:\s*(\w+)\s+([a-z0-9-]+)\s*$")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a comment asks for."""

    line: int
    model: str
    rule: str
    todo: bool

    def granted_by(self, finding: Finding) -> bool:
        return (finding.line, finding.model, finding.rule) == (self.line, self.model, self.rule)


def wishes(path: Path) -> Iterator[Wish]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if "advise:" in line:
            match = _COMMENT.search(line)
            assert match, f"{path.name}:{number}: write `# advise: MODEL RULE`"
            yield Wish(number, match[2], match[3], todo=match[1] is not None)


@cache
def findings() -> dict[str, list[Finding]]:
    """All sites of all files, by file name."""
    found: dict[str, list[Finding]] = {path.name: [] for path in FILES}
    for finding in analyse(FOLDER).findings:
        found[finding.path].append(finding)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_advice_is_what_the_comments_ask_for(path: Path) -> None:
    wrong = []
    asked = list(wishes(path))
    for wish in asked:
        here = [finding for finding in findings()[path.name] if finding.line == wish.line]
        granted = any(wish.granted_by(finding) for finding in here)
        got = ", ".join(f"{finding.model} {finding.rule}" for finding in here) or "nothing"
        if wish.todo and granted:
            wrong.append(f"{path.name}:{wish.line}: passes now: make it an `# advise:`")
        elif wish.todo:
            print(f"known miss {path.name}:{wish.line}: {wish.model} {wish.rule}, got {got}")
        elif not granted:
            wrong.append(
                f"{path.name}:{wish.line}: {'wrong' if here else 'missing'}: {wish.model} {wish.rule}, got {got}"
            )
    expected = {wish.line for wish in asked}
    wrong += [
        f"{path.name}:{finding.line}: noisy: {finding.model} {finding.rule}"
        for finding in findings()[path.name]
        if finding.change and finding.line not in expected
    ]
    assert not wrong, "\n" + "\n".join(wrong)


def test_the_comments_speak_of_every_kind_of_site_and_dependence() -> None:
    asked = {(path.name, wish.line) for path in FILES for wish in wishes(path)}
    spoken_of = [finding for each in findings().values() for finding in each if (finding.path, finding.line) in asked]
    assert {finding.site for finding in spoken_of} == set(SiteKind)
    assert {finding.dependence.kind for finding in spoken_of} == set(DependenceKind)
    assert len(asked) >= 60
