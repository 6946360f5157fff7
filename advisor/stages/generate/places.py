"""Where the costly part of a round stands: the innermost block, the smallest expression that hold all of it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from advisor.stages.generate.names import binds, calm, calm_call, here
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source
from advisor.stages.generate.work import Block, Cut

Costly = Sequence[ast.AST]
_EATERS = frozenset("any all sum min max list tuple set frozenset dict sorted".split())
_CONDITIONAL = (
    ast.IfExp,
    ast.BoolOp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Lambda,
    ast.Compare,
)


def descend(
    made: Cut, block: list[ast.stmt], costly: Costly, left_early: Callable[[Block], bool]
) -> tuple[list[ast.stmt], list[ast.stmt], Costly]:
    """The innermost block that can be cut, the statements that run before it in each round, and what of it is costly.

    A `with` that may be `left_early` is entered by the worker; whatever reads what it binds is then as good as costly.
    """
    path: list[ast.stmt] = []
    while True:
        hits = [index for index, statement in enumerate(block) if holds(statement, costly)]
        only = block[hits[0]]
        if len(hits) > 1 or (made.block is not None and hits[0]):
            return block, path, costly
        match only:
            case ast.With(body=inner) | ast.AsyncWith(body=inner) if made.block is None and left_early(only):
                heads = {id(node) for item in only.items for node in ast.walk(item)} | {id(only)}
                bound = binds(only.items)
                read = (node for node in here(inner) if isinstance(node, ast.Name) and node.id in bound)
                inside = [*(node for node in costly if id(node) not in heads), *read]
                if not inside:
                    return block, path, costly
                made.block, costly = only, inside
            # in a block a `try` stays whole: its handlers must not take what entering the block raises
            case ast.Try(body=inner) if made.block is None and _all_within(inner, costly):
                made.protected = True
                made.tries.append(only)
            case ast.If(test=test, body=inner) if (
                made.block is None and calm(test) and not made.catches(test) and _all_within(inner, costly)
            ):
                made.guards.append((test, True))
                made.guarded = inner
            case ast.If(test=test, orelse=inner) if (
                made.block is None and calm(test) and not made.catches(test) and _all_within(inner, costly)
            ):
                made.guards.append((test, False))
                made.guarded = inner
            case ast.If(test=test) if _all_within([test], costly):
                return block, path, costly  # the test is an expression like any other
            case ast.If(orelse=[], body=inner) if made.block or holds(only.test, costly) or not calm(only.test):
                made.branch = only
                inner_hits = [index for index, statement in enumerate(inner) if holds(statement, costly)]
                path += block[: hits[0]]
                return inner[: inner_hits[-1] + 1] if inner_hits else [only], path, costly
            case _:
                return block, path, costly
        path += block[: hits[0]]
        block = list(inner)


def holds(node: ast.AST, costly: Costly) -> bool:
    return any(each is wanted for each in here([node]) for wanted in costly)


def _all_within(block: Sequence[ast.AST], costly: Costly) -> bool:
    inside = {id(node) for node in here(block)}
    return all(id(node) in inside for node in costly)


def is_expression(statement: ast.stmt, costly: Costly) -> bool:
    """Does all the costly part of the statement stand in expressions that it evaluates once, before anything else?"""
    if any(statement is each for each in costly):
        return False  # an inner loop that is itself the work
    match statement:
        case ast.If(test=head) | ast.For(iter=head) | ast.AsyncFor(iter=head) | ast.Match(subject=head):
            return not any(holds(child, costly) for child in ast.iter_child_nodes(statement) if child is not head)
    return not hasattr(statement, "body")


def only_binds(statement: ast.stmt) -> bool:
    """Does the statement do nothing but give local names a value?"""
    match statement:
        case ast.Assign(targets=targets):
            return all(_plain(target) for target in targets)
        case ast.AnnAssign(target=ast.Name()):
            return True
    return False


def _plain(target: ast.expr) -> bool:
    match target:
        case ast.Name():
            return True
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return all(_plain(element) for element in elements)
        case ast.Starred(value=value):
            return _plain(value)
    return False


def skip_test(statement: ast.stmt) -> bool:
    """`if …: continue`"""
    match statement:
        case ast.If(body=[ast.Continue()], orelse=[]):
            return True
    return False


def smallest(source: Source, statement: ast.stmt | ast.expr, costly: Costly) -> ast.expr:
    """The smallest expression of a statement that holds all its costly calls and is evaluated once, for sure."""
    chains = []
    for node in costly:
        chain = [node]
        while chain[-1] is not statement and not isinstance(source.parents[chain[-1]], ast.stmt):
            chain.append(source.parents[chain[-1]])
        chains.append([each for each in chain if isinstance(each, ast.expr)])
    shared = [each for each in chains[0] if all(any(each is other for other in chain) for chain in chains)]
    if not shared:
        raise Refused(
            "layout", f"the work of line {getattr(statement, 'lineno', 1)} stands in several expressions", statement
        )
    unsure = [each for each in shared if any(not _surely(each, chain) for chain in chains)]
    found = unsure[-1] if unsure else shared[0]
    if not isinstance(found, ast.GeneratorExp):
        return found
    eater = source.parents[found]  # a generator can only be sent back once somebody has used it up
    if isinstance(eater, ast.Call) and isinstance(eater.func, ast.Name) and eater.func.id in _EATERS:
        return eater
    because = f"the values in line {found.lineno} are worked out one by one, when asked for"
    raise Refused("lazy-generator", because, found)


def _surely(around: ast.expr, chain: Sequence[ast.expr]) -> bool:
    """Is the part of an expression through which a chain leads up to it evaluated once whenever the expression is?"""
    index = next(index for index, each in enumerate(chain) if each is around)
    part = chain[index - 1] if index else None
    if part is None:
        return not isinstance(around, _CONDITIONAL)
    match around:
        case ast.IfExp(test=first) | ast.BoolOp(values=[first, *_]):
            return part is first
        case ast.Compare(left=left, comparators=[first, *_]):
            return part is left or part is first
        case (
            ast.ListComp(generators=[first, *_])
            | ast.SetComp(generators=[first, *_])
            | ast.DictComp(generators=[first, *_])
        ):
            return part is first.iter
    return not isinstance(around, _CONDITIONAL)


def only_then_calm(test: ast.expr, work: ast.expr) -> bool:
    """Is everything in the test but the work itself free of effects?"""
    inside = {id(node) for node in ast.walk(work)}
    calls = [node for node in here([test]) if isinstance(node, ast.Call) and id(node) not in inside]
    named = any(isinstance(node, ast.NamedExpr) and id(node) not in inside for node in here([test]))
    return not named and all(isinstance(each.func, ast.Name | ast.Attribute) and calm_call(each) for each in calls)
