"""The shape of `rules/words.yml`: what a name says of a thing where nothing else does."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
Group = frozenset[Word]

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_BEHIND_THE_HEAD = frozenset(["for", "of", "by", "on", "in", "to", "with"])


class Words(BaseModel):
    """Habits of naming, in lower case, `_` between the words of one that has several.

    A name is in a group when its head is: its last words, without digits and what stands behind a preposition. So
    `self._db_lock`, `lockFor(key)` and `RLock` are named like a lock, and `clock` and `lock_path` are not. A name
    counts only where the type of the thing is not known. The groups from `sends` on say what a name speaks of: there
    any of its words counts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    locks: Group = Field(default=frozenset(), description="entering what is named so keeps all others out")
    limits: Group = Field(default=frozenset(), description="what is named so lets in only so many: semaphores")
    bar_makers: Group = Field(default=frozenset(), description="functions that put a progress bar around an iterable")
    bar_counters: Group = Field(
        default=frozenset(), description="functions that count like `range`, under a progress bar"
    )
    bars: Group = Field(default=frozenset(), description="progress bars")
    bar_drawers: Group = Field(default=frozenset(), description="functions that draw a progress bar anew")
    bar_steps: Group = Field(default=frozenset(), description="methods by which a progress bar is moved on")
    loggers: Group = Field(default=frozenset(), description="what has methods that write log records")
    log_methods: Group = Field(default=frozenset(), description="those methods, and functions that do the same")
    pauses: Group = Field(default=frozenset(), description="functions that only let time pass")
    goes_on: Group = Field(default=frozenset(), description="functions that run for as long as the program does")
    stops: Group = Field(default=frozenset(), description="functions that may stop a task before it is done")
    clocks: Group = Field(default=frozenset(), description="functions that tell what time it is")
    stream_methods: Group = Field(default=frozenset(), description="methods that read the next piece of a stream")
    write_methods: Group = Field(default=frozenset(), description="methods that write behind what was written before")
    transactions: Group = Field(default=frozenset(), description="entering what is named so opens a transaction")
    batches: Group = Field(
        default=frozenset(), description="what is called in a block that is named so goes out together"
    )
    file_walks: Group = Field(default=frozenset(), description="functions that list the files of a folder")
    handler_makers: Group = Field(default=frozenset(), description="decorators that make a function answer requests")
    handler_owners: Group = Field(default=frozenset(), description="objects whose decorators do")
    handler_bases: Group = Field(default=frozenset(), description="classes whose methods answer requests")
    handler_methods: Group = Field(default=frozenset(), description="the methods by which those do")
    deferreds: Group = Field(
        default=frozenset(), description="results that only the thread of their event loop may touch"
    )
    deferred_makers: Group = Field(default=frozenset(), description="decorators of functions that yield such results")
    adds: Group = Field(default=frozenset(), description="verbs of methods that give an object one thing more")
    sends: Group = Field(default=frozenset(), description="verbs of functions that send people a message")
    amends: Group = Field(default=frozenset(), description="those of these verbs that only change what was sent before")
    steps: Group = Field(default=frozenset(), description="things that follow one another on purpose")
    histories: Group = Field(default=frozenset(), description="entries of a history, which is told in order")
    limiters: Group = Field(default=frozenset(), description="what keeps calls apart in time")
    pages: Group = Field(default=frozenset(), description="what says where the next page of an answer begins")
    attempts: Group = Field(default=frozenset(), description="counters of attempts at one thing")
    addresses: Group = Field(default=frozenset(), description="addresses in the network")
    identities: Group = Field(
        default=frozenset(), description="parts of a thing by which it is told from all others, as whole names"
    )
    files: Group = Field(default=frozenset(), description="files, folders and documents")
    few: Group = Field(default=frozenset(), description="things of which there are a few")
    many: Group = Field(default=frozenset(), description="things of which there may be hundreds")
    set_ups: Group = Field(default=frozenset(), description="verbs of functions that run once, before the work")
    filled: Group = Field(
        default=frozenset(), description="keywords by which a call is told what to fill with its result"
    )
    endings: Group = Field(default=frozenset(), description="verbs of calls that end what others have done")
    developer_folders: Group = Field(
        default=frozenset(), description="folders of what the developers of a program run, and not its users"
    )

    def __or__(self, other: Words) -> Words:
        """The words of both."""
        return Words(**{group: getattr(self, group) | getattr(other, group) for group in Words.model_fields})


NO_WORDS = Words()


def is_named(name: str, group: Group) -> bool:
    """Is the head of `name` (its last part, where it is dotted) one of the words of `group`?"""
    return not group.isdisjoint(_heads(name.rpartition(".")[2]))


def mentions(name: str, group: Group) -> bool:
    """Is any word of `name` (of its last part, where it is dotted) in `group`?"""
    return any(piece.lower() in group for piece in _PIECE.findall(name.rpartition(".")[2]))


@lru_cache(maxsize=20_000)
def _heads(name: str) -> tuple[str, ...]:
    """`print_progress_bar` has the heads `bar`, `progress_bar` and `print_progress_bar`."""
    pieces = [piece.lower() for piece in _PIECE.findall(name)]
    kept: list[str] = []
    for piece in pieces:
        if piece in _BEHIND_THE_HEAD and kept:
            break
        kept.append(piece)
    while len(kept) > 1 and len(kept[-1]) == 1:
        kept.pop()  # `lock_a`
    return tuple("_".join(kept[first:]) for first in range(len(kept) - 1, -1, -1))
