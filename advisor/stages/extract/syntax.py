"""The one file that knows ast-grep: text in, its concrete syntax tree out, and searches of that tree.

ast-grep counts lines and columns from 0, in code points. Its nodes stay inside
this stage; they cannot leave their process.
"""

from __future__ import annotations

import sys
import unicodedata
from symtable import symtable
from typing import Any, cast

from ast_grep_py import SgNode, SgRoot

__all__ = ["EXTRAS", "SgNode", "children", "find_all", "identifier", "matches", "parse", "syntax_error"]

EXTRAS = frozenset({"comment", "line_continuation"})
"""Named nodes that may stand anywhere and mean nothing."""

_SUSPICIOUS: Any = {
    "rule": {"any": [{"kind": "ERROR"}, {"regex": "^$"}, {"kind": "print_statement"}, {"kind": "exec_statement"}]}
}
"""Matches what the parser could not read, the empty nodes by which it mends what is missing, and statements of Python 2."""


def parse(text: str) -> SgNode:
    """The tree of any text, wrong Python included; `UnicodeEncodeError` for a lone surrogate."""
    return SgRoot(text, "python").root()


def children(node: SgNode) -> list[SgNode]:
    """The named children of `node` without comments."""
    return [child for child in node.named_children() if child.kind() not in EXTRAS]


def identifier(node: SgNode | None) -> str:
    """The name at `node` in the form in which Python compares names; empty where there is no node."""
    text = node.text() if node is not None else ""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def find_all(root: SgNode, rule: dict[str, Any], constraints: dict[str, Any]) -> list[SgNode]:
    """Every node at or below `root` that an ast-grep rule object matches; `ValueError` for a bad rule."""
    config = {"rule": rule, "constraints": constraints} if constraints else {"rule": rule}
    try:
        return root.find_all(cast(Any, config))
    except Exception as error:  # noqa: BLE001 - ast-grep raises bare Exception and RuntimeError
        raise ValueError(_cause(str(error))) from None


def matches(node: SgNode, rule: dict[str, Any]) -> bool:
    """Does the node itself match an ast-grep rule object?"""
    return node.matches(**cast(Any, rule))


def _cause(message: str) -> str:
    """The innermost reason of ast-grep's message, which lists causes and then its own stack."""
    lines = [line.strip() for line in message.partition("Stack backtrace:")[0].splitlines() if line.strip()]
    return lines[-1].lstrip("0123456789: ") if lines else "the rule cannot be read"


def syntax_error(root: SgNode, text: str) -> tuple[str, int | None] | None:
    """What is wrong with `text` as Python, and in which line (from 1); None when nothing is.

    Python's own parser says so. It clears valid code that ast-grep's grammar does not know, and is not believed where it
    stumbles over syntax that only a newer Python has.
    """
    try:
        _check(text)
    except IndentationError as error:
        return f"syntax error: {error.msg}", error.lineno
    except SyntaxError as error:
        if not _suspicious(root) and _is_newer(root, error.lineno or 0):
            return None
        return f"syntax error: {error.msg}", error.lineno
    except (RecursionError, MemoryError):  # what is too deep for it may be flat enough here
        return ("nested too deeply", None) if _suspicious(root) else None
    except ValueError as error:
        return f"syntax error: {error}", None
    return None


def _check(text: str) -> None:
    """Has Python parse `text` and look up its names, which is all but the slow part of compiling it."""
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(_FRAMES)  # it may recurse thrice as deep, for which the stack must do
    except RecursionError:  # so deep already
        return
    try:
        symtable(text, "<source>", "exec")
    finally:
        sys.setrecursionlimit(limit)


_FRAMES = 3_000


def _suspicious(root: SgNode) -> bool:
    return any(not _is_lazy_import(node) for node in root.find_all(_SUSPICIOUS))


def _is_newer(root: SgNode, line: int) -> bool:
    """Is there syntax at `line` that this Python does not know yet? In strings the line that it names may be another."""
    if sys.version_info < (3, 12) and any(map(_is_free_string, root.find_all({"rule": {"kind": "string"}}))):
        return True
    for version, rule in _NEWER:
        if sys.version_info < version:
            for node in root.find_all({"rule": rule}):
                where = node.range()
                if where.start.line < line <= where.end.line + 1:
                    return True
    return False


_NEWER: tuple[tuple[tuple[int, int], Any], ...] = (
    ((3, 12), {"any": [{"kind": "type_alias_statement"}, {"kind": "type_parameter"}]}),
    ((3, 14), {"any": [{"kind": "string_start", "regex": "^[rR]?[tT]"}, {"kind": "except_clause", "regex": "^except[^:(]*,"}]}),
    ((3, 15), {"kind": "list_splat", "inside": {"any": [
        {"kind": "list_comprehension"}, {"kind": "set_comprehension"}, {"kind": "generator_expression"}]}}),
    ((3, 15), {"kind": "ERROR", "regex": "^lazy$"}),
)  # fmt: skip


def _is_free_string(string: SgNode) -> bool:
    """Does it hold an expression as Python 3.12 allows it: with the string's own quotes, a backslash, a comment, a line end?"""
    start = string.child(0)
    quote = start.text().lstrip("rRbBfFtTuU") if start is not None else ""
    inner = (child.text() for child in string.children() if child.kind() == "interpolation")
    return bool(quote) and any(any(sign in text for sign in (quote, "\\", "#", "\n")) for text in inner)


def _is_lazy_import(node: SgNode) -> bool:
    """Is it the `lazy` of `lazy import x` (Python 3.15), which ast-grep's grammar does not know yet?"""
    follower = node.next()
    return (
        node.kind() == "ERROR"
        and node.text() == "lazy"
        and follower is not None
        and follower.kind() in {"import_statement", "import_from_statement"}
    )
