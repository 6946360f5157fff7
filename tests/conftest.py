"""All tests share a cache of their own: what was calibrated or remembered for the developer must not change a result."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.knowing import rules_at_hand

os.environ["ADVISOR_CACHE"] = str(Path(__file__).parents[1] / ".pytest_cache" / "advisor")


@pytest.fixture(scope="session", autouse=True)
def _own_rules_at_hand() -> Iterator[None]:
    with rules_at_hand():
        yield
