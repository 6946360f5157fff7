"""Nesting: things of which one lies in another, as the folders of one path do."""

from __future__ import annotations

from advisor.model import code


def beginning(expression: code.Expr) -> tuple[code.Expr, code.Expr] | None:
    """The whole of which `expression` takes a beginning, and what tells how much: `parts[:n]`, `path.rsplit("/", n)[0]`."""
    match expression:
        case code.Subscript(
            value=whole,
            index=code.Operation(operator="slice", operands=(code.Literal(value=None | 0), until, *_)),
        ):
            return whole, until
        case code.Subscript(
            value=code.Call(function=code.Attribute(value=whole, name="rsplit"), arguments=(_, cuts)),
            index=code.Literal(value=0),
        ):
            return whole, cuts
    return None
