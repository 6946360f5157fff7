"""Patterns of `.gitignore`: the same as git's, and in time that no pattern can make long."""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from advisor.patterns import Patterns, read_pattern, read_patterns


def left_out(patterns: Patterns, path: str, is_folder: bool = False) -> bool | None:
    """What is said of `path`; True where it or a folder around it is left out."""
    return patterns.leaves_out(path, is_folder) or patterns.says(path, is_folder)


@pytest.mark.parametrize(
    ("line", "path", "says"),
    [
        ("a.py", "a.py", True),
        ("a.py", "b/c/a.py", True),
        ("a.py", "aXpy", None),
        ("/a.py", "b/a.py", None),
        ("b/a.py", "b/a.py", True),
        ("b/a.py", "c/b/a.py", None),
        ("b/", "b/a.py", True),
        ("a.py/", "a.py", None),
        ("*.py", "b/a.py", True),
        ("b/*.py", "b/c/a.py", None),
        ("b/**/a.py", "b/a.py", True),
        ("b/**/a.py", "b/c/d/a.py", True),
        ("**/a.py", "b/a.py", True),
        ("b/**", "b/a.py", True),
        ("?.py", "a.py", True),
        ("?.py", ".py", None),
        ("[a-c].py", "b.py", True),
        ("[!a-c].py", "b.py", None),
        ("[]-].py", "].py", True),
        ("[[:digit:]].py", "7.py", True),
        (r"\*.py", "a.py", None),
        (r"\#a.py", "#a.py", True),
        ("#a.py", "#a.py", None),
        ("a.py  ", "a.py", True),
        ("a.py\\ ", "a.py", None),
        ("[a.py", "[a.py", None),
        ("!a.py", "a.py", False),
    ],
)
def test_what_a_line_says(line: str, path: str, says: bool | None) -> None:
    assert left_out(read_patterns([line]), path) is says


def test_the_last_line_that_matches_counts() -> None:
    assert left_out(read_patterns(["*.py", "!a.py"]), "a.py") is False
    assert left_out(read_patterns(["!a.py", "*.py"]), "a.py") is True


@pytest.mark.parametrize("line", ["", "   ", "# a", "\\", "a\\", "[", "[a", "[[:nothing:]]", "a" * 5_000])
def test_what_can_match_nothing_is_passed_over(line: str) -> None:
    assert read_pattern(line) is None


@pytest.mark.parametrize(
    ("line", "path"),
    [
        ("*a" * 60 + "*b", "a" * 250),
        ("*" * 2_000 + "b", "a" * 250),
        ("?*" * 120 + "b", "a" * 250),
        ("[a]*" * 120 + "b", "a" * 250),
        ("**/a/" * 60 + "b", "a/" * 250 + "a"),
        ("**/*a*a*a*/" * 40 + "b", ("a" * 60 + "/") * 40 + "a"),
    ],
)
def test_no_pattern_takes_long(line: str, path: str) -> None:
    patterns = read_patterns([line] * 20)  # with a regular expression that tries again, one takes longer than a life
    assert patterns.says(path, False) is None


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_the_same_as_git_says(tmp_path: Path) -> None:
    draw = random.Random(7)
    pieces = [
        "a",
        "b",
        "*",
        "?",
        "/",
        "**",
        "/**/",
        "[ab]",
        "[!a]",
        "\\a",
        "*",
        ".",
        "[a-b]",
        " ",
        "[[:alpha:]]",
        "[]a]",
    ]
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    paths = {"/".join(draw.choice(["a", "b", "ab", "a.b", "bb"]) for _ in range(draw.randint(1, 4))) for _ in range(60)}
    folders = {"/".join(path.split("/")[:count]) for path in paths for count in range(1, path.count("/") + 1)}
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    files = sorted(paths - folders)
    for file in files:
        (tmp_path / file).touch()
    asked = files + sorted(folders)
    for _ in range(40):
        line = (
            draw.choice(["", "", "", "/"])
            + "".join(draw.choices(pieces, k=draw.randint(1, 6)))
            + draw.choice(["", "/"])
        )
        if not line.strip(" /"):  # git takes a bare slash for something, which its manual does not
            continue
        (tmp_path / ".gitignore").write_text(f"{line}\n")
        command = ["git", "-C", str(tmp_path), "check-ignore", "--no-index", "--stdin"]
        told = subprocess.run(command, input="\n".join(asked), capture_output=True, text=True).stdout.splitlines()
        patterns = read_patterns([line])
        ours = [path for path in asked if left_out(patterns, path, path in folders)]
        assert (line, sorted(ours)) == (line, sorted(told))
