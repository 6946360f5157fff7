"""Sampling: of the many cases of a test that runs programs, some belong to the quick run and the others to the slow one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(cases: Iterable[Any], one_in: int) -> list[Any]:
    """The cases for `parametrize`, in their order: one in so many for the quick run, all others marked as slow.

    A case that is a tuple has a value for each name.
    """
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)), marks=[] if number % one_in == 0 else [pytest.mark.slow]
        )
        for number, case in enumerate(cases)
    ]
