"""Which functions run in the processes of a task queue, from which no others can be started."""

from __future__ import annotations

import pytest

from advisor.model.site import HazardKind
from advisor.questions.pools import queued
from tests.linking import known, linked

HEAD = """\
import celery
import other
from celery import shared_task
app = celery.Celery("app")
def deep(n): return [step(x) for x in range(n)]
def step(x): return sum(i * i for i in range(x))
"""


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("@app.task\ndef work(n): return deep(n)", "work"),
        ("@app.task(bind=True)\ndef work(n): return deep(n)", "work"),
        ("@shared_task\ndef work(n): return between(n)\ndef between(n): return deep(n)", "work"),
        ("@other.task\ndef work(n): return deep(n)", None),  # of a library that nothing is known of
        ("@app.on_after_configure.connect\ndef work(n): return deep(n)", None),
        ("@app.task\ndef work(n): return n\ndef beside(n): return deep(n)", None),
    ],
)
def test_what_a_task_leads_to_runs_in_its_worker(text: str, task: str | None) -> None:
    found = linked(HEAD + text)
    info = queued(found.program, known(), found.summaries).get(found.function("deep").id)
    assert (info.name if info is not None else None) == task
    kinds = {hazard.kind for case in found.cases if case.function == "deep" for hazard in case.hazards}
    assert (HazardKind.DAEMONIC_WORKER in kinds) == (task is not None)
