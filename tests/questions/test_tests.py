"""Which files and functions are tests, or made for tests."""

from __future__ import annotations

import pytest

from advisor.questions.tests import is_test, is_test_function
from tests.linking import linked


@pytest.mark.parametrize(
    "path",
    [
        "test_app.py",
        "app/app_test.py",
        "conftest.py",
        "shop/tests.py",
        "tests/helpers.py",
        "app/test/data.py",
        "app/testing/fakes.py",
        "integration_tests/run.py",
    ],
)
def test_files_of_tests(path: str) -> None:
    assert is_test(path)


@pytest.mark.parametrize("path", ["app.py", "latest/app.py", "app/contest.py", "testimony.py", "attest/tester.py"])
def test_other_files(path: str) -> None:
    assert not is_test(path)


def test_a_test_case_in_another_file_has_tests() -> None:
    text = "from unittest import TestCase\nclass {0}:\n    def test_it(self): ...\ndef work(): ..."
    for head, expected in (("Case(TestCase)", True), ("Case(Program)", False)):
        found = linked(text.format(head))
        method = next(info for info in found.program.functions.values() if info.name.endswith("test_it"))
        assert is_test_function(found.program, method) is expected
        assert not is_test_function(found.program, found.work)
