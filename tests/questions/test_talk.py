"""Calls that only tell people something."""

from __future__ import annotations

import pytest

from advisor.model import tree
from advisor.questions.talk import is_logger, talks, tells
from tests.linking import linked

LOGS = [
    "import logging\ndef work():\n    logging.info('x')",
    "import logging\nhere = logging.getLogger(__name__)\ndef work():\n    here.debug('x')",
    "from loguru import logger\ndef work():\n    logger.success('x')",
    "import structlog\nhere = structlog.get_logger()\ndef work():\n    here.info('x')",
    "import warnings\ndef work():\n    warnings.warn('x')",
    "def work(self):\n    self.logger.warning('x')",
    "def work(get_logger):\n    get_logger('x').error('y')",
    "def work(log):\n    log('x')",
]
PRINTS = [
    "def work():\n    print('x')",
    "import sys\ndef work():\n    print('x', file=sys.stderr)",
    "import click\ndef work():\n    click.secho('x')",
    "from rich.console import Console\ndef work():\n    Console().print('x')",
    "from tqdm import tqdm\ndef work():\n    tqdm.write('x')",
]
ACTS = [
    "def work(report):\n    print('x', file=report)",
    "def work(self):\n    self.info('x')",
    "def work(self):\n    self.table.update('x')",
    "import math\ndef work(x):\n    math.log(x)",
    "import numpy as np\ndef work(x):\n    np.log(x)",
    "def log(x):\n    open('x').write(x)\ndef work(x):\n    log(x)",
    "def work():\n    input('x')",
    "import logging\ndef work():\n    logging.basicConfig()",
]


@pytest.mark.parametrize("text", LOGS)
def test_a_log_record_is_talk(text: str) -> None:
    found = linked(text)
    assert talks(found.program, found.catalog, found.work.id, found.last_call)
    assert tells(found.program, found.catalog, found.work.id, found.last_call)


@pytest.mark.parametrize("text", PRINTS)
def test_a_printed_line_is_talk(text: str) -> None:
    found = linked(text)
    assert talks(found.program, found.catalog, found.work.id, found.last_call)
    assert tells(found.program, found.catalog, found.work.id, found.last_call)


@pytest.mark.parametrize("text", ACTS)
def test_what_does_something_is_no_talk(text: str) -> None:
    found = linked(text)
    assert not talks(found.program, found.catalog, found.work.id, found.last_call)
    assert not tells(found.program, found.catalog, found.work.id, found.last_call)


@pytest.mark.parametrize(
    ("text", "logger"),
    [
        ("import logging\nhere = logging.getLogger()\ndef work():\n    here.info('x')", True),
        ("def work(self):\n    self._logger.info('x')", True),
        ("def work(self):\n    self.blog.info('x')", False),
        ("def work():\n    log = open('x')\n    log.write('x')", False),
    ],
)
def test_a_logger_is_known_by_its_type_or_name(text: str, logger: bool) -> None:
    found = linked(text)
    receiver = tree.parts(found.last_call.function)[0]
    assert is_logger(found.program, found.catalog, found.work.id, receiver) is logger
