"""Sharing: what the workers change or talk to must be theirs alone."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from advisor.model.effect import Effect
from advisor.model.site import DependenceKind, HazardKind
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.names import binds
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import captured
from advisor.stages.generate.work import Cut


def check_shared(draft: Draft, made: Cut) -> None:
    """What the functions called by the worker change must be theirs alone."""
    private = binds([*made.prepare, *made.statements]) | made.private.keys()
    if not draft.way.isolated:
        private |= draft.head.names  # each round has an item of its own
    if draft.way.isolated:
        _check_memo(draft, made.nodes, private)
    for write in draft.inquiry.shared_writes(made.nodes, private):
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


def check_prints(draft: Draft, made: Cut) -> None:
    """What the called functions print would come in whatever order they run."""
    for node in made.nodes:
        for proof in draft.inquiry.summary(node).proofs:
            if proof.effect is Effect.TERMINAL:
                if "ordered-output" in draft.order.accepted:
                    draft.notes.append(f"line {proof.line} prints, or calls what does: lines of several rounds may mix")
                    return
                because = f"line {proof.line} prints, or calls what does, and the lines of several rounds would mix"
                raise Refused("ordered-output", because, proof.line)


def check_turns(draft: Draft, made: Cut) -> None:
    """What must be asked strictly in turn stays with the caller, or the rounds cannot run side by side."""
    order, source = draft.order, draft.source
    if order.advised:
        return
    for hazard in order.case.hazards:
        name = hazard.name.partition(".")[0]
        if hazard.kind is not HazardKind.STATEFUL_CAPTURE:
            continue
        local = captured(source, draft.loop, frozenset({name})) and not _has_functions(source.function(draft.loop))
        if name in made.needed or not local:
            raise Refused(hazard.kind.value, hazard.because, hazard.line)


def check_carried(draft: Draft, made: Cut) -> None:
    """What goes from round to round must be no concern of the work."""
    kind = draft.order.case.dependence.kind
    if kind is DependenceKind.CARRIED or (kind is DependenceKind.UNKNOWN and not draft.order.advised):
        for detail in draft.order.case.dependence.details:
            if detail.name in made.needed:
                raise Refused("carried-dependence", detail.because, detail.line)


def _has_functions(around: ast.AST | None) -> bool:
    """Are there functions in a function, which may use its names unseen?"""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    return around is not None and any(isinstance(node, kinds) and node is not around for node in ast.walk(around))


def _check_memo(draft: Draft, nodes: Sequence[ast.AST], private: frozenset[str]) -> None:
    """What is remembered in an object that the caller has as well, a process would remember for itself alone."""
    for write in draft.inquiry.shared_writes(nodes, private, guarded=True):
        if not write.place.root.startswith("global:"):
            because = f"the work remembers in `{write.place.label}` (line {write.line}), which only a copy of a process would hold"
            raise Refused("shared-write", because, draft.loop)
