"""Evidence: which samples belong to a site, what they make of its work, and where they contradict the code."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from advisor.inputs.discover import discover
from advisor.inputs.project import Project
from advisor.model.case import Case
from advisor.model.evidence import Evidence, Frame, Place, Profile, Rounds, Stack
from advisor.reading import read_facts
from advisor.stages.link import link
from advisor.stages.locate import locate
from advisor.stages.measure import measure
from advisor.stages.trace import prove, trace
from advisor.stages.weigh import weigh
from tests.knowing import own_rules

FETCHES = """\
import requests

def fetch(url):
    return requests.get(url).text

def pull(urls):
    pages = []
    for url in urls:
        pages.append(fetch(url))
    return pages

def squares(count):
    total = 0
    for row in range(count):
        for column in range(3000):
            total += row * column * column
    return total

def main(): return len([fetch(u) for u in "ab"]), pull(open("urls"))

def tell():
    for count in range(squares(3)):
        fetch(count)
    return [fetch(count) for count in range(squares(3))]
"""
FETCH, LOOP, CALLED, ROW, ADD, MAIN, WALK, LIST = 4, 8, 9, 14, 16, 19, 22, 24


class Measured(NamedTuple):
    case: Case
    evidence: Evidence


def measured(folder: Path, profile: Profile, line: int) -> Measured:
    """The case at `line` of `FETCHES`, measured by `profile`."""
    (folder / "app.py").write_text(FETCHES, encoding="utf-8")
    knowledge = own_rules()
    project = Project(folder)
    facts = read_facts(project, discover((folder,), project, ()), knowledge.sites, map, None)
    program = link(facts.modules, knowledge.catalog, project.candidates)
    summaries = trace(program, knowledge.catalog)
    sites = locate(program, summaries, knowledge.catalog, facts.reported, knowledge.sites)
    cases = weigh(
        program, summaries, knowledge.catalog, sites, lambda w, p: prove(program, summaries, w, p), lambda _: True
    )
    (case,) = (case for case in measure(program, sites, cases, profile) if case.line == line)
    assert case.evidence is not None
    return Measured(case, case.evidence)


def a_stack(*lines: int, computing: float = 0.0, waiting: float = 0.0, cores: float = 1.0) -> Stack:
    return Stack(tuple(Frame("app.py", line) for line in lines), computing, 0.0, waiting, cores)


def test_time_in_callees_is_the_sites_own_and_what_others_called_is_not(tmp_path: Path) -> None:
    through, past = a_stack(MAIN, CALLED, FETCH, waiting=0.6), a_stack(MAIN, FETCH, waiting=0.4)
    profile = Profile(10.0, (through, past))
    case, evidence = measured(tmp_path, profile, LOOP)
    assert (evidence.share, evidence.waiting, evidence.seconds) == pytest.approx((0.6, 0.6, 6.0))
    assert case.work_kind == "network"


def test_without_stacks_the_proof_says_where_the_time_is(tmp_path: Path) -> None:
    profile = Profile(10.0, (a_stack(FETCH, waiting=0.6), a_stack(ADD, computing=0.4)), flat=True)
    assert measured(tmp_path, profile, LOOP).evidence.share == pytest.approx(0.6)


def test_neighbours_on_the_line_of_an_expression_are_not_its_own(tmp_path: Path) -> None:
    own, neighbour = a_stack(MAIN, FETCH, waiting=0.3), a_stack(MAIN, CALLED, FETCH, waiting=0.7)
    assert measured(tmp_path, Profile(10.0, (own, neighbour)), MAIN).evidence.share == pytest.approx(0.3)


def test_time_of_what_is_walked_is_not_that_of_the_iterations(tmp_path: Path) -> None:
    walked, body = a_stack(WALK, ADD, computing=0.8), a_stack(WALK + 1, FETCH, waiting=0.2)
    assert measured(tmp_path, Profile(10.0, (walked, body)), WALK).evidence.share == pytest.approx(0.2)
    assert measured(tmp_path, Profile(10.0, (walked,)), WALK).evidence.share == 0
    inside = a_stack(LIST, ADD, computing=0.8), a_stack(LIST, FETCH, waiting=0.2)
    assert measured(tmp_path, Profile(10.0, inside), LIST).evidence.share == pytest.approx(0.2)
    both = a_stack(ROW, ADD, computing=1.0)  # no function of its own is called to get the rows
    assert measured(tmp_path, Profile(10.0, (both,)), ROW).evidence.share == pytest.approx(1.0)


def test_counted_rounds_make_the_items_and_their_length(tmp_path: Path) -> None:
    rounds = {Place("app.py", LOOP, 4): Rounds(entries=2, rounds=40)}
    case, _ = measured(tmp_path, Profile(8.0, (a_stack(CALLED, FETCH, waiting=1.0),), rounds), LOOP)
    assert case.work.items.expected == 20
    assert case.work.items_known
    assert case.work.per_item.expected == pytest.approx(8.0 / 40)


def test_without_a_count_items_are_as_many_as_are_believable(tmp_path: Path) -> None:
    case, _ = measured(tmp_path, Profile(60.0, (a_stack(CALLED, FETCH, waiting=1.0),)), LOOP)
    total = case.work.items * case.work.per_item
    assert total.low < 60.0 < total.high
    assert not case.work.items_known


@pytest.mark.parametrize(("waiting", "kind"), [(0.9, "network"), (0.5, "mixed"), (0.1, "cpu-python")])
def test_waiting_outranks_what_the_code_seems_to_do(tmp_path: Path, waiting: float, kind: str) -> None:
    stack = a_stack(CALLED, FETCH, waiting=waiting, computing=1 - waiting)
    case, evidence = measured(tmp_path, Profile(10.0, (stack,)), LOOP)
    assert case.work_kind == kind
    assert bool(evidence.disagrees) == (kind != "network")


def test_a_line_that_is_not_known_to_wait_was_only_pushed_aside(tmp_path: Path) -> None:
    crowded = measured(tmp_path, Profile(10.0, (a_stack(ADD, computing=0.6, waiting=0.4),)), ROW)
    assert (crowded.evidence.waiting, crowded.case.work_kind) == (0.0, "cpu-python")
    waits = measured(tmp_path, Profile(10.0, (a_stack(ADD, computing=0.1, waiting=0.9),)), ROW)
    assert waits.evidence.waiting == pytest.approx(0.9)
    assert waits.evidence.disagrees == "the code seems to compute (cpu-python), but 90% of its time was waiting"


def test_several_busy_cores_mean_parallel_already_only_where_native_code_runs(tmp_path: Path) -> None:
    case, evidence = measured(tmp_path, Profile(10.0, (a_stack(ADD, computing=1.0, cores=1.9),)), ROW)
    assert evidence.cores == pytest.approx(1.9)
    assert not case.work.parallel_native  # other threads of the program were busy meanwhile


def test_little_time_is_tiny_however_much_it_looks(tmp_path: Path) -> None:
    case, _ = measured(tmp_path, Profile(0.02, (a_stack(CALLED, FETCH, computing=0.1),)), LOOP)
    assert case.work_kind == "tiny"


def test_a_site_that_never_ran_has_no_share_and_keeps_its_guess(tmp_path: Path) -> None:
    case, evidence = measured(tmp_path, Profile(10.0, (a_stack(ADD, computing=1.0),)), LOOP)
    assert evidence.share == 0.0
    assert case.work_kind == "network"
