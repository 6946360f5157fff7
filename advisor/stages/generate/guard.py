"""Guard: work that a module does when it is imported is put under `if __name__ == "__main__"`, for processes import it too."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from advisor.model.refactor import Edit, Order, Rewrite
from advisor.model.state import Ambient, Piece
from advisor.questions.interference import changes_outside
from advisor.stages.generate.names import binds, calm, free, here
from advisor.stages.generate.poolkinds import pool_kind
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import is_main_guard
from advisor.stages.generate.source import Source

GUARD_NOTE = "the work of the module now runs only when it is started as a script"
_PLAIN = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_TALKS = frozenset({Ambient.OUTPUT, Ambient.INPUT})


def done_at_import(order: Order, source: Source) -> frozenset[str]:
    """The text of the statements by which the module of a site changes something outside, prints or asks when it is imported."""
    module = next(f for f in order.program.functions.values() if f.path == order.site.path and f.is_module)
    found = set()
    for node in source.tree.body:
        if isinstance(node, _PLAIN) or is_main_guard(node):
            continue
        there = tuple(statement for statement in module.body if statement.line == node.lineno)
        state = order.summaries.state(Piece(module.id, statements=there))
        if changes_outside(state) is not None or any(use.what in _TALKS for use in state.ambient):
            found.add(source.segment(node))
    return frozenset(found)


def guarded(text: str, rewrites: Sequence[Rewrite]) -> str:
    """The text with its work under a main guard; unchanged when it has none.

    Work is what starts processes, for each of them would start more, and what acts outside; a table that is computed is none.
    Refused when definitions follow the work, or when the processes need what it sets.
    """
    source = Source(text)
    body = source.tree.body
    functions = _starting(source)
    acts: frozenset[str] = frozenset().union(*(rewrite.acts for rewrite in rewrites))
    first = next((i for i, s in enumerate(body) if _works(source, s, functions) or source.segment(s) in acts), None)
    if first is None:
        return text
    rest = body[first:]
    for statement in rest:
        if isinstance(statement, _PLAIN) or is_main_guard(statement):
            raise Refused(
                "no-main-guard", "the module works while it is imported, and defines more after that", statement
            )
    if not source.owns_its_lines(rest):
        raise Refused("no-main-guard", "the work of the module shares its lines", rest[0])
    needed = _read_by_workers(body[:first], rewrites)
    for statement in rest:
        for name in sorted(binds([statement]) & needed):
            because = (
                f"the work reads `{name}`, which the module sets as it is run: a process that starts afresh has none"
            )
            raise Refused("no-main-guard", because, statement)
    start = source.line_start(source.first_line(rest[0]))
    lines = source.shift(source.first_line(rest[0]), len(source.starts), "", source.unit)
    return source.finished([Edit(start, start, 'if __name__ == "__main__":\n'), *lines])


def _read_by_workers(above: Sequence[ast.stmt], rewrites: Sequence[Rewrite]) -> frozenset[str]:
    """The names that the functions and classes read which the rewrites speak of, and those that these speak of in turn."""
    defined = {s.name: s for s in above if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    spoken = {name for rewrite in rewrites for edit in rewrite.edits for name in re.findall(r"\w+", edit.text)}
    spoken |= {each.name for rewrite in rewrites for each in rewrite.defines}
    found: set[str] = set()
    waiting = sorted(spoken & defined.keys())
    while waiting:
        read = free([defined.pop(waiting.pop())])
        found |= read
        waiting = sorted({*waiting} | read & defined.keys())
    return frozenset(found)


def _starting(source: Source) -> set[str]:
    """The names of the functions and methods that open a pool, or speak of one that does."""
    defined = [node for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    spoken = {node: _spoken(node) for node in defined}
    found = {node.name for node in defined if any(_opens(source, inner) for inner in ast.walk(node))}
    while more := {node.name for node in defined if node.name not in found and spoken[node] & found}:
        found |= more
    return found


def _spoken(node: ast.AST) -> set[str]:
    return {getattr(inner, "id", getattr(inner, "attr", "")) for inner in ast.walk(node)} - {""}


def _opens(source: Source, node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return getattr(node.func, "id", getattr(node.func, "attr", "")) == "get_executor" or pool_kind(source, node) != ""


def _works(source: Source, statement: ast.stmt, functions: set[str]) -> bool:
    """Does the statement open a pool while the module is imported, itself or by one of `functions`, which do?"""
    if isinstance(statement, _PLAIN) or is_main_guard(statement):
        return False
    for node in here([statement]):
        if isinstance(node, ast.Call) and not calm(node):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in functions or _opens(source, node):
                return True
    return False
