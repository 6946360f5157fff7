"""The default report holds what `--all` holds, less the places that stay as they are: a place that may not change is left
early, and nothing else is told of the others for that."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

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
