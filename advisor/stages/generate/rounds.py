"""The rounds of a loop: how work is handed over and results come back, through `map`, futures, tasks or chunks."""

from __future__ import annotations

import ast
from dataclasses import replace

from advisor.model.refactor import Needed
from advisor.stages.generate import headers
from advisor.stages.generate.draft import folded, spaced, started_as_tasks
from advisor.stages.generate.flavors import chunk_size, known_items, task_count
from advisor.stages.generate.inquiry import multiplies
from advisor.stages.generate.liveness import kept_statements
from advisor.stages.generate.maptext import MapText
from advisor.stages.generate.names import binds, calm, dotted, free, here, may_fail, reads, yields
from advisor.stages.generate.scope import importable
from advisor.stages.generate.worker import Returned, conjunct, negated

_LONG_LINE = 100
_SHARES = 16  # parts into which the items are cut at least, so that each process has several
_MANY = (
    64  # of the many items that an iterator combines of few: sent one by one, short ones would cost more than they take
)
_LONG_ITEMS = 40  # characters of an iterable that may stand in two places
_MOST_TESTED = 10_000  # items that a process may test before it says which passed: hardly anything comes back
_STARTED = "iterations after the one that ends the loop may have started; what has not begun is cancelled"


class Rounds(MapText):
    """The rounds of one loop, written for its executor."""

    # ---- the whole

    def written(self, *, verbatim: bool = False) -> str:
        """The loop anew; `verbatim`: what starts the work stands in the source already."""
        made, head = self.made, self.head
        removed = self.removed
        skips = {id(each.test) for each in removed}
        filters = [negated(self.source, each.test) for each in removed]
        if self.lifted is not None:
            skips.add(id(self.lifted.test))
            filters.append(conjunct(self.source, self.lifted.test))
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
        needs_future = needs_future or may_fail(each.test for each in removed)
        needs_future = needs_future or (self._hands_what_fails() and (self._in_try() or self._is_seen()))
        # a handler that tells which item failed: `zip` binds the names of an item only once its result is there
        needs_future = needs_future or (bool(head.names & self.after) and self._in_try(ast.With, ast.AsyncWith))
        names = self._results()
        sifts = chunk_size(self.draft.order.case) > 1 and self._only_on_a_hit(removed) is not None and not head.bar
        if self.way.isolated and self.way.initializer and sifts:
            needs_future = True  # what fails the test need not come back
        text = (
            self._with_handles(names, filters, here_guards, removed, verbatim=verbatim)
            if needs_future or verbatim
            else self._with_map(names, filters, removed)
        )
        self._tell_what_is_drawn_first()
        return text

    def _tell_what_is_drawn_first(self) -> None:
        """A note where what is walked may be a generator, and somebody would see that all of it is drawn before any result."""
        head, draft = self.head, self.draft
        unknown = isinstance(head.node, ast.Name | ast.Attribute) and not draft.inquiry.kinds(head.node)
        if unknown and not head.lazy and "_ahead" not in draft.helpers and (self._in_try() or self._is_seen()):
            draft.notes.append(f"`{head.items}` is walked to its end before the first result is taken")

    def _results(self) -> Returned:
        """The names under which the caller knows what the worker gives."""
        made, draft = self.made, self.draft
        names: list[str] = []
        given = made.live or made.expression is not None or (made.private and made.branch is not None)
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

    # ---- results through futures or tasks

    def _with_handles(
        self, names: Returned, filters: list[str], guards: list[tuple[ast.expr, bool]], removed: list[ast.If],
        *, verbatim: bool = False,
    ) -> str:  # fmt: skip
        head, draft, way = self.head, self.draft, self.way
        if not verbatim and self._are_plain_tasks(guards):
            return self._as_tasks(names, filters, removed)
        if (
            way.isolated
            and not self.in_coroutine
            and not verbatim
            and not guards
            and not self.worker_guards
            and not head.walks
            and (chunk_size(draft.order.case) > 1 or multiplies(head.node))
        ):
            return self._in_chunks(names, filters, removed)
        plain = self._are_plain_futures(guards, removed, verbatim=verbatim)
        call = None if plain and self._fails_in_turn() else self.made.direct
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
            test = " and ".join(conjunct(self.source, t) if w else negated(self.source, t) for t, w in guards)
            started = f"{started} if {test} else None"
        if head.bar and (not head.sized or head.calls):
            head = self._listed()
        handle = draft.handle or draft.name(way.handle)
        walked_by_bar = head.bar and not filters  # which then gives the items as well
        zipped = plain and self._are_zipped(head, filters)
        kept = () if walked_by_bar or zipped else self.wanted
        pieces = [*kept, started]
        condition = f" if {' and '.join(filters)}" if filters else ""
        each = ", ".join(pieces) + ("," if len(pieces) == 1 else "")
        clause = f"{'async ' if head.asynchronous else ''}for {head.clauses}{condition}"
        target = ", ".join([*kept, handle])
        room = _LONG_LINE - len(
            self.inner + target + (f"for _, in zip({head.iterable}, ):" if head.bar else "for in :")
        )
        element = f"({each})" if len(pieces) > 1 else started
        fails = self._fails_in_turn() or may_fail(test for test, _ in guards)
        in_turn = head.lazy or bool(way.ahead) or fails
        lazy = not way.tasks or (in_turn and not head.asynchronous)
        if plain:
            walked = self._all_submitted(element, clause, handle, beside=bool(kept))
        else:
            walked = self._ahead(element, clause, room) if lazy else self._all_started(element, clause, room)
        if zipped:
            item = head.target_text
            target = f"{f'({item})' if ',' in item and item[0] != '(' else item}, {handle}"
            walked = f"zip({head.iterable}, {walked})"
        if head.bar:
            walked = f"zip({head.iterable}, {walked})"
            item = head.item_text if walked_by_bar and self.wanted else "_"
            target = f"{item}, ({target})" if "," in target else f"{item}, {target}"
        if self.made.early:
            draft.notes.append(_STARTED)
        return self._loop_text(names, walked, None, removed, target, self._result_of(handle))

    def _are_plain_futures(self, guards: list[tuple[ast.expr, bool]], removed: list[ast.If], *, verbatim: bool) -> bool:
        """Can all items be handed over at once, without help? Not where drawing or testing one may fail, which comes after the
        results of those before, nor where the caller may never ask for all."""
        way, head = self.way, self.head
        tests = [each.test for each in removed]
        calm_tests = all(map(calm, tests)) and not may_fail(tests)
        lazy = head.lazy or way.tasks or bool(way.through) or yields(head.body)
        submits = not verbatim or (
            self.made.direct is not None and getattr(self.made.direct.func, "attr", "") == "submit"
        )
        return calm_tests and not lazy and not guards and not self.worker_guards and submits

    def _are_zipped(self, head: headers.Head, filters: list[str]) -> bool:
        """Are the items that the caller wants walked once more, beside what was made of them?"""
        return bool(self.wanted) and head.sized and not filters and not head.calls and not head.bar

    def _all_submitted(self, element: str, clause: str, handle: str, *, beside: bool) -> str:
        """A list of futures; those that have not begun when the loop ends early are cancelled."""
        draft, unit = self.draft, self.source.unit
        futures = draft.name(f"{handle}s")
        draft.inside.append(folded(f"{futures} = [", element, clause, "]", self.block, unit))
        if self.made.early or not self._handles_all():
            draft.inside.append("try:")
            self.inner = self.block + unit
            target = f"*_, {handle}" if beside else handle
            draft.closes = (
                f"{self.block}finally:\n{self.inner}for {target} in {futures}:\n{self.inner}{unit}{handle}.cancel()\n"
            )
        return futures

    def _handles_all(self) -> bool:
        """Is whatever the work raises handled in its iteration, and the loop goes on?"""
        around = [each for each in self.made.tries if isinstance(each, ast.Try)]
        handlers = [handler for each in around for handler in each.handlers]
        taken = any(h.type is None or dotted(h.type) in ("Exception", "BaseException") for h in handlers)
        raised = any(isinstance(node, ast.Raise) for handler in handlers for node in here(handler.body))
        return taken and not raised

    def _are_plain_tasks(self, guards: list[tuple[ast.expr, bool]]) -> bool:
        """Can all iterations be made tasks at once, without help?"""
        way, made = self.way, self.made
        plain = way.tasks and not way.ahead and not guards and not self.worker_guards
        own = self.own or self.heavy or self.draft.inquiry.opened
        return bool(plain and not own and not self.head.lazy and not (made.direct and made.prepare))

    def _as_tasks(self, names: Returned, filters: list[str], removed: list[ast.If]) -> str:
        """A list of tasks, awaited in the order of the items, and ended whatever happens meanwhile."""
        draft = self.draft
        head = self._listed() if self.head.bar and (not self.head.sized or self.head.calls) else self.head
        started = self._started_task(names)
        zipped = self._are_zipped(head, filters)
        kept = () if zipped or (head.bar and not filters) else self.wanted
        tasks, task = draft.name("tasks"), draft.name("task")
        condition = f" if {' and '.join(filters)}" if filters else ""
        clause = f"{'async ' if head.asynchronous else ''}for {head.clauses}{condition}"
        element = f"({', '.join(kept)}, {started})" if kept else started
        started_as_tasks(draft, tasks, element, clause, task, beside=bool(kept))
        target, walked = ", ".join([*kept, task]), tasks
        if zipped or head.bar:
            item = head.target_text if zipped or (self.wanted and not filters) else "_"
            tight = f"({item})" if "," in item and not item.startswith("(") else item
            target = f"{tight}, ({target})" if kept else f"{tight}, {task}"
            walked = f"zip({head.iterable}, {tasks})"
        if self.made.early:
            draft.notes.append(_STARTED)
        return self._loop_text(names, walked, None, removed, target, f"await {task}")

    def _started_task(self, names: Returned) -> str:
        """The text that makes a task of one iteration, which waits at a gate where there may be more than can be under way."""
        draft = self.draft
        limit, known = task_count(draft.order, blocks=bool(self.way.through)), known_items(draft.order.case)
        if known is None or known > limit:
            self.gate = draft.name("gate")
            draft.above.append(f"{self.gate} = asyncio.Semaphore({limit})")
        if self.way.through:
            return self._started_thread(names)
        call = self.made.direct if not self.gate and not self._fails_in_turn() else None
        if call is not None and (makes := draft.inquiry.makes_task(call)):
            given = ", ".join(self.source.segment(part) for part in (*call.args, *call.keywords))
            return f"{makes}({self.source.segment(call.func)}({given}))"
        needed = [name for name in self.head.ordered if name in self.made.needed]
        return f"asyncio.create_task({self._define(names, needed, [])}({', '.join(needed)}))"

    def _started_thread(self, names: Returned) -> str:
        """The text that makes a task of one iteration whose work blocks, and so runs in a thread."""
        call, draft = self.made.direct, self.draft
        if call is not None and not self._fails_in_turn():
            given = [self.source.segment(part) for part in (*call.args, *call.keywords)]
            function, needed = self.source.segment(call.func), [n for n in self.head.ordered if n in free([call])]
        else:
            needed = given = [name for name in self.head.ordered if name in self.made.needed]
            function = self._define(names, needed, [])
        handed = f"{self.way.through}{', '.join([function, *given])}".replace(", ", "(", 1) + ")"
        if not self.gate:
            return f"asyncio.create_task({handed})"
        name, unit = draft.name("in_a_thread"), self.source.unit
        inner = draft.indent + unit
        draft.above.append(
            f"{draft.indent}async def {name}({', '.join(needed)}):\n{inner}async with {self.gate}:\n"
            f"{inner}{unit}return await {handed}\n"
        )
        return f"asyncio.create_task({name}({', '.join(needed)}))"

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
        head = self._listed() if self.head.bar and (not self.head.sized or self.head.calls) else self.head
        items = head.items
        if filters:
            items = f"({head.item_text} for {head.target_text} in {items} if {' and '.join(filters)})"
        hit = self._only_on_a_hit(removed)
        if hit is not None and not head.bar:
            return self._on_hits(names, hit, items)
        work = self._mapped(items, rebound=True) if self._columns() == 0 and head.single else None
        if work is None or "repeat(" in work or " for " in work.partition(", ")[2].removesuffix(items):
            work = f"{self._define(names, *self._one_item())}, {items}"
        draft.helpers |= {"_ahead", "_chunked", "_cut"}
        draft.needs |= self.ahead_needs()
        handle = draft.name("outcome")
        target = f"{head.item_text if self.wanted else '_'}, {handle}"
        walked = f"_chunked({self._pool_name()}, {work}, {self._chunk_size(head)}, {self.way.ahead})"
        if head.bar:
            walked, target = f"zip({head.iterable}, {walked})", f"_, ({target})"
        if self.made.early:
            draft.notes.append(_STARTED)
        return self._loop_text(names, walked, None, removed, target, f"{handle}.result()")

    def _chunk_size(self, head: headers.Head) -> str:
        """How many short items a process gets at a time; of few, no more than leave each of the processes some."""
        size = chunk_size(self.draft.order.case)
        known = known_items(self.draft.order.case)
        if multiplies(head.node):
            return str(max(size, _MANY))
        if known is not None:
            return str(max(1, min(size, known // _SHARES)))
        counted = self._counted(head)
        return f"max(1, min({size}, len({counted}) // {_SHARES}))" if counted else str(min(size, _SHARES))

    def _counted(self, head: headers.Head) -> str:
        """The text of what has as many elements as there are items, where that is short and has a length."""
        walked = head.node
        match walked:
            case ast.Call(func=ast.Name(id="enumerate"), args=[first, *_]):
                walked = first
        match walked:
            case ast.Name() | ast.Attribute() | ast.Call(func=ast.Name(id="range")):
                text = self.source.segment(walked)
                known = isinstance(walked, ast.Call) or self.draft.inquiry.sized(walked)
                return text if known and calm(walked) and len(text) < _LONG_ITEMS and "\n" not in text else ""
        return ""

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
        draft.helpers |= {"_ahead", "_cut", "_hits"}
        draft.needs |= self.ahead_needs()
        work = self._define(names, *self._one_item())
        walked = f"_hits({self._pool_name()}, {work}, {items}, {chunk_size(draft.order.case, _MOST_TESTED)}, {self.way.ahead})"
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
