"""The rounds of a loop: how work is handed over and results come back, through `map`, futures, tasks or chunks."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from advisor.model.refactor import Needed
from advisor.stages.generate import clients, headers
from advisor.stages.generate.draft import calm_text, folded, spaced
from advisor.stages.generate.flavors import chunk_size, known_items, long_items
from advisor.stages.generate.initializer import Initializer
from advisor.stages.generate.liveness import kept_statements
from advisor.stages.generate.looptext import LoopText
from advisor.stages.generate.names import binds, calm, free, reads, yields
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import bound_by_loops, importable, made_in_a_function
from advisor.stages.generate.worker import Returned, definition, negated

_LONG_LINE = 100
_STARTED = "rounds after the one that ends the loop may have started; what has not begun is cancelled"
_SHORT_FILTER = 50  # characters of a filtered list that may stand among the arguments of `map`
_LONG_COLUMNS = 64  # characters of a function and its arguments that fit beside the rest of a line
_SHORT = 16  # characters of an iterable that may stand in two places
_SEVERAL = 64  # parts into which a long list of short items is cut for processes


class Rounds(LoopText):
    """The rounds of one loop, written for its executor."""

    # ---- the whole

    def written(self, *, verbatim: bool = False) -> str:
        """The loop anew; `verbatim`: what starts the work stands in the source already."""
        made, head = self.made, self.head
        removed = self.removed
        skips = {id(each.test) for each in removed}
        filters = [negated(self.source, each.test) for each in removed]
        guards = [(test, wanted) for test, wanted in made.guards if id(test) not in skips]
        local = binds(made.prepare)
        here_guards = [(t, w) for t, w in guards if not free([t]) & local]
        self.worker_guards = [
            self.source.segment(t) if not w else negated(self.source, t) for t, w in guards if free([t]) & local
        ]
        needs_future = bool(here_guards or self.worker_guards or made.protected or made.early or made.before)
        needs_future = (
            needs_future or yields(head.body) or head.lazy or bool(head.walks) or self.way.tasks or self.in_coroutine
        ) or bool(self.way.through)
        if filters and not calm(ast.parse(" and ".join(f"({f})" for f in filters), mode="eval").body):
            needs_future = True
        names = self._results()
        sifts = chunk_size(self.draft.order.case) > 1 and self._only_on_a_hit(removed) is not None and not head.bar
        if self.way.isolated and self.way.initializer and sifts:
            needs_future = True  # what fails the test need not come back
        if needs_future or verbatim:
            return self._with_handles(names, filters, here_guards, removed, verbatim=verbatim)
        return self._with_map(names, filters, removed)

    def _results(self) -> Returned:
        """The names under which the caller knows what the worker gives."""
        made, draft = self.made, self.draft
        names: list[str] = []
        given = made.live or made.expression is not None or made.private
        flag = draft.name("found") if made.may_skip and (given or self._goes_on()) else None
        names += [flag] if flag else []
        names += list(made.live)
        if made.expression is not None:
            names.append(self._whole_value() or draft.name("result"))
        names += [draft.name(f"{private}_part") for private in made.private]
        return Returned(tuple(names), flag)

    def _goes_on(self) -> bool:
        """Does the caller do anything in a round after the work?"""
        made = self.made
        last = max(statement.end_lineno or 0 for statement in [*made.statements, *made.dropped])
        return any(s.lineno > last and not isinstance(s, ast.Pass) for s in kept_statements(made, self.head.body))

    # ---- results through map

    def _with_map(self, names: Returned, filters: list[str], removed: list[ast.If]) -> str:
        head, draft = self.head, self.draft
        items, sized = head.items, head.sized
        if filters:
            items, sized = f"[{head.item_text} for {head.target_text} in {items} if {' and '.join(filters)}]", True
        walks = (2 if self.wanted or head.bar else 1) + self._columns()
        plain = items.replace(".", "").isidentifier() or (calm_text(items) and not filters and len(items) < _SHORT)
        again = walks > 1 and not (plain and sized) and not self._special(items)
        if again or (filters and len(items) > _SHORT_FILTER):
            name = draft.name("wanted" if filters else "items")
            if filters:
                clause = f"for {head.target_text} in {head.items} if {' and '.join(filters)}"
                draft.above.append(folded(f"{name} = [", head.item_text, clause, "]", draft.indent, self.source.unit))
            else:
                draft.above.append(f"{name} = {items if sized else f'list({items})'}")
            items, sized = name, True
        work = self._mapped(items, rebound=items != head.items, apart=True)
        if work is None:
            work = self._through_definition(names, items)
        chunk = self._chunk(items, sized)
        results = f"{self._pool_name()}.map({work}{chunk})"
        return self._loop_text(names, self._walked(items, filters), results, removed)

    def _columns(self) -> int:
        """How many columns over the items, beyond the first, the arguments of the work make."""
        call = self.made.direct
        if call is None:
            return 0
        varying = [argument for argument in call.args if free([argument]) & self.head.names]
        return max(0, len(varying) - 1) if self.head.single else 0

    def _special(self, items: str) -> bool:
        """`zip`, `enumerate` and `items()`: cheap to make anew, and their columns have names of their own."""
        head = self.head
        return head.sized and items == head.items and not head.calls and isinstance(head.node, ast.Call)

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

    def _mapped(self, items: str, *, rebound: bool, apart: bool = False) -> str | None:
        """`function, items, …` where each argument of the one call is a column of its own, a long one above if `apart`."""
        call = self.made.direct
        if call is None or self.own or not self._callable(call) or self.heavy:
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
            if column is None or (self.way.whole and not varying):
                return None
            column = f"[{column[1:-1]}]" if self.way.whole and " for " in column else column
            columns.append(column)
        if sum(" for " in column for column in columns) > 1:
            return None
        if apart and len(function) + sum(map(len, [*bound, *columns])) > _LONG_COLUMNS:
            for index, column in enumerate(columns):
                if " for " in column:
                    columns[index] = self.draft.name("arguments")
                    self.draft.above.append(f"{columns[index]} = {column}")
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
            and not self.in_coroutine
            and not verbatim
            and not guards
            and not self.worker_guards
            and not head.walks
            and chunk_size(draft.order.case) > 1
        ):
            return self._in_chunks(names, filters, removed)
        call = self.made.direct
        submit = way.submit.format(pool=self._pool_name())
        once = self.own or self.heavy  # what a worker gets once cannot be an argument
        if call is not None and not once and not self.worker_guards and self._callable_direct(call):
            arguments = [self.source.segment(part) for part in (*call.args, *call.keywords)]
            handed = ", ".join([self.source.segment(call.func), *arguments])
        else:
            needed = [name for name in head.ordered if name in self.made.needed or name in self._guard_names()]
            handed = ", ".join([self._define(names, needed, []), *needed])
        handed = f"{way.through}{handed}"
        started = self.source.segment(call) if verbatim and call is not None else f"{submit}({handed})"
        if guards:
            test = " and ".join(self.source.segment(t) if w else negated(self.source, t) for t, w in guards)
            started = f"{started} if {test} else None"
        if head.bar and not head.sized:
            head = self._listed()
        handle = draft.handle or draft.name(way.handle)
        walked_by_bar = head.bar and not filters  # which then gives the items as well
        kept = () if walked_by_bar else self.wanted
        pieces = [*kept, started]
        condition = f" if {' and '.join(filters)}" if filters else ""
        each = ", ".join(pieces) + ("," if len(pieces) == 1 else "")
        clause = f"{'async ' if head.asynchronous else ''}for {head.clauses}{condition}"
        target = ", ".join([*kept, handle])
        room = _LONG_LINE - len(
            self.inner + target + (f"for _, in zip({head.iterable}, ):" if head.bar else "for in :")
        )
        element = f"({each})" if len(pieces) > 1 else started
        lazy = not way.tasks or ((head.lazy or bool(way.ahead)) and not head.asynchronous)
        walked = self._ahead(element, clause, room) if lazy else self._all_started(element, clause, room)
        if head.bar:
            walked = f"zip({head.iterable}, {walked})"
            item = head.item_text if walked_by_bar and self.wanted else "_"
            target = f"{item}, ({target})" if "," in target else f"{item}, {target}"
        if self.made.early:
            draft.notes.append(_STARTED)
        return self._loop_text(names, walked, None, removed, target, self._result_of(handle))

    def _all_started(self, element: str, clause: str, room: int) -> str:
        """Tasks for all rounds, in a list of their own where the line would be too long."""
        walked, draft = f"[{element} {clause}]", self.draft
        draft.helpers.add("_tasks")
        if len(walked) <= room:
            return walked
        name = draft.name("tasks")
        draft.inside.append(folded(f"{name} = [", element, clause, "]", self.inner, self.source.unit))
        return name

    def _ahead(self, element: str, clause: str, room: int) -> str:
        """Work that is started as the caller goes on, so many rounds ahead."""
        draft, ahead = self.draft, self.way.ahead or "32"
        draft.helpers |= {"_ahead", self.way.helper} if self.way.tasks else {"_ahead"}
        draft.needs |= self.ahead_needs()
        walked = f"_ahead(({element} {clause}), {ahead})"
        if len(walked) <= room:
            return walked
        name = draft.name("started")
        draft.inside.append(folded(f"{name} = (", element, clause, ")", self.inner, self.source.unit))
        return f"_ahead({name}, {ahead})"

    def _in_chunks(self, names: Returned, filters: list[str], removed: list[ast.If]) -> str:
        """Items too short to be sent one by one go to the processes in chunks, and are still taken one by one."""
        draft = self.draft
        head = self._listed() if self.head.bar and not self.head.sized else self.head
        items = head.items
        if filters:
            items = f"({head.item_text} for {head.target_text} in {items} if {' and '.join(filters)})"
        hit = self._only_on_a_hit(removed)
        if hit is not None and not head.bar:
            return self._on_hits(names, hit, items)
        work = self._mapped(items, rebound=True) if self._columns() == 0 and head.single else None
        if work is None or "repeat(" in work or " for " in work.partition(", ")[2].removesuffix(items):
            work = f"{self._define(names, *self._one_item())}, {items}"
        draft.helpers |= {"_ahead", "_chunked"}
        draft.needs |= self.ahead_needs()
        handle = draft.name("outcome")
        target = f"{head.item_text if self.wanted else '_'}, {handle}"
        walked = f"_chunked({self._pool_name()}, {work}, {chunk_size(draft.order.case)}, {self.way.ahead})"
        if head.bar:
            walked, target = f"zip({head.iterable}, {walked})", f"_, ({target})"
        if self.made.early:
            draft.notes.append(_STARTED)
        return self._loop_text(names, walked, None, removed, target, f"{handle}.result()")

    def _only_on_a_hit(self, removed: list[ast.If]) -> ast.If | None:
        """The `if` that is all the caller keeps of a round, where its test is the work."""
        made, draft = self.made, self.draft
        kept = [s for s in self.head.body if not any(s is gone for gone in [*removed, *made.dropped])]
        looped = isinstance(draft.loop, ast.For) and not draft.loop.orelse
        if made.statements or made.live or made.private or not looped or len(kept) != 1:
            return None
        only = kept[0]
        return only if isinstance(only, ast.If) and only.test is made.expression and not only.orelse else None

    def _on_hits(self, names: Returned, hit: ast.If, items: str) -> str:
        """A loop over the few items that pass the test, which is made by the processes."""
        draft = self.draft
        draft.helpers |= {"_ahead", "_hits"}
        draft.needs |= self.ahead_needs()
        work = self._define(names, *self._one_item())
        walked = f"_hits({self._pool_name()}, {work}, {items}, {chunk_size(draft.order.case)}, {self.way.ahead})"
        if self.made.early:
            draft.notes.append(_STARTED)
        body = self.source.piece(hit.body, self.inner + self.source.unit, with_comments=True)
        above = spaced(draft)
        return f"{above}{draft.indent}{draft.opens}\n{self.inner}for {self.head.target_text} in {walked}:\n{body}"

    def _listed(self) -> headers.Head:
        """The head over a list made of the items, for they are walked twice: by the bar and by the workers."""
        head, name = self.head, self.draft.name("items")
        self.draft.above.append(f"{name} = list({head.items})")
        return replace(head, iterable=head.iterable.replace(head.items, name, 1), items=name, sized=True, lazy=False)

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

    # ---- the worker

    def _define(self, names: Returned, parameters: Sequence[str], first: list[str]) -> str:
        """Writes the worker where it belongs; how to call it, with what it needs beside the item bound to it."""
        draft, made = self.draft, self.made
        value = None
        if made.expression is not None:
            inner = ("" if self.way.isolated else draft.indent) + self.source.unit
            value = self.source.moved(made.expression, inner)
            if "\n" in value and not isinstance(made.expression, ast.Call | ast.ListComp | ast.DictComp | ast.SetComp):
                value = f"({value})"
        rebound = made.needed & bound_by_loops(self.source, draft.loop) - self.head.names - binds(made.prepare)
        given = rebound | (self.captured if self.way.isolated else frozenset())
        extra = sorted(given - set(self.own) - set(made.private) - self.heavy)
        for each in sorted(given) if self.way.isolated else ():
            if made_in_a_function(self.source, draft.loop, each):
                raise Refused(
                    "unpicklable-function", f"the work needs `{each}`, which cannot be sent to a process", draft.loop
                )
        function = draft.order.site.function.rpartition(":")[2].rpartition(".")[2].strip("<>")
        subject = next(iter([n for n in self.head.ordered if n != "_"]), "item")
        private = f"_{function}_{subject}".replace("__", "_")
        name = draft.module_name(private) if self.way.isolated else draft.name(f"work_on_{subject}")
        start = Initializer()
        first = [*self._first_lines(start), *first]
        text = definition(
            self.source, made, name, [*extra, *parameters], names, value, "" if self.way.isolated else draft.indent,
            asynchronous=self.way.tasks and not self.way.through, first=first, early=self.worker_guards,
        )  # fmt: skip
        start.install(draft, name)
        if self.way.isolated:
            draft.module.append(text)
        else:
            draft.above.append(text)
        if not extra:
            return name
        draft.needs.add(Needed("functools", "partial"))
        return f"partial({name}, {', '.join(extra)})"

    def _first_lines(self, start: Initializer) -> list[str]:
        """What a worker begins with: the client of its own, and what its process was given when it started."""
        lines: list[str] = []
        for name in sorted(self.heavy):
            shared = self.draft.module_name(f"_{name}")
            start.keep(shared, name, [name])
            lines.append(f"{name} = {shared}")
        for name, own in self.own.items():
            if self.way.isolated:
                lines += clients.in_a_process(self.draft, name, own, start)
            else:
                lines += clients.in_a_thread(self.draft, name, own)
        return lines
