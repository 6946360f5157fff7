"""Following one client through the function that makes it: everything done with it and its cursors awaits, or nothing does."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from advisor.model.refactor import Edit, Order
from advisor.stages.generate.conversion import Conversion, stands_alone
from advisor.stages.generate.counterparts import leads_to
from advisor.stages.generate.dialects import DIALECTS, allowed, caught, maker, method, names_of
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.lifetimes import lifetime
from advisor.stages.generate.names import binds, dotted, jumps, parameters
from advisor.stages.generate.source import Source
from advisor.stages.generate.trail import Differs, Trail
from advisor.stages.generate.webclients import as_request

_WALKED = "walked"  # the class of what can only be walked: the keys of a scan


@dataclass(frozen=True, slots=True)
class Followed:
    """A client with all its uses converted: `calls` are those that no longer block, `names` those of it and its cursors."""

    conversion: Conversion
    calls: tuple[ast.Call, ...]
    names: frozenset[str]
    shared: bool


def followed(order: Order, source: Source, inquiry: Inquiry, scope: ast.AST, *, reshape: bool) -> Iterator[Followed]:
    """The clients that `scope` makes and that can await throughout. `reshape`: lines may be moved, so as to close a client."""
    if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef):
        return
    for node in ast.walk(scope):
        if isinstance(node, ast.Call) and source.function(node) is scope:
            dialect = DIALECTS.get(leads_to(order, inquiry, node))
            if dialect is not None and not caught(dialect, source):
                try:
                    yield _follow(Trail(order, source, dialect, scope), node, reshape=reshape)
                except Differs:
                    continue


def _follow(trail: Trail, call: ast.Call, *, reshape: bool) -> Followed:
    text = maker(trail.dialect, trail.source, call)
    if text is None:
        raise Differs
    trail.calls.append(call)
    home = lifetime(trail, call, text)
    seen: set[ast.Name] = set()
    while found := next((use for use in trail.uses() if use not in seen), None):  # cursors get names while we go
        seen.add(found)
        if trail.source.function(found) is not trail.scope:
            raise Differs
        trail.edits = [*_used(trail, found, trail.names[found.id]), *trail.edits]
    _check_names(trail)
    closing = home(list(seen), reshape)
    trail.edits += closing
    return _followed(trail)


def _followed(trail: Trail) -> Followed:
    if trail.meanwhile & trail.names.keys():
        raise Differs
    for block, items in trail.blocks.items():
        if len(items) != len(block.items):
            raise Differs
        start = trail.source.span(block)[0]
        trail.edits.append(Edit(start, start, "async "))
    needs = trail.dialect.needs
    notes = (*([trail.dialect.note] if trail.dialect.note else []), *trail.notes)
    made = Conversion(tuple(trail.edits), needs, trail.dialect.helpers | trail.helpers, notes)
    return Followed(made, tuple(trail.calls), frozenset(trail.names), trail.dialect.shared)


def through_twin(trail: Trail, name: str) -> Followed:
    """All that a function does with the client `name`, made elsewhere, done with what `trail.client` says instead."""
    trail.names[name] = trail.dialect.made
    seen: set[ast.Name] = set()
    while found := next((use for use in trail.uses() if use not in seen), None):
        seen.add(found)
        if trail.source.function(found) is not trail.scope:
            raise Differs
        asked = trail.dialect.made == "requests.Session"
        own = [Edit(*trail.source.span(found), trail.client)] if found.id == name and not asked else []
        trail.edits = [*_used(trail, found, trail.names[found.id]), *own, *trail.edits]
    _check_names(trail)
    if trail.closes:
        raise Differs
    return _followed(trail)


def _check_names(trail: Trail) -> None:
    """Each name must be that of the client or cursor alone, wherever it is set."""
    for node in ast.walk(trail.scope):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) if name in trail.names:
                if not any(node is each for each in trail.bound):
                    raise Differs
            case ast.Global(names=names) | ast.Nonlocal(names=names) if trail.names.keys() & set(names):
                raise Differs
    others = [n for n in ast.walk(trail.scope) if isinstance(n, ast.ExceptHandler | ast.MatchAs | ast.Import)]
    if trail.names.keys() & (parameters(trail.scope.args) | binds(others)):
        raise Differs


# ---- one use


def _used(trail: Trail, node: ast.expr, cls: str) -> list[Edit]:
    """The edits for what is done with an expression that is a client or cursor."""
    source = trail.source
    match source.parents[node]:
        case ast.Attribute() as attribute if (call := _calls(source, attribute)) is not None:
            return _called(trail, call, attribute, cls)
        case ast.Attribute() as attribute:
            return _read_or_set(trail, attribute, cls)
        case ast.Expr():
            return []
        case ast.Assign(targets=[ast.Name() as name]) if isinstance(node, ast.Call):
            _name(trail, name, cls)
            return []
        case ast.withitem() as item:
            return _entered(trail, item, node, cls)
        case ast.Call(args=[_], keywords=[]) as around:
            return _given(trail, around, node, cls)
        case ast.For(iter=iterable) as loop if iterable is node and _walkable(
            trail, cls, node, loop.body, [loop.target]
        ):
            start = source.span(loop)[0]
            return [Edit(start, start, "async ")]
        case ast.comprehension() as clause if clause.iter is node:
            comprehension = source.parents[clause]
            if not isinstance(comprehension, ast.GeneratorExp) and _walkable(trail, cls, node, [comprehension], []):
                start = source.text.rindex("for", 0, source.span(clause.target)[0])
                return [Edit(start, start, "async ")]
    raise Differs


def _calls(source: Source, attribute: ast.Attribute) -> ast.Call | None:
    above = source.parents[attribute]
    return above if isinstance(above, ast.Call) and above.func is attribute else None


def _name(trail: Trail, name: ast.Name, cls: str) -> None:
    if trail.names.setdefault(name.id, cls) != cls:
        raise Differs
    trail.bound.append(name)


def _called(trail: Trail, call: ast.Call, attribute: ast.Attribute, cls: str) -> list[Edit]:
    source, dialect = trail.source, trail.dialect
    if dialect.made == "requests.Session" and attribute.attr not in ("close", "headers"):
        client = trail.client or source.segment(attribute.value)
        made = as_request(source, call, attribute.attr, client, session=True)
        if made is None or not can_await(trail.scope, source, call):
            raise Differs
        trail.notes += made.notes
        trail.calls.append(call)
        return list(made.edits)
    found = method(trail.order.catalog, dialect, cls, attribute.attr)
    if found is None or not allowed(dialect, source, cls, attribute.attr, call):
        raise Differs
    trail.calls.append(call)
    if attribute.attr == "close" and cls == dialect.made:
        trail.closes.append(call)
        if call.args or call.keywords or not isinstance(source.parents[call], ast.Expr):
            raise Differs
    start, end = source.span(call)
    own = []
    if found.name != attribute.attr:
        own.append(Edit(source.span(attribute)[1] - len(attribute.attr), source.span(attribute)[1], found.name))
    walked = attribute.attr in dialect.walked
    entered = isinstance(source.parents[call], ast.withitem) or _closing(source, call) is not None
    if found.awaited and not walked and not entered:
        if not can_await(trail.scope, source, call):
            raise Differs
        alone = stands_alone(source, call) or isinstance(source.parents[call], ast.For | ast.comprehension)
        own = [Edit(start, start, "await " if alone else "(await "), *own, *([] if alone else [Edit(end, end, ")")])]
    outer = _used(trail, call, _WALKED) if walked else []
    if found.gives is not None and _is_followed(trail, found.gives):
        outer = _used(trail, call, found.gives)
    return [*outer, *own]  # of two insertions at one place the first comes first


def _is_followed(trail: Trail, cls: str) -> bool:
    entry = trail.order.catalog.object(cls)
    return entry is not None and entry.async_ is not None


def _read_or_set(trail: Trail, attribute: ast.Attribute, cls: str) -> list[Edit]:
    source, dialect = trail.source, trail.dialect
    above = source.parents[attribute]
    if isinstance(attribute.ctx, ast.Store):
        if not isinstance(above, ast.Assign) or len(above.targets) != 1 or cls != dialect.made:
            raise Differs
        if attribute.attr in dialect.settable and _set_alike(trail, above.value):
            return []
        if attribute.attr == "autocommit" and cls == "psycopg2.extensions.connection":
            start, end = source.span(attribute)[1] - len("autocommit"), source.span(above.value)[0]
            first, last = source.span(above)
            return [Edit(first, first, "await "), Edit(start, end, "set_autocommit("), Edit(last, last, ")")]
        raise Differs
    if dialect.made == "requests.Session" and attribute.attr == "headers":
        return _headers(source, attribute)
    if attribute.attr not in dialect.attributes.get(cls, frozenset()):
        raise Differs
    return []


def _set_alike(trail: Trail, value: ast.expr) -> bool:
    """Names and passwords for a session; for a connection no function, which would run in the thread of the twin."""
    if trail.dialect.made == "requests.Session":
        return isinstance(value, ast.Tuple) and not names_of(trail.dialect.raises, trail.source) & _names(value)
    return dotted(value) in ("sqlite3.Row", "bytes", "str")


def _headers(source: Source, headers: ast.Attribute) -> list[Edit]:
    """A header that is set for all requests is set in the same way for httpx."""
    match source.parents[headers]:
        case ast.Attribute(attr="update") as update:
            call = source.parents[update]
            if isinstance(call, ast.Call) and call.func is update and isinstance(source.parents[call], ast.Expr):
                values = [v for each in call.args if isinstance(each, ast.Dict) for v in each.values]
                if not any(isinstance(v, ast.Constant) and v.value is None for v in values):
                    return []
        case ast.Subscript(ctx=ast.Store()):
            return []
    raise Differs


def _names(expression: ast.expr) -> frozenset[str]:
    return frozenset(node.id for node in ast.walk(expression) if isinstance(node, ast.Name))


def _entered(trail: Trail, item: ast.withitem, node: ast.expr, cls: str) -> list[Edit]:
    """`with connection`, which ends a transaction, or `with` a cursor or another client, which closes it."""
    source, dialect = trail.source, trail.dialect
    block = source.parents[item]
    if not isinstance(block, ast.With) or cls == "sqlite3.Cursor" or not can_await(trail.scope, source, block):
        raise Differs
    trail.blocks.setdefault(block, set()).add(item)
    if cls == dialect.made and dialect.commits:
        if item.optional_vars is not None or not isinstance(node, ast.Name):
            raise Differs
        trail.helpers.add("_transaction")
        return [Edit(*source.span(node), f"_transaction({node.id})")]
    if item.optional_vars is not None:
        if not isinstance(item.optional_vars, ast.Name) or not isinstance(node, ast.Call):
            raise Differs
        _name(trail, item.optional_vars, cls)
    return []


def _given(trail: Trail, around: ast.Call, node: ast.expr, cls: str) -> list[Edit]:
    """`list(cursor)`, and `with closing(connection.cursor()) as cursor`."""
    source = trail.source
    item = _closing(source, node)
    if item is not None and isinstance(node, ast.Call):
        block = source.parents[item]
        if not isinstance(block, ast.With) or not isinstance(item.optional_vars, ast.Name) or cls == _WALKED:
            raise Differs
        trail.blocks.setdefault(block, set()).add(item)
        _name(trail, item.optional_vars, cls)
        start, end = source.span(around)
        inner, last = source.span(node)
        return [Edit(start, inner, ""), Edit(last, end, "")]
    if isinstance(around.func, ast.Name) and around.func.id == "list" and _walkable(trail, cls, node, [], []):
        if not can_await(trail.scope, source, around):
            raise Differs
        start, end = source.span(around)
        inner, last = source.span(node)
        return [Edit(start, inner, "[row async for row in "), Edit(last, end, "]")]
    raise Differs


def _closing(source: Source, node: ast.expr) -> ast.withitem | None:
    """The item of `with closing(node) as name`."""
    around = source.parents[node]
    if isinstance(around, ast.Call) and dotted(around.func) in ("closing", "contextlib.closing"):
        item = source.parents[around]
        return item if isinstance(item, ast.withitem) else None
    return None


def _walkable(trail: Trail, cls: str, node: ast.expr, inside: Sequence[ast.AST], targets: Sequence[ast.AST]) -> bool:
    """May the rows be read ahead, some at a time? Not where the same client is asked for other things meanwhile."""
    if cls == trail.dialect.made or cls == "redis.client.Pipeline" or not can_await(trail.scope, trail.source, node):
        return False
    own = {id(each) for each in ast.walk(node)}
    statements = [each for each in inside if isinstance(each, ast.stmt)]
    if isinstance(node, ast.Name) and any(isinstance(jump, ast.Break) for jump in jumps(statements)):
        return False  # the rows after that one would be lost to who reads on
    used = {
        n.id for part in (*inside, *targets) for n in ast.walk(part) if isinstance(n, ast.Name) and id(n) not in own
    }
    trail.meanwhile |= used
    return True


def can_await(scope: ast.AST, source: Source, node: ast.AST) -> bool:
    """Is the node evaluated by the function itself, where `await` may stand?"""
    return source.enclosing(node, ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.GeneratorExp) is scope
