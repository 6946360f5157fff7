"""Where an expression stands: the statement that a pool can be opened around, and whether its value is used at once."""

from __future__ import annotations

import ast

from advisor.stages.generate.names import calm, dotted, here, jumps
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source

_EATS = frozenset(
    """list tuple set frozenset dict sum min max any all sorted Counter OrderedDict deque join extend update fsum mean fmean median
    array asarray concatenate concat stack vstack hstack DataFrame""".split()
)


_STOPS = frozenset({"any", "all"})
_GROW = frozenset({"extend", "update"})


def statement_of(source: Source, node: ast.expr, *, lazy: bool = False) -> ast.stmt:
    """The statement that the pool is opened around."""
    above: ast.AST = source.parents[node]
    while not isinstance(above, ast.stmt):
        if isinstance(above, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.arguments):
            raise Refused("layout", "the expression stands inside another one that runs it many times", node)
        above = source.parents[above]
    if isinstance(node, ast.GeneratorExp | ast.Call) and not lazy and not eaten(source, node):
        raise Refused(
            "lazy-generator", "the values are asked for one by one, later: nothing would be asked for ahead", node
        )
    block = source.block(above)
    outer = source.parents[above]
    if (
        isinstance(above, ast.If)
        and isinstance(outer, ast.If)
        and source.text.startswith("elif", source.span(above)[0])
    ):
        raise Refused("layout", "the expression stands in an `elif`", node)
    if isinstance(
        above,
        ast.While
        | ast.With
        | ast.AsyncWith
        | ast.FunctionDef
        | ast.AsyncFunctionDef
        | ast.ClassDef
        | ast.Try
        | ast.Match,
    ):
        raise Refused(
            "layout", "the expression stands in the head of a statement that a pool cannot be put around", node
        )
    if not block or not source.owns_its_lines([above]):
        raise Refused("layout", "the statement shares its line with others", node)
    if isinstance(source.enclosing(above, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), ast.ClassDef):
        raise Refused("layout", "the expression is evaluated in the body of a class", node)
    return above


def eaten(source: Source, node: ast.expr) -> bool:
    """Is a lazy value used up at once? Kept for later, it must not be worked out now."""
    above = source.parents[node]
    if isinstance(above, ast.For) and above.iter is node:
        return True
    if isinstance(above, ast.Call) and any(argument is node for argument in above.args):
        name = str(dotted(above.func) or getattr(above.func, "attr", "")).rpartition(".")[2]
        if name in _EATS:
            return True
    return isinstance(above, ast.Starred) or (isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Tuple))


def begins_with(source: Source, statement: ast.stmt, node: ast.expr) -> bool:
    """Is an expression sure to be evaluated, before anything in its statement that may have effects?"""
    below: ast.AST = node
    while below is not statement:
        above = source.parents[below]
        match above:
            case ast.BoolOp(values=[first, *_]) if below is not first:
                return False
            case ast.IfExp(test=test) if below is not test:
                return False
            case ast.Compare(comparators=[first, *others]) if any(below is each for each in others):
                return False
            case ast.expr() | ast.keyword():
                parts = list(ast.iter_child_nodes(above))
                before = parts[: next(at for at, part in enumerate(parts) if part is below)]
                if not all(calm(each) for each in before if isinstance(each, ast.expr | ast.keyword)):
                    return False
        below = above
    return True


def may_stop(source: Source, node: ast.expr) -> bool:
    """May whoever takes the values of a lazy expression stop before the last: a loop that is left, `any`, `all`?"""
    above = source.parents[node]
    if isinstance(above, ast.For):
        left = any(not isinstance(jump, ast.Continue) for jump in jumps(above.body))
        return left or any(isinstance(each, ast.Yield | ast.YieldFrom) for each in here(above.body))
    return isinstance(above, ast.Call) and dotted(above.func) in _STOPS


def taken_one_by_one(source: Source, node: ast.expr) -> bool:
    """Would it show that all values of a lazy expression are there before the first is taken: by what a loop does in
    between, by `any` and `all`, which stop, or by what has grown already when a later value fails?"""
    above = source.parents[node]
    if isinstance(above, ast.For):
        return True
    grows = isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute) and above.func.attr in _GROW
    return grows or may_stop(source, node)


def shares_parentheses(source: Source, node: ast.GeneratorExp) -> bool:
    """Are the parentheses of the generator also those of the call: `sum(f(x) for x in xs)`?"""
    above = source.parents[node]
    if not isinstance(above, ast.Call) or len(above.args) != 1 or above.keywords:
        return False
    return source.span(node)[1] == source.span(above)[1]
