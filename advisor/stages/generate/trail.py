"""The trail of a client: what is known while it is followed through a function, and the sign that its twin differs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from advisor.model.refactor import Edit, Order
from advisor.stages.generate.dialects import Dialect
from advisor.stages.generate.source import Source


class Differs(Exception):
    """Something is done with the client that its twin has no way, or another way, to do."""


@dataclass(slots=True)
class Trail:
    """What is known while a client is followed: the names that it and its cursors have, by class, and the edits so far."""

    order: Order
    source: Source
    dialect: Dialect
    scope: ast.FunctionDef | ast.AsyncFunctionDef
    client: str = ""  # how the client is called from now on, where not by its name
    names: dict[str, str] = field(default_factory=dict)
    bound: list[ast.Name] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)
    blocks: dict[ast.With, set[ast.withitem]] = field(default_factory=dict)
    closes: list[ast.Call] = field(default_factory=list)
    meanwhile: set[str] = field(default_factory=set)  # names used while rows are walked, which are read ahead
    helpers: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def uses(self) -> Iterator[ast.Name]:
        for node in ast.walk(self.scope):
            if isinstance(node, ast.Name) and node.id in self.names and isinstance(node.ctx, ast.Load):
                yield node
