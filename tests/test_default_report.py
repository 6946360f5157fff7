"""The default report holds what `--all` holds, less the places that stay as they are: a place that may not change is left
early, and nothing else is told of the others for that."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from advisor.model.concurrency import Level
from advisor.model.report import Finding
from tests.running import ROOT, analyse
from tests.sampling import sampled

FOLDERS = [ROOT / "fixtures" / "sites", ROOT / "tests" / "planted", ROOT / "tests" / "programs"]


@cache
def changes(folder: Path, *, everything: bool) -> tuple[Finding, ...]:
    return tuple(f for f in analyse(folder, all=everything, confidence="low").findings if f.change)


@pytest.mark.parametrize("folder", sampled(FOLDERS, 3), ids=lambda folder: folder.name)
def test_what_changes_is_told_either_way(folder: Path) -> None:
    found = changes(folder, everything=False)
    assert found == changes(folder, everything=True)
    assert len(found) > 20


@pytest.mark.slow
def test_what_is_not_examined_would_not_have_been_told() -> None:
    """`--confidence low` looks at all places: what is surer than that is the same without."""

    def told(confidence: str) -> set[tuple[str, int, str, str]]:
        found = analyse(FOLDERS[0], all=False, confidence=confidence).findings
        return {
            (f.path, f.line, f.rule, f.confidence.value) for f in found if f.change and f.confidence is not Level.LOW
        }

    assert told("medium") == told("low")
    assert told("medium")


def test_a_place_where_advice_would_hardly_be_taken_is_counted_and_not_looked_at(tmp_path: Path) -> None:
    for number in range(8):  # more modules than a small program has
        (tmp_path / f"part{number}.py").write_text(f"import tool\n\n\ndef f{number}():\n    return {number}\n")
    (tmp_path / "tool.py").write_text(
        "import requests\n\n\ndef setup_all(plugins):\n    found = []\n"
        "    for plugin in plugins:\n        found.append(requests.get(plugin.url).json())\n    return found\n"
    )
    usual = analyse(tmp_path, all=False)
    assert (usual.findings, usual.summary.not_shown, usual.summary.not_examined) == ((), 0, 1)
    low = analyse(tmp_path, all=False, confidence="low")
    assert [(f.path, f.line, f.model.value) for f in low.findings] == [("tool.py", 6, "threading")]
    assert (low.summary.not_shown, low.summary.not_examined) == (0, 0)
    listed = [f.rule for f in analyse(tmp_path, all=True).findings]
    assert "not-examined" not in listed


@pytest.mark.parametrize(("modules", "told"), [(3, True), (8, False)])
def test_statements_in_a_row_are_looked_for_where_advice_on_them_would_be_told(
    tmp_path: Path, modules: int, told: bool
) -> None:
    for number in range(modules):
        (tmp_path / f"part{number}.py").write_text(f"import tool\n\n\ndef f{number}():\n    return {number}\n")
    (tmp_path / "tool.py").write_text(
        "import aiohttp\n\n\nasync def both(session: aiohttp.ClientSession):\n"
        "    one = await session.get('http://a/1')\n    two = await session.get('http://b/2')\n    return one, two\n"
    )
    assert analyse(tmp_path, all=False).summary.sites == int(told)
    assert analyse(tmp_path, all=False, confidence="low").summary.sites == 1
