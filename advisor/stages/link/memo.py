"""Memo: answers to questions about a program, each worked out once, also where questions lead back to themselves.

A question that rests on nothing unfinished is answered for good at once. Where questions form a circle, each starts
from `unknown` and is asked again when an answer it read has changed, until none changes: the answers are then those of
the whole circle, whichever of its questions came first. The same holds for questions that lie too deep to be asked
within others: they are put off, and those who wanted to know are asked again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

DEEPEST = 60  # questions within questions
_MOST_CHANGES = 24  # of one answer in a circle; one that still changes then is given up

Answer = TypeVar("Answer")


class Memo:
    """`known` holds the final answers, for readers in a hurry."""

    def __init__(self) -> None:
        self.known: dict[Hashable, Any] = {}
        self._open: dict[Hashable, _Question] = {}
        self._path: list[_Question] = []
        self._stale: deque[_Question] = deque()

    def ask(self, key: Hashable, unknown: Answer, work: Callable[..., Answer], *about: object) -> Answer:
        """The answer to question `key`, which is `work(*about)`; for now perhaps less, if the asker is itself in question."""
        if key in self.known:
            return self.known[key]  # type: ignore[no-any-return]
        question = self._open.get(key)
        if question is None:
            question = self._open[key] = _Question(unknown, work, about)
            if len(self._path) < DEEPEST:
                self._work(question)
                if not question.loose:
                    del self._open[key]
                    self.known[key] = question.answer
                    return question.answer  # type: ignore[no-any-return]
            else:
                self._put_off(question)
        if self._path:
            reader = self._path[-1]
            reader.loose = True
            question.readers[reader] = None
            return question.answer  # type: ignore[no-any-return]
        self._settle()
        return self.known[key]  # type: ignore[no-any-return]

    def _work(self, question: _Question) -> None:
        self._path.append(question)
        question.loose = False
        answer = question.work(*question.about)
        self._path.pop()
        if answer == question.answer:
            return
        question.changes += 1
        question.answer = answer if question.changes < _MOST_CHANGES else question.unknown
        if question.changes <= _MOST_CHANGES:
            for reader in question.readers:
                self._put_off(reader)

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
        for key, question in self._open.items():
            self.known[key] = question.answer
            question.readers.clear()  # they read each other in a circle: nothing else would let go of them
        self._open.clear()


class _Question:
    """A question whose answer may still change; `readers` are the open questions that have read it."""

    __slots__ = ("about", "answer", "changes", "loose", "readers", "unknown", "waits", "work")

    def __init__(self, unknown: Any, work: Callable[..., Any], about: tuple[object, ...]) -> None:
        self.unknown = self.answer = unknown
        self.work = work
        self.about = about
        self.readers: dict[_Question, None] = {}
        self.changes = 0
        self.loose = False  # it rests on an answer that may still change
        self.waits = False
