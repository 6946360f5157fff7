"""Comprehensions, generators fed to a consumer, and `map`: the same expression over results that workers make."""

from __future__ import annotations

import ast

from advisor.model.concurrency import Model
from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.stages.generate.around import (
    begins_with,
    eaten,
    may_stop,
    shares_parentheses,
    statement_of,
    taken_one_by_one,
)
from advisor.stages.generate.draft import (
    Draft,
    awaits_anything,
    folded,
    new_draft,
    opened,
    put_for,
    rewritten,
    spaced,
    started_as_tasks,
)
from advisor.stages.generate.flavors import chunk_size, flavor, through_threads
from advisor.stages.generate.headers import Head
from advisor.stages.generate.independence import check_independent
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.lift import lift
from advisor.stages.generate.names import calm, free, here, may_fail
from advisor.stages.generate.places import smallest
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.rounds import Rounds
from advisor.stages.generate.scope import importable
from advisor.stages.generate.source import Source
from advisor.stages.generate.travel import check_travel
from advisor.stages.generate.work import Cut
from advisor.stages.generate.worker import Returned

_ITEMS = "items"
_LONG_LINE = 100
_ROOM = 70  # characters of a line that leave enough for the words of a comprehension over tasks
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def rewrite_comprehension(order: Order, source: Source, inquiry: Inquiry, node: Comprehension) -> Rewrite:
    """The comprehension with its costly part handed to the executor of the order."""
    statement = statement_of(source, node, lazy=True)
    if isinstance(node, ast.GeneratorExp) and not eaten(source, node):
        return _later(order, source, inquiry, node, statement)
    draft, text = written(order, source, inquiry, node, statement)
    return _around(draft, statement, node, text)


def _later(order: Order, source: Source, inquiry: Inquiry, node: ast.GeneratorExp, statement: ast.stmt) -> Rewrite:
    """A generator that is walked later becomes one that keeps a bounded number of items under way."""
    indent, inner = source.indent(statement), source.indent(statement) + source.unit
    if order.model is Model.ASYNCIO or isinstance(source.function(node), ast.AsyncFunctionDef):
        raise Refused("lazy-generator", "the values are asked for one by one, later, by code that awaits nothing", node)
    draft, text = written(order, source, inquiry, node, statement, inner, lazily=True)
    name = draft.name("results")
    definition = f"{indent}def {name}({_ITEMS}):\n{spaced(draft)}{inner}{draft.opens}\n"
    definition += "".join(f"{inner}{source.unit}{line}\n" for line in [*draft.inside, *text.splitlines()])
    call = f"{name}(iter({source.segment(node.generators[0].iter)}))"
    call = f"({call})" if shares_parentheses(source, node) else call
    changed = source.piece([statement], indent, [Edit(*source.span(node), call)])
    return rewritten(draft, *source.whole_lines([statement]), f"{definition}\n{changed}")


def written(
    order: Order,
    source: Source,
    inquiry: Inquiry,
    node: Comprehension,
    statement: ast.stmt,
    indent: str | None = None,
    *,
    lazily: bool = False,
) -> tuple[Draft, str]:
    """The comprehension over the results of work that is handed over, as text for the block of a pool."""
    draft = _draft(order, source, inquiry, node, statement)
    draft.indent = draft.indent if indent is None else indent
    costly = _costly(draft, node)
    if any(node is not each and isinstance(each, ast.Yield | ast.YieldFrom) for each in here([node])):
        raise Refused("lazy-generator", "the comprehension hands out values", node)
    tested = [
        test for clause in node.generators for test in clause.ifs if any(c is n for c in costly for n in here([test]))
    ]
    elements = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    within = [part for part in [*elements, *tested] if any(c is n for c in costly for n in here([part]))]
    if not within or (tested and (len(within) > 1 or len(node.generators) > 1 or len(node.generators[0].ifs) > 1)):
        raise Refused("layout", "the work is spread over several parts of the comprehension", node)
    if len(within) == 2:  # key and value of a dict
        raise Refused("layout", "both key and value take time", node)
    expression = smallest(source, within[0], costly)
    made = Cut(expression=expression, needed=free([expression]), early=may_stop(source, node), asked_later=lazily)
    gone = {id(each) for each in ast.walk(expression)}
    parts = [*elements, *(test for test in tested)]
    made.rest_reads = frozenset(
        n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name) and id(n) not in gone
    )
    if draft.way.tasks and isinstance(node, ast.GeneratorExp) and taken_one_by_one(source, node):
        because = (
            "what takes the values does something between two of them, and only a list of all can be awaited there"
        )
        raise Refused("early-exit" if made.early else "lazy-generator", because, node)
    check_independent(draft, made)
    check_travel(draft, made)
    return draft, _Written(draft, made, node, bool(tested), lazily).written()


def rewrite_map(order: Order, source: Source, inquiry: Inquiry, node: ast.Call) -> Rewrite:
    """`map(f, items)` through the executor's own map."""
    statement = statement_of(source, node)
    draft = _draft(order, source, inquiry, node, statement)
    if draft.way.tasks or isinstance(source.function(node), ast.AsyncFunctionDef):
        raise Refused("event-loop", "`map` awaits nothing", node)
    function, *iterables = node.args
    if any(isinstance(each, ast.Starred) for each in node.args) or node.keywords:
        raise Refused("layout", "the arguments of `map` are not written out", node)
    made = Cut(expression=node, early=may_stop(source, node))
    check_independent(draft, made)
    check_travel(draft, made)
    if draft.way.through:
        raise Refused(
            "process-state", "the mapped function reads a context variable, of which each call needs its own copy", node
        )
    texts = [source.segment(each) for each in node.args]
    if draft.way.isolated and (isinstance(function, ast.Lambda) or not importable(source, function, node)):
        lifted = lift(source, function)
        texts[0] = lifted.handed
        draft.module += [lifted.text] if lifted.text else []
        draft.edits += lifted.edits
        draft.needs |= lifted.needs
    chunk = ""
    if draft.way.isolated and all(isinstance(each, ast.Name) and inquiry.sized(each) for each in iterables):
        chunk = f", chunksize=max(1, len({texts[1]}) // 64)"
    pool = draft.opens.rpartition(" as ")[2].rstrip(":")
    if any(map(inquiry.lazy, iterables)):
        alone = isinstance(above := source.parents[node], ast.Call) and len(above.args) == 1 and not above.keywords
        text = _drawn_in_turn(draft, pool, texts)
        return _around(draft, statement, node, text if alone else f"({text})")
    return _around(draft, statement, node, f"{pool}.map({', '.join(texts)}{chunk})")


def _drawn_in_turn(draft: Draft, pool: str, texts: list[str]) -> str:
    """The results of `map` where drawing an item may fail: that comes after the results of the items before."""
    function, *iterables = texts
    item, handle, several = draft.name("item"), draft.name("future"), len(iterables) > 1
    walked = f"zip({', '.join(iterables)})" if several else iterables[0]
    draft.helpers.add("_ahead")
    draft.needs |= frozenset({Needed("os")}) if "os." in draft.way.ahead else frozenset()
    started = draft.name("started")
    submitted = f"{pool}.submit({function}, {'*' if several else ''}{item})"
    inner = draft.indent + draft.source.unit
    draft.inside.append(folded(f"{started} = (", submitted, f"for {item} in {walked}", ")", inner, draft.source.unit))
    return f"{handle}.result() for {handle} in _ahead({started}, {draft.way.ahead})"


def _draft(order: Order, source: Source, inquiry: Inquiry, node: ast.expr, statement: ast.stmt) -> Draft:
    way = flavor(order)
    if way.tasks and not awaits_anything([node]):
        way = through_threads(way)
    return new_draft(order, source, inquiry, statement, head_of(source, inquiry, node), way)


def head_of(source: Source, inquiry: Inquiry, node: ast.expr) -> Head:
    """The head of a comprehension; of a `map` an empty one."""
    if isinstance(node, ast.Call):
        return Head("", "", None, "_", [], (), (), None, False, False)
    assert isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
    first = node.generators[0]
    names = [n.id for clause in node.generators for n in ast.walk(clause.target) if isinstance(n, ast.Name)]
    text = source.segment(first.iter)
    return Head(text, text, first.target, source.segment(first.target), [], (), tuple(dict.fromkeys(names)), first.iter,
                inquiry.sized(first.iter), any(inquiry.lazy(clause.iter) for clause in node.generators))  # fmt: skip


def _costly(draft: Draft, node: Comprehension) -> list[ast.AST]:
    later = [
        part for index, clause in enumerate(node.generators) for part in ([clause.iter] if index else []) + clause.ifs
    ]
    parts: list[ast.AST] = [*later, *([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])]
    awaits: list[ast.AST] = [each for each in here(parts) if isinstance(each, ast.Await)]
    if draft.way.tasks and not draft.way.through:
        return awaits
    if awaits:
        raise Refused("event-loop", "the comprehension awaits: only asyncio can run its iterations side by side", node)
    found: list[ast.AST] = list(draft.inquiry.costly(parts))
    found = found or [each for each in here(parts) if isinstance(each, ast.Call) and not calm(each)]
    found = found or [each for each in here(parts) if isinstance(each, ast.Call | ast.ListComp | ast.GeneratorExp)]
    if not found:
        raise Refused("dynamic-call", "nothing in the comprehension is known to take time", node)
    return found


class _Written(Rounds):
    """One comprehension, written for its executor."""

    def __init__(self, draft: Draft, made: Cut, node: Comprehension, tested: bool, lazily: bool) -> None:
        self.node, self.tested, self.lazily = node, tested, lazily
        super().__init__(draft, made, draft.source.function(node) or draft.source.tree, frozenset())

    def _read_by_caller(self) -> frozenset[str]:
        return self.made.rest_reads

    def written(self, *, verbatim: bool = False) -> str:
        assert not verbatim
        node, head = self.node, self.head
        if head.asynchronous or any(clause.is_async for clause in node.generators):
            raise Refused("streaming", "the comprehension walks an asynchronous iterator", node)
        result = self.draft.name("result") if not self.way.tasks else ""
        conditions = [] if self.tested else node.generators[0].ifs
        calm_tests = all(calm(test) for test in conditions)
        if (
            self.lazily
            or self.way.tasks
            or self.way.through
            or self.in_coroutine
            or len(node.generators) > 1
            or head.lazy
            or not calm_tests
            or may_fail(conditions)
            or self._hands_what_fails()
        ):
            return self._through_handles()
        items = head.items
        if conditions:
            tests = " and ".join(self._wrapped(test) for test in conditions)
            items = f"[{head.item_text} for {head.target_text} in {items} if {tests}]"
        whole = self._whole()
        twice = whole == "key" or (not whole and bool(self.wanted)) or self._columns() > 0
        known = head.sized and items.replace(".", "").isidentifier()
        if twice and not known and not self._special(items):
            if not (head.keepable or conditions):
                items = f"list({items})"
            name = self.draft.name("wanted" if conditions else "items")
            self.draft.above.append(f"{name} = {items}")
            items = name
        returned = self._names(result)
        work = self._mapped(items, rebound=items != head.items, apart=True) or self._through_definition(returned, items)
        mapped = f"{self._pool_name()}.map({work}{self._chunk(items, head.sized or bool(conditions))})"
        beside = "".join(self.source.beside(node)).partition("#")[0] + (self._element(result) if not whole else "")
        if len(beside.strip() + mapped) > _LONG_LINE and not self.way.whole:
            name = self.draft.name("results")
            self.draft.inside.append(f"{name} = {mapped}")
            mapped = name
        if whole == "key":
            return f"dict(zip({items}, {mapped}))"
        if whole:
            return whole.format(mapped)
        target = head.item_text
        body, clause = self._element(result), f"for {target}, {result} in zip({items}, {mapped})"
        if not self.wanted:
            clause = f"for {result} in {mapped}"
        return self._bracketed(f"{body} {clause}{f' if {self._test(result)}' if self.tested else ''}")

    def _names(self, result: str) -> Returned:
        return Returned((result,), None)

    def _whole(self) -> str:
        """How the results become the whole value when an element is nothing but the result."""
        node = self.node
        if isinstance(node, ast.DictComp):
            keyed = node.value is self.made.expression and self.head.single and isinstance(node.key, ast.Name)
            return "key" if keyed and self.head.sized and not node.generators[0].ifs else ""
        if node.elt is not self.made.expression:
            return ""
        return {ast.ListComp: "list({})", ast.SetComp: "set({})", ast.GeneratorExp: "{}"}[type(node)]

    def _in_parts(self) -> str:
        """Items too short to be sent one by one: they go to the processes in chunks, and are still taken one by one."""
        head, draft = self.head, self.draft
        names = [n for n in head.ordered if n in self.made.needed or n in self.wanted] or ["_"]
        item = names[0] if len(names) == 1 else f"({', '.join(names)})"
        outcome, parameter = draft.name("outcome"), names[0] if len(names) == 1 else draft.name("item")
        first = [] if len(names) == 1 else [f"{', '.join(names)} = {parameter}"]
        work = self._define(Returned((outcome,), None), [parameter], first)
        clauses = self._clauses(without_tests=self.tested)
        plain = clauses == f"for {item} in {head.items}"
        items = draft.name("items") if not plain else head.items
        if not plain:
            draft.inside.append(folded(f"{items} = (", item, clauses, ")", self.inner, self.source.unit))
        draft.helpers |= {"_ahead", "_chunked", "_cut"}
        draft.needs |= self.ahead_needs()
        walked = f"_chunked({self._pool_name()}, {work}, {items}, {chunk_size(draft.order.case)}, {self.way.ahead})"
        result = f"{outcome}.result()"
        test = f" if {self._test(result)}" if self.tested else ""
        return self._bracketed(
            f"{self._element(result)} for {item if self.wanted else '_'}, {outcome} in {walked}{test}"
        )

    def _through_handles(self) -> str:
        head, draft, way = self.head, self.draft, self.way
        if way.isolated and not self.lazily and not self.in_coroutine and chunk_size(draft.order.case) > 1:
            return self._in_parts()
        plain = way.tasks and not self.lazily and not (self.own or self.heavy)
        if plain and not draft.inquiry.opened and not self._in_turn():
            return self._over_tasks()
        call = self.made.direct
        submit = way.submit.format(pool=self._pool_name())
        handle = draft.name(way.handle)
        if call is not None and not self.own and not self.heavy and self._callable_direct(call):
            arguments = [self.source.segment(part) for part in (*call.args, *call.keywords)]
            handed = ", ".join([self.source.segment(call.func), *arguments])
        else:
            needed = [name for name in head.ordered if name in self.made.needed]
            handed = ", ".join([self._define(Returned((handle,), None), needed, []), *needed])
        started = f"{submit}({way.through}{handed})"
        clauses = self._clauses(without_tests=self.tested)
        kept = self.wanted
        each = f"({', '.join([*kept, started])})" if kept else started
        result = self._result_of(handle)
        before, after = self.source.beside(self.node)
        beside = before.lstrip() + self._element(result) + after.partition("#")[0].rstrip()
        long, ahead = len(beside) + len(each) + len(clauses) > _ROOM, way.ahead or "32"
        if way.tasks and not self._in_turn():
            draft.helpers.add("_tasks")
            walked = f"[{each} {clauses}]"
            if long:
                walked = draft.name("tasks")
                draft.inside.append(folded(f"{walked} = [", each, clauses, "]", self.inner, self.source.unit))
        elif long:
            draft.helpers |= {"_ahead", "_tasks"} if way.tasks else {"_ahead"}
            draft.needs |= self.ahead_needs()
            name = draft.name("started")
            draft.inside.append(folded(f"{name} = (", each, clauses, ")", self.inner, self.source.unit))
            walked = f"_ahead({name}, {ahead})"
        else:
            draft.helpers |= {"_ahead", "_tasks"} if way.tasks else {"_ahead"}
            draft.needs |= self.ahead_needs()
            walked = f"_ahead(({each} {clauses}), {ahead})"
        if self.lazily:
            opening = f"for {', '.join([*kept, handle])} in {walked}:\n"
            unit = self.source.unit
            tested = f"{unit}if {self._test(result)}:\n{unit}" if self.tested else ""
            return f"{opening}{tested}{unit}yield {self._element(result)}\n"
        test = f" if {self._test(result)}" if self.tested else ""
        return self._bracketed(f"{self._element(result)} for {', '.join([*kept, handle])} in {walked}{test}")

    def _over_tasks(self) -> str:
        """Over a list of tasks, awaited in the order of the items, and ended whatever happens meanwhile."""
        draft, kept = self.draft, self.wanted
        tasks, task = draft.name("tasks"), draft.name("task")
        started = self._started_task(Returned((task,), None))
        element = f"({', '.join([*kept, started])})" if kept else started
        clauses = self._clauses(without_tests=self.tested)
        started_as_tasks(draft, tasks, element, clauses, task, beside=bool(kept))
        result = f"await {task}"
        test = f" if {self._test(result)}" if self.tested else ""
        return self._bracketed(f"{self._element(result)} for {', '.join([*kept, task])} in {tasks}{test}")

    def _in_turn(self) -> bool:
        """May drawing an item fail, which comes after what is awaited for the items before?"""
        first, *others = self.node.generators
        drawn = [*first.ifs, *others]
        if any(isinstance(each, ast.Await) for each in here(drawn)):
            return False  # no generator draws what awaits
        tests = [test for clause in self.node.generators for test in clause.ifs]
        failing = may_fail(tests) or not all(map(calm, tests))
        return self.head.lazy or failing or self._hands_what_fails()

    def _clauses(self, *, without_tests: bool) -> str:
        parts: list[str] = []
        for clause in self.node.generators:
            walked = _ITEMS if self.lazily and not parts else self.source.segment(clause.iter)
            tests = "" if without_tests else "".join(f" if {self.source.segment(test)}" for test in clause.ifs)
            parts.append(f"for {self.source.segment(clause.target)} in {walked}{tests}")
        return " ".join(parts)

    def _element(self, result: str) -> str:
        node = self.node
        if isinstance(node, ast.DictComp):
            return f"{self._with_result(node.key, result)}: {self._with_result(node.value, result)}"
        return self._with_result(node.elt, result)

    def _test(self, result: str) -> str:
        return self._with_result(self.node.generators[0].ifs[0], result)

    def _with_result(self, part: ast.expr, result: str) -> str:
        start, end = self.source.span(part)
        assert self.made.expression is not None
        return self.source.edited(start, end, [put_for(self.source, self.made.expression, result)])

    def _bracketed(self, text: str) -> str:
        if isinstance(self.node, ast.GeneratorExp) and "await " not in text:
            return f"({text})"
        if isinstance(self.node, ast.GeneratorExp):
            return f"[{text}]"
        return f"[{text}]" if isinstance(self.node, ast.ListComp) else f"{{{text}}}"

    def _wrapped(self, test: ast.expr) -> str:
        text = self.source.segment(test)
        return f"({text})" if isinstance(test, ast.BoolOp | ast.IfExp | ast.Lambda) else text


# ---- the statement around


def _around(draft: Draft, statement: ast.stmt, node: ast.expr, text: str) -> Rewrite:
    """The statement inside the pool's block, with the new expression in place of the old."""
    source, indent = draft.source, draft.indent
    inner = indent + source.unit
    start, end = source.whole_lines([statement])
    span = source.span(node)
    if draft.inside and not begins_with(source, statement, node):
        raise Refused("layout", "what its statement does before it, or decides, must not come after its work", node)
    if isinstance(node, ast.GeneratorExp) and shares_parentheses(source, node) and text[0] != "(":
        text = f"({text})"
    edit = Edit(*span, text)
    head = opened(draft) + "".join(f"{inner}{line}\n" for line in draft.inside)
    if isinstance(statement, ast.If):
        name = draft.name("found")
        test = source.edited(*source.span(statement.test), [edit])
        test = f"({test})" if "\n" in test else test
        rest = source.edited(start, end, [Edit(*source.span(statement.test), name)])
        body = f"{head}{inner}{name} = {test}\n{draft.closes}{rest}"
    else:
        body = head + source.piece([statement], inner, [edit]) + draft.closes
    return rewritten(draft, start, end, body)
