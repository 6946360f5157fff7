"""A coroutine that waits while it walks a list sees what others put into it meanwhile; a copy is walked as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

QUEUE = """\
import asyncio

waiting = []


async def gone(task):
    await asyncio.sleep(0.01)
    return task is None


async def joins(task):
    waiting.append(task)


class Queue:
    names = {{"a": 1}}

    def __init__(self, tasks):
        self.tasks = []
        self.first = []
        for task in tasks:
            self.first.append(task)

    {other}

    async def sweep(self, given):
        return [task for task in {walked} if not await gone(task)]  # here
"""
ADDS = "def add(self, task):\n        self.tasks.append(task)"
ALIAS = "async def add(self, task):\n        tasks = self.tasks\n        tasks.insert(0, task)"
TAKES = "def leave(self, task):\n        self.tasks.remove(task)"
LOOKS = "def count(self):\n        return len(self.tasks)"
NAMES = "def name(self, key):\n        self.names[key] = 2"


@pytest.mark.parametrize(
    ("other", "walked"),
    [
        (ADDS, "self.tasks"),
        (ALIAS, "self.tasks"),
        (TAKES, "self.tasks"),
        (ADDS, "reversed(self.tasks)"),
        (NAMES, "self.names.values()"),
        (LOOKS, "waiting"),
    ],
)
def test_what_others_fill_is_walked_while_they_do(tmp_path: Path, other: str, walked: str) -> None:
    assert "walk a copy" in refusal(tmp_path, QUEUE.format(other=other, walked=walked), "asyncio")


@pytest.mark.parametrize(
    ("other", "walked"),
    [
        (ADDS, "list(self.tasks)"),
        (ADDS, "self.tasks[:]"),
        (ADDS, "sorted(self.tasks)"),
        (ADDS, "self.first"),
        (ADDS, "given"),
        (LOOKS, "self.tasks"),
        (NAMES, "list(self.names.values())"),
    ],
)
def test_what_nobody_changes_or_a_copy_is_shared_out(tmp_path: Path, other: str, walked: str) -> None:
    assert "gone(task)" in generated(tmp_path, QUEUE.format(other=other, walked=walked), "asyncio")
