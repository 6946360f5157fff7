"""Work that blocks, written anew as work that awaits: the file as if its author had used the awaitable clients already.

The rewrite of the site then starts from that text. Lines stay lines, so what the analysis knows of a line stays true;
columns are led back to where the code stood before.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from advisor.model.concurrency import Executor, Model
from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.model.site import SiteKind
from advisor.stages.generate.conversion import Conversion, joined, stands_alone
from advisor.stages.generate.counterparts import counterpart, leads_to
from advisor.stages.generate.dialects import method
from advisor.stages.generate.following import followed
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import fresh, here, taken
from advisor.stages.generate.origins import Origin, origin
from advisor.stages.generate.source import Source
from advisor.stages.generate.webclients import as_request

_KINDS = frozenset({SiteKind.FOR, SiteKind.COMPREHENSION, SiteKind.STATEMENTS})
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Awaiting:
    """The file with the work of the site awaiting: what to rewrite then, and `back` to the edits of the file as it is."""

    order: Order
    source: Source
    inquiry: Inquiry
    before: Source
    made: Conversion
    outside: tuple[Edit, ...]

    def back(self, rewrite: Rewrite) -> Rewrite:
        """The rewrite of the awaiting file as one of the file as it is."""
        moved = [Edit(self._old(e.start), self._old(e.end), e.text) for e in rewrite.edits]
        kept = [
            e
            for e in self.made.edits
            if not any(m.start <= e.start and e.end <= m.end and m.start < m.end for m in moved)
        ]
        made = self.made
        return replace(
            rewrite, start=self._old(rewrite.start), end=self._old(rewrite.end), edits=(*moved, *kept, *self.outside),
            needs=rewrite.needs | made.needs, helpers=rewrite.helpers | made.helpers, notes=(*made.notes, *rewrite.notes),
        )  # fmt: skip

    def _old(self, place: int) -> int:
        return old_place(self.made.edits, place)


def old_place(edits: Sequence[Edit], place: int) -> int:
    """Where a character of the edited text stood before; where the edit begins, for one that an edit put there."""
    gained = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        if place < edit.start + gained:
            break
        if place < edit.start + gained + len(edit.text):
            return edit.start
        gained += len(edit.text) - (edit.end - edit.start)
    return place - gained


class Moved(Inquiry):
    """Answers for the nodes of the awaiting file, by the places where the same code stood before."""

    def __init__(self, order: Order, before: Source, after: Source, edits: Sequence[Edit]) -> None:
        super().__init__(order, [])
        self._before, self._after, self._edits = before, after, edits

    def _column(self, node: ast.expr) -> int:
        place = old_place(self._edits, self._after.offset(node.lineno, node.col_offset))
        return place - self._before.line_start(node.lineno)


def awaiting(order: Order, source: Source, inquiry: Inquiry, region: Sequence[ast.AST]) -> Awaiting | None:
    """The file with all that takes time in `region` awaiting; None where some of it can only block, or awaits already."""
    if order.model is not Model.ASYNCIO or order.executor is Executor.TO_THREAD or order.site.kind not in _KINDS:
        return None
    scope = source.function(region[0])
    if not isinstance(scope, Function) or any(
        isinstance(n, ast.Await | ast.AsyncFor | ast.AsyncWith) for n in here(region)
    ):
        return None
    work = _Work(order, source, inquiry, region, scope)
    if not work.convert():
        return None
    made = joined([*work.conversions, Conversion((), frozenset(work.needs), frozenset(), tuple(work.notes))])
    made = replace(made, edits=tuple(edit for each in work.conversions for edit in each.edits))
    after = Source(source.finished(made.edits))
    if len(after.starts) != len(source.starts):
        return None
    hazards = tuple(h for h in order.case.hazards if h.name.partition(".")[0] not in work.names)
    start = source.line_start(order.site.line) + order.site.column
    shift = sum(
        len(e.text) - (e.end - e.start) for e in made.edits if source.line_start(order.site.line) <= e.start < start
    )
    site = replace(order.site, column=order.site.column + shift)
    moved = replace(order, site=site, case=replace(order.case, hazards=hazards))
    asked = Moved(moved, source, after, made.edits)
    asked.opened = tuple(work.opened)
    outside = tuple(Edit(*source.whole_lines([s]), "") for s in dict.fromkeys(work.spent))
    return Awaiting(moved, after, asked, source, made, outside)


class _Work:
    """What of a region has been converted so far."""

    def __init__(
        self, order: Order, source: Source, inquiry: Inquiry, region: Sequence[ast.AST], scope: Function
    ) -> None:
        self.order, self.source, self.inquiry, self.region, self.scope = order, source, inquiry, region, scope
        self.used = set(taken(source.tree))
        self.conversions: list[Conversion] = []
        self.calls: set[ast.Call] = set()
        self.opened: list[str] = []  # clients that are open while the tasks run
        self.names: set[str] = set()
        self.needs: set[Needed] = set()
        self.notes: list[str] = []
        self.spent: list[ast.stmt] = []
        self._twins: dict[str, tuple[Origin, str] | None] = {}
        self._http = ""

    def convert(self) -> bool:
        """Does every call that takes time await now?"""
        inside = {id(node) for part in self.region for node in ast.walk(part)}
        for found in followed(self.order, self.source, self.inquiry, self.scope, reshape=False):
            mine = [call for call in found.calls if id(call) in inside]
            own = all(id(call) in inside for call in found.calls)
            if mine and (own or found.shared):
                self.conversions.append(found.conversion)
                self.calls.update(found.calls)
                self.names |= found.names
        for call in [n for n in here(self.region) if isinstance(n, ast.Call)]:
            if call not in self.calls and self._may_await(call):
                made = self._one(call)
                if made is not None:
                    self.conversions.append(made)
                    self.calls.add(call)
        waits = [call for call in self.inquiry.costly(self.region) if call not in self.calls]
        return bool(self.calls) and not waits

    def _may_await(self, call: ast.Call) -> bool:
        kinds = (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.GeneratorExp)
        around = self.source.enclosing(call, *kinds)
        return around is self.scope or any(around is part for part in self.region)

    def _one(self, call: ast.Call) -> Conversion | None:
        api = leads_to(self.order, self.inquiry, call)
        if api.rpartition(".")[0] == "requests":
            client = self._http or fresh("http", self.used)
            made = counterpart(self.order, self.source, self.inquiry, call, client=f"_alone({client})")
            if made is not None and not self._http:
                self._http = client
                self.used.add(client)
                self.opened.append(f"httpx.AsyncClient(follow_redirects=True) as {client}")
            return made
        if api and (made := counterpart(self.order, self.source, self.inquiry, call)) is not None:
            return made
        match call.func:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if api:
                return self._through_twin(call, name, attribute, api.rpartition(".")[0])
        return None

    def _through_twin(self, call: ast.Call, name: str, attribute: str, cls: str) -> Conversion | None:
        """A call of a client that was made outside: its twin is open while the tasks run."""
        source = self.source
        if name not in self._twins:
            found = origin(source, name, cls, self.region, self.scope, self.inquiry.others)
            self._twins[name] = (
                (found, fresh(f"async_{name.strip('_').lower()}", self.used)) if found is not None else None
            )
        known = self._twins[name]
        if known is None:
            return None
        made, twin = known
        if made.dialect.made == "requests.Session":
            conversion = as_request(source, call, attribute, twin, session=True)
        else:
            conversion = self._plain(call, attribute, made, twin)
        if conversion is not None and twin not in self.used:
            self.used.add(twin)
            self.opened.append(f"{made.text} as {twin}")
            self.names.add(name)
            self.needs |= made.dialect.needs
            self.notes += [made.dialect.note] if made.dialect.note else []
            self.spent += made.spent
        return conversion

    def _plain(self, call: ast.Call, attribute: str, made: Origin, twin: str) -> Conversion | None:
        found = method(self.order.catalog, made.dialect, made.dialect.made, attribute)
        if found is None or not found.awaited or found.gives is not None or attribute in made.dialect.walked:
            return None
        start, end = self.source.span(call)
        opened = self.source.span(call.func)[1]
        if stands_alone(self.source, call):
            return Conversion((Edit(start, opened, f"await {twin}.{found.name}"),))
        return Conversion((Edit(start, opened, f"(await {twin}.{found.name}"), Edit(end, end, ")")))
