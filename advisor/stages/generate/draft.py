"""A draft: what is being written for one site, and how it becomes a rewrite of the file."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.model.spoken import spoken
from advisor.stages.generate import headers
from advisor.stages.generate.flavors import Flavor, flavor
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import calm, fresh, here, taken
from advisor.stages.generate.source import Source

_LONG_LINE = 100


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
    started: list[str] = field(default_factory=list)  # lines right before the block of the pool, below definitions
    inside: list[str] = field(default_factory=list)  # lines in the block of the pool, before the loop
    module: list[str] = field(default_factory=list)  # definitions at the level of the module
    invented: set[str] = field(default_factory=set)  # the names of these
    opens: str = ""
    closes: str = ""  # lines that end the block of the pool
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
        self.invented.add(found)
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
    for client in inquiry.opened[::-1]:
        draft.opens = draft.opens.replace("async with ", f"async with {client}, ", 1)
    draft.needs |= way.needs
    return draft


def rewritten(draft: Draft, start: int, end: int, text: str) -> Rewrite:
    edits = [*_opened_together(draft, start, end, text), *draft.edits]
    if draft.module:
        top = draft.source.top(draft.loop)
        place = draft.source.line_start(draft.source.first_line(top))
        edits.append(Edit(place, place, "".join(f"{each}\n\n" for each in draft.module)))
    return Rewrite(draft.order.site.path, start, end, tuple(edits), frozenset(draft.needs), frozenset(draft.helpers),
                   tuple(map(spoken, draft.notes)), guard=draft.way.isolated, invents=frozenset(draft.invented))  # fmt: skip


def _opened_together(draft: Draft, start: int, end: int, text: str) -> list[Edit]:
    """The edits of the site; where it is all that a `with` holds, the pool is opened by that as well."""
    source, unit = draft.source, draft.source.unit
    around = source.parents[draft.loop]
    kind = "async with " if isinstance(around, ast.AsyncWith) else "with "
    first = f"{draft.indent}{draft.opens}\n"
    alone = (
        isinstance(around, ast.With | ast.AsyncWith)
        and around.body == [draft.loop]
        and around.lineno < draft.loop.lineno
    )
    if not alone or not draft.opens.startswith(kind) or not text.startswith(first) or '"""' in text or "'''" in text:
        return [Edit(start, end, text)]
    assert isinstance(around, ast.With | ast.AsyncWith)
    item = draft.opens.removeprefix(kind).removesuffix(":")
    if len(source.line(around.lineno)) + len(item) > _LONG_LINE or source.piece([draft.loop], "").count("\\\n"):
        return [Edit(start, end, text)]
    last = around.items[-1]
    place = source.span(last.optional_vars or last.context_expr)[1]
    body = "".join(line.removeprefix(unit) for line in text.removeprefix(first).splitlines(keepends=True))
    return [Edit(place, place, f", {item}"), Edit(start, end, body)]


def awaits_anything(nodes: Sequence[ast.AST]) -> bool:
    return any(isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor) for node in here(nodes))


def spaced(draft: Draft) -> str:
    """The lines before the pool; a function stands between empty lines, two at the level of the module."""
    above = [draft.source.line(number).strip() for number in range(1, draft.loop.lineno)]
    wanted = 1 if draft.indent else 2
    empty = (
        wanted
        if not above or above[-1].endswith(":")
        else next((i for i, line in enumerate(reversed(above)) if line), 2)
    )
    text = ""
    for each in sorted(draft.above, key=lambda piece: piece.endswith("\n")):
        if each.endswith("\n"):
            text += "\n" * (wanted - empty) + each + "\n" * wanted
            empty = wanted
        else:
            text += f"{draft.indent}{each}\n"
            empty = 0
    return text


def opened(draft: Draft) -> str:
    """The lines before the pool, and those that open it."""
    started = "".join(f"{draft.indent}{line}\n" for line in draft.started)
    return spaced(draft) + started + (f"{draft.indent}{draft.opens}\n" if draft.opens else "")


def started_as_tasks(draft: Draft, tasks: str, element: str, clause: str, task: str, *, beside: bool) -> None:
    """Opens a block in which the tasks of a comprehension, with something `beside` each, are awaited in turn; when it ends none
    is left running, and none has failed unseen."""
    draft.needs.add(Needed("asyncio"))
    draft.started.append(folded(f"{tasks} = [", element, clause, "]", draft.indent, draft.source.unit))
    given, target = (f"*({task} for *_, {task} in {tasks})", f"*_, {task}") if beside else (f"*{tasks}", task)
    draft.opens, draft.closes = "try:", ended_tasks(draft, target, tasks, given)


def ended_tasks(draft: Draft, target: str, walked: str, given: str) -> str:
    """The end of that block."""
    inner = draft.indent + draft.source.unit
    task = target.rpartition(" ")[2]
    return (
        f"{draft.indent}finally:\n{inner}for {target} in {walked}:\n{inner}{draft.source.unit}{task}.cancel()\n"
        f"{inner}await asyncio.gather({given}, return_exceptions=True)\n"
    )


def folded(opening: str, element: str, clause: str, closing: str, indent: str, unit: str) -> str:
    """A comprehension on one line where it fits, else on several."""
    flat = f"{opening}{element} {clause}{closing}"
    if len(indent + flat) <= _LONG_LINE or "\n" in flat:
        return flat
    inner = indent + unit
    if len(inner + element) > _LONG_LINE:
        element = _broken(element, inner, unit)
    clauses = "".join(f"{inner}{each}\n" for each in _clauses(clause))
    return f"{opening}\n{inner}{element}\n{clauses}{indent}{closing}"


def _clauses(text: str) -> list[str]:
    """`for …` and `if …` of a comprehension, each by itself."""
    node = ast.parse(f"[_ {text}]", mode="eval").body
    if not isinstance(node, ast.ListComp) or not text.isascii():
        return [text]
    starts = [0]
    for clause in node.generators:
        starts.append(text.rindex("async for" if clause.is_async else "for", 0, clause.target.col_offset - 3))
        starts += [text.rindex("if", 0, test.col_offset - 3) for test in clause.ifs]
    starts.append(len(text))
    parts = [text[start:end].strip() for start, end in itertools.pairwise(starts)]
    return [part for part in parts if part]


def _broken(element: str, indent: str, unit: str) -> str:
    """A call (or a tuple that ends in one) with its arguments on a line of their own."""
    node = ast.parse(element, mode="eval").body
    call = node.elts[-1] if isinstance(node, ast.Tuple) else node
    if not isinstance(call, ast.Call) or not call.args or not element.isascii():
        return element
    spans = [(a.col_offset, a.end_col_offset or 0) for a in call.args]
    spans += [(k.col_offset, k.end_col_offset or 0) for k in call.keywords]
    start, end = spans[0][0], spans[-1][1]
    parts = [element[first:last] for first, last in spans]
    lines = "".join(f"{indent}{unit}{part},\n" for part in parts)
    return f"{element[:start]}\n{lines}{indent}{element[end:].lstrip(',')}"


def put_for(source: Source, expression: ast.expr, result: str) -> Edit:
    """The edit that puts a result where the work stood; an `await` binds less than what may follow it."""
    match source.parents[expression]:
        case ast.Attribute(value=first) | ast.Subscript(value=first) | ast.Call(func=first) | ast.Await(value=first):
            tight = first is expression
        case ast.BinOp(op=ast.Pow()):
            tight = True
        case _:
            tight = False
    start, end = source.span(expression)
    bare = source.text[start - 1 : start] != "(" or source.text[end : end + 1] != ")"
    return Edit(start, end, f"({result})" if tight and bare and result.startswith("await ") else result)


def calm_text(text: str) -> bool:
    return calm(ast.parse(text, mode="eval").body)
