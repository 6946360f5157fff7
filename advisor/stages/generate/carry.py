"""Carry: a function that becomes a coroutine makes its callers await it, up to the entry point; others are bridged."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from advisor.model.program import FunctionInfo
from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.questions.calls import entries, last_name
from advisor.stages.generate.names import fresh, here, taken
from advisor.stages.generate.ownloop import check_left, check_outside, interrupted
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source

Read = Callable[[str], Source | None]
Definition = ast.FunctionDef | ast.AsyncFunctionDef
_MOST_CALLERS = 25
_ASYNCIO = Needed("asyncio")
_HARMLESS = frozenset({"staticmethod", "classmethod"})


@dataclass(slots=True)
class Carried:
    """The edits of each file, by path, and the files that need asyncio for a bridge."""

    edits: dict[str, list[Edit]] = field(default_factory=dict)
    bridged: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def add(self, path: str, edit: Edit) -> None:
        self.edits.setdefault(path, []).append(edit)


def carry(order: Order, read: Read, function: str) -> Carried:
    """Makes `function` a coroutine and lets its callers follow as far as can be done safely."""
    carried = Carried()
    program = order.program
    first = program.functions[function]
    line = _runs_a_loop(order, first)
    if line is not None:
        raise Refused("event-loop", f"line {line} runs an event loop, and the function would be in one already", line)
    because = interrupted(order, first)
    if because is not None:
        raise Refused("event-loop", because, first.line)
    if not _convertible(order, read, first) or not program.callers(function):
        check_outside(order, first.id)
        check_left(order, frozenset({first.id}), (caller for caller, _ in program.callers(first.id)))
        _bridge_inside(order, read, first, carried)
        return carried
    waiting, done, bridging = [first], {function}, set[str]()
    while waiting:
        info = waiting.pop()
        source, node = _found(read, info)
        start = source.span(node)[0]
        carried.add(info.path, Edit(start, start, "async "))
        for caller, call in program.callers(info.id):
            around = program.functions[caller]
            follows = caller in done or (not around.is_async and not around.is_module and _convertible(order, read, around)
                                         and _runs_a_loop(order, around) is None and bool(program.callers(caller))
                                         and interrupted(order, around, (*done, info.id)) is None)  # fmt: skip
            _follow(read, around, call.line, call.column, info, carried, awaits=around.is_async or follows)
            if not around.is_async and not follows:
                check_outside(order, caller)
                bridging.add(caller)
            if follows and caller not in done:
                done.add(caller)
                waiting.append(around)
    check_left(order, frozenset(done), bridging)
    carried.notes.append(f"{len(done)} function{'s' if len(done) > 1 else ''} became async")
    return carried


def _runs_a_loop(order: Order, info: FunctionInfo) -> int | None:
    """The line on which a function, or what it calls, runs an event loop; what the site does is handed to other threads."""
    program, site = order.program, order.site
    for call in info.calls:
        if info.id == site.function and site.line <= call.line <= site.end_line:
            continue
        inner = ((each, c) for each in order.summaries.reached(info.id, (call,)) for c in program.functions[each].calls)
        for function, made in ((info.id, call), *inner):
            if last_name(made) not in order.catalog.running_loops:
                continue
            if any(entry.runs_loop for _, entry in entries(program, order.catalog, function, made)):
                return call.line
    return None


def as_rewrites(carried: Carried, path: str) -> tuple[list[Edit], frozenset[Needed], tuple[tuple[str, Rewrite], ...]]:
    """The edits of the site's own file, what it needs, and the rewrites of the others."""
    others = []
    for other, edits in carried.edits.items():
        if other != path:
            needs = frozenset({_ASYNCIO}) if other in carried.bridged else frozenset()
            start, end = min(e.start for e in edits), max(e.end for e in edits)
            others.append((other, Rewrite(other, start, end, tuple(edits), needs)))
    needs = frozenset({_ASYNCIO}) if path in carried.bridged else frozenset()
    return carried.edits.get(path, []), needs, tuple(others)


def _found(read: Read, info: FunctionInfo) -> tuple[Source, Definition]:
    source = read(info.path)
    name = info.name.rpartition(".")[2]
    for node in ast.walk(source.tree) if source is not None else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno == info.line and node.name == name:
            assert source is not None
            return source, node
    raise Refused("layout", f"`{info.name}` was not found in {info.path}", info.line)


def _convertible(order: Order, read: Read, info: FunctionInfo) -> bool:
    """Can every use of the function be found, and may it become a coroutine?"""
    name = info.name.rpartition(".")[2]
    if (
        info.is_async
        or info.is_generator
        or info.is_nested
        or info.is_module
        or (name.startswith("__") and name.endswith("__"))
    ):
        return False
    callers = order.program.callers(info.id)
    if len(callers) > _MOST_CALLERS or name.startswith("test") or order.unread(name):
        return False
    try:
        _, node = _found(read, info)
    except Refused:
        return False
    if any(not (isinstance(d, ast.Name) and d.id in _HARMLESS) for d in node.decorator_list):
        return False
    twins = [f for f in order.program.functions.values() if f.name.rpartition(".")[2] == name and f.id != info.id]
    if info.owner is not None and twins:
        return False  # it may override, or be overridden by, a method of the same name
    known = {(order.program.functions[caller].path, call.line) for caller, call in callers}
    return all(_only_called(read, path, name, known) for path in order.program.modules)


def _only_called(read: Read, path: str, name: str, known: set[tuple[str, int]]) -> bool:
    """Does a file use the name only to call it, at places that are known?"""
    source = read(path)
    if source is None or name not in source.text:
        return True
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Name | ast.Attribute) or not isinstance(node.ctx, ast.Load):
            continue
        if (node.id if isinstance(node, ast.Name) else node.attr) != name:
            continue
        above = source.parents[node]
        if not (isinstance(above, ast.Call) and above.func is node and (path, above.lineno) in known):
            return False
    return True


def _follow(
    read: Read, around: FunctionInfo, line: int, column: int, callee: FunctionInfo, carried: Carried, *, awaits: bool
) -> None:
    """The call of a coroutine, awaited by a coroutine and run by anything else."""
    source = read(around.path)
    if source is None:
        raise Refused("dynamic-call", f"{around.path} cannot be read again", line)
    call = next(_calls(source, line, column, callee.name.rpartition(".")[2]), None)
    if call is None:
        raise Refused("dynamic-call", f"the call in {around.path}:{line} was not found", line)
    if awaits and not _can_await(source, call):
        raise Refused("event-loop", f"nothing can be awaited where {around.path}:{line} calls `{callee.name}`", line)
    start, end = source.span(call)
    text = source.text[start:end]
    if awaits:
        above = source.parents[call]
        bare = isinstance(above, ast.stmt | ast.keyword) or (isinstance(above, ast.Call) and above.func is not call)
        new = f"await {text}" if bare else f"(await {text})"
    else:
        new = f"asyncio.run({text})"
        carried.bridged.add(around.path)
    carried.add(around.path, Edit(start, start, new[: new.index(text)]))
    carried.add(around.path, Edit(end, end, new[new.index(text) + len(text) :]))


def _calls(source: Source, line: int, column: int, name: str) -> Iterator[ast.Call]:
    place = source.line_start(line) + column
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and node.lineno == line and source.span(node)[0] == place:
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            yield from [node] if called == name else []


def _can_await(source: Source, call: ast.Call) -> bool:
    nearest = source.enclosing(call, ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.GeneratorExp)
    return isinstance(nearest, ast.FunctionDef | ast.AsyncFunctionDef) and not any(
        call is n for n in here(nearest.decorator_list)
    )


def _bridge_inside(order: Order, read: Read, info: FunctionInfo, carried: Carried) -> None:
    """`f` stays a function that others call, and runs the coroutine that does the work."""
    if info.is_generator or info.is_nested or info.is_module or info.name.endswith("__"):
        raise Refused("event-loop", "the work stands where no coroutine can take its place", info.line)
    if any(hazard.kind.value == "event-loop" for hazard in order.case.hazards):
        raise Refused(
            "event-loop", "the function is called from an event loop, in which no other can be run", info.line
        )
    source, node = _found(read, info)
    if node.decorator_list or (info.owner is not None and not node.args.args):
        raise Refused("event-loop", "the function is decorated, and may be called by what decorates it", node)
    if any(isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "super" for n in ast.walk(node)):
        raise Refused("event-loop", "the function calls that of its base class", node)
    name = fresh(f"_{node.name.strip('_')}", taken(source.tree))
    indent = source.indent(node)
    start = source.span(node)[0]
    begins = source.text.index(node.name, start)
    carried.add(info.path, Edit(start, begins + len(node.name), f"async def {name}"))
    signature = source.text[begins + len(node.name) : source.span(node.body[0])[0]]
    signature = signature[: _end_of_head(signature)]
    owner = "" if info.owner is None else f"{node.args.args[0].arg}."
    handed = ", ".join(_forwarded(node.args, skip=1 if owner else 0))
    body = f"{indent}def {node.name}{signature}:\n{indent}{source.unit}return asyncio.run({owner}{name}({handed}))\n"
    place = source.line_start((node.end_lineno or 0) + 1)
    lead = "" if source.text[:place].endswith(("\n", "\r")) else "\n"
    gap = "\n" if indent else "\n\n"
    carried.add(info.path, Edit(place, place, f"{lead}{gap}{body}"))
    carried.bridged.add(info.path)
    carried.notes.append(f"`{node.name}` must not be called from a running event loop")


def _end_of_head(text: str) -> int:
    """Where the head of a function ends: at the colon outside all brackets."""
    depth = 0
    for index, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if character == ":" and depth == 0:
            return index
    return len(text)


def _forwarded(arguments: ast.arguments, skip: int) -> list[str]:
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)][skip:]
    names += [f"*{arguments.vararg.arg}"] if arguments.vararg else []
    names += [f"{each.arg}={each.arg}" for each in arguments.kwonlyargs]
    return [*names, *([f"**{arguments.kwarg.arg}"] if arguments.kwarg else [])]
