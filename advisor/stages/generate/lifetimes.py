"""The lifetime of a client: how it is made, how long it is used, and that its twin is closed when the function is done with it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from advisor.model.refactor import Edit
from advisor.stages.generate.names import dotted
from advisor.stages.generate.trail import Differs, Trail

Home = Callable[[Sequence[ast.Name], bool], list[Edit]]


def lifetime(trail: Trail, made: ast.Call, text: str) -> Home:
    """Names the client; what is left to write once all its uses are known (and whether lines may move)."""
    source, dialect = trail.source, trail.dialect
    above = source.parents[made]
    closing = isinstance(above, ast.Call) and dotted(above.func) in ("closing", "contextlib.closing")
    item = source.parents[above] if closing else above
    if isinstance(item, ast.withitem) and isinstance(item.optional_vars, ast.Name):
        trail.names[item.optional_vars.id] = dialect.made
        trail.bound.append(item.optional_vars)
        return _in_a_block(trail, item, text, closing=closing)
    match above:
        case ast.Assign(targets=[ast.Name() as name]):
            trail.names[name.id] = dialect.made
            trail.bound.append(name)
            return _assigned(trail, above, made, name, text)
    raise Differs


def _in_a_block(trail: Trail, item: ast.withitem, text: str, *, closing: bool) -> Home:
    """`with connect() as name`: the twin is closed where the block ends, so it must not be used after."""
    source, dialect = trail.source, trail.dialect
    block = source.parents[item]
    assert isinstance(item.optional_vars, ast.Name)
    name = item.optional_vars.id
    if not isinstance(block, ast.With):
        raise Differs
    trail.blocks.setdefault(block, set()).add(item)
    entered = f"await {text}" if dialect.connects_first else text
    if closing and not dialect.closes_only:
        trail.helpers.add("_closing")
        entered = f"_closing({entered})"
    edits = [Edit(*source.span(item.context_expr), entered)]
    if dialect.commits and not closing and dialect.closes_only:
        trail.helpers.add("_transaction")
        end = source.span(item.optional_vars)[1]
        edits.append(Edit(end, end, f", _transaction({name})"))

    def write(uses: Sequence[ast.Name], reshape: bool) -> list[Edit]:
        inside = {id(node) for node in ast.walk(block)}
        after = [use for use in uses if id(use) not in inside]
        if not after:
            return edits
        statement = source.statement(after[0])
        siblings = source.block(block)
        last = siblings[siblings.index(block) + 1] if siblings.index(block) + 1 < len(siblings) else None
        if len(after) > 1 or statement is not last or not _closes(trail, statement) or not reshape:
            raise Differs
        _forget(trail, statement)
        return [*edits, _without(trail, statement)]

    return write


def _assigned(trail: Trail, statement: ast.Assign, made: ast.Call, name: ast.Name, text: str) -> Home:
    """`name = connect()`: closed by a `finally` as before, or by a block around all the statements that use it."""
    source, dialect = trail.source, trail.dialect
    span = source.span(made)

    def write(uses: Sequence[ast.Name], reshape: bool) -> list[Edit]:
        block = source.block(statement)
        first = block.index(statement) + 1
        kept = Edit(*span, f"await {text}" if dialect.connects else text)
        following = block[first] if first < len(block) else None
        if isinstance(following, ast.Try) and _all_in(uses, [following]) and _closed_at_last(trail, following):
            return [kept]
        inside = [index for index in range(first, len(block)) if any(_in(use, block[index]) for use in uses)]
        if not reshape or not inside or not _all_in(uses, block[first:]) or source.statement(name) is not statement:
            raise Differs
        body = block[first : inside[-1] + 1]
        gone: list[Edit] = []
        if _closes(trail, body[-1]):
            _forget(trail, body[-1])
            gone = [_without(trail, body.pop())]
        if trail.closes or not body or not source.owns_its_lines(body) or not source.owns_its_lines([statement]):
            raise Differs
        return [*gone, *_around(trail, statement, kept, body, name.id, text)]

    return write


def _around(trail: Trail, statement: ast.stmt, kept: Edit, body: list[ast.stmt], name: str, text: str) -> list[Edit]:
    """`async with … as name:` around the statements, or `try … finally` where that would commit as well."""
    source, dialect = trail.source, trail.dialect
    indent = source.indent(statement)
    first, last = (statement.end_lineno or 0) + 1, body[-1].end_lineno or 0
    moved = list(source.shift(first, last, indent, indent + source.unit))
    if dialect.closes_only:
        return [Edit(*source.span(statement), f"async with {text} as {name}:"), *moved]
    start, end = source.line_start(first), source.line_start(last + 1)
    lead = "" if source.text[:end].endswith("\n") else "\n"
    closing = f"{lead}{indent}finally:\n{indent}{source.unit}await {name}.{dialect.closing}()\n"
    return [kept, Edit(start, start, f"{indent}try:\n"), *moved, Edit(end, end, closing)]


def _closes(trail: Trail, statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and any(statement.value is each for each in trail.closes)


def _forget(trail: Trail, statement: ast.stmt) -> None:
    """A call of `close` that is not needed any more: its own edits go with it."""
    start, end = trail.source.span(statement)
    trail.edits = [edit for edit in trail.edits if not (start <= edit.start and edit.end <= end)]
    trail.closes = [each for each in trail.closes if trail.source.parents[each] is not statement]


def _without(trail: Trail, statement: ast.stmt) -> Edit:
    if not trail.source.owns_its_lines([statement]):
        raise Differs
    return Edit(*trail.source.whole_lines([statement]), "")


def _closed_at_last(trail: Trail, attempt: ast.Try) -> bool:
    """Is the client closed in the `finally`, and nowhere else?"""
    final = [each for each in attempt.finalbody if _closes(trail, each)]
    return len(final) == 1 and len(trail.closes) == 1


def _in(node: ast.AST, statement: ast.stmt) -> bool:
    return any(node is each for each in ast.walk(statement))


def _all_in(nodes: Sequence[ast.AST], statements: Sequence[ast.stmt]) -> bool:
    return all(any(_in(node, statement) for statement in statements) for node in nodes)
