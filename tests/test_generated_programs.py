"""Whole programs, rewritten for every model and run: they print, write, ask and fail as they did, and really overlap."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from tests.generating import lint
from tests.loopback import Servers
from tests.rerunning import Program, Ran, differences, programs, rewrite, run, write

ALL = programs()
PAIRS = [(program, model) for program in ALL for model in program.models]
REFUSED = [pair for pair in PAIRS if f"refuse {pair[1]}" in pair[0].options]
_HEAVY = ("dask",)


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with Servers() as started:
        yield started


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("originals")


def named(pairs: list[tuple[Program, str]]) -> list[object]:
    return [pytest.param(program, model, id=f"{program.name}-{model}", marks=[pytest.mark.slow] if model in _HEAVY else [])
            for program, model in pairs]  # fmt: skip


@pytest.mark.parametrize(("program", "model"), named([pair for pair in PAIRS if pair not in REFUSED]))
def test_a_rewritten_program_does_what_it_did(
    program: Program, model: str, tmp_path: Path, scratch: Path, servers: Servers
) -> None:
    file = write(program, tmp_path / "new")
    rewrite(program, file, model)
    check_text(program, file.read_bytes())
    old = original(program.name, scratch, servers)
    assert not differences(program, model, old, run(file, servers)), file.read_text(_encoding(program))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "model"), named([p for p in PAIRS if p not in REFUSED and p[1] == "multiprocessing"])
)
def test_processes_that_begin_the_usual_way(
    program: Program, model: str, tmp_path: Path, scratch: Path, servers: Servers
) -> None:
    file = write(program, tmp_path / "new")
    rewrite(program, file, model)
    old = original(program.name, scratch, servers)
    assert not differences(program, model, old, run(file, servers, start="fork"))


@pytest.mark.parametrize(("program", "model"), named(REFUSED))
def test_what_cannot_be_rewritten_is_refused(program: Program, model: str, tmp_path: Path) -> None:
    file = write(program, tmp_path / "new")
    with pytest.raises(AdvisorError) as caught:
        rewrite(program, file, model)
    assert caught.value.exit_code == 1
    assert caught.value.title.endswith(f"({program.options[f'refuse {model}']})")
    assert file.read_bytes() == program.data()


@functools.cache
def original(name: str, scratch: Path, servers: Servers) -> Ran:
    """What the program did before it was rewritten: run once for all models."""
    program = next(each for each in ALL if each.name == name)
    return run(write(program, scratch / name), servers)


def check_text(program: Program, data: bytes) -> None:
    """The new file is Python, in the shape of the old, with nothing in it that a linter has to say more about."""
    before, encoding = program.data(), _encoding(program)
    compile(data, program.name, "exec")
    assert data.startswith(b"\xef\xbb\xbf") is before.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in before or b"\r" not in data
    assert b"\r\n" not in before or data.count(b"\n") == data.count(b"\r\n")
    worse = lint(data.decode(encoding)) - lint(before.decode(encoding))
    assert not worse, data.decode(encoding)


def _encoding(program: Program) -> str:
    return "latin-1" if program.options.get("as") == "latin-1" else "utf-8"
