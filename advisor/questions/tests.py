"""Tests: which files and functions are tests, or are there for them."""

from __future__ import annotations

from advisor.model import tree
from advisor.model.program import FunctionInfo, Program
from advisor.model.words import Words, mentions

_FOLDERS = frozenset(["test", "tests", "testing", "unittests", "integration_tests"])
_FILES = frozenset(["conftest.py", "tests.py", "testcase.py", "testcases.py"])


def is_test(path: str) -> bool:
    """Is the file at `path` (from the project's root, POSIX form) a test, or made for tests?"""
    *folders, name = path.split("/")
    named = name.startswith("test_") or name.endswith("_test.py") or name in _FILES
    return named or not _FOLDERS.isdisjoint(folders)


def is_for_developers(words: Words, path: str) -> bool:
    """Is the file a script, tool, example or benchmark beside the program?"""
    *folders, name = path.split("/")
    return any(mentions(folder, words.developer_folders) for folder in folders) or name == "setup.py"


def is_test_function(program: Program, info: FunctionInfo) -> bool:
    """Is the function a test: in a file of tests, or a `test_…` method of a `TestCase`?"""
    if is_test(info.path):
        return True
    if not info.name.rpartition(".")[2].startswith("test_") or info.owner is None:
        return False
    bases = (tree.dotted(base) or "" for base in program.classes[info.owner].bases)
    return any(base.endswith("TestCase") for base in bases)
