"""The twin of a client that a module made for all: once for each event loop, from the same arguments."""

from __future__ import annotations

import ast

from advisor.model.refactor import Definition, Order
from advisor.stages.generate.conversion import Conversion
from advisor.stages.generate.counterparts import leads_to
from advisor.stages.generate.following import Followed, through_twin
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import binds, parameters, taken
from advisor.stages.generate.origins import Origin, origin
from advisor.stages.generate.source import Source
from advisor.stages.generate.trail import Differs, Trail

_EACH_LOOP = "_for_each_loop"


def with_twin(order: Order, source: Source, inquiry: Inquiry, call: ast.Call) -> tuple[Conversion, Definition] | None:
    """The coroutine of `call` with the twin of the client that the call is of (or came from); None where it has none."""
    scope = source.function(call)
    if not isinstance(scope, ast.AsyncFunctionDef):
        return None
    own = binds(scope.body) | parameters(scope.args)
    asked = [n for n in ast.walk(scope) if isinstance(n, ast.Call) and _client(n) and _client(n) not in own]
    for other in sorted(asked, key=lambda each: each is not call):
        name, cls = _client(other), leads_to(order, inquiry, other).rpartition(".")[0]
        scopes = _sharing(source, name) if cls == "requests.Session" else [scope]
        found = origin(source, name, cls, scopes, scope, inquiry.others) if cls and scopes else None
        if found is None:
            continue
        try:
            made = _converted(order, source, found, scopes)
        except Differs:
            continue
        if any(call is each for every in made for each in every.calls):
            return _joined(made), _definition(source, found)
    return None


def _client(call: ast.Call) -> str:
    match call.func:
        case ast.Attribute(value=ast.Name(id=name)):
            return name
    return ""


def _sharing(source: Source, name: str) -> list[ast.AsyncFunctionDef]:
    """The coroutines that use a session of the module: as it remembers cookies, all of them change over together."""
    found: list[ast.AsyncFunctionDef] = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            around = source.function(node)
            if isinstance(around, ast.AsyncFunctionDef) and around not in found:
                found.append(around)
    return found


def _converted(order: Order, source: Source, found: Origin, scopes: list[ast.AsyncFunctionDef]) -> list[Followed]:
    client = f"{_name(found)}()"
    if _name(found) in taken(source.tree) and _name(found) not in binds(source.tree.body):
        raise Differs
    return [through_twin(Trail(order, source, found.dialect, scope, client), found.name) for scope in scopes]


def _joined(made: list[Followed]) -> Conversion:
    first = made[0].conversion
    edits = tuple(edit for each in made for edit in each.conversion.edits)
    helpers = frozenset({_EACH_LOOP}).union(*(each.conversion.helpers for each in made))
    return Conversion(edits, first.needs, helpers, first.notes)


def _name(found: Origin) -> str:
    return f"_async_{found.name.strip('_').lower()}"


def _definition(source: Source, found: Origin) -> Definition:
    name, unit = _name(found), source.unit
    text = f'@{_EACH_LOOP}\ndef {name}():\n{unit}"""`{found.name}` for coroutines."""\n{unit}return {found.text}\n'
    return Definition(name, text)
