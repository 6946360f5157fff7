"""All tests share a cache of their own: what was calibrated or remembered for the developer must not change a result.
Bytecode is kept, whatever the developer's shell says: hundreds of programs that tests start would compile the advisor anew."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.knowing import rules_at_hand

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["ADVISOR_CACHE"] = str(Path(__file__).parents[1] / ".pytest_cache" / "advisor")


@pytest.fixture(scope="session", autouse=True)
def _own_rules_at_hand() -> Iterator[None]:
    with rules_at_hand():
        yield


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    """A command line that runs in this process handles signals in its own way, which forked workers of later tests would inherit
    and might not end by."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        if signal.getsignal(number) is not handler:
            signal.signal(number, handler)
