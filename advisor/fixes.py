"""Fixes: what `generate` would write for each finding of a report, or why it would refuse."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace

from advisor.errors import AdvisorError
from advisor.inputs.declared import oldest_python
from advisor.model.change import Change, FileChange
from advisor.model.refactor import Order, Outcome, Refusal
from advisor.model.report import Finding
from advisor.pipeline import Examined
from advisor.refactoring import Wanted, combined, is_advised, mending, order_for, unread_names
from advisor.rewriting import Original, read_original
from advisor.settings import Settings
from advisor.stages.generate import MENDED, generate, parse
from advisor.stages.generate.source import Source

_Place = tuple[str, int, int, str]  # path, line, column and rule


def changes_for(findings: Iterable[Finding], examined: Examined, settings: Settings) -> dict[str, Change]:
    """By the id of each finding for which there may be one: the change that `advisor generate PATH:LINE` would make."""
    orders = _orders(examined, settings)
    oldest = oldest_python(examined.project.root) if settings.target_python is None else None
    files = _Files(examined)
    changes = {}
    for finding in findings:
        order = orders.get((finding.path, finding.line, finding.column, finding.rule))
        if order is not None and finding.change and finding.cell is None and not files.is_unsaved(finding.path):
            changes[finding.id] = _change(replace(order, oldest=oldest), files)
    return changes


def _orders(examined: Examined, settings: Settings) -> dict[_Place, Order]:
    wish = Wanted(examined.project.root, None)
    unread = unread_names(examined, settings)
    orders: dict[_Place, Order] = {}
    for number, judged in enumerate(examined.judged):
        if is_advised(judged):
            site = examined.sites[number]
            place = (site.path, site.line, judged.case.column + 1, judged.verdict.rule)
            orders[place] = order_for(wish, examined, site, judged, unread)
    for fault in examined.faults:
        if fault.rule in MENDED:
            orders[fault.path, fault.line, fault.column + 1, fault.rule] = mending(examined, fault)
    return orders


class _Files:
    """The files of the project as they are read when first asked for."""

    def __init__(self, examined: Examined) -> None:
        self._root, self._unsaved = examined.project.root, examined.project.view.unsaved
        self.read: dict[str, tuple[Original, Source | Refusal]] = {}

    def is_unsaved(self, path: str) -> bool:
        """Whether what was analysed is not what is on disk, of which alone something can be written."""
        return os.path.normpath(os.path.join(self._root, path)) in self._unsaved

    def source(self, path: str) -> Source | Refusal:
        if path not in self.read:
            original = read_original(self._root / path)
            self.read[path] = original, parse(original.text)
        return self.read[path][1]

    def parsed(self, path: str) -> Source | None:
        source = self.source(path)
        return source if isinstance(source, Source) else None


def _change(order: Order, files: _Files) -> Change:
    try:
        source = files.source(order.site.path)
        outcome = Outcome(order, None, source) if isinstance(source, Refusal) else generate(order, source, files.parsed)
        changed, _, left = combined(files.read, [outcome]) if outcome.rewrite else ([], [], [outcome])
    except AdvisorError as error:  # a file that has gone or cannot be read meanwhile
        return Change(refused=error.title)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one rewrite leaves what was found as it is
        return Change(refused=f"internal error: {type(error).__name__}: {error}")
    if left:
        refusal = left[0].refusal
        return Change(refused="it cannot be rewritten" if refusal is None else f"{refusal.because} ({refusal.hazard})")
    return Change(tuple(FileChange(each.path, each.original.text, each.text) for each in changed))
