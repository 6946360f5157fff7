"""Vetoes that reach too far and live in how ties between rounds are read: what is to be said once they are mended."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from advisor.model.report import Finding
from tests.running import analyse


def at(folder: Path, source: str, line: int) -> Finding:
    """The finding of a line."""
    (folder / "app.py").write_text(dedent(source).lstrip(), encoding="utf-8")
    return next(finding for finding in analyse(folder).findings if finding.line == line)


KEYS = """
    import requests

    def fill(found):
        for number, (key, entry) in enumerate(found.items()):
            found[key]["all"] = requests.get(entry["url"], params={"left": len(found) - number}, timeout=4).json()
    """


@pytest.mark.xfail(
    strict=True, reason="weigh.dependence: storing under the key that is walked changes neither length nor order"
)
def test_storing_under_the_key_that_is_walked_is_no_tie(tmp_path: Path) -> None:
    finding = at(tmp_path, KEYS, 4)
    assert finding.dependence.kind not in ("carried", "unknown")
    assert finding.model == "threading"
