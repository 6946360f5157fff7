"""Where names come from: the scopes around a site, as far as a worker at the level of the module can reach them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache

from advisor.stages.generate.names import binds, dotted, parameters, walk
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source

_FILES = 32  # whose names are remembered: several sites of a file are asked about one after the other
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def captured(source: Source, at: ast.AST, names: frozenset[str]) -> frozenset[str]:
    """Those of `names` that belong to a function around `at`, or to the part of the module that only a script runs."""
    found: set[str] = set()
    around = source.parents.get(at)
    while around is not None:
        if isinstance(around, _FUNCTIONS):
            found |= parameters(around.args)
            if not isinstance(around, ast.Lambda):
                found |= binds(around.body) - _declared_global(around)
        around = source.parents.get(around)
    found |= run_only(source)
    return names & found


@lru_cache(maxsize=_FILES)
def run_only(source: Source) -> frozenset[str]:
    """The names of the module that another process may not have: set under the main guard, or by `global` in a function."""
    guarded = binds([s for s in source.tree.body if is_main_guard(s)])
    plain = binds([s for s in source.tree.body if not is_main_guard(s)])
    return frozenset((guarded - plain) | _declared_global(source.tree))


def _declared_global(node: ast.AST) -> frozenset[str]:
    return frozenset(name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names)


def bound_by_loops(source: Source, at: ast.AST) -> frozenset[str]:
    """The names that loops around `at`, in the same function, give another value in each round."""
    found: frozenset[str] = frozenset()
    for around in source.above(at):
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            break
        if isinstance(around, ast.For | ast.AsyncFor | ast.While):
            found |= binds([around])
    return found


def is_main_guard(statement: ast.stmt) -> bool:
    match statement:
        case ast.If(test=ast.Compare(left=ast.Name(id="__name__"), comparators=[ast.Constant(value="__main__")])):
            return True
    return False


def importable(source: Source, function: ast.expr, at: ast.AST) -> bool:
    """Can another process find the function by its name, or get it with the object it belongs to?"""
    name = dotted(function)
    if name is None:
        return False
    head = name.partition(".")[0]
    if private(source, [function], at) is not None:
        return False  # another process looks it up by a name that only the class writes so
    if "." in name:
        return True  # a method: its object is pickled, or a module's function
    return not captured(source, at, frozenset({head}))


def private(source: Source, nodes: Iterable[ast.AST], at: ast.AST) -> str | None:
    """A name like `__load` among `nodes`, which means itself only in the class around `at`; None where there is none."""
    if source.enclosing(at, ast.ClassDef) is None:
        return None
    for node in walk(nodes):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name.startswith("__") and not name.endswith("__"):
            return name
    return None


def check_public(source: Source, nodes: Iterable[ast.AST], at: ast.AST) -> None:
    """Refused where what stands in a class could not be moved out of it."""
    name = private(source, nodes, at)
    if name is not None:
        because = f"`{name}` is a private name of the class, which no function outside of it can use"
        raise Refused("unpicklable-function", because, at)


def made_in_a_function(source: Source, at: ast.AST, name: str) -> bool:
    """Is the name a function, class or lambda that a function around `at` defines, which no other process can find?"""
    for around in source.above(at):
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(around):
                match node:
                    case ast.FunctionDef(name=found) | ast.AsyncFunctionDef(name=found) | ast.ClassDef(name=found):
                        if found == name and node is not around:
                            return True
                    case ast.Assign(targets=[ast.Name(id=found)], value=ast.Lambda() | ast.GeneratorExp()) if (
                        found == name
                    ):
                        return True
    return False
