"""Programs whose meaning hangs on order, state or the thread: each is refused, or does what it did once it is rewritten.

The files of `programs/` mark their site with `# here`. Their first comments tell for each model what `generate` says there:
`# refuse MODEL: HAZARD`, or nothing where it rewrites the site, and `# site: none` where there is nothing to rewrite.
Every other line with a site and `--all-in` are tried as well. `# ask: WORDS` is part of a question that goes with advice
for a model that is refused: what a person has to decide first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from advisor.model.concurrency import Level
from tests.differential.harness import MODELS, Harness
from tests.running import analyse
from tests.sampling import sampled

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="programs run in forks of a warm process")

FOLDER = Path(__file__).with_name("programs")
REWRITTEN = "rewritten"
KEPT = "nothing-to-change"
HIGH_WITHOUT_ASKING = {
    "a_clerk_takes_them_in_turn": "what a loop hands to a pool is not taken for a matter of order",
    "a_task_that_says_it_was_cancelled": "what an iteration raises is not asked about",
    "names_end_the_program": "what making the items may come to is not asked about",
    "an_error_state_of_numpy": "what is set for the thread around the loop is not looked at",
    "an_iterator_of_its_own_ends": "what a worker raises is not asked about",
    "names_of_the_module_are_walked": "what a rewrite adds to the module is no matter of the advice",
    "the_date_it_should_be": "what changes the interpreter or a module is mostly harmless, so nothing is asked",
    "a_class_is_made_by_way_of_its_metaclass": "the same: a class that is made tells its metaclass",
    "a_generator_is_left_before_its_end": "whether all values of a generator are asked for is not looked at",
    "aio_price_memo": "a table filled after an await is taken for a memo that rounds side by side may fill",
    "the_walked_iterator_is_drawn_from": "what a parameter holds of which no call is known is taken for a collection",
    "pages_that_nobody_keeps": "the advice does not ask who sees that an object goes",
    "told_of_each_that_goes": "the advice does not ask who is told that an object goes",
    "told_when_it_goes": "what is printed when an object goes is not taken for ordered output",
}
"""By program: why analyze advises what generate refuses, and asks nobody."""
_OPTION = re.compile(r"^# (\w[\w ]*): (.+)$", re.MULTILINE)
_REFUSED = re.compile(r"\(([\w-]+)\)$")


@dataclass(frozen=True, slots=True)
class Program:
    """A file of `programs/`, the line of its site, and what its first comments say."""

    text: str
    line: int
    options: dict[str, str]

    @property
    def expected(self) -> dict[str, str]:
        """By model the hazard for which it is refused, or REWRITTEN."""
        if self.options.get("site") == "none":
            return {}
        return {model: self.options.get(f"refuse {model}", REWRITTEN) for model in MODELS}

    @property
    def asking(self) -> str:
        """The program with requests where it slept: what takes a wait for real work."""
        text = self.text.replace("time.sleep(", 'requests.get("https://example.org", timeout=')
        return re.sub(r"^import time$", "import requests", text, flags=re.MULTILINE)


def read(name: str) -> Program:
    text = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    (line,) = (number for number, row in enumerate(text.splitlines(), start=1) if row.endswith("# here"))
    return Program(text, line, dict(_OPTION.findall(text)))


NAMES = sorted(file.stem for file in FOLDER.glob("*.py"))
ADVISED = [
    pytest.param(name, marks=[pytest.mark.xfail(strict=True, reason=HIGH_WITHOUT_ASKING[name])])
    if name in HIGH_WITHOUT_ASKING
    else name
    for name in NAMES
]


@pytest.fixture(scope="module")
def harness() -> Iterator[Harness]:
    with Harness(every_start=True) as made:
        yield made


@pytest.mark.parametrize("name", sampled(NAMES, 7))
def test_a_program_is_refused_or_does_what_it_did(harness: Harness, name: str) -> None:
    program = read(name)
    made = harness.rewritten(program.text)
    here = {order: reason for order, reason in made.refused.items() if order.startswith(f"{program.line} ")}
    became = {
        order.split()[1]: found[1] if (found := _REFUSED.search(reason)) else reason for order, reason in here.items()
    }
    for each in made.texts:
        if each.text != program.text:
            became |= {order.split()[1]: REWRITTEN for order in each.orders if order.startswith(f"{program.line} ")}
    assert became == program.expected
    tried = harness.run(program.text, made)
    assert (tried.differences, tried.unsteady) == ((), "")


@pytest.mark.parametrize("name", ADVISED)
def test_what_is_refused_is_not_advised_without_a_question(name: str, tmp_path: Path) -> None:
    program = read(name)
    (tmp_path / "app.py").write_text(program.asking, encoding="utf-8")
    found = [finding for finding in analyse(tmp_path).findings if finding.line == program.line]
    if not program.expected:
        assert found == []
    for finding in found:
        if program.expected.get(finding.model) not in (None, REWRITTEN, KEPT) and finding.confidence != Level.LOW:
            assert "ask" in program.options
            assert any(program.options["ask"] in question for question in finding.ask_first), finding.ask_first
