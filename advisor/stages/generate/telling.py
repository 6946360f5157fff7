"""Telling: work that only writes log records or lines costs less than handing it to a worker, and says there who wrote it; and
so does work of a call or two that take no time."""

from __future__ import annotations

import ast

from advisor.model import code, tree
from advisor.model.words import is_named
from advisor.questions.calls import last_name, receiver
from advisor.questions.talk import tells
from advisor.questions.thresholds import HAND_OVER
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.names import here
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut

_REPEATS = (ast.For, ast.While, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_NOTICED = 1e-4  # seconds from which a call is work


def check_worth_handing(draft: Draft, made: Cut) -> None:
    """Refused where the work is nothing but log records and printed lines, with what puts their texts together, or calls that
    take no time."""
    if draft.order.site.kind.is_concurrent:
        return
    nodes = here(made.nodes)
    if any(isinstance(node, _REPEATS) for node in nodes):
        return
    calls = [node for node in here(made.nodes) if isinstance(node, ast.Call)]
    telling = [node for node in calls if _only_tells(draft, node)]
    if telling and all(node in telling or _is_slight(draft, node) for node in calls):
        because = f"line {telling[0].lineno} only tells what goes on: that is less work than handing it to a worker"
        raise Refused("too-little-work", because, draft.loop)
    if draft.order.advised or "too-little-work" in draft.order.accepted:
        return
    if calls and all(_is_nothing(draft, node) for node in calls):
        because = "what would be handed to a worker surely takes less time than handing it over"
        raise Refused("too-little-work", because, draft.loop)


def _only_tells(draft: Draft, node: ast.Call) -> bool:
    call, order = draft.inquiry.call(node), draft.order
    if call is None:
        return False
    return tells(order.program, order.catalog, order.site.function, call) or _is_a_loggers(draft, call)


def _is_a_loggers(draft: Draft, call: code.Call) -> bool:
    """`LOG.info(…)` of a class of the project: its name is enough to say that this is no work."""
    owner, words = receiver(call), draft.order.catalog.words
    named = owner is not None and is_named(tree.dotted(owner) or "", words.loggers)
    return named and last_name(call) in words.log_methods


def _is_nothing(draft: Draft, node: ast.Call) -> bool:
    """Is it a call of Python's own, or of a library, that surely takes no time?"""
    call, order = draft.inquiry.call(node), draft.order
    targets = () if call is None else order.program.targets(order.site.function, call)
    summary = draft.inquiry.summary(node)
    return (
        bool(targets)
        and all(target.kind == "external" for target in targets)
        and not summary.unresolved
        and summary.cost.total.high < HAND_OVER
    )


def _is_slight(draft: Draft, node: ast.Call) -> bool:
    summary = draft.inquiry.summary(node)
    return not summary.unresolved and summary.cost.total.expected < _NOTICED
