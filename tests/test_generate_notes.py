"""What is to be asked before a rewrite is used: no more than the rewrite leaves open."""

from __future__ import annotations

from pathlib import Path

from advisor.refactoring import refactor, remarks, wanted
from advisor.settings import Settings
from tests.running import analyse

PRINTS = """\
import requests


def pull(urls):
    for url in urls:
        print(url, len(requests.get(url, timeout=9).text))


if __name__ == "__main__":
    pull(["https://example.org/1", "https://example.org/2"])
"""


def test_what_the_rewrite_sees_to_is_not_asked_with_it(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text(PRINTS)
    asked = next(finding.ask_first for finding in analyse(tmp_path).findings if finding.line == 5)
    assert any("keep its order" in question for question in asked)
    noted = "\n".join(remarks(refactor(wanted(f"{file}:5", None, None), Settings(jobs=1))))
    assert "keep its order" not in noted
    assert "How many requests at once does the server allow?" in noted
