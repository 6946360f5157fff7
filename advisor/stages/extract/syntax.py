"""The one file that knows ast-grep: text in, its concrete syntax tree out, and searches of that tree.

ast-grep counts lines and columns from 0, in code points. Its nodes stay inside
this stage; they cannot leave their process.
"""

from __future__ import annotations

import ast
import unicodedata
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

    Only where the tree looks suspicious is Python's own parser asked, which is
    slower but certain: it clears valid code that ast-grep's grammar does not
    know. Code for other versions of Python 3 that reads without errors passes.
    """
    suspicious = [node for node in root.find_all(_SUSPICIOUS) if not _is_lazy_import(node)]
    if not suspicious:
        return None
    try:
        ast.parse(text)
    except SyntaxError as error:
        return f"syntax error: {error.msg}", error.lineno
    except (RecursionError, MemoryError):
        return "nested too deeply", None
    except ValueError as error:
        return f"syntax error: {error}", suspicious[0].range().start.line + 1
    return None


def _is_lazy_import(node: SgNode) -> bool:
    """Is it the `lazy` of `lazy import x` (Python 3.15), which ast-grep's grammar does not know yet?"""
    follower = node.next()
    return (
        node.kind() == "ERROR"
        and node.text() == "lazy"
        and follower is not None
        and follower.kind() in {"import_statement", "import_from_statement"}
    )
