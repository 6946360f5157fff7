"""Standard input as a file: what is typed counts, not what is on disk, and the project around it is read."""

from __future__ import annotations

import json
import sys
from io import BytesIO, TextIOWrapper
from typing import Any

import pytest

from tests.inputs.test_notebook import LOOP, notebook
from tests.test_cli import CRAWLER, NOTHING_TO_FIND, Advisor, advisor

__all__ = ["advisor"]  # the fixture

CLIENT = "import requests\n\n\ndef fetch(url):\n    return requests.get(url, timeout=9).text\n"
CALLER = "from client import fetch\n\n\ndef crawl(urls):\n    return [fetch(url) for url in urls]\n"


@pytest.fixture
def typed(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs `advisor analyze - …` with this on standard input; the report."""

    def run(data: bytes, *options: str) -> Any:
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(data)))
        ran = advisor("analyze", "-", "--format", "json", *options)
        assert (ran.code, ran.err) == (0, "")
        return json.loads(ran.out)

    return run


def test_code_without_a_name(advisor: Advisor, typed: Any) -> None:
    advisor.write("other.py", CRAWLER)
    [finding] = typed(CRAWLER.encode())["findings"]
    assert (finding["path"], finding["line"]) == ("<stdin>", 6)


def test_the_name_says_what_is_imported_and_replaced(advisor: Advisor, typed: Any) -> None:
    advisor.write("src/client.py", CLIENT)
    advisor.write("src/app.py", NOTHING_TO_FIND)
    [finding] = typed(CALLER.encode(), "--stdin-filename", "src/app.py")["findings"]
    assert (finding["path"], finding["work"]["effects"][0]["api"]) == ("src/app.py", "requests.get")
    advisor.write("src/app.py", CALLER)
    report = typed(NOTHING_TO_FIND.encode(), "--stdin-filename", "src/app.py")
    assert (report["findings"], report["summary"]["files"]) == ([], 1)
    advisor.write("advisor.toml", 'exclude = ["src/"]\n')
    excluded = typed(CALLER.encode(), "--stdin-filename", "src/app.py", "--force-exclude")
    assert excluded["summary"]["files"] == 0


def test_the_excerpt_is_of_what_was_typed(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    advisor.write("app.py", NOTHING_TO_FIND)
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(CRAWLER.encode())))
    assert "pages[url] = requests.get" in advisor("analyze", "-", "--stdin-filename", "app.py").out


def test_a_notebook(typed: Any) -> None:
    [finding] = typed(notebook("import requests", LOOP), "--stdin-filename", "a.ipynb")["findings"]
    assert finding["cell"] == {"number": 4, "line": 2}


def test_what_makes_no_sense(advisor: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"a\0b")))
    assert advisor("analyze", "-").err.startswith("error: standard input:1: binary data")
    assert "and - is not given" in advisor("analyze", "--stdin-filename", "a.py").err
    assert "both read standard input" in advisor("analyze", "-", "--diff").err


def test_quiet_prints_findings_alone(advisor: Advisor) -> None:
    advisor.write("app.py", NOTHING_TO_FIND + "# advisor: ignore-file\n")
    assert advisor("analyze", "--quiet") == (0, "", "")
    assert advisor("analyze").err
    advisor.write("app.py", CRAWLER)
    assert "app.py:6" in advisor("analyze", "-q").out
