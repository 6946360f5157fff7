"""Memo: answers to questions about a program, each worked out once, also where questions lead back to themselves.

A question that rests on nothing unfinished is answered for good at once. Where questions form a circle, each starts
from `unknown` and is asked again when an answer it read has changed, until none changes: the answers are then those of
the whole circle, whichever of its questions came first, as long as to learn more never takes anything back. Where it
may, the circle is answered once more in step: each time all its questions at once, from what all had answered before.
Questions that lie too deep to be asked within others are put off, and those who wanted to know are asked again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, MutableMapping
from typing import Any, TypeVar

from advisor.model.graph import groups

DEEPEST = 60  # questions within questions
_SETTLING = 6  # changes of an answer in a circle after which it only grows
_MOST_CHANGES = 200  # after which it is given up

Answer = TypeVar("Answer")


Known = MutableMapping[Any, Any]


class Memo:
    """`known` holds the final answers, for readers in a hurry. `joined` is what holds both of two answers to a question: what
    an answer becomes that goes back and forth between them. `in_step` where to learn more may take something back."""

    def __init__(self, joined: Callable[[Any, Any], Any], *, in_step: bool = False) -> None:
        self.known: dict[Hashable, Any] = {}
        self._joined = joined
        self._in_step = in_step
        self._circle: dict[_Question, None] | None = None  # what is answered in step just now
        self._besides: dict[_Question, None] = {}  # what it turned out to ask besides
        self._open: dict[Hashable, _Question] = {}
        self._path: list[_Question] = []
        self._stale: deque[_Question] = deque()

    def ask(self, key: Hashable, unknown: Answer, work: Callable[..., Answer], *about: object) -> Answer:
        """The answer to question `key`, which is `work(*about)`; for now perhaps less, if the asker is itself in question."""
        return self.ask_within(self.known, key, unknown, work, *about)

    def ask_within(
        self, known: Known, key: Hashable, unknown: Answer, work: Callable[..., Answer], *about: object
    ) -> Answer:
        """The same for a question that holds within something, which keeps the answers `known` there."""
        if key in known:
            return known[key]  # type: ignore[no-any-return]
        opened = (id(known), key)
        question = self._open.get(opened)
        if question is None:
            question = self._open[opened] = _Question(known, key, unknown, work, about)
            if len(self._path) < DEEPEST:
                self._work(question)
                if not question.loose:
                    del self._open[opened]
                    known[key] = question.answer
                    return question.answer  # type: ignore[no-any-return]
            else:
                self._put_off(question)
        if self._path:
            reader = self._path[-1]
            reader.loose = True
            question.readers[reader] = None
            if self._circle is not None and question not in self._circle:
                self._besides[question] = None
            return question.answer  # type: ignore[no-any-return]
        self._settle()
        return known[key]  # type: ignore[no-any-return]

    def _work(self, question: _Question) -> None:
        if self._learned(question, self._answer(question)):
            for reader in question.readers:
                self._put_off(reader)

    def _answer(self, question: _Question) -> Any:
        self._path.append(question)
        question.loose = False
        answer = question.work(*question.about)
        self._path.pop()
        return answer

    def _learned(self, question: _Question, answer: Any) -> bool:
        """Is it another answer than the one before, of which others must know?"""
        if question.changes >= _SETTLING:
            answer = self._joined(question.answer, answer)
        if answer == question.answer or question.changes >= _MOST_CHANGES:
            return False
        question.changes += 1
        question.answer = answer if question.changes < _MOST_CHANGES else question.unknown
        return True

    def _put_off(self, question: _Question) -> None:
        if not question.waits:
            question.waits = True
            self._stale.append(question)

    def _settle(self) -> None:
        """Ask again what rests on changed answers, until nothing does; then all answers are final."""
        while self._stale:
            question = self._stale.popleft()
            question.waits = False
            self._work(question)
        if self._in_step:
            for circle in self._circles():
                self._answer_in_step(dict.fromkeys(circle))
        for question in self._open.values():
            question.known[question.key] = question.answer
            question.readers.clear()  # they read each other in a circle: nothing else would let go of them
        self._open.clear()

    def _circles(self) -> list[list[_Question]]:
        """The open questions, those together that read each other, after all that they read."""
        reads: dict[_Question, list[_Question]] = {question: [] for question in self._open.values()}
        for question in self._open.values():
            for reader in question.readers:
                reads[reader].append(question)
        done: set[_Question] = set()
        circles: list[list[_Question]] = []
        for question in reads:
            if question not in done:
                for circle in groups(question, reads.__getitem__, done):
                    circles.append(circle)
                    done.update(circle)
        return circles

    def _answer_in_step(self, circle: dict[_Question, None]) -> None:
        """Final answers of a circle, from `unknown` on; begun again with what it turned out to ask besides."""
        circle = {question: None for question in circle if question.key not in question.known}
        again = circle
        self._circle = circle
        for question in circle:
            question.begin()
        while again:
            told = {question: self._answer(question) for question in again}
            if self._besides:
                circle |= self._besides
                again = circle
                self._besides = {}
                self._stale.clear()
                for question in circle:
                    question.begin()
                continue
            changed = [question for question, answer in told.items() if self._learned(question, answer)]
            again = {reader: None for question in changed for reader in question.readers if reader in circle}
        self._circle = None
        for question in circle:
            question.known[question.key] = question.answer


class _Question:
    """A question whose answer may still change; `readers` are the open questions that have read it."""

    __slots__ = ("about", "answer", "changes", "key", "known", "loose", "readers", "unknown", "waits", "work")

    def __init__(
        self, known: Known, key: Hashable, unknown: Any, work: Callable[..., Any], about: tuple[object, ...]
    ) -> None:
        self.known, self.key = known, key
        self.unknown = self.answer = unknown
        self.work = work
        self.about = about
        self.readers: dict[_Question, None] = {}
        self.changes = 0
        self.loose = False  # it rests on an answer that may still change
        self.waits = False

    def begin(self) -> None:
        """Nothing is known of it."""
        self.answer, self.changes, self.waits = self.unknown, 0, False
