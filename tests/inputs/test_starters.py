"""Starters are read, never run, and one that says too little of itself is told with its file."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.inputs.knowledge import builtin_rules, load_knowledge
from advisor.inputs.starters import read_starters
from advisor.model.concurrency import Model

BLOCK = """# /// script
# requires-python = ">=3.12"
# dependencies = ["httpx"]
#
# [tool.ours]
# other = "tables are not ours to judge"
#
# [tool.advisor]
# model = "asyncio"
# ///
"""
PROGRAM = f'"""A title.\n\nMore."""\n\n{BLOCK}\nraise SystemExit("was run")\n'


def write(folder: Path, text: str, name: str = "my_own.py") -> Path:
    file = folder / "skeletons" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_everything_is_read_from_the_file_itself(tmp_path: Path) -> None:
    write(tmp_path, PROGRAM)
    (starter,) = read_starters([tmp_path])
    assert (starter.slug, starter.title, starter.model) == ("my-own", "A title", Model.ASYNCIO)
    assert (starter.requires_python, starter.dependencies) == (">=3.12", ("httpx",))
    assert starter.text == PROGRAM


def test_a_directory_without_starters_has_none(tmp_path: Path) -> None:
    assert read_starters([tmp_path]) == ()


def test_a_directory_with_nothing_but_starters_is_one_of_rules(tmp_path: Path) -> None:
    write(tmp_path, PROGRAM)
    load_knowledge((builtin_rules(), tmp_path))


def test_other_files_are_passed_over(tmp_path: Path) -> None:
    for name in ("__init__.py", "notes.md"):
        write(tmp_path, "no starter", name)
    assert read_starters([tmp_path]) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def (", "my_own.py:1: not valid Python: invalid syntax"),
        ("\0", "my_own.py: not valid Python: source code string cannot contain null bytes"),
        (BLOCK, "my_own.py: has no docstring"),
        ('"""Title."""\n', "my_own.py: script metadata: tool: Field required"),
        (PROGRAM.replace('"asyncio"', "asyncio"), "my_own.py: its script metadata is not valid TOML: "),
        (PROGRAM.replace("asyncio", "threads"), "my_own.py: script metadata: tool.advisor.model: Input should be"),
        (PROGRAM.replace("# model", "# modell"), "my_own.py: script metadata: tool.advisor.model: Field required"),
    ],
)
def test_one_that_says_too_little_is_told(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, text)
    with pytest.raises(AdvisorError) as told:
        read_starters([tmp_path])
    assert message in told.value.title


def test_one_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    write(tmp_path, "").write_bytes(b"# caf\xe9")
    with pytest.raises(AdvisorError, match="not valid Python"):
        read_starters([tmp_path])


def test_a_slug_is_used_once(tmp_path: Path) -> None:
    write(tmp_path, PROGRAM, "thread_map.py")
    with pytest.raises(AdvisorError, match='there is a template "thread-map" already') as told:
        read_starters([builtin_rules(), tmp_path])
    assert "rules/skeletons/thread_map.py" in told.value.hint


def test_a_misspelt_folder_is_told(tmp_path: Path) -> None:
    write(tmp_path, PROGRAM)
    (tmp_path / "skeletons").rename(tmp_path / "skeleton")
    with pytest.raises(AdvisorError, match="unknown folder among the rules") as told:
        load_knowledge((builtin_rules(), tmp_path))
    assert told.value.hint == 'did you mean "skeletons"?'
