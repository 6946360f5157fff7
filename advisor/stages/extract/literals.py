"""Constants: numbers and texts as values."""

from __future__ import annotations

import ast
import re
import warnings

from advisor.model.code import Literal
from advisor.stages.extract.syntax import SgNode, children

LONGEST = 400
"""Characters of a text that are kept."""

_OPENING = re.compile(r"([A-Za-z]*)('''|\"\"\"|'|\")")
_LARGEST = 2**63 - 1


def number(text: str) -> Literal:
    """An `int`, `float` or `complex`; a complex number keeps its spelling, an int beyond 64 bits comes as a float."""
    spelling = text.replace("_", "").lower()
    if spelling.endswith("j"):
        return Literal("complex", spelling)
    try:
        value = int(spelling)
    except ValueError:
        return _other_number(spelling)
    return Literal("int", value if value <= _LARGEST else _as_float(value))


def _other_number(spelling: str) -> Literal:
    """Numbers that are no plain decimals, Python 2's `10L` among them."""
    try:
        value = int(spelling.rstrip("l"), 0)
    except ValueError:
        pass
    else:
        return Literal("int", value if value <= _LARGEST else _as_float(value))
    try:
        return Literal("float", float(spelling))
    except ValueError:
        return Literal("int", None)


def _as_float(value: int) -> float | None:
    try:
        return float(value)
    except OverflowError:
        return None


def text_parts(node: SgNode) -> tuple[str, str, list[tuple[int, SgNode]]]:
    """Kind (`str` or `bytes`), text outside the holes, and the expressions in the holes of an f-string or t-string, each with
    its place in the text."""
    source = node.text()
    match = _OPENING.match(source)
    prefix, quotes = (match[1].lower(), match[2]) if match else ("", "")
    if "f" not in prefix and "t" not in prefix:
        return "bytes" if "b" in prefix else "str", _content(source, prefix, quotes), []
    outside, holes = "", list[tuple[int, SgNode]]()
    for child in node.named_children():
        kind = child.kind()
        if kind == "string_content":
            outside += _braces(child.text())
        elif kind == "interpolation":
            holes += [(len(outside), each) for each in _in_hole(child)]
    return "str", outside if holes else _braces(_content(source, prefix, quotes)), holes


def _braces(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")


def _content(source: str, prefix: str, quotes: str) -> str:
    """What a text without holes says; bytes as the characters of the same codes."""
    inner = source[len(prefix) + len(quotes) : len(source) - len(quotes)]
    if "\\" not in inner or "r" in prefix:
        return inner
    try:
        value = _evaluated(source.lstrip("fFtTuU"))
    except (SyntaxError, ValueError):
        return inner
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return _encodable(str(value))


def _evaluated(source: str) -> object:
    """The value of a literal; that `"\\d"` is no escape is for its author's tools to say, not for ours."""
    with warnings.catch_warnings(action="ignore"):
        return ast.literal_eval(source)


def _in_hole(node: SgNode) -> list[SgNode]:
    """The expression in a hole, then those in its format specification."""
    found: list[SgNode] = []
    pending = children(node)
    while pending:
        child = pending.pop(0)
        kind = child.kind()
        if kind in {"format_specifier", "format_expression"}:
            pending[:0] = children(child)
        elif kind == "named_expression":  # `{x:=10}` shows x as `=10` says; a walrus would stand in parentheses
            found += children(child)[:1]
        elif kind != "type_conversion":
            found.append(child)
    return found


def joined(source: str) -> Literal | None:
    """The value of texts side by side, read in one go; None where some are f-strings or otherwise more than text."""
    try:
        value = _evaluated(f"({source}\n)")
    except (SyntaxError, ValueError):
        return None
    if isinstance(value, bytes):
        return text(value.decode("latin-1"), "bytes")
    return text(_encodable(value)) if isinstance(value, str) else None


def _encodable(value: str) -> str:
    """Half a surrogate pair cannot be encoded with the facts."""
    return value.encode("utf-8", "replace").decode()


def text(value: str, kind: str = "str") -> Literal:
    """A text cut to what is kept of it."""
    return Literal(kind, value[:LONGEST], len(value))
