"""A misuse to mend: where it stands in the tree, what its calls lead to, and the edits that become a rewrite."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from advisor.model.fault import Fault
from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.questions.pools import HandOver, hand_over_as_written
from advisor.stages.generate.carry import Read
from advisor.stages.generate.handed import handed_to_pool
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import dotted, taken
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Mend:
    """One misuse, its file, and the questions that can be asked about it."""

    order: Order
    fault: Fault
    source: Source
    inquiry: Inquiry
    read: Read

    @property
    def call(self) -> ast.Call:
        """The call that the misuse is about: of several that begin at one place the one that bears its name, or hands over."""
        found = list(self.calls_here())
        named = [node for node in found if dotted(node.func) == self.fault.name]
        hands = [node for node in found if handed_to_pool(self.inquiry, node) is not None]
        for node in named or hands or found:
            return node
        raise Refused("layout", "the call was not found in the source", self.fault.line)

    def calls_here(self) -> Iterator[ast.Call]:
        """All that begin where the misuse does, outermost first."""
        place = self.source.line_start(self.fault.line) + self.fault.column
        for node in ast.walk(self.source.tree):
            if isinstance(node, ast.Call) and node.lineno == self.fault.line and self.source.span(node)[0] == place:
                yield node

    def handed(self, call: ast.Call) -> HandOver | None:
        """The function that a call hands over or was meant to, and how; None where none is written out."""
        found = self.inquiry.call(call)
        order = self.order
        return None if found is None else hand_over_as_written(order.program, order.catalog, order.site.function, found)

    def leads_to(self, call: ast.Call) -> frozenset[str]:
        """The qualified names of what a call in the function of the misuse may run."""
        found = self.inquiry.call(call)
        targets = self.order.program.targets(self.order.site.function, found) if found is not None else ()
        return frozenset(target.name for target in targets)

    def definition(self, name: str) -> Function | None:
        """The one function of that name at the level of the module."""
        found = [n for n in self.source.tree.body if isinstance(n, Function) and n.name == name]
        return found[0] if len(found) == 1 else None

    def seen_elsewhere(self, name: str) -> bool:
        """Does another file of the project speak of the name?"""
        for path in self.order.program.modules:
            other = self.read(path) if path != self.order.site.path else None
            if other is not None and name in other.text:
                attributes = {n.attr for n in ast.walk(other.tree) if isinstance(n, ast.Attribute)}
                if name in taken(other.tree) | attributes:
                    return True
        return False

    def insert(self, node: ast.AST, before: str, after: str = "") -> list[Edit]:
        """The edits that put text around a node."""
        start, end = self.source.span(node)
        return [Edit(start, start, before), *([Edit(end, end, after)] if after else [])]

    def above_top(self, at: ast.AST, text: str) -> Edit:
        """A definition before the statement of the module in which `at` stands, two empty lines between."""
        place = self.source.line_start(self.source.first_line(self.source.top(at)))
        return Edit(place, place, f"{text}\n\n")

    def rewrite(self, edits: Iterable[Edit], *needs: Needed, helpers: Iterable[str] = (), notes: Iterable[str] = (),
                guard: bool = False) -> Rewrite:  # fmt: skip
        made = tuple(edits)
        place = self.source.line_start(self.fault.line)
        start, end = min([place, *(e.start for e in made)]), max([place, *(e.end for e in made)])
        return Rewrite(
            self.order.site.path, start, end, made, frozenset(needs), frozenset(helpers), tuple(notes), guard=guard
        )


def uses(tree: ast.AST, name: str) -> list[ast.Name]:
    """Every place where a name is read."""
    return [n for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
