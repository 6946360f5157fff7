"""The laws of questions that lead back to themselves: the order in which they are asked changes no answer."""

from __future__ import annotations

import gc
from itertools import permutations
from operator import or_
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.model.graph import groups
from advisor.stages.link.memo import DEEPEST, Memo
from advisor.stages.trace.circles import Circles

Answer = frozenset[int]
NOTHING: Answer = frozenset()


class Graph:
    """Questions whose answer is what they hold themselves and what others answer, as far as they let it pass; where
    `asks_on` is among that, they ask a further one."""

    def __init__(self, questions: list[tuple[Answer, list[int], Answer, int, int]]) -> None:
        self.questions = questions

    def answer(self, question: int, ask: Any) -> Answer:
        own, others, passes, asks_on, further = self.questions[question]
        found = own
        for other in others:
            found |= ask(other % len(self.questions)) & passes
        if asks_on in found:
            found |= ask(further % len(self.questions))
        return found

    def least(self) -> list[Answer]:
        """The least answers that agree with each other."""
        now = [NOTHING] * len(self.questions)
        while True:
            then = [self.answer(question, now.__getitem__) for question in range(len(now))]
            if then == now:
                return now
            now = then

    def asked(self, order: list[int]) -> dict[int, Answer]:
        memo = Memo(joined=or_)

        def ask(question: int) -> Answer:
            return memo.ask(question, NOTHING, lambda: self.answer(question, ask))

        return {question: ask(question) for question in order}


values = st.frozensets(st.integers(0, 4), max_size=2)
graphs = st.lists(
    st.tuples(values, st.lists(st.integers(0, 9), max_size=3), st.frozensets(st.integers(0, 4)), st.integers(0, 6), st.integers(0, 9)),
    min_size=1, max_size=8,
).map(Graph)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(graphs, st.data())
def test_the_order_of_questions_changes_no_answer_and_the_answers_are_the_least(
    graph: Graph, data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(graph.questions))))
    asked = graph.asked(list(order))
    assert [asked[question] for question in range(len(graph.questions))] == graph.least()


fallbacks = st.lists(
    st.tuples(values, st.lists(st.integers(0, 9), max_size=3), st.frozensets(st.integers(0, 4))), min_size=1, max_size=8
)


@settings(max_examples=300, deadline=None)
@given(fallbacks, st.data())
def test_in_step_the_order_changes_no_answer_where_more_takes_something_back(
    questions: list[tuple[Answer, list[int], Answer]], data: st.DataObject
) -> None:
    """A question's own answer counts only where others have none, as the name of an object that has no other."""

    def asked(order: list[int]) -> dict[int, Answer]:
        memo = Memo(joined=or_, in_step=True)

        def ask(question: int) -> Answer:
            return memo.ask(question, NOTHING, work, question)

        def work(question: int) -> Answer:
            own, others, passes = questions[question]
            found = NOTHING.union(*[ask(other % len(questions)) for other in others])
            return found & passes or own

        return {question: ask(question) for question in order}

    order = data.draw(st.permutations(range(len(questions))))
    assert asked(list(order)) == asked(list(range(len(questions))))


def test_every_order_of_three_that_lead_in_a_circle() -> None:
    graph = Graph([(frozenset({n}), [n + 1], frozenset(range(5)), 9, 0) for n in range(3)])
    for order in permutations(range(3)):
        assert set(graph.asked(list(order)).values()) == {frozenset({0, 1, 2})}


@pytest.mark.parametrize("circular", [False, True])
@pytest.mark.parametrize("length", [DEEPEST - 1, DEEPEST, DEEPEST + 1, 4 * DEEPEST])
def test_a_chain_deeper_than_may_be_asked_at_once(length: int, circular: bool) -> None:
    ends = [0] if circular else []
    links = [
        (frozenset({n % 3}), [n + 1] if n + 1 < length else ends, frozenset({0, 1, 2}), 9, 0) for n in range(length)
    ]
    graph = Graph(links)
    for first in (0, length // 2, length - 1):
        rest = [question for question in range(length) if question != first]
        asked = graph.asked([first, *rest])
        assert [asked[question] for question in range(length)] == graph.least()


def test_a_circle_that_was_settled_leaves_nothing_to_the_collector() -> None:
    memo = Memo(joined=or_)

    def work(number: int) -> Answer:
        other = (number + 1) % 3
        return frozenset({number}) | memo.ask(other, NOTHING, work, other)

    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)  # which keeps what it finds: other tests may have left something as well
    try:
        assert memo.ask(0, NOTHING, work, 0) == {0, 1, 2}
        gc.collect()
        assert not [each for each in gc.garbage if type(each).__module__ == Memo.__module__]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def test_what_is_known_is_not_worked_out_again() -> None:
    memo, runs = Memo(joined=max), []

    def work(number: int) -> int:
        runs.append(number)
        return number * 2

    assert [memo.ask("a", 0, work, 1), memo.ask("a", 0, work, 1), memo.ask("b", 0, work, 2)] == [2, 2, 4]
    assert runs == [1, 2]


def test_an_answer_that_never_settles_is_given_up() -> None:
    memo = Memo(joined=max)

    def ask() -> int:
        return memo.ask("more", 0, lambda: ask() + 1)

    assert ask() == 0


def test_an_answer_that_goes_back_and_forth_becomes_what_holds_both() -> None:
    memo = Memo(joined=or_)

    def ask() -> Answer:
        return memo.ask("other", NOTHING, lambda: frozenset({1}) if 2 in ask() else frozenset({2}))

    assert ask() == {1, 2}


# ---- functions that call each other


calls = st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=4), min_size=1)


@settings(max_examples=300, deadline=None)
@given(calls, st.integers(0, 7), st.sets(st.integers(0, 7)))
def test_functions_that_call_each_other_come_together_after_all_they_call(
    called: dict[int, list[int]], start: int, done: set[int]
) -> None:
    done -= {start}
    found = groups_of(called, start, done)
    reached = reach(called, start, done) | {start}
    together = {
        frozenset({one, *(o for o in reached if o in reach(called, one, done) and one in reach(called, o, done))})
        for one in reached
    }
    assert {frozenset(group) for group in found} == together
    assert sum(map(len, found)) == len(reached), "each comes once"
    seen = set(done)
    for group in found:
        seen.update(group)
        assert all(callee in seen for one in group for callee in called.get(one, ())), "callees come first"


def groups_of(called: dict[int, list[int]], start: int, done: set[int]) -> list[list[int]]:
    found = groups(str(start), lambda one: map(str, called.get(int(one), ())), {str(one) for one in done})
    return [[int(one) for one in group] for group in found]


def reach(called: dict[int, list[int]], start: int, done: set[int]) -> set[int]:
    """All that `start` leads to in one call or more, by trying again and again; itself only where it comes back."""
    found: set[int] = set()
    while True:
        new = {c for one in (start, *found) for c in called.get(one, ()) if c not in done} - found
        if not new:
            return found
        found |= new


@settings(max_examples=300, deadline=None)
@given(calls, st.dictionaries(st.integers(0, 7), st.lists(st.integers(0, 7), max_size=2)), st.permutations(range(8)))
def test_whichever_function_is_asked_about_first_the_answers_are_the_same(
    called: dict[int, list[int]], besides: dict[int, list[int]], order: list[int]
) -> None:
    def asked(order: list[int]) -> dict[int, str]:
        def work(
            function: str, known: Any
        ) -> str:  # what it says depends on the order, and on how often it was worked out
            own = int(function)
            return f"({function}{''.join(known(str(o)) for o in (*called.get(own, ()), *besides.get(own, ())))})"[:40]

        circles = Circles(lambda one: map(str, called.get(int(one), ())), work, "?", lambda answer, *_: f"{answer}*")
        return {one: circles(str(one)) for one in order}

    assert asked(order) == asked(sorted(order))


def test_a_chain_of_functions_deeper_than_calls_may_be() -> None:
    def work(function: str, known: Any) -> int:
        return 1 + (known(str(int(function) - 1)) if function != "0" else 0)

    assert Circles(lambda _: (), work, 0)("3000") == 3001
