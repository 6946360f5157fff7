"""Files that nobody wrote end up in the report or under `skipped`; `scripts/attack_mutants.py` tries as many as wanted."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.running import ROOT


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("attack_mutants", ROOT / "scripts/attack_mutants.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("seed", "number"), [(3, 8), pytest.param(4, 300, marks=pytest.mark.slow)])
def test_no_file_is_lost_or_breaks_anything(tmp_path: Path, seed: int, number: int) -> None:
    attack = script()
    counts = {"read": 0, "skipped": 0}
    names = attack.write_batch(tmp_path, list(attack.originals()), seed * 1_000_000, number)
    assert list(attack.attack(tmp_path, names, counts)) == []
    assert counts["read"] + counts["skipped"] == number
    assert min(counts.values()) > number / 20
