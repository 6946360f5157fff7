"""Initializers: what worker processes get once, when they start, rather than with every item that is sent to them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from advisor.stages.generate.draft import Draft
from advisor.stages.generate.names import here
from advisor.stages.generate.source import Source

_LIGHT = (ast.BinOp, ast.UnaryOp, ast.JoinedStr, ast.FormattedValue, ast.Constant)


@dataclass(slots=True)
class Initializer:
    """The function that each process runs first: its parameters, and the globals that it sets, each by an expression."""

    parameters: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)

    def keep(self, name: str, expression: str, needed: Sequence[str]) -> None:
        """Lets each process keep what `expression` gives, worked out from the `needed` names of the caller."""
        self.values[name] = expression
        self.parameters += [each for each in needed if each not in self.parameters]

    def install(self, draft: Draft, worker: str) -> None:
        """Writes the function beside the worker, and hands it to the pool."""
        if not self.values:
            return
        unit, start = draft.source.unit, draft.module_name(f"_start_{worker.strip('_')}")
        lines = [f"def {start}({', '.join(self.parameters)}):", f"{unit}global {', '.join(self.values)}"]
        lines += [f"{unit}{name} = {expression}" for name, expression in self.values.items()]
        draft.module.append("\n".join(lines) + "\n")
        given = ", ".join(self.parameters) + ("," if len(self.parameters) == 1 else "")
        given = f", initargs=({given})" if given else ""
        draft.opens = draft.opens.replace(") as", f", initializer={start}{given}) as", 1).replace("(, ", "(")


def heavy(draft: Draft, work: Sequence[ast.AST], names: frozenset[str]) -> frozenset[str]:
    """Those of the names whose values are worth sending once: not numbers and texts, as far as types and uses tell."""
    if not draft.way.isolated or not draft.way.initializer:
        return frozenset()
    uses: dict[str, list[ast.Name]] = {name: [] for name in names}
    for node in here(work):
        if isinstance(node, ast.Name) and node.id in uses:
            uses[node.id].append(node)
    return frozenset(name for name, found in uses.items() if found and not _light(draft, found))


def _light(draft: Draft, uses: Sequence[ast.Name]) -> bool:
    return draft.inquiry.immutable(uses[0]) or all(_operand(draft.source, use) for use in uses)


def _operand(source: Source, use: ast.Name) -> bool:
    """Does the name stand where only a number or a short text makes sense?"""
    above = source.parents[use]
    if isinstance(above, ast.Compare):
        return not any(
            isinstance(operator, ast.In | ast.NotIn) and right is use
            for operator, right in zip(above.ops, above.comparators, strict=True)
        )
    return isinstance(above, _LIGHT)
