"""What a piece of a tree reads, binds and may do, as far as its syntax alone tells."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Sequence

Nodes = Iterable[ast.AST]
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CALM_FUNCTIONS = frozenset(
    """abs bool bytes dict divmod enumerate float format frozenset getattr hasattr hash id int isinstance issubclass len list
    max min ord chr pow range repr reversed round set slice sorted str sum tuple type zip Path PurePath""".split()
)
_CALM_METHODS = frozenset(
    """startswith endswith lower upper strip lstrip rstrip split rsplit join format replace encode decode title casefold
    get keys values items copy index count find partition rpartition isdigit isalpha splitlines zfill with_suffix
    with_name joinpath relative_to as_posix basename dirname splitext quote""".split()
)

_RAISING = frozenset(
    "int float complex max min ord chr pow divmod getattr index decode encode format relative_to with_suffix with_name".split()
)


def mark_acting(call: ast.Call) -> None:
    """Marks a call that the analysis knows to do something, whatever its name sounds like (`requests.get`)."""
    call.acting = True  # type: ignore[attr-defined]


def acts(node: ast.AST) -> bool:
    """Has the call been marked as one that does something?"""
    return getattr(node, "acting", False)


def walk(nodes: Nodes) -> Iterator[ast.AST]:
    for node in nodes:
        yield from ast.walk(node)


def here(nodes: Nodes) -> Iterator[ast.AST]:
    """The nodes that are evaluated when `nodes` are: not the bodies of functions and lambdas defined among them."""
    stack = list(nodes)[::-1]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _SCOPES):
            stack.extend(list(ast.iter_child_nodes(node))[::-1])


def reads(nodes: Nodes) -> frozenset[str]:
    """All names that are read, in functions and comprehensions within as well."""
    found = set()
    for node in walk(nodes):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return frozenset(found)


def free(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """The names that are read, except those that only a comprehension, lambda or function within binds for itself."""
    found: set[str] = set()
    for node in nodes:
        _free(node, frozenset(), found)
    return frozenset(found)


def _free(node: ast.AST, hidden: frozenset[str], found: set[str]) -> None:
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Store) and node.id not in hidden:
            found.add(node.id)
        return
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and node.target.id not in hidden:
        found.add(node.target.id)
    if isinstance(node, _COMPREHENSIONS):
        _free(node.generators[0].iter, hidden, found)
        hidden |= binds([clause.target for clause in node.generators])
    elif isinstance(node, ast.Lambda):
        hidden |= parameters(node.args)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        hidden |= parameters(node.args) | binds(node.body)
    for child in ast.iter_child_nodes(node):
        _free(child, hidden, found)


def parameters(arguments: ast.arguments) -> frozenset[str]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
    return frozenset(each.arg for each in every)


def binds(nodes: Nodes) -> frozenset[str]:
    """The names bound by running `nodes` in the scope they stand in (those of comprehensions are their own)."""
    found: set[str] = set()
    stack = list(nodes)
    while stack:
        node = stack.pop()
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
                stack.extend(node.decorator_list)
                continue
            case ast.Lambda():
                continue
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                found.update(n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
                continue
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                found.update(alias.asname or alias.name.partition(".")[0] for alias in names)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                found.add(name)
            case ast.MatchMapping(rest=str(name)):
                found.add(name)
        stack.extend(ast.iter_child_nodes(node))
    return frozenset(found)


def always_binds(statements: Sequence[ast.stmt]) -> frozenset[str]:
    """The names that are surely bound when the statements have run to their end."""
    found: set[str] = set()
    for statement in statements:
        match statement:
            case ast.If(body=body, orelse=orelse):
                ways = [always_binds(way) for way in (body, orelse) if not _leaves(way)]
                found |= frozenset.intersection(*ways) if ways else frozenset()
                found |= binds([statement.test])
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                found |= binds(items) | always_binds(body)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                ways = [always_binds([*body, *orelse])]
                ways += [always_binds(h.body) for h in handlers if not _leaves(h.body)]
                found |= frozenset.intersection(*ways) | always_binds(final)
            case ast.For() | ast.AsyncFor() | ast.While() | ast.Match():
                pass
            case _:
                found |= binds([statement])
    return frozenset(found)


def _leaves(block: Sequence[ast.stmt]) -> bool:
    """Does the block always end by leaving (so that what it binds does not matter after)?"""
    return bool(block) and isinstance(block[-1], ast.Return | ast.Raise | ast.Continue | ast.Break)


def jumps(statements: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The `break`, `continue` and `return` that leave these statements (not those of loops and functions within)."""
    for statement in statements:
        match statement:
            case ast.Break() | ast.Continue() | ast.Return():
                yield statement
            case ast.For() | ast.AsyncFor() | ast.While():
                yield from (j for j in jumps(statement.body) if isinstance(j, ast.Return))
                yield from jumps(statement.orelse)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                pass
            case _:
                for _, value in ast.iter_fields(statement):
                    if isinstance(value, list):
                        yield from jumps([v for v in value if isinstance(v, ast.stmt)])
                        for handler in value:
                            if isinstance(handler, ast.ExceptHandler | ast.match_case):
                                yield from jumps(handler.body)


def yields(statements: Nodes) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in here(statements))


def calm(expression: ast.AST) -> bool:
    """Is evaluating it cheap and without effect, whenever and however often it happens?"""
    for node in here([expression]):
        if acts(node):
            return False
        match node:
            case ast.Await() | ast.Yield() | ast.YieldFrom() | ast.NamedExpr():
                return False
            case ast.Call(func=ast.Name(id=name)):
                if name not in _CALM_FUNCTIONS:
                    return False
            case ast.Call(func=ast.Attribute(attr=name)):
                if name not in _CALM_METHODS:
                    return False
            case ast.Call():
                return False
    return True


def may_fail(nodes: Nodes) -> bool:
    """May a call among these fail for some values: one that converts or looks up, or that is not known?"""
    calls = (node for node in here(nodes) if isinstance(node, ast.Call))
    return any(not calm_call(call) or _name(call) in _RAISING for call in calls)


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def calm_call(call: ast.Call) -> bool:
    """Is the function or method itself one of those without effect, whatever it is called with?"""
    if acts(call):
        return False
    match call.func:
        case ast.Name(id=name):
            return name in _CALM_FUNCTIONS
        case ast.Attribute(attr=name):
            return name in _CALM_METHODS
    return False


def dotted(expression: ast.AST) -> str | None:
    """`a.b.c` as text where the expression is just that."""
    match expression:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            below = dotted(value)
            return None if below is None else f"{below}.{attribute}"
    return None


def root(expression: ast.AST) -> str | None:
    """The name at the bottom of `a.b[i].c`."""
    while isinstance(expression, ast.Attribute | ast.Subscript | ast.Starred):
        expression = expression.value
    return expression.id if isinstance(expression, ast.Name) else None


def taken(tree: ast.AST) -> frozenset[str]:
    """Every name that occurs anywhere: a new one must not be among them."""
    found = set(dir(builtins))
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.alias(name=name, asname=asname):
                found.add(asname or name.partition(".")[0])
            case ast.ExceptHandler(name=str(name)):
                found.add(name)
    return frozenset(found)


def fresh(wish: str, used: Iterable[str]) -> str:
    """`wish`, or with a number where that is taken."""
    known = set(used)
    if wish not in known:
        return wish
    number = 2
    while f"{wish}_{number}" in known:
        number += 1
    return f"{wish}_{number}"
