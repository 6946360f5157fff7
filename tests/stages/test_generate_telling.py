"""Work that is nothing but log records and printed lines stays where it is; what else the loop does may still be shared out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

TELLS = """\
import logging
import sys
import time
import urllib.request

logger = logging.getLogger(__name__)


def _method(function):
    @classmethod
    def method(cls, *args):
        function(logging.getLogger("app"), *args)

    return method


class LOG:
    info = _method(logging.Logger.info)


def slow(name):
    total = 0
    for each in range(400000):
        total = (total * 31 + each) % 10007
    return f"{{name}}: {{total}}"


def subject(names):
    for name in names:  # here
        {call}
        del sys.modules[name]
"""


@pytest.mark.parametrize("model", ["threading", "multiprocessing"])
@pytest.mark.parametrize(
    "call",
    ['LOG.info("Loading " + name)', 'logger.debug("Removing {}".format(name))', 'LOG.info("%s", name.strip())',
     "print(name)", "sys.stderr.write(name)"],
)  # fmt: skip
def test_telling_alone_is_not_handed_over(tmp_path: Path, call: str, model: str) -> None:
    told = refusal(tmp_path, TELLS.format(call=call), model, accept=["ordered-output"])
    assert "too-little-work" in told


@pytest.mark.parametrize("model", ["threading", "multiprocessing"])
@pytest.mark.parametrize("call", ["logger.debug(slow(name))", "print(slow(name))"])
def test_what_is_told_may_be_worked_out_by_workers(tmp_path: Path, call: str, model: str) -> None:
    text = TELLS.format(call=call).replace("        del sys.modules[name]\n", "")
    assert "PoolExecutor" in generated(tmp_path, text, model, accept=["ordered-output"])
