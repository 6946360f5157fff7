"""Queues between workers: items taken without a look before, and read before those who put them are joined."""

from __future__ import annotations

import ast

from advisor.model.concurrency import Model
from advisor.model.refactor import Edit, Needed, Rewrite
from advisor.questions.calls import last_name
from advisor.stages.generate.mending.mend import Mend
from advisor.stages.generate.names import binds, calm, dotted, fresh, parameters, reads, taken
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source

_LOOKS = frozenset({"empty", "qsize", "get_nowait", "poll"})


def taken_at_once(mend: Mend) -> Rewrite:
    """`while not jobs.empty(): job = jobs.get()` becomes a loop that takes what is there, and ends when nothing is."""
    source = mend.source
    if mend.order.model is not Model.THREADING or not _is_of_threads(mend):
        raise Refused("message-order", "between processes an item that was put may take a while to be there", mend.call)
    loops = [n for n in ast.walk(source.tree) if isinstance(n, ast.While) and n.body[0].lineno == mend.fault.proof]
    match loops:
        case [
            ast.While(
                test=ast.UnaryOp(
                    op=ast.Not(), operand=ast.Call(func=ast.Attribute(value=asked, attr="empty"), args=[])
                ),
                body=[
                    ast.Assign(value=ast.Call(func=ast.Attribute(value=owner) as get, args=[], keywords=[])) as first,
                    *_,
                ],
                orelse=[],
            ) as loop
        ] if dotted(owner) is not None and dotted(asked) == dotted(owner):
            pass
        case _:
            because = "the item is not taken by the first statement of the loop that asks whether the queue is empty"
            raise Refused("layout", because, mend.fault.proof)
    scope = source.function(loop)
    hidden = scope is not None and "queue" in parameters(scope.args) | binds(getattr(scope, "body", []))
    plain = any(
        isinstance(s, ast.Import) and any(a.name == "queue" and not a.asname for a in s.names) for s in source.tree.body
    )
    empty = "queue.Empty" if plain and not hidden else "Empty"
    taking = source.edited(*source.span(first), [Edit(*source.span(get), f"{dotted(owner)}.get_nowait")])
    needs = [] if empty == "queue.Empty" else [Needed("queue", "Empty")]
    return mend.rewrite(taken_or_ended(source, loop, taking, empty), *needs)


def taken_or_ended(source: Source, loop: ast.While, taking: str, fails: str) -> list[Edit]:
    """The edits by which a loop takes something with its first statement, and ends where that fails."""
    first = loop.body[0]
    if not source.owns_its_lines([first]) or loop.lineno == first.lineno or loop.orelse:
        raise Refused("layout", "the loop and what it takes share a line, or it has an `else`", loop)
    indent, unit = source.indent(first), source.unit
    text = f"{indent}try:\n{indent}{unit}{taking}\n{indent}except {fails}:\n{indent}{unit}break\n"
    return [Edit(*source.span(loop.test), "True"), Edit(*source.whole_lines([first]), text)]


def _is_of_threads(mend: Mend) -> bool:
    """Is the queue surely one of the module `queue`, where what was put is there at once?"""
    program = mend.order.program
    infos = program.files[mend.order.site.path]
    taking = [(i.id, c) for i in infos for c in i.calls if c.line == mend.fault.proof and last_name(c) == "get"]
    names = {target.name for function, call in taking for target in program.targets(function, call)}
    return bool(names) and all(name.startswith("queue.") for name in names)


def read_first(mend: Mend) -> Rewrite:
    """What reads the queue right behind the join comes before it."""
    source = mend.source
    join = _join(mend)
    block = source.block(join)
    rest = block[block.index(join) + 1 :]
    read = rest[0] if rest else join
    if not _only_reads(read) or not source.owns_its_lines([join]) or not source.owns_its_lines([read]):
        raise Refused("layout", "the queue is not read right behind the join, item by item as they are expected", join)
    joined = reads([join]) | binds([join])
    for node in ast.walk(read):
        if isinstance(node, ast.Attribute) and dotted(node.value) in joined:
            raise Refused("carried-dependence", f"`{dotted(node)}` is looked at when the work is over", node)
    before = source.line_start(join.lineno)
    again = source.whole_lines([read])
    if isinstance(read, ast.Return) and read.value is not None:
        name = fresh("results", taken(source.function(join) or source.tree))
        text = f"{source.indent(join)}{name} = {source.segment(read.value)}\n"
        return mend.rewrite([Edit(before, before, text), Edit(*source.span(read.value), name)])
    return mend.rewrite([Edit(before, before, source.piece([read], source.indent(join))), Edit(*again, "")])


def _join(mend: Mend) -> ast.stmt:
    """The statement that joins, or the loop that does nothing else."""
    for node in ast.walk(mend.source.tree):
        if getattr(node, "lineno", 0) != mend.fault.line:
            continue
        match node:
            case ast.Expr(value=ast.Call()):
                return node
            case ast.For(body=[ast.Expr(value=ast.Call(func=ast.Attribute(attr="join")))], orelse=[]) if calm(
                node.iter
            ):
                return node
    raise Refused("layout", "the join does not stand by itself", mend.fault.line)


def _only_reads(statement: ast.stmt) -> bool:
    """Does it wait for items of a queue, as many as it wants, whatever is there when it begins?"""
    if not isinstance(statement, ast.Assign | ast.Return | ast.Expr):
        return False
    calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
    methods = [call.func.attr for call in calls if isinstance(call.func, ast.Attribute)]
    gets = [
        c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr == "get" and not c.args and not c.keywords
    ]
    return bool(gets) and _LOOKS.isdisjoint(methods) and not any(isinstance(n, ast.Lambda) for n in ast.walk(statement))
