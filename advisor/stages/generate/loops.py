"""Loops: the worker, the pool around the loop, and the loop itself, which takes results where it did the work before."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.stages.generate import clients, headers
from advisor.stages.generate.cut import Cut, cut, kept_statements, reads_after, reads_rest
from advisor.stages.generate.flavors import Flavor, chunk_size, flavor, known_items, long_items, through_threads
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import binds, calm, free, fresh, here, reads, taken, yields
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import captured, importable
from advisor.stages.generate.source import Source
from advisor.stages.generate.worker import Returned, definition

_LONG_LINE = 100
_MOST = 0.4  # share of a round's time from which one statement alone is worth handing over
_SEVERAL = 64  # parts into which a long list of short items is cut for processes


@dataclass(slots=True)
class Draft:
    """What is being written for one loop."""

    order: Order
    source: Source
    inquiry: Inquiry
    loop: ast.stmt
    head: headers.Head
    way: Flavor
    indent: str
    used: set[str]
    known: set[str]
    edits: list[Edit] = field(default_factory=list)
    needs: set[Needed] = field(default_factory=set)
    helpers: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    above: list[str] = field(default_factory=list)  # lines before the pool, at the indentation of the loop
    inside: list[str] = field(default_factory=list)  # lines in the block of the pool, before the loop
    module: list[str] = field(default_factory=list)  # definitions at the level of the module
    opens: str = ""
    handle: str = ""

    def name(self, wish: str) -> str:
        """A name that is free in the function around the site."""
        found = fresh(wish, self.used)
        self.used.add(found)
        return found

    def module_name(self, wish: str) -> str:
        """A name that is free in the whole module."""
        found = fresh(wish, self.known | self.used)
        self.known.add(found)
        return found


def new_draft(
    order: Order, source: Source, inquiry: Inquiry, loop: ast.stmt, head: headers.Head, way: Flavor | None = None
) -> Draft:
    """A draft with its pool named, the pool's block opened."""
    way = way or flavor(order)
    outermost: ast.AST = source.tree
    for node in source.above(loop):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            outermost = node
    draft = Draft(
        order, source, inquiry, loop, head, way, source.indent(loop), set(taken(outermost)), set(taken(source.tree))
    )
    draft.opens = way.opens.format(pool=draft.name(way.pool)) if way.opens else ""
    draft.needs |= way.needs
    return draft


def rewrite_loop(order: Order, source: Source, inquiry: Inquiry, loop: ast.For | ast.AsyncFor | ast.While) -> Rewrite:
    """The loop with its work handed to the executor of the order."""
    if not source.owns_its_lines([loop]) or not source.owns_its_lines(loop.body):
        raise Refused("layout", "the loop shares its line with other statements", loop)
    if isinstance(source.enclosing(loop, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), ast.ClassDef):
        raise Refused("layout", "the loop runs in the body of a class", loop)
    scope = source.function(loop) or source.tree
    if (
        yields(loop.body)
        and isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef)
        and order.model.value == "asyncio"
    ):
        raise Refused("lazy-generator", "tasks would outlive the generator that started them", loop)
    if flavor(order).isolated:  # few large tasks before many small ones
        ways = [headers.read(source, inquiry, loop), headers.flattened(source, inquiry, loop)]
    else:
        ways = [headers.flattened(source, inquiry, loop), headers.read(source, inquiry, loop)]
    first: Refused | None = None
    for head in ways:
        if head is None:
            continue
        try:
            return _rewritten_as(order, source, inquiry, loop, head)
        except Refused as refused:
            first = first or refused
    raise first or Refused("layout", "the loop cannot be read", loop)


def _rewritten_as(
    order: Order, source: Source, inquiry: Inquiry, loop: ast.For | ast.AsyncFor | ast.While, head: headers.Head
) -> Rewrite:
    scope = source.function(loop) or source.tree
    way = flavor(order)
    if way.tasks and not awaits_anything(head.body):
        way = through_threads(way)
    draft = new_draft(order, source, inquiry, loop, head, way)
    costly = _costly(draft)
    after = reads_after(source, scope, loop)
    made = _cut(draft, scope, costly, after)
    draft.above += [head.above] if head.above else []
    text = Rounds(draft, made, scope, after).written()
    start, end = source.whole_lines([loop])
    return rewritten(draft, start, end, text)


def _cut(draft: Draft, scope: ast.AST, costly: list[ast.AST], after: frozenset[str]) -> Cut:
    """All the costly part of a round for the workers; where that cannot be, the statement that holds most of it."""
    groups: dict[int, list[ast.AST]] = {}
    for node in costly:
        groups.setdefault(draft.source.statement(node).lineno, []).append(node)
    ways = [costly]
    if len(groups) > 1 and not (draft.way.tasks and not draft.way.through):
        ways += sorted(
            (g for g in groups.values() if draft.inquiry.share(g) >= _MOST), key=lambda g: -draft.inquiry.share(g)
        )
    first: Refused | None = None
    for way in ways:
        try:
            made = cut(draft.source, draft.inquiry, draft.head.body, draft.head.names, scope, way, after,
                       whole_tests=draft.way.isolated)  # fmt: skip
            check_shared(draft, made)
        except Refused as refused:
            first = first or refused
        else:
            return made
    assert first is not None
    raise first


def rewritten(draft: Draft, start: int, end: int, text: str) -> Rewrite:
    edits = [Edit(start, end, text), *draft.edits]
    if draft.module:
        top = draft.source.top(draft.loop)
        place = draft.source.line_start(draft.source.first_line(top))
        edits.append(Edit(place, place, "".join(f"{each}\n\n" for each in draft.module)))
    return Rewrite(draft.order.site.path, start, end, tuple(edits), frozenset(draft.needs), frozenset(draft.helpers),
                   tuple(draft.notes))  # fmt: skip


def awaits_anything(nodes: Sequence[ast.AST]) -> bool:
    return any(isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor) for node in here(nodes))


def _costly(draft: Draft) -> list[ast.AST]:
    """The nodes that take the time: awaits in coroutines, else the calls that the analysis found heavy."""
    body = draft.head.body
    if draft.way.tasks and not draft.way.through:
        found: list[ast.AST] = [n for n in here(body) if isinstance(n, ast.Await | ast.AsyncWith | ast.AsyncFor)]
        return found
    if awaits_anything(body):
        raise Refused("event-loop", "the loop awaits: only asyncio can run its rounds side by side", draft.loop)
    calls: list[ast.AST] = list(draft.inquiry.costly(body))
    if calls:
        return calls
    loops: list[ast.AST] = [
        n for n in here(body) if isinstance(n, ast.For | ast.While | ast.ListComp | ast.GeneratorExp)
    ]
    others: list[ast.AST] = [n for n in here(body) if isinstance(n, ast.Call) and not calm(n)]
    found = loops or others
    if not found:
        raise Refused("dynamic-call", "nothing in the loop is known to take time", draft.loop)
    return found[:1] if loops else found


def check_shared(draft: Draft, made: Cut) -> None:
    """What the functions called by the worker change must be theirs alone."""
    nodes: list[ast.AST] = [*made.prepare, *made.statements]
    nodes += [made.expression] if made.expression is not None else []
    nodes += [made.branch.test] if made.branch is not None else []
    private = binds([*made.prepare, *made.statements]) | made.private.keys()
    if not draft.way.isolated:
        private |= draft.head.names  # each round has an item of its own
    for write in draft.inquiry.shared_writes(nodes, private):
        name = write.place.label
        if draft.way.isolated:
            raise Refused("shared-write", f"the work changes `{name}` (line {write.line}), which a process would do to a copy",
                          draft.loop)  # fmt: skip
        if draft.way.tasks and not draft.way.through and write.how in ("key", "append", "augment"):
            continue  # one event loop, one thread: only the order may differ
        if write.how != "key" or draft.order.case.dependence.kind.value == "carried":
            raise Refused(
                "shared-write",
                f"the work changes `{name}` (line {write.line}), and the order of that would be lost",
                draft.loop,
            )
        raise Refused(
            "shared-write",
            f"the work stores in `{name}` (line {write.line}), in an order that would be lost",
            draft.loop,
        )


class Rounds:
    """The rounds of one loop, written for its executor."""

    def __init__(self, draft: Draft, made: Cut, scope: ast.AST, after: frozenset[str]) -> None:
        self.draft, self.made, self.scope = draft, made, scope
        self.source, self.way, self.head = draft.source, draft.way, draft.head
        self.in_coroutine = isinstance(draft.source.function(draft.loop), ast.AsyncFunctionDef)
        self.inner = draft.indent + (self.source.unit if draft.opens else "")
        self.after = after
        self.removed = self._leading_skips() if not made.before else []
        self.wanted = tuple(n for n in draft.head.ordered if n in self._read_by_caller() and n not in made.live)
        for name in set(made.live) & draft.head.names:
            if made.before or made.early:
                raise Refused(
                    "carried-dependence", f"the work gives `{name}`, the loop's own name, another value", draft.loop
                )
        self.captured = captured(self.source, draft.loop, made.needed) - draft.head.names - binds(made.prepare)
        self.own = clients.own_clients(draft.order, self.source, draft.loop, self.captured, scope)
        self.worker_guards: list[str] = []

    def _read_by_caller(self) -> frozenset[str]:
        removed = {id(node) for each in self.removed for node in here([each])}
        rest = [s for s in kept_statements(self.made, self.head.body) if id(s) not in removed]
        gone = {id(node) for each in self.removed for node in ast.walk(each)}
        return self.after | reads_rest(self.made, rest, gone)

    def _leading_skips(self) -> list[ast.If]:
        """`if …: continue` at the head of the body, whose tests need nothing but the item."""
        found: list[ast.If] = []
        guards = {id(test) for test, wanted in self.made.guards if not wanted}
        known = self.head.names
        local = binds(self.head.body)
        for statement in self.head.body:
            match statement:
                case ast.If(test=test, body=[ast.Continue()], orelse=[]) if id(test) in guards:
                    if free([test]) & (local - known):
                        break
                    found.append(statement)
                case _:
                    break
        return found

    # ---- the whole

    def written(self, *, verbatim: bool = False) -> str:
        """The loop anew; `verbatim`: what starts the work stands in the source already."""
        made, head = self.made, self.head
        removed = self.removed
        skips = {id(each.test) for each in removed}
        filters = [self._negated(each.test) for each in removed]
        guards = [(test, wanted) for test, wanted in made.guards if id(test) not in skips]
        local = binds(made.prepare)
        here_guards = [(t, w) for t, w in guards if not free([t]) & local]
        self.worker_guards = [
            self.source.segment(t) if not w else f"not ({self.source.segment(t)})"
            for t, w in guards
            if free([t]) & local
        ]
        needs_future = bool(here_guards or self.worker_guards or made.protected or made.early or made.before)
        needs_future = needs_future or yields(head.body) or head.lazy or bool(head.walks) or self.way.tasks or self.in_coroutine
        if filters and not calm(ast.parse(" and ".join(f"({f})" for f in filters), mode="eval").body):
            needs_future = True
        names = self._results()
        if needs_future or verbatim:
            return self._with_handles(names, filters, here_guards, removed, verbatim=verbatim)
        return self._with_map(names, filters, removed)

    def _results(self) -> Returned:
        """The names under which the caller knows what the worker gives."""
        made, draft = self.made, self.draft
        names: list[str] = []
        flag = draft.name("found") if made.may_skip else None
        names += [flag] if flag else []
        names += list(made.live)
        if made.expression is not None:
            names.append(self._whole_value() or draft.name("result"))
        names += [draft.name(f"{private}_part") for private in made.private]
        return Returned(tuple(names), flag)

    def _whole_value(self) -> str | None:
        """`name` of `name = …` where that is the statement of the expression."""
        if self.made.expression is None:
            return None
        match self.source.parents[self.made.expression]:
            case ast.Assign(targets=[ast.Name(id=name)]):
                return name
        return None

    # ---- results through map

    def _with_map(self, names: Returned, filters: list[str], removed: list[ast.If]) -> str:
        head, draft = self.head, self.draft
        items, sized = head.items, head.sized
        if filters:
            items, sized = f"[{head.item_text} for {head.target_text} in {items} if {' and '.join(filters)}]", True
        elif self.wanted and not head.sized and not items.isidentifier():
            items, sized = f"list({items})", True
        walks = 2 if self.wanted or head.bar else 1
        walks += self._columns(items)
        plain = items.replace(".", "").isidentifier() or (calm_text(items) and not filters and len(items) < 16)
        if walks > 1 and not (plain and sized) and not (items.isidentifier() and not head.lazy) and not (
            head.bar and not filters and plain
        ) and not self._special(items):  # fmt: skip
            name = draft.name("wanted" if filters else "items")
            draft.above.append(f"{name} = {items}")
            items = name
        work = self._mapped(items, rebound=items != head.items)
        if work is None:
            work = self._through_definition(names, items)
        chunk = self._chunk(items, sized)
        results = f"{self._pool_name()}.map({work}{chunk})"
        return self._loop_text(names, self._walked(items, filters), results, removed)

    def _columns(self, items: str) -> int:
        """How many columns over the items, beyond the first, the arguments of the work make."""
        call = self.made.direct
        if call is None:
            return 0
        varying = [argument for argument in call.args if free([argument]) & self.head.names]
        return max(0, len(varying) - 1) if self.head.single else 0

    def _special(self, items: str) -> bool:
        """`zip`, `enumerate` and `items()`: cheap to make anew, and their columns have names of their own."""
        head = self.head
        return head.sized and items == head.items and isinstance(head.node, ast.Call) and (
            isinstance(head.node.func, ast.Attribute) or getattr(head.node.func, "id", "") in ("zip", "enumerate")
        )  # fmt: skip

    def _pool_name(self) -> str:
        return self.draft.opens.rpartition(" as ")[2].rstrip(":")

    def _walked(self, items: str, filters: list[str]) -> str:
        """What the caller's loop walks beside the results: the iterable as it was, bar and all."""
        head = self.head
        return (
            items if filters or (items != head.items and not head.bar) else head.iterable.replace(head.items, items, 1)
        )

    def _chunk(self, items: str, sized: bool) -> str:
        case = self.draft.order.case
        if not self.way.isolated or long_items(case) or not self.way.initializer:
            return ""
        known = known_items(case)
        if known is not None:
            return f", chunksize={known // _SEVERAL}" if known // _SEVERAL > 1 else ""
        return f", chunksize=max(1, len({items}) // {_SEVERAL})" if sized and items.isidentifier() else ", chunksize=4"

    def _mapped(self, items: str, *, rebound: bool) -> str | None:
        """`function, items, …` where each argument of the one call is a column of its own."""
        call = self.made.direct
        if call is None or self.own or not self._callable(call):
            return None
        if any(isinstance(a, ast.Starred) for a in call.args) or any(k.arg is None for k in call.keywords):
            return None
        names = self.head.names
        varies = [bool(free([argument]) & names) for argument in call.args]
        if any(free([keyword.value]) & names for keyword in call.keywords) or not any(varies):
            return None
        function = self.source.segment(call.func)
        if any("\n" in self.source.segment(part) for part in (*call.args, *call.keywords)):
            return None
        leading = varies.index(True)
        bound = [self.source.segment(argument) for argument in call.args[:leading]]
        bound += [self.source.segment(keyword) for keyword in call.keywords]
        columns = []
        for argument, varying in zip(call.args[leading:], varies[leading:], strict=True):
            text = self.source.segment(argument)
            column = self.head.column(text, items, rebound=rebound) if varying else f"repeat({text})"
            if column is None:
                return None
            columns.append(column)
        if sum(" for " in column for column in columns) > 1:
            return None
        if bound:
            function = f"partial({', '.join([function, *bound])})"
            self.draft.needs.add(Needed("functools", "partial"))
        if any(column.startswith("repeat(") for column in columns):
            self.draft.needs.add(Needed("itertools", "repeat"))
        return ", ".join([function, *columns])

    def _callable(self, call: ast.Call) -> bool:
        """Can the workers be handed the function as it is?"""
        if free([call.func]) & self.head.names:
            return False
        return not self.way.isolated or importable(self.source, call.func, self.draft.loop)

    def _through_definition(self, names: Returned, items: str) -> str:
        """`worker, items` after the worker has been written."""
        head = self.head
        needed = [name for name in head.ordered if name in self.made.needed]
        first: list[str] = []
        if head.single:
            parameters = [head.item_text]
        elif len(needed) == 1 and (column := head.column(needed[0], items, rebound=False)) and " for " not in column:
            parameters, items = needed, column
        else:
            parameters, first = self._one_item()
        return f"{self._define(names, parameters, first)}, {items}"

    # ---- results through futures or tasks

    def _with_handles(
        self, names: Returned, filters: list[str], guards: list[tuple[ast.expr, bool]], removed: list[ast.If],
        *, verbatim: bool = False,
    ) -> str:  # fmt: skip
        head, draft, way = self.head, self.draft, self.way
        if (
            way.isolated
            and not verbatim
            and not guards
            and not self.worker_guards
            and not head.walks
            and chunk_size(draft.order.case) > 1
        ):
            return self._in_chunks(names, filters, removed)
        call = self.made.direct
        submit = way.submit.format(pool=self._pool_name())
        if call is not None and not self.own and not self.worker_guards and self._callable_direct(call):
            arguments = [self.source.segment(part) for part in (*call.args, *call.keywords)]
            handed = ", ".join([self.source.segment(call.func), *arguments])
        else:
            needed = [name for name in head.ordered if name in self.made.needed or name in self._guard_names()]
            handed = ", ".join([self._define(names, needed, []), *needed])
        handed = f"{way.through}{handed}"
        started = self.source.segment(call) if verbatim and call is not None else f"{submit}({handed})"
        if guards:
            test = " and ".join(self.source.segment(t) if w else self._negated(t) for t, w in guards)
            started = f"{started} if {test} else None"
        handle = draft.handle or draft.name(way.handle)
        pieces = [*self.wanted, started]
        condition = f" if {' and '.join(filters)}" if filters else ""
        each = ", ".join(pieces) + ("," if len(pieces) == 1 else "")
        clause = f"{'async ' if head.asynchronous else ''}for {head.clauses}{condition}"
        target = ", ".join([*self.wanted, handle])
        if way.tasks and head.lazy and not head.asynchronous:
            draft.helpers |= {"_tasks", "_ahead"}
            walked = f"_ahead(({f'({each})' if len(pieces) > 1 else started} {clause}), 32)"
        elif way.tasks:
            draft.helpers.add("_tasks")
            element = f"({each})" if len(pieces) > 1 else started
            walked = f"[{element} {clause}]"
            if len(f"{self.inner}for {target} in {walked}:") > _LONG_LINE:
                name = draft.name("tasks")
                draft.inside.append(folded(f"{name} = [", element, clause, "]", self.inner, self.source.unit))
                walked = name
        else:
            draft.helpers.add("_ahead")
            draft.needs |= self.ahead_needs()
            generator = f"({f'({each})' if len(pieces) > 1 else started} {clause})"
            walked = f"_ahead({generator}, {way.ahead})"
            if len(f"{self.inner}for {target} in {walked}:") > _LONG_LINE:
                name = draft.name("started")
                element = f"({each})" if len(pieces) > 1 else started
                draft.inside.append(folded(f"{name} = (", element, clause, ")", self.inner, self.source.unit))
                walked = f"_ahead({name}, {way.ahead})"
        if head.bar:
            walked = f"zip({head.iterable}, {walked})"
            target = f"_, ({target})" if "," in target else f"_, {target}"
        if self.made.early:
            draft.notes.append(
                "rounds after the one that ends the loop may have started; what has not begun is cancelled"
            )
        return self._loop_text(names, walked, None, removed, target, self._result_of(handle))

    def _in_chunks(self, names: Returned, filters: list[str], removed: list[ast.If]) -> str:
        """Items too short to be sent one by one go to the processes in chunks, and are still taken one by one."""
        head, draft = self.head, self.draft
        items = head.items
        if filters:
            items = f"({head.item_text} for {head.target_text} in {items} if {' and '.join(filters)})"
        work = self._mapped(items, rebound=True) if self._columns(items) == 0 and head.single else None
        if work is None or "repeat(" in work or " for " in work.partition(", ")[2].removesuffix(items):
            work = f"{self._define(names, *self._one_item())}, {items}"
        draft.helpers |= {"_ahead", "_chunked"}
        draft.needs |= self.ahead_needs()
        handle = draft.name(self.way.handle)
        target = f"{head.item_text if self.wanted else '_'}, {handle}"
        walked = f"_chunked({self._pool_name()}, {work}, {chunk_size(draft.order.case)}, {self.way.ahead})"
        if head.bar:
            walked, target = f"zip({head.iterable}, {walked})", f"_, ({target})"
        if self.made.early:
            draft.notes.append(
                "rounds after the one that ends the loop may have started; what has not begun is cancelled"
            )
        return self._loop_text(names, walked, None, removed, target, self._result_of(handle))

    def _one_item(self) -> tuple[list[str], list[str]]:
        """The parameter of a worker that takes an item as a whole, and the line that takes it apart."""
        head = self.head
        if head.single:
            return [head.item_text], []
        parameter = self.draft.name("item")
        unused = [n if n in self.made.needed else "_" for n in head.ordered]
        return [parameter], [f"{', '.join(unused) if head.flat else head.target_text} = {parameter}"]

    def _result_of(self, handle: str) -> str:
        """How the result is taken; in a coroutine without holding up its event loop."""
        if self.in_coroutine and self.way.opens and not self.way.tasks:
            self.draft.needs.add(Needed("asyncio"))
            return f"await asyncio.wrap_future({handle})"
        return self.way.result.replace(self.way.handle, handle)

    def ahead_needs(self) -> frozenset[Needed]:
        return frozenset({Needed("os")}) if "os." in self.way.ahead else frozenset()

    def _guard_names(self) -> frozenset[str]:
        return reads([ast.parse(text, mode="eval") for text in self.worker_guards])

    def _callable_direct(self, call: ast.Call) -> bool:
        return not self.way.isolated or (
            not free([call.func]) & self.head.names and importable(self.source, call.func, self.draft.loop)
        )

    def _negated(self, test: ast.expr) -> str:
        match test:
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.source.segment(operand)
            case ast.Compare(left=left, ops=[ast.In()], comparators=[right]):
                return f"{self.source.segment(left)} not in {self.source.segment(right)}"
            case ast.Compare(left=left, ops=[ast.NotIn()], comparators=[right]):
                return f"{self.source.segment(left)} in {self.source.segment(right)}"
            case ast.Compare(left=left, ops=[ast.Is()], comparators=[right]):
                return f"{self.source.segment(left)} is not {self.source.segment(right)}"
            case ast.Compare(left=left, ops=[ast.IsNot()], comparators=[right]):
                return f"{self.source.segment(left)} is {self.source.segment(right)}"
            case ast.Call() | ast.Name() | ast.Attribute():
                return f"not {self.source.segment(test)}"
        return f"not ({self.source.segment(test)})"

    # ---- the worker

    def _define(self, names: Returned, parameters: Sequence[str], first: list[str]) -> str:
        """Writes the worker where it belongs; how to call it, with what it needs beside the item bound to it."""
        draft, made = self.draft, self.made
        value = None
        if made.expression is not None:
            value = self.source.segment(made.expression)
            if "\n" in value and not isinstance(made.expression, ast.Call | ast.ListComp | ast.DictComp | ast.SetComp):
                value = f"({value})"
        extra = sorted(self.captured - set(self.own)) if self.way.isolated else []
        first = [*self._client_lines(), *first]
        function = draft.order.site.function.rpartition(":")[2].rpartition(".")[2].strip("<>")
        subject = next(iter([n for n in self.head.ordered if n != "_"]), "item")
        if self.way.isolated:
            name = draft.module_name(f"_{function}_{subject}".replace("__", "_"))
        else:
            name = draft.name(f"work_on_{subject}")
        text = definition(
            self.source, made, name, [*extra, *parameters], names, value, "" if self.way.isolated else draft.indent,
            asynchronous=self.way.tasks and not self.way.through, first=first, early=self.worker_guards,
        )  # fmt: skip
        if self.way.isolated:
            draft.module.append(text)
        else:
            draft.above.append(text)
        if not extra:
            return name
        draft.needs.add(Needed("functools", "partial"))
        return f"partial({name}, {', '.join(extra)})"

    def _client_lines(self) -> list[str]:
        lines: list[str] = []
        for name, own in self.own.items():
            if self.way.isolated:
                lines += clients.in_a_process(self.draft, name, own)
            else:
                lines += clients.in_a_thread(self.draft, name, own)
        return lines

    # ---- the loop

    def _loop_text(
        self,
        names: Returned,
        walked: str,
        results: str | None,
        removed: list[ast.If],
        target: str = "",
        result: str = "",
    ) -> str:
        draft, head, source = self.draft, self.head, self.source
        if results is not None:
            drops = self._drop_binding(names)
            shown = names.target
            if not names.names or (self.made.expression is not None and len(names.names) == 1
                                   and isinstance(self.source.parents[self.made.expression], ast.Expr)):  # fmt: skip
                shown = "_"
            if self.wanted:
                mine = head.target_text if head.flat and len(head.ordered) > 1 and not head.single else head.target_text
                mine = f"({mine})" if "," in mine and not mine.startswith("(") else mine
                theirs = f"({shown})" if len(names.names) > 1 else shown
                target, walked = f"{mine}, {theirs}", f"zip({walked}, {results})"
            elif head.bar:
                theirs = f"({shown})" if len(names.names) > 1 else shown
                target, walked = f"_, {theirs}", f"zip({walked}, {results})"
            else:
                target, walked = shown, results
        else:
            drops = self._drop_binding(names) if draft.handle else []
        body = self._body_text(names, result, drops, removed)
        loop = draft.loop
        assert isinstance(loop, ast.For | ast.AsyncFor | ast.While)
        comment = _line_comment(source, loop)
        above = spaced(draft)
        text = (
            above
            + (f"{draft.indent}{draft.opens}\n" if draft.opens else "")
            + "".join(f"{self.inner}{line}\n" for line in draft.inside)
        )
        header = f"{self.inner}for {target} in {walked}:{comment}\n"
        short = (
            self._shortened(names, walked, body) if results is not None and not self.wanted and not head.bar else None
        )
        text += short if short is not None and not loop.orelse else header + body
        if loop.orelse:
            first = loop.orelse[0]
            start, end = source.line_start((loop.body[-1].end_lineno or 0) + 1), source.line_start(first.lineno)
            text += source.edited(start, end, source.shift((loop.body[-1].end_lineno or 0) + 1, first.lineno - 1, draft.indent,
                                                           self.inner))  # fmt: skip
            text += source.piece(loop.orelse, self.inner + source.unit)
        return text

    def _shortened(self, names: Returned, walked: str, body: str) -> str | None:
        """`out.extend(pool.map(…))` for a loop that only appends."""
        words = body.strip()
        only = names.names[0] if len(names.names) == 1 else None
        for method, whole in (("append", "extend"), ("add", "update")):
            end = f".{method}({only})"
            if (
                only
                and "\n" not in words
                and words.endswith(end)
                and words[: -len(end)].replace(".", "").isidentifier()
            ):
                return f"{self.inner}{words[: -len(end)]}.{whole}({walked})\n"
        return None

    def _drop_binding(self, names: Returned) -> list[ast.stmt]:
        """`name = <the work>` at the head of the body becomes the target of the loop."""
        made = self.made
        if made.expression is None or self._whole_value() is None or made.statements:
            return []
        statement = self.source.statement(made.expression)
        return [statement] if statement in self.head.body else []

    def _body_text(self, names: Returned, result: str, drops: list[ast.stmt], removed: list[ast.If]) -> str:
        source, made, head = self.source, self.made, self.head
        edits: list[Edit] = []
        gone: list[ast.stmt] = [*removed, *made.dropped, *drops, *head.gone]
        unpacks = not (made.expression is not None and len(names.names) == 1)
        anchor: ast.stmt | None = None
        value = result
        if made.expression is not None:
            statement = source.statement(made.expression)
            anchor = statement
            if not result and isinstance(source.parents[made.expression], ast.Expr) and not unpacks:
                gone.append(statement)
            elif statement not in drops:
                shown = result if result and not unpacks else names.names[len(made.live) + (names.flag is not None)]
                if self._whole_value() is not None and unpacks:
                    gone.append(statement)
                else:
                    edits.append(Edit(*source.span(made.expression), shown))
        if made.branch is not None and names.flag is not None:
            edits.append(Edit(*source.span(made.branch.test), names.flag))
            anchor = made.branch
        lines = self._taken(names, value, unpacks)
        place = made.statements[0] if made.statements and made.branch is None else anchor
        gone += made.statements
        base = len(source.indent(head.body[0]))
        if lines and place is not None:
            at, indent = source.line_start(place.lineno), self.inner + source.unit + source.indent(place)[base:]
            edits.append(Edit(at, at, "".join(f"{indent}{line}\n" for line in lines)))
        for statement in {id(each): each for each in gone}.values():
            if not any(statement is not other and statement in here([other]) for other in gone):
                edits.append(Edit(*self._lines_of(statement), ""))
        if made.branch is not None and all(s in made.statements for s in made.branch.body):
            at = source.line_start((made.branch.body[-1].end_lineno or 0) + 1)
            indent = self.inner + source.unit + source.indent(made.branch.body[0])[base:]
            edits.append(Edit(at, at, f"{indent}pass\n"))
        text = source.piece(head.body, self.inner + source.unit, edits, with_comments=True)
        if not _has_code(text):
            text += f"{self.inner}{source.unit}pass  # waits for each round, and raises what it raised\n"
        return text

    def _lines_of(self, statement: ast.stmt) -> tuple[int, int]:
        return self.source.whole_lines([statement])

    def _taken(self, names: Returned, value: str, unpacks: bool) -> list[str]:
        """The lines that take the result apart at the place where the work was done."""
        made, lines = self.made, []
        if value and unpacks:
            lines.append(f"{names.target} = {value}" if names.names else value)
        if names.flag is not None and made.branch is None:
            lines += [f"if not {names.flag}:", f"{self.source.unit}continue"]
        for private, part in zip(made.private, names.names[len(names.names) - len(made.private) :], strict=True):
            how = {"[]": "extend", "{}": "update", "set()": "update"}.get(made.private[private])
            lines.append(f"{private}.{how}({part})" if how else f"{private} += {part}")
        return lines


def folded(opening: str, element: str, clause: str, closing: str, indent: str, unit: str) -> str:
    """A comprehension on one line where it fits, else on several."""
    flat = f"{opening}{element} {clause}{closing}"
    if len(indent + flat) <= _LONG_LINE or "\n" in flat:
        return flat
    inner = indent + unit
    if len(inner + element) > _LONG_LINE:
        element = _broken(element, inner, unit)
    return f"{opening}\n{inner}{element}\n{inner}{clause}\n{indent}{closing}"


def _broken(element: str, indent: str, unit: str) -> str:
    """A call (or a tuple that ends in one) with its arguments on a line of their own."""
    node = ast.parse(element, mode="eval").body
    call = node.elts[-1] if isinstance(node, ast.Tuple) else node
    if not isinstance(call, ast.Call) or not call.args or not element.isascii():
        return element
    arguments = [*call.args, *call.keywords]
    start, end = arguments[0].col_offset, arguments[-1].end_col_offset or 0
    parts = [element[a.col_offset : a.end_col_offset] for a in arguments]
    lines = "".join(f"{indent}{unit}{part},\n" for part in parts)
    return f"{element[:start]}\n{lines}{indent}{element[end:].lstrip(',')}"


def calm_text(text: str) -> bool:
    return calm(ast.parse(text, mode="eval").body)


def _has_code(text: str) -> bool:
    return any(line.strip() and not line.strip().startswith("#") for line in text.splitlines())


def _line_comment(source: Source, loop: ast.stmt) -> str:
    """The comment at the end of the loop's first line."""
    assert isinstance(loop, ast.For | ast.AsyncFor | ast.While)
    head = loop.test if isinstance(loop, ast.While) else loop.iter
    line = source.line(head.end_lineno or 0)
    rest = line[source.span(head)[1] - source.line_start(head.end_lineno or 0) :]
    mark = rest.find("#")
    return f"  {rest[mark:]}" if mark >= 0 and rest[:mark].strip(" \t)") == ":" else ""


def spaced(draft: Draft) -> str:
    """The lines before the pool; a nested function stands between empty lines."""
    before = draft.source.line(draft.loop.lineno - 1).strip() if draft.loop.lineno > 1 else ""
    text, first = "", not before or before.endswith(":")
    for each in sorted(draft.above, key=lambda piece: piece.endswith("\n")):
        if each.endswith("\n"):
            text += ("" if first or text.endswith("\n\n") else "\n") + each + "\n"
        else:
            text += f"{draft.indent}{each}\n"
        first = False
    return text
