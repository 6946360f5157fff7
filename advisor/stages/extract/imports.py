"""Imports: the names a statement binds, and where each comes from."""

from __future__ import annotations

from advisor.model.code import Imported
from advisor.stages.extract.syntax import SgNode, children, identifier


def import_plain(node: SgNode) -> tuple[Imported, ...]:
    """`import a.b, c as d`"""
    made = []
    for child in children(node):
        module, name = _renamed(child)
        if name is None:
            made.append(Imported(module.partition(".")[0], module, None, 0, True))
        else:
            made.append(Imported(name, module, None, 0, False))
    return tuple(made)


def import_from(node: SgNode) -> tuple[Imported, ...]:
    """`from ..a import b as c, d` and `from a import *`"""
    source, *names = children(node)
    dotted = _squeezed(source)
    module = dotted.lstrip(".")
    return _from(module, len(dotted) - len(module), names)


def import_future(node: SgNode) -> tuple[Imported, ...]:
    """`from __future__ import annotations`"""
    return _from("__future__", 0, children(node))


def _from(module: str, level: int, nodes: list[SgNode]) -> tuple[Imported, ...]:
    made = []
    for child in nodes:
        attribute, name = _renamed(child)
        made.append(Imported(name or attribute, module, attribute, level, False))
    return tuple(made)


def _renamed(node: SgNode) -> tuple[str, str | None]:
    """What is imported, and the name after `as` if there is one; `*` for a wildcard."""
    if node.kind() != "aliased_import":
        return _squeezed(node), None
    name, alias = node.field("name"), node.field("alias")
    return _squeezed(name) if name is not None else "", identifier(alias) if alias is not None else None


def _squeezed(node: SgNode) -> str:
    """A dotted name without the blanks and line breaks that may stand between its parts."""
    text = identifier(node)
    return text if text.isidentifier() else "".join(text.replace("\\", "").split())
