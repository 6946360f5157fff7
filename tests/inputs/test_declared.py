"""What a project says of the Pythons it runs on, wherever it says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.inputs.declared import oldest_python

POETRY = '[tool.poetry.dependencies]\npython = "{}"\n'


@pytest.mark.parametrize(
    ("files", "oldest"),
    [
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.10, <3.12"\n'}, (3, 10)),
        ({"pyproject.toml": '[project]\nrequires-python = ">=3.9.2"\n'}, (3, 9)),
        ({"pyproject.toml": '[project]\nrequires-python = "~=3.12.0"\n'}, (3, 12)),
        ({"pyproject.toml": POETRY.format("^3.8")}, (3, 8)),
        ({"pyproject.toml": POETRY.format(">=3.13,<4")}, (3, 13)),
        ({"setup.cfg": "[options]\npython_requires = >=3.7\n"}, (3, 7)),
        ({"setup.py": "from setuptools import setup\nsetup(name='x', python_requires='!=3.9.*,>3.8')\n"}, (3, 8)),
        ({"pyproject.toml": "[tool.x]\n", "setup.py": "setup(python_requires='>=3.11')"}, (3, 11)),
        ({"pyproject.toml": "[project]\nname = 'x'\n"}, None),
        ({"pyproject.toml": "not toml ["}, None),
        ({"pyproject.toml": "project = 3\ntool = 'x'\n"}, None),
        ({"pyproject.toml": "tool.poetry = []\n"}, None),
        ({"setup.py": "x = " + "(" * 9000 + ")" * 9000}, None),
        ({"pyproject.toml": '[project]\nrequires-python = "three"\n'}, None),
        ({"pyproject.toml": POETRY.format("*")}, None),
        ({"setup.py": "setup(python_requires=REQUIRES)"}, None),
        ({"setup.cfg": "python_requires"}, None),
        ({}, None),
    ],
)
def test_the_oldest_python_that_is_allowed(
    files: dict[str, str], oldest: tuple[int, int] | None, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert oldest_python(tmp_path) == oldest
