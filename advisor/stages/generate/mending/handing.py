"""What is handed to processes: functions they can import, and objects that they get or make once instead of every time."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from advisor.model.refactor import Edit, Rewrite
from advisor.stages.generate.lift import lift
from advisor.stages.generate.mending.mend import Mend, uses
from advisor.stages.generate.names import binds, calm, free, fresh, here, parameters, taken
from advisor.stages.generate.poolkinds import makers
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import captured


def lifted(mend: Mend) -> Rewrite:
    """The lambda or inner function that is handed over becomes a function of the module."""
    call = mend.call
    if not call.args:
        raise Refused("dynamic-call", "the function handed to the pool is not known", call)
    function = call.args[0]
    made = lift(mend.source, function)
    edits = [*([mend.above_top(call, made.text)] if made.text else []), *made.edits]
    if isinstance(function, ast.Lambda):
        edits.append(Edit(*mend.source.span(function), made.handed))
    return mend.rewrite(edits, *made.needs)


@dataclass(frozen=True, slots=True)
class _Task:
    """`pool.submit(function, …, name, …)`: the call, the pool's maker, the function, and the names of its other arguments."""

    call: ast.Call
    maker: ast.Call
    function: ast.Name
    shared: ast.Name
    others: tuple[str, ...]


def sent_once(mend: Mend) -> Rewrite:
    """What every task carried is kept in each process by the initializer of the pool."""
    task = _task(mend)
    name = task.shared.id
    _check_left_alone(mend, task)
    _check_bound_once(mend, task)
    lines = [f"def {{start}}({name}):", f"{mend.source.unit}global {{kept}}", f"{mend.source.unit}{{kept}} = {name}"]
    note = f"the tasks of a process share one copy of `{name}`: what one changes in it, the next would see"
    return _with_initializer(mend, task, lines, f", initargs=({name},)", [note])


def made_there(mend: Mend) -> Rewrite:
    """What cannot be sent is made by each process for itself, in the initializer of the pool."""
    call, source = mend.call, mend.source
    if not (call.args and isinstance(call.args[0], ast.Name)) or mend.fault.name == source.segment(call.args[0]):
        raise Refused(
            "unpicklable-capture", f"`{mend.fault.name}` takes along what cannot be sent: {mend.fault.because}", call
        )
    task = _task(mend)
    name = task.shared.id
    scope = source.function(call) or source.tree
    made = [n for n in ast.walk(scope) if isinstance(n, ast.Assign | ast.With | ast.For) and name in binds([n])]
    match made:
        case [ast.Assign(targets=[ast.Name()], value=ast.Call() as maker) as statement]:
            pass
        case _:
            raise Refused("unpicklable-capture", f"how `{name}` is made for each process is not known", call)
    arguments = [*maker.args, *(keyword.value for keyword in maker.keywords)]
    if any(
        not isinstance(each, ast.Constant | ast.Name) or getattr(each, "value", "") == ":memory:" for each in arguments
    ):
        raise Refused("unpicklable-capture", f"what `{name}` is made from would not give each process the same", maker)
    given = sorted(captured(source, call, free([maker])))
    unit = source.unit
    lines = [
        f"def {{start}}({', '.join(given)}):",
        f"{unit}global {{kept}}",
        f"{unit}{{kept}} = {source.segment(maker)}",
    ]
    initargs = f", initargs=({', '.join(given)},)" if given else ""
    spare = len(uses(scope, name)) == 1 and source.owns_its_lines([statement])
    dropped = [Edit(*source.whole_lines([statement]), "")] if spare else []
    return _with_initializer(mend, task, lines, initargs, [f"each process has a `{name}` of its own"], dropped)


def _task(mend: Mend) -> _Task:
    call, source, name = mend.call, mend.source, mend.fault.name
    match call:
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=pool), attr="submit"),
            args=[ast.Name() as function, *given],
            keywords=[],
        ):
            pass
        case _:
            raise Refused(
                "layout", "only what is handed to `submit` with plain arguments can be kept in the processes", call
            )
    shared = [each for each in given if isinstance(each, ast.Name) and each.id == name]
    found = [
        maker for maker, bound in makers(source) if bound == pool and source.function(maker) is source.function(call)
    ]
    if len(shared) != 1 or len(found) != 1 or not calm(found[0].func):
        raise Refused("layout", f"where the pool is made, or how `{name}` is handed over, is not known", call)
    if any(keyword.arg in ("initializer", "initargs", None) for keyword in found[0].keywords) or len(found[0].args) > 1:
        raise Refused("layout", "the pool has an initializer already", found[0])
    definition = mend.definition(function.id)
    known = [] if definition is None else [a.arg for a in (*definition.args.posonlyargs, *definition.args.args)]
    if len(known) < len(given) or any(isinstance(each, ast.Starred) for each in given):
        raise Refused("dynamic-call", f"the parameters of `{function.id}` are not known by this file", call)
    others = [known[i] for i, each in enumerate(given) if each is not shared[0]]
    return _Task(call, found[0], function, shared[0], tuple(others))


def _with_initializer(
    mend: Mend, task: _Task, lines: list[str], initargs: str, notes: list[str], dropped: list[Edit] | None = None
) -> Rewrite:
    source, name, unit = mend.source, task.shared.id, mend.source.unit
    used = set(taken(source.tree))
    kept, start = fresh(f"_{name.strip('_')}", used), fresh(f"_keep_{name.strip('_')}", used)
    work = fresh(f"_{task.function.id.strip('_')}", used | {kept, start})
    handed = [kept if part is task.shared else other for part, other in _parts(task)]
    text = (
        f"{kept} = None  # in each process its own\n\n\n"
        + "".join(f"{line.format(start=start, kept=kept)}\n" for line in lines)
        + f"\n\ndef {work}({', '.join(task.others)}):\n{unit}return {task.function.id}({', '.join(handed)})\n"
    )
    given = [source.segment(part) for part in task.call.args[1:] if part is not task.shared]
    submit = f"{source.segment(task.call.func)}({', '.join([work, *given])})"
    end = source.span(task.maker)[1] - 1
    comma = ", " if task.maker.args or task.maker.keywords else ""
    edits = [mend.above_top(task.call, text), Edit(end, end, f"{comma}initializer={start}{initargs}"),
             Edit(*source.span(task.call), submit), *(dropped or [])]  # fmt: skip
    return mend.rewrite(edits, notes=notes)


def _parts(task: _Task) -> list[tuple[ast.expr, str]]:
    others = iter(task.others)
    return [(part, "" if part is task.shared else next(others)) for part in task.call.args[1:]]


def _check_bound_once(mend: Mend, task: _Task) -> None:
    """The pool gets the object when it is made: it must be there by then, and the same for all tasks."""
    source, name = mend.source, task.shared.id
    scope = source.function(task.call)
    stores = [
        n
        for n in ast.walk(scope or source.tree)
        if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Store)
    ]
    late = [n for n in stores if n.lineno >= task.maker.lineno]
    given = scope is not None and name in parameters(scope.args)
    if late or len(stores) + given != 1:
        raise Refused(
            "carried-dependence", f"`{name}` is not yet there, or not yet final, when the pool is made", task.call
        )


def _check_left_alone(mend: Mend, task: _Task) -> None:
    """Each task had a copy of its own: none may change what the next one gets."""
    definition = mend.definition(task.function.id)
    assert definition is not None
    name = next(a.arg for a, part in zip((*definition.args.posonlyargs, *definition.args.args), task.call.args[1:], strict=False)
                if part is task.shared)  # fmt: skip
    for info in mend.order.program.functions.values():
        if info.path == mend.order.site.path and info.line == definition.lineno and info.name == definition.name:
            for write in mend.order.summaries.function_state(info.id).writes:
                if write.place.label.partition(".")[0].partition("[")[0] == name:
                    because = f"a task changes `{name}` (line {write.where.line}), and the next would see that"
                    raise Refused("shared-write", because, task.call)
    if name in binds(here(definition.body)):
        raise Refused("shared-write", f"the task binds `{name}` anew", task.call)
