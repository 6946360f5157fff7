"""An oracle for extraction: what Python's own `ast` says of a file, in a form that our tree can be held against.

Both sides give, by topic, the list of what was found with its place, so
that a difference shows what was missed or invented and where.
"""

from __future__ import annotations

import ast
import warnings
from collections import Counter
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from advisor.model import code
from advisor.model.facts import ModuleFacts

Topics = dict[str, list[tuple[Any, ...]]]


def of_python(text: str) -> Topics:
    """What `ast` finds. Patterns of `match` and type parameters are left out, as our tree leaves them out."""
    topics: Topics = {name: [] for name in _TOPICS}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
    lines = text.split("\n")
    for node in _walk(tree):
        _add_python(node, topics, lines)
    return topics


def of_facts(facts: ModuleFacts) -> Topics:
    """What our tree holds."""
    topics: Topics = {name: [] for name in _TOPICS}
    pending: list[Any] = list(facts.body)
    while pending:
        node = pending.pop()
        if isinstance(node, tuple | list):
            pending.extend(node)
        elif isinstance(node, Struct):
            _add_ours(node, topics)
            pending.extend(getattr(node, field) for field in node.__struct_fields__)
    return topics


def differences(ours: Topics, theirs: Topics) -> dict[str, tuple[list[Any], list[Any]]]:
    """By topic: what only we have, and what only Python has."""
    found = {}
    for name in _TOPICS:
        mine, other = Counter(ours[name]), Counter(theirs[name])
        if mine != other:
            found[name] = (sorted((mine - other).elements(), key=repr), sorted((other - mine).elements(), key=repr))
    return found


_TOPICS = (
    "calls", "names", "attributes", "functions", "classes", "loops", "withs", "comprehensions", "imports", "texts",
    "numbers", "statements", "binds",
)  # fmt: skip


def _walk(tree: ast.AST) -> Iterator[ast.AST]:
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.match_case):
            pending.extend([*node.body, *([node.guard] if node.guard else [])])
            continue
        for field, value in ast.iter_fields(node):
            if field == "type_params":
                continue
            children = value if isinstance(value, list) else [value]
            if isinstance(node, ast.FormattedValue) and field == "format_spec" and value is not None:
                children = [part for part in value.values if isinstance(part, ast.FormattedValue)]
            elif isinstance(node, ast.JoinedStr) and any(isinstance(child, ast.FormattedValue) for child in children):
                children = [
                    child for child in children if not isinstance(child, ast.Constant)
                ]  # text between the holes
            pending.extend(child for child in children if isinstance(child, ast.AST))


def _add_python(node: ast.AST, topics: Topics, lines: list[str]) -> None:
    def place(at: Any) -> tuple[int, int, int]:
        column = len(lines[at.lineno - 1].encode()[: at.col_offset].decode())
        return at.lineno, column, at.end_lineno

    match node:
        case ast.Call():
            topics["calls"].append((*place(node), len(node.args), tuple(word.arg for word in node.keywords)))
        case ast.Name(id=name):
            topics["names"].append((name,))
        case ast.Attribute(attr=name):
            topics["attributes"].append((name,))
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            given = node.args
            kinds = [(a.arg, "positional") for a in [*given.posonlyargs, *given.args]]
            kinds += [(given.vararg.arg, "*")] if given.vararg else []
            kinds += [(a.arg, "keyword") for a in given.kwonlyargs] + ([(given.kwarg.arg, "**")] if given.kwarg else [])
            yields = _yields(node)
            topics["functions"].append(
                (
                    *place(node),
                    node.name,
                    isinstance(node, ast.AsyncFunctionDef),
                    yields,
                    tuple(kinds),
                    len(node.decorator_list),
                )
            )
        case ast.ClassDef():
            topics["classes"].append(
                (*place(node), node.name, len(node.bases) + len(node.keywords), len(node.decorator_list))
            )
        case ast.For() | ast.AsyncFor() | ast.While():
            kind = "While" if isinstance(node, ast.While) else f"For{isinstance(node, ast.AsyncFor)}"
            topics["loops"].append((*place(node), kind, len(node.body), len(node.orelse)))
        case ast.With() | ast.AsyncWith():
            topics["withs"].append((*place(node), isinstance(node, ast.AsyncWith), len(node.items)))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            clauses = tuple((len(c.ifs), bool(c.is_async)) for c in node.generators)
            topics["comprehensions"].append((*place(node), type(node).__name__, clauses))
        case ast.Import(names=names):
            topics["imports"] += [(node.lineno, name.name, None, name.asname, 0) for name in names]
        case ast.ImportFrom(names=names):
            module = node.module or ""
            topics["imports"] += [
                (node.lineno, module, name.name, name.asname or name.name, node.level) for name in names
            ]
        case ast.ExceptHandler(name=str() as name):
            topics["binds"].append((name,))
        case ast.Constant(value=str() | bytes() as value):
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            topics["texts"].append((type(value).__name__, text[:400], len(text)))
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=int() | float() as value) if abs(value) < 2**63:
            topics["numbers"].append((type(value).__name__, value))
        case _:
            pass
    if isinstance(node, ast.stmt):
        topics["statements"].append((node.lineno,))


def _yields(function: ast.AST) -> bool:
    pending: list[ast.AST] = list(getattr(function, "body", []))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            pending.extend(ast.iter_child_nodes(node))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            pending.extend(node.decorator_list)
    return False


_COMPREHENSIONS = {"list": "ListComp", "set": "SetComp", "dict": "DictComp", "generator": "GeneratorExp"}


def _add_ours(node: Struct, topics: Topics) -> None:
    match node:
        case code.Call():
            words = tuple(word.name for word in node.keywords)
            topics["calls"].append((node.line, node.column, node.end_line, len(node.arguments), words))
        case code.Name(id=name):
            topics["names"].append((name,))
        case code.Walrus(name=name):
            topics["names"].append((name,))
        case code.Attribute(name=name):
            topics["attributes"].append((name,))
        case code.Function():
            kinds = tuple((parameter.name, parameter.kind) for parameter in node.parameters)
            place = (node.line, node.column, node.end_line, node.name)
            topics["functions"].append((*place, node.is_async, node.is_generator, kinds, len(node.decorators)))
        case code.Class():
            place = (node.line, node.column, node.end_line, node.name)
            topics["classes"].append((*place, len(node.bases), len(node.decorators)))
        case code.For() | code.While():
            kind = "While" if isinstance(node, code.While) else f"For{node.is_async}"
            topics["loops"].append((node.line, node.column, node.end_line, kind, len(node.body), len(node.orelse)))
        case code.With():
            topics["withs"].append((node.line, node.column, node.end_line, node.is_async, len(node.items)))
        case code.Comprehension(kind=kind):
            clauses = tuple((len(clause.conditions), clause.is_async) for clause in node.clauses)
            topics["comprehensions"].append((node.line, node.column, node.end_line, _COMPREHENSIONS[kind], clauses))
        case code.Import(names=names):
            for bound in names:
                alias = None if bound.plain else bound.name
                topics["imports"].append((node.line, bound.module, bound.attribute, alias, bound.level))
        case code.Handler(name=str() as name):
            topics["binds"].append((name,))
        case code.Literal(kind="str" | "bytes" as kind, value=value, size=size):
            topics["texts"].append((kind, value, size))
        case code.Literal(kind="int" | "float" as kind, value=int() | float() as number) if abs(number) < 2**63:
            topics["numbers"].append((kind, number))
        case _:
            pass
    if isinstance(node, code.Stmt.__args__):  # type: ignore[attr-defined]
        topics["statements"].append((node.line,))
