"""Constants: what a module holds for good is no read that anybody has to wait for, and what may change is one."""

from __future__ import annotations

import pytest

from tests.linking import linked, look

FOR_GOOD = [
    "LIMIT = 3",
    "LIMIT = -3 + 1",
    "LIMIT = ('a', (1, None))",
    "import re\nLIMIT = re.compile('a')",
    "LIMIT = object()",
    "LIMIT = frozenset(['a', 'b'])",
    "LIMIT = 3\ndef other():\n  LIMIT = 4",
    "LIMIT = 3\nclass Box:\n  def set(self):\n    self.other = 4",
]
MAY_CHANGE = [
    "LIMIT = []",
    "LIMIT = (1, [])",
    "LIMIT = made()",
    "LIMIT = frozenset([made()])",
    "LIMIT = 3\nLIMIT = 4",
    "LIMIT = 3\ndef other():\n  global LIMIT\n  LIMIT = 4",
    "LIMIT = 3\ndef other():\n  globals()['LIMIT'] = 4",
    "LIMIT = 3\ndef other(name):\n  globals()[name] = 4",
    "import app\nLIMIT = 3\ndef other():\n  app.LIMIT = 4",
    "import app\nLIMIT = 3\ndef other(name):\n  setattr(app, name, 4)",
    "LIMIT = 3\ndef other(module):\n  setattr(module, 'LIMIT', 4)",
    "LIMIT = 3\ndef other(text):\n  exec(text)",
    "if __name__ == '__main__':\n  LIMIT = 3",
    "for LIMIT in (1, 2): pass",
]


def reads(text: str) -> set[str]:
    found = linked({"app.py": f"{text}\ndef work():\n  return LIMIT\n"})
    return look(found.summaries.function_state(found.work.id))


@pytest.mark.parametrize("text", FOR_GOOD)
def test_what_nobody_can_change_is_no_read(text: str) -> None:
    assert reads(text) == set()


@pytest.mark.parametrize("text", MAY_CHANGE)
def test_what_may_change_is_read(text: str) -> None:
    assert "global LIMIT" in reads(text)


@pytest.mark.parametrize(("set_on", "seen"), [("work", True), ("other", False)])
def test_a_function_is_read_where_something_is_kept_on_one_of_its_name(set_on: str, seen: bool) -> None:
    found = linked({"app.py": f"def work():\n  keep(work)\ndef set(other):\n  {set_on}.count = 1\n"})
    assert ("all of global work" in look(found.summaries.function_state(found.work.id))) is seen


def test_what_lies_in_what_was_made_elsewhere_is_read() -> None:
    found = linked({"app.py": "LIMIT = frozenset([made()])\ndef work():\n  return LIMIT.count\n"})
    assert look(found.summaries.function_state(found.work.id)) == {"global LIMIT.count"}


def test_what_a_decorator_puts_in_the_place_of_a_function_is_read() -> None:
    found = linked({"app.py": "@counted\ndef other(): pass\ndef work():\n  return keep(other)\n"})
    assert "all of global other" in look(found.summaries.function_state(found.work.id))
