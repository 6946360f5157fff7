"""Awaitable counterparts of blocking calls: the same work, asked of a library that does not hold up the event loop."""

from __future__ import annotations

import ast

from advisor.model.refactor import Needed, Order
from advisor.stages.generate.conversion import Conversion, awaited
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.source import Source
from advisor.stages.generate.subprocesses import as_program
from advisor.stages.generate.webclients import as_request


def counterpart(
    order: Order, source: Source, inquiry: Inquiry, call: ast.Call, *, client: str = "_http()"
) -> Conversion | None:
    """What makes `call` awaitable in its own right; None where only a thread keeps what the program did.

    `client` is how the code around asks for the HTTP client.
    """
    api = leads_to(order, inquiry, call)
    if api == "time.sleep" and len(call.args) == 1 and not call.keywords:
        return Conversion(tuple(awaited(source, call, "asyncio.sleep")), frozenset({Needed("asyncio")}))
    if api.startswith("subprocess."):
        return as_program(source, inquiry, call, api)
    package, _, verb = api.rpartition(".")
    if package in ("requests", "requests.api"):
        return as_request(source, call, verb, client)
    return None


def leads_to(order: Order, inquiry: Inquiry, call: ast.Call) -> str:
    """The one function or method outside the project that the call is of; empty when there may be others."""
    found = inquiry.call(call)
    names = {t.name for t in order.program.targets(order.site.function, found)} if found is not None else set()
    return order.catalog.canonical(next(iter(names))) if len(names) == 1 else ""
