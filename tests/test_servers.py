"""The commands that start servers, as far as a person at a terminal meets them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_WITHOUT = "import sys; sys.modules[sys.argv.pop(1)] = None; from advisor.cli import main; main()"


@pytest.mark.parametrize(("command", "package"), [("lsp", "pygls"), ("mcp", "mcp")])
def test_a_missing_extra_is_told_with_what_to_install(command: str, package: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _WITHOUT, package, command],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    error, hint = ran.stderr.splitlines()
    assert error.startswith(f"error: `advisor {command}` needs {package}")
    assert f"'concurrency-advisor[{command}]'" in hint


def test_a_workspace_has_to_be_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "advisor", "mcp", "--workspace", str(tmp_path / "nowhere")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: no such folder: ")
