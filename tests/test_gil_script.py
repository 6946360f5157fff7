"""The script that re-measures what the catalog says of the GIL: complete, and able to run what is installed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from advisor.inputs.knowledge import builtin_rules
from advisor.model.catalog import Basis
from advisor.model.effect import Effect
from tests.knowing import own_rules

SCRIPTS = builtin_rules().parent / "scripts"
CATALOG = own_rules().catalog


def _listed() -> list[str]:
    command = [sys.executable, "-c", "import gil_snippets; print(*(s.api for s in gil_snippets.TABLE), sep='\\n')"]
    return subprocess.run(command, cwd=SCRIPTS, capture_output=True, text=True, check=True).stdout.split()


def test_every_measured_release_of_the_gil_can_be_measured_again() -> None:
    found = {entry[0] for name in _listed() if (entry := CATALOG.call(name)) is not None}
    claimed = {
        name
        for name, call in CATALOG.calls.items()
        if call.effect is Effect.CPU_NATIVE_NOGIL and call.because is Basis.MEASURED
    }
    assert claimed - found == set()


def test_every_snippet_names_a_call_of_the_catalog() -> None:
    names = _listed()
    assert [name for name in names if CATALOG.call(name) is None] == []
    assert len(names) == len(set(names))


def test_the_release_of_the_gil_is_claimed_only_with_a_reason() -> None:
    bare = [
        name
        for name, call in CATALOG.calls.items()
        if call.effect is Effect.CPU_NATIVE_NOGIL and call.because is Basis.REASONED
    ]
    assert bare == []


@pytest.mark.slow
def test_it_says_what_it_could_not_measure() -> None:
    command = [sys.executable, str(SCRIPTS / "measure_gil.py"), "no.such.call"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) in ((0, "0 compared with the catalog, 0 disagree\n"), (2, ""))
