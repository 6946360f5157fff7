"""Whole programs, rewritten for every model and run: they print, write, ask and fail as they did, and really overlap."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from tests.generating import lint
from tests.loopback import Servers
from tests.rerunning import Program, Ran, differences, programs, rewrite, run, write

ALL = programs()


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with Servers() as started:
        yield started


def heavy(program: Program, model: str) -> bool:
    """Processes that import libraries only to wait: much to start for a quick test."""
    return model == "dask" or (model == "multiprocessing" and "overlap" in program.options)


def named(chosen: list[Program]) -> list[object]:
    return [pytest.param(program, id=program.name) for program in chosen]


@pytest.mark.slow
@pytest.mark.parametrize("program", named(ALL))
def test_a_rewritten_program_does_what_it_did(program: Program, tmp_path: Path, servers: Servers) -> None:
    old, found = None, list[str]()
    for model in program.models:
        file = write(program, tmp_path / model)
        if f"refuse {model}" in program.options or program.has_no_site:
            check_refused(program, file, model)
            continue
        rewrite(program, file, model)
        check_text(program, file.read_bytes())
        if not heavy(program, model):
            old = old or run(write(program, tmp_path / "old"), servers)
            found += complaints(program, file, model, old, run(file, servers, program.overlap(model)))
    assert not found


@pytest.mark.slow
@pytest.mark.parametrize("start", ["spawn", "fork"])
@pytest.mark.parametrize("program", named([p for p in ALL if not {"multiprocessing", "dask"}.isdisjoint(p.models)]))
def test_so_do_those_that_take_long_to_start(program: Program, start: str, tmp_path: Path, servers: Servers) -> None:
    old, found = run(write(program, tmp_path / "old"), servers), list[str]()
    for model in {"multiprocessing", "dask"}.intersection(program.models):
        if f"refuse {model}" not in program.options and not program.has_no_site:
            file = write(program, tmp_path / model)
            rewrite(program, file, model)
            found += complaints(program, file, model, old, run(file, servers, program.overlap(model), start))
    assert not found


def complaints(program: Program, file: Path, model: str, old: Ran, new: Ran) -> list[str]:
    """What the program does otherwise once it has been rewritten, and how it was."""
    different = differences(program, model, old, new)
    return [f"with {model}", *different, file.read_bytes().decode(program.encoding)] if different else []


def check_refused(program: Program, file: Path, model: str) -> None:
    """The refusal names the hazard that the program tells (or nothing is there to rewrite), and the file is as it was."""
    with pytest.raises(AdvisorError) as caught:
        rewrite(program, file, model)
    if program.has_no_site:
        assert caught.value.title.endswith("nothing to rewrite on this line")
    else:
        assert caught.value.exit_code == 1
        assert caught.value.title.endswith(f"({program.options[f'refuse {model}']})")
    assert file.read_bytes() == program.data()


def check_text(program: Program, data: bytes) -> None:
    """The new file is Python, in the shape of the old, with nothing in it that a linter has to say more about."""
    before = program.data()
    compile(data, program.name, "exec")
    assert data.startswith(b"\xef\xbb\xbf") is before.startswith(b"\xef\xbb\xbf")
    assert data.count(b"\r\n") == (data.count(b"\n") if b"\r\n" in before else 0)
    worse = lint(data.decode(program.encoding)) - lint(before.decode(program.encoding))
    assert not worse, data.decode(program.encoding)
