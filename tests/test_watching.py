"""`analyze --watch` as a person meets it: in a process of its own, with files that change, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

CRAWLER = "import requests\n\n\ndef crawl(urls):\n    return [requests.get(url, timeout=9).text for url in urls]\n"
NOTHING = "def add(a, b):\n    return a + b\n"


@pytest.mark.slow
def test_files_are_analysed_again_when_they_change(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.advisor]\n", encoding="utf-8")
    (tmp_path / "app.py").write_text(NOTHING, encoding="utf-8")
    out = tmp_path.parent / "out.txt"
    command = [sys.executable, "-m", "advisor", "analyze", "--watch", str(tmp_path)]
    with out.open("wb") as stream:
        watching = subprocess.Popen(command, stdout=stream, stderr=subprocess.STDOUT)
    try:
        seen = _until(out, "Watching", 1)
        assert "independent-waits" not in seen
        (tmp_path / "app.py").write_text(CRAWLER, encoding="utf-8")
        assert "independent-waits" in _until(out, "Watching", 2)
        (tmp_path / "pyproject.toml").write_text("[tool.advisor]\ncroes = 4\n", encoding="utf-8")
        assert 'unknown key "croes"' in _until(out, "Watching", 3)
        (tmp_path / "pyproject.toml").write_text("[tool.advisor]\n", encoding="utf-8")
        assert "Traceback" not in _until(out, "Watching", 4)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 0
    finally:
        watching.kill()
        watching.wait()
    assert "Traceback" not in out.read_text(encoding="utf-8")
    assert sorted(os.listdir(tmp_path)) == ["app.py", "pyproject.toml"]


def _until(file: Path, mark: str, times: int) -> str:
    """What is in the file as soon as `mark` stands there so many times."""
    ends = time.monotonic() + 60
    while (text := file.read_text(encoding="utf-8")).count(mark) < times:
        assert time.monotonic() < ends, text
        time.sleep(0.1)
    time.sleep(0.5)  # whoever watches has to be at it again
    return text
