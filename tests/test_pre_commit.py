"""The hook, run by the real pre-commit on a repository of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import ANY

import pytest

ROOT = Path(__file__).parents[1]
CLIENT = """\
import requests


def fetch(url):
    return requests.get(url, timeout=10).text
"""
CRAWLER = """\
from client import fetch


def crawl(urls):
    return [fetch(url) for url in urls]
"""
STALLS = """\
import time


async def poll(jobs):
    while jobs:
        time.sleep(1)
"""
CONFIG = """\
repos:
- repo: {}
  rev: {}
  hooks:
  - id: advisor
    args: [--fail-on, low]
    verbose: true
  - id: advisor-misuse
    args: [--fail-on, low]
"""
FORGOTTEN = """\
import asyncio


async def later():
    await asyncio.sleep(1)


async def main():
    asyncio.create_task(later())
"""


def git(folder: Path, *arguments: str) -> str:
    names = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    command = ["git", *names, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def hook(tmp_path: Path) -> tuple[Path, str]:
    """A repository with this working tree committed, and its revision."""
    copy = tmp_path / "hook"
    listed = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    git(copy, "init", "-q")
    git(copy, "add", "-A")
    git(copy, "commit", "-q", "-m", "as it is")
    return copy, git(copy, "rev-parse", "HEAD")


@pytest.mark.slow
def test_the_hook_reports_changed_files_and_reads_the_whole_project(tmp_path: Path, hook: tuple[Path, str]) -> None:
    project = tmp_path / "project"
    project.mkdir()
    git(project, "init", "-q")
    (project / "client.py").write_text(CLIENT)
    (project / "old.py").write_text(STALLS)
    (project / ".pre-commit-config.yaml").write_text(CONFIG.format(*hook))
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", "before", "--no-verify")
    (project / "crawler.py").write_text(CRAWLER)
    git(project, "add", "-A")
    code, out = pre_commit(project, tmp_path / "cache")
    assert code == 1
    assert "crawler.py:5:12" in out
    assert "requests.get" in out  # proved by way of client.py, which did not change
    assert "old.py" not in out
    (project / "crawler.py").write_text(CRAWLER.replace("for url in urls]", "for url in urls]  # advisor: ignore"))
    (project / "readme.md").write_text("hello\n")
    git(project, "add", "-A")
    assert pre_commit(project, tmp_path / "cache")[0] == 0
    (project / "advisor.toml").write_text('exclude = ["crawler.py"]\n')
    (project / "crawler.py").write_text(CRAWLER)
    git(project, "add", "-A")
    assert pre_commit(project, tmp_path / "cache")[0] == 0  # a file that is excluded is so also where the hook names it
    (project / "advisor.toml").write_text("")
    assert pre_commit(project, tmp_path / "cache", "advisor-misuse") == (0, ANY)  # advice is none of its business
    (project / "forgotten.py").write_text(FORGOTTEN)
    git(project, "add", "-A")
    code, out = pre_commit(project, tmp_path / "cache", "advisor-misuse")
    assert code == 1
    assert "forgotten.py:9" in out
    assert "crawler.py" not in out


def pre_commit(project: Path, cache: Path, hook: str = "advisor") -> tuple[int, str]:
    command = [sys.executable, "-m", "pre_commit", "run", hook]
    environment = {**os.environ, "PRE_COMMIT_HOME": str(cache)}
    ran = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    return ran.returncode, ran.stdout + ran.stderr
