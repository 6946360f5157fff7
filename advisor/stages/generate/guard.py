"""Guard: work that a module does when it is imported is put under `if __name__ == "__main__"`, for processes import it too."""

from __future__ import annotations

import ast

from advisor.model.refactor import Edit
from advisor.stages.generate.names import calm, here
from advisor.stages.generate.poolkinds import pool_kind
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import is_main_guard
from advisor.stages.generate.source import Source

GUARD_NOTE = "the work of the module now runs only when it is started as a script"
_PLAIN = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def guarded(text: str) -> str:
    """The text with its work under a main guard; unchanged when it has none. Refused when definitions follow the work."""
    source = Source(text)
    body = source.tree.body
    functions = {
        node.name for node in ast.walk(source.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    first = next((index for index, statement in enumerate(body) if _works(source, statement, functions)), None)
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
    start = source.line_start(source.first_line(rest[0]))
    lines = source.shift(source.first_line(rest[0]), len(source.starts), "", source.unit)
    return source.finished([Edit(start, start, 'if __name__ == "__main__":\n'), *lines])


def _works(source: Source, statement: ast.stmt, functions: set[str]) -> bool:
    """Does the statement open a pool, or call a function or method of the module, while the module is imported?"""
    if isinstance(statement, _PLAIN) or is_main_guard(statement):
        return False
    for node in here([statement]):
        if isinstance(node, ast.Call) and not calm(node):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in functions or name == "get_executor" or pool_kind(source, node):
                return True
    return False
