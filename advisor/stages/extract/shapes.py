"""Shapes of ast-grep's tree that differ from what the code means, straightened before conversion."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.stages.extract.syntax import SgNode, children, identifier

ParameterParts = tuple[str, str, SgNode | None, SgNode | None]
"""Name, kind, annotation and default of a parameter."""


def unwrapped(node: SgNode) -> tuple[SgNode, str]:
    """What stands inside any number of parentheses, and its kind."""
    kind = node.kind()
    while kind == "parenthesized_expression" and (inner := children(node)):
        node = inner[0]
        kind = node.kind()
    return node, kind


def after_star(node: SgNode) -> SgNode:
    """What follows the star with which the text of `node` starts."""
    first = node
    while first.kind() != "list_splat" and (inner := first.child(0)) is not None:
        first = inner
    return children(first)[-1] if first.kind() == "list_splat" else node


def chain(node: SgNode) -> tuple[list[str], list[SgNode]]:
    """The operators of `a + b - c` and one more operand, left to right, though each operation holds the one before."""
    operators: list[str] = []
    operands: list[SgNode] = []
    kind = node.kind()
    while kind in {"binary_operator", "boolean_operator"}:
        left, sign, right = (node.field(name) for name in ("left", "operator", "right"))
        if left is None or sign is None or right is None:
            break
        operators.append(sign.kind())
        operands.append(right)
        node, kind = unwrapped(left)
    return operators[::-1], [node, *operands[::-1]]


def parameter_parts(node: SgNode | None) -> Iterator[ParameterParts]:
    """The parameters of a function or lambda; those after `*` or `*args` are of kind `keyword`."""
    kind = "positional"
    for child in children(node) if node is not None else ():
        shape = child.kind()
        if shape == "keyword_separator":
            kind = "keyword"
        elif shape != "positional_separator":
            name = _parameter_name(child, shape)
            stars = name[: len(name) - len(name.lstrip("*"))]
            yield name.lstrip("* "), stars or kind, child.field("type"), child.field("value")
            kind = "keyword" if stars == "*" else kind


def _parameter_name(node: SgNode, shape: str) -> str:
    """The name with its stars; the whole text where parameters are unpacked in place, as Python 2 could."""
    if shape in {"default_parameter", "typed_default_parameter"}:
        return identifier(node.field("name"))
    return identifier(children(node)[0] if shape == "typed_parameter" else node)
