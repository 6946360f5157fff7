"""Circles: an answer for each function that rests on the answers for those it leads to, also where they lead back to it.

Functions that lead to each other are answered together, twice in an order of their own, so that each has seen what the
others do. Where the function asked about stands in a circle changes no answer, nor which one was asked about first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

from advisor.model.graph import groups

Answer = TypeVar("Answer")
Known = Callable[[str], Answer]


class Circles(Generic[Answer]):
    """The answers by function.

    `work` answers for one function and asks for others by what it is given; `callees` are those that it surely asks for.
    Until something is known of a function of the same circle its answer is `unknown`. `repeated` is what becomes of an
    answer in a circle, by function and circle.
    """

    def __init__(
        self,
        callees: Callable[[str], Iterable[str]],
        work: Callable[[str, Known[Answer]], Answer],
        unknown: Answer,
        repeated: Callable[[Answer, str, frozenset[str]], Answer] = lambda answer, *_: answer,
    ) -> None:
        self.answers: dict[str, Answer] = {}
        self._callees, self._work, self._unknown, self._repeated = callees, work, unknown, repeated
        self._further: dict[str, dict[str, None]] = {}  # what functions turned out to ask for besides

    def __call__(self, function: str) -> Answer:
        """The answer for a function, after those for all it leads to."""
        if function not in self.answers:
            begun: dict[frozenset[str], Iterator[str]] = {}
            under_way = [groups(function, self._leads_to, self.answers)]
            while under_way:
                group = next(under_way[-1], None)
                if group is None:
                    under_way.pop()
                elif group[0] not in self.answers:
                    together = frozenset(group)
                    lacking = next(begun.setdefault(together, self._answer_together(together)), None)
                    if lacking is not None:
                        under_way.append(groups(lacking, self._leads_to, self.answers))
        return self.answers[function]

    def _leads_to(self, function: str) -> Iterator[str]:
        yield from self._callees(function)
        yield from self._further.get(function, ())

    def _answer_together(self, group: frozenset[str]) -> Iterator[str]:
        """Answers for a whole group. Gives each function of it that turns out to lead to others that come first, and goes on
        with that function once these are answered, unless the group has become a larger one."""
        so_far: dict[str, Answer] = {}
        lacking: dict[str, None] = {}
        circular = False

        def known(function: str) -> Answer:
            nonlocal circular
            if function in self.answers:
                return self.answers[function]
            if function not in group:
                lacking[function] = None
            circular = circular or function in group
            return so_far.get(function, self._unknown)

        ordered = self._ordered(group)
        for again in (False, True):
            for member in ordered if circular or not again else ():
                found = self._work(member, known)
                while lacking:
                    self._further.setdefault(member, {}).update(lacking)
                    lacking.clear()
                    yield member
                    found = self._work(member, known)
                so_far[member] = found
        self.answers.update(
            (member, self._repeated(answer, member, group) if circular else answer) for member, answer in so_far.items()
        )

    def _ordered(self, group: frozenset[str]) -> list[str]:
        """Those of a group, callees first as far as they may be, beginning with the first by name."""
        entered: set[str] = set()
        ordered: list[str] = []
        for first in sorted(group):
            work = [(first, iter(self._callees(first)))] if first not in entered else []
            entered.add(first)
            while work:
                _, callees = work[-1]
                new = next((callee for callee in callees if callee in group and callee not in entered), None)
                if new is None:
                    ordered.append(work.pop()[0])
                else:
                    entered.add(new)
                    work.append((new, iter(self._callees(new))))
        return ordered
