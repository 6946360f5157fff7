"""Runs: statements in a row that do not need each other are all started, then their results are taken in order."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.stages.generate.draft import Draft, awaits_anything, ended_tasks, new_draft, put_for, rewritten, spaced
from advisor.stages.generate.flavors import flavor, through_threads
from advisor.stages.generate.headers import Head
from advisor.stages.generate.independence import check_row
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import binds, calm, dotted
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import importable
from advisor.stages.generate.source import Source
from advisor.stages.generate.travel import check_travel
from advisor.stages.generate.work import Cut


@dataclass(frozen=True, slots=True)
class _Step:
    """A statement of the run: `values` are the calls (awaited or not) that it may make, each under `test` where it has one."""

    statement: ast.stmt
    test: ast.expr | None
    values: tuple[ast.expr, ...]


def rewrite_run(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    """The run of statements at the order's site, all started before the first result is taken."""
    lines = {statement.line for statement in order.site.body if hasattr(statement, "line")}
    block = _block(order, source, min(lines))
    inside = [statement for statement in block if statement.lineno in lines]
    if len(inside) != len(lines):
        raise Refused("layout", "the statements do not stand in one block", order.site.line)
    first, last = block.index(inside[0]), block.index(inside[-1])
    whole = block[first : last + 1]
    if not source.owns_its_lines(whole):
        raise Refused("layout", "a statement shares its line with others", whole[0])
    if isinstance(source.enclosing(whole[0], ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), ast.ClassDef):
        raise Refused("layout", "the statements run in the body of a class", whole[0])
    way = flavor(order)
    if way.tasks and not awaits_anything(whole):
        way = through_threads(way)
    head = Head("", "", None, "_", [], (), (), None, False, False)
    opens = way.opens
    if not way.tasks and "max_workers" in opens:
        opens = opens[: opens.index("max_workers")] + f"max_workers={len(inside)}" + opens[opens.rindex(") as") :]
    elif way.tasks:
        opens = f"async with _tasks(limit={len(inside)}) as {{pool}}:"
    needs = frozenset(need for need in way.needs if need.module != "os" or "os." in opens)
    draft = new_draft(order, source, inquiry, whole[0], head, replace(way, opens=opens, needs=needs))
    if not way.tasks:
        draft.notes.append("all of the statements run even if one of them fails; the first failure in order is raised")
    made = Cut(statements=inside)
    check_row(draft, made, [statement for statement in whole if statement not in inside])
    check_travel(draft, made)
    plain = way.tasks and not inquiry.opened and not any(isinstance(s, ast.If) for s in inside)
    draft.helpers |= {"_tasks"} if way.tasks and not plain else set()
    text = _as_tasks(draft, whole, inside) if plain else _written(draft, whole, inside)
    return rewritten(draft, *source.whole_lines(whole), text)


def _block(order: Order, source: Source, line: int) -> list[ast.stmt]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.stmt) and node.lineno == line and not isinstance(node, ast.FunctionDef | ast.ClassDef):
            return source.block(node)
    raise Refused("layout", "the statements were not found in the source", order.site.line)


def _written(draft: Draft, whole: list[ast.stmt], inside: list[ast.stmt]) -> str:
    source, way, indent = draft.source, draft.way, draft.indent
    inner = indent + source.unit
    starts: list[str] = []
    results: list[str] = []
    results_indent = inner if way.tasks else indent
    for statement in whole:
        if statement not in inside:
            piece = source.piece([statement], inner if isinstance(statement, ast.Assign) else results_indent)
            (starts if isinstance(statement, ast.Assign) else results).append(piece)
            continue
        step = _step(statement)
        handle = draft.name(f"{_subject(statement)}_{way.handle}")
        starts.append(f"{inner}{handle} = {_started(draft, step)}\n")
        result = _result(draft, handle)
        edits = [put_for(source, value, result) for value in step.values]
        results.append(source.piece([statement], results_indent, edits))
    _check_order(whole, inside)
    return f"{spaced(draft)}{indent}{draft.opens}\n{''.join(starts)}{''.join(results)}"


def _as_tasks(draft: Draft, whole: list[ast.stmt], inside: list[ast.stmt]) -> str:
    """The same as plain tasks, awaited in the order of the statements and ended whatever happens meanwhile."""
    source, indent, inner = draft.source, draft.indent, draft.indent + draft.source.unit
    starts: list[str] = []
    results: list[str] = []
    handles: list[str] = []
    draft.needs.add(Needed("asyncio"))
    for statement in whole:
        if statement not in inside:
            assigns = isinstance(statement, ast.Assign)
            (starts if assigns else results).append(source.piece([statement], indent if assigns else inner))
            continue
        (value,) = _step(statement).values
        handles.append(draft.name(f"{_subject(statement)}_task"))
        starts.append(f"{indent}{handles[-1]} = {_task(draft, value)}\n")
        results.append(source.piece([statement], inner, [put_for(source, value, f"await {handles[-1]}")]))
    _check_order(whole, inside)
    every = ", ".join(handles)
    end = ended_tasks(draft, draft.name("task"), f"({every})", every)
    return f"{spaced(draft)}{''.join(starts)}{indent}try:\n{''.join(results)}{end}"


def _task(draft: Draft, value: ast.expr) -> str:
    """The text that makes a task of what `value` awaits, or calls."""
    if draft.way.through:
        return f"asyncio.create_task(asyncio.to_thread({_handed(draft, value)}))"
    if isinstance(value, ast.Await) and isinstance(value.value, ast.Call):
        call = value.value
        arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
        makes = draft.inquiry.makes_task(call)
        if makes and calm(call.func) and all(map(calm, arguments)):
            return f"{makes}({draft.source.segment(call)})"
    if not awaits_anything([value]):
        raise Refused("layout", f"line {value.lineno} awaits or calls nothing that could be handed over", value)
    return f"asyncio.create_task({_defined(draft, value)}())"


def _result(draft: Draft, handle: str) -> str:
    if draft.way.tasks or not isinstance(draft.source.function(draft.loop), ast.AsyncFunctionDef):
        return draft.way.result.replace(draft.way.handle, handle)
    draft.needs.add(Needed("asyncio"))
    return f"await asyncio.wrap_future({handle})"


def _check_order(whole: list[ast.stmt], inside: list[ast.stmt]) -> None:
    """What is worked out ahead must not be something that a result is part of."""
    bound: frozenset[str] = frozenset()
    for statement in whole:
        read = frozenset(
            n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)
        )
        if bound & read and (statement in inside or isinstance(statement, ast.Assign)):
            raise Refused("carried-dependence", f"line {statement.lineno} needs `{min(bound & read)}`", statement)
        if statement in inside:
            bound |= binds([statement])


def _step(statement: ast.stmt) -> _Step:
    match statement:
        case ast.Assign(value=value) | ast.Expr(value=value):
            return _Step(statement, None, (value,))
        case ast.AnnAssign(value=ast.expr() as value):
            return _Step(statement, None, (value,))
        case ast.If(test=test, body=[then], orelse=[]) if calm(test):
            return _Step(statement, test, _step(then).values)
        case ast.If(test=test, body=[then], orelse=[other]) if calm(test):
            return _Step(statement, test, (*_step(then).values, *_step(other).values))
    raise Refused("layout", f"line {statement.lineno} does more than one thing", statement)


def _subject(statement: ast.stmt) -> str:
    """A word for what a statement gets."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name), *_]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
        case ast.Assign(targets=[ast.Attribute(attr=name), *_]):
            return name
        case ast.Assign(value=value) | ast.Expr(value=value):
            call = value.value if isinstance(value, ast.Await) else value
            name = (dotted(call.func) or "").rpartition(".")[2] if isinstance(call, ast.Call) else ""
            return name.strip("_") or "work"
        case ast.If(body=[then, *_]):
            return _subject(then)
    return "work"


def _started(draft: Draft, step: _Step) -> str:
    texts = [_submitted(draft, value) for value in step.values]
    if step.test is None:
        return texts[0]
    return f"{texts[0]} if {draft.source.segment(step.test)} else {texts[1] if len(texts) > 1 else None}"


def _submitted(draft: Draft, value: ast.expr) -> str:
    submit = draft.way.submit.format(pool=draft.opens.rpartition(" as ")[2].rstrip(":"))
    awaits = draft.way.tasks and not draft.way.through
    if awaits and not isinstance(value, ast.Await) and awaits_anything([value]):
        return f"{submit}({_defined(draft, value)})"
    return f"{submit}({draft.way.through}{_handed(draft, value)})"


def _handed(draft: Draft, value: ast.expr) -> str:
    """The function that works a value out, and what it is given."""
    source, way = draft.source, draft.way
    call = value.value if isinstance(value, ast.Await) else value
    awaits = way.tasks and not way.through
    if isinstance(value, ast.Await) and not awaits:
        because = f"line {value.lineno} awaits: only asyncio can run that beside the others"
        raise Refused("event-loop", because, value)
    if not isinstance(call, ast.Call) or isinstance(value, ast.Await) != awaits:
        raise Refused("layout", f"line {value.lineno} awaits or calls nothing that could be handed over", value)
    arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
    nested = [] if way.tasks and not way.through else draft.inquiry.costly(arguments)
    if not calm(call.func) or nested or any(not calm(each) for each in arguments):
        if way.isolated:
            raise Refused("unpicklable-function", f"the work of line {value.lineno} is more than one call", value)
        return _defined(draft, value)
    if way.isolated and not importable(source, call.func, draft.loop):
        raise Refused("unpicklable-function", "the function cannot be sent to a process", call)
    return ", ".join(source.segment(part) for part in (call.func, *call.args, *call.keywords))


def _defined(draft: Draft, value: ast.expr) -> str:
    """The name of a function that works out an expression, defined above."""
    source, way = draft.source, draft.way
    name = draft.name(f"work_in_line_{value.lineno}")
    kind = "async def" if way.tasks and not way.through else "def"
    statement, text = source.statement(value), source.segment(value)
    if "\n" not in text:
        work = f"{draft.indent}{source.unit}return {text}\n"
    elif getattr(statement, "value", None) is value:
        lead = Edit(source.span(statement)[0], source.span(value)[0], "return ")
        work = source.piece([statement], draft.indent + source.unit, [lead])
    else:
        raise Refused("layout", f"the call in line {value.lineno} goes over several lines", value)
    draft.above.append(f"{draft.indent}{kind} {name}():\n{work}")
    return name
