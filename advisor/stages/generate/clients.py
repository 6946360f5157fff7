"""Clients that workers must not share: each thread or process makes its own, the way the program made the one it had."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from advisor.model.refactor import Needed, Order
from advisor.model.site import Hazard, HazardKind
from advisor.stages.generate.flavors import flavor
from advisor.stages.generate.names import binds, free
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import captured as from_scopes
from advisor.stages.generate.source import Source

if TYPE_CHECKING:
    from advisor.stages.generate.draft import Draft
    from advisor.stages.generate.initializer import Initializer
    from advisor.stages.generate.work import Cut

_UNSAFE = (HazardKind.THREAD_UNSAFE_CAPTURE, HazardKind.STATEFUL_CAPTURE, HazardKind.SERIALISED_CAPTURE)


@dataclass(frozen=True, slots=True)
class Client:
    """`made` is the expression that makes it, `entered` whether it is a context manager in use, `closed` whether it is closed."""

    made: ast.expr
    entered: bool
    closed: bool


def own_clients(
    order: Order, source: Source, loop: ast.AST, captured: frozenset[str], scope: ast.AST
) -> dict[str, Client]:
    """The captured names of which every worker needs one of its own."""
    found: dict[str, Client] = {}
    for hazard in _unsafe(order, source, loop):
        name, dot, _ = hazard.name.partition(".")
        if name in captured and not dot:
            found[name] = _creation(name, loop, scope, hazard.because)
        elif name in captured and (flavor(order).isolated or hazard.kind is not HazardKind.SERIALISED_CAPTURE):
            raise Refused(hazard.kind.value, hazard.because, hazard.line)
    return found


def own_names(draft: Draft, made: Cut) -> frozenset[str]:
    """The names of such clients: what the work does to one of them, or whether it can be sent, is no matter then."""
    names = frozenset(hazard.name for hazard in _unsafe(draft.order, draft.source, draft.loop))
    return names & captured_by(draft, made)


def captured_by(draft: Draft, made: Cut) -> frozenset[str]:
    """What the work needs from the functions around the loop, beside the item."""
    return from_scopes(draft.source, draft.loop, made.needed) - draft.head.names - binds(made.prepare)


def _unsafe(order: Order, source: Source, loop: ast.AST) -> list[Hazard]:
    way = flavor(order)
    if way.tasks and isinstance(source.function(loop), ast.AsyncFunctionDef):
        return []
    kinds = (HazardKind.UNPICKLABLE_CAPTURE,) if way.isolated else _UNSAFE
    return [hazard for hazard in order.case.hazards if hazard.kind in kinds]


def _creation(name: str, loop: ast.AST, scope: ast.AST, because: str) -> Client:
    """How the one client was made, where that can be repeated by each worker."""
    makers: list[tuple[ast.expr, bool]] = []
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=bound)], value=value) if bound == name:
                makers.append((value, False))
            case ast.withitem(context_expr=value, optional_vars=ast.Name(id=bound)) if bound == name:
                makers.append((value, True))
    line = getattr(loop, "lineno", 1)
    if len(makers) != 1 or not isinstance(makers[0][0], ast.Call):
        raise Refused(
            "thread-unsafe-capture", f"{because}, and how to make another is not known where it is used", line
        )
    value, entered = makers[0]
    changed = any(
        isinstance(node, ast.Attribute | ast.Subscript)
        and isinstance(node.ctx, ast.Store)
        and getattr(node.value, "id", "") == name
        for node in ast.walk(scope)
    )
    configured = any(
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute)
        and free([node.value.func.value]) == {name} and node.value.func.attr not in ("close", "quit", "disconnect")
        and not any(each is node for each in ast.walk(loop))
        for node in ast.walk(scope)
    )  # fmt: skip
    if changed or configured:
        raise Refused("thread-unsafe-capture", f"{because}, and it is set up further after it was made", line)
    closed = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "close"
        and isinstance(node.func.value, ast.Name) and node.func.value.id == name
        for node in ast.walk(scope)
    )  # fmt: skip
    return Client(value, entered, closed)


def in_a_thread(draft: Draft, name: str, client: Client, *, may_stop: bool) -> list[str]:
    """The first lines of a worker that runs in threads: the thread's own client, made when it is first needed.

    Refused where the loop `may_stop` before all is done and an event loop leaves its threads to themselves, so that one
    may be in the midst of using a client that is closed.
    """
    source = draft.source
    local = draft.name("own")
    draft.needs.add(Needed("threading"))
    draft.above.append(f"{local} = threading.local()  # a client for each thread: they must not share one")
    made = source.segment(client.made)
    if client.entered or client.closed:
        if may_stop and draft.way.tasks:
            because = f"the loop may end early, or an item fail, and close `{name}` while threads that were given up still use it"
            raise Refused("early-exit", because, draft.loop)
        opened = draft.name("opened")
        stack = "AsyncExitStack" if draft.way.tasks else "ExitStack"
        draft.needs.add(Needed("contextlib", stack))
        if client.entered:
            made = f"{opened}.enter_context({made})"
        else:
            draft.needs.add(Needed("contextlib", "closing"))
            made = f"{opened}.enter_context(closing({made}))"
        draft.opens = draft.opens.replace("with ", f"with {stack}() as {opened}, ", 1)
    unit = source.unit
    return [f'if not hasattr({local}, "{name}"):', f"{unit}{local}.{name} = {made}", f"{name} = {local}.{name}"]


def in_a_process(draft: Draft, name: str, client: Client, start: Initializer) -> list[str]:
    """The first lines of a worker that runs in processes: the process's own client, made by its initializer."""
    if not draft.way.initializer:
        raise Refused("unpicklable-capture", f"`{name}` cannot be sent to another machine", draft.loop)
    source = draft.source
    shared = draft.module_name(f"_{name}")
    needed = sorted(from_scopes(source, draft.loop, free([client.made])) - binds([client.made]))
    start.keep(shared, source.segment(client.made), needed)
    return [f"{name} = {shared}"]
