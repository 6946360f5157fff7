"""Sharing: what the functions called by a worker change must be theirs alone."""

from __future__ import annotations

import ast

from advisor.stages.generate.draft import Draft
from advisor.stages.generate.names import binds
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut


def check_shared(draft: Draft, made: Cut) -> None:
    """What the functions called by the worker change must be theirs alone."""
    nodes: list[ast.AST] = [*made.prepare, *made.statements]
    nodes += [made.expression] if made.expression is not None else []
    nodes += [made.branch.test] if made.branch is not None else []
    private = binds([*made.prepare, *made.statements]) | made.private.keys()
    if not draft.way.isolated:
        private |= draft.head.names  # each round has an item of its own
    if draft.way.isolated:
        _check_memo(draft, nodes, private)
    for write in draft.inquiry.shared_writes(nodes, private):
        name = write.place.label
        if draft.way.isolated:
            raise Refused("shared-write", f"the work changes `{name}` (line {write.line}), which a process would do to a copy",
                          draft.loop)  # fmt: skip
        if draft.way.tasks and not draft.way.through and write.how in ("key", "append", "augment"):
            continue  # one event loop, one thread: only the order may differ
        if write.how != "key" or draft.order.case.dependence.kind.value == "carried":
            raise Refused(
                "shared-write",
                f"the work changes `{name}` (line {write.line}), and the order of that would be lost",
                draft.loop,
            )
        raise Refused(
            "shared-write",
            f"the work stores in `{name}` (line {write.line}), in an order that would be lost",
            draft.loop,
        )


def _check_memo(draft: Draft, nodes: list[ast.AST], private: frozenset[str]) -> None:
    """What is remembered in an object that the caller has as well, a process would remember for itself alone."""
    for write in draft.inquiry.shared_writes(nodes, private, guarded=True):
        if not write.place.root.startswith("global:"):
            because = f"the work remembers in `{write.place.label}` (line {write.line}), which only a copy of a process would hold"
            raise Refused("shared-write", because, draft.loop)
