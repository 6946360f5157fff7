"""Awaitable counterparts of blocking calls: the same work, asked of a library that does not hold up the event loop."""

from __future__ import annotations

import ast

from advisor.model.refactor import Edit, Needed, Order
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import dotted
from advisor.stages.generate.source import Source

Parts = tuple[tuple[Edit, ...], frozenset[Needed], frozenset[str], tuple[str, ...]]
_VERBS = frozenset("get post put patch delete head options".split())
_OPTIONS = frozenset("params headers data json timeout cookies auth files".split())
_SAME = frozenset("status_code text content json headers raise_for_status encoding cookies url".split())


def counterpart(order: Order, source: Source, inquiry: Inquiry, call: ast.Call) -> Parts | None:
    """The edits that make `call` awaitable in its own right; None where only a thread keeps what the program did."""
    found = inquiry.call(call)
    names = {t.name for t in order.program.targets(order.site.function, found)} if found is not None else set()
    if names == {"time.sleep"} and len(call.args) == 1 and not call.keywords:
        text = f"await asyncio.sleep({source.segment(call.args[0])})"
        return (Edit(*source.span(call), text),), frozenset({Needed("asyncio")}), frozenset(), ()
    api = next(iter(names), "") if len(names) == 1 else ""
    package, _, verb = api.rpartition(".")
    if package in ("requests", "requests.api") and verb in _VERBS and _answers_alike(source, call, verb):
        return _through_httpx(source, call, verb)
    return None


def _through_httpx(source: Source, call: ast.Call, verb: str) -> Parts:
    arguments = [source.segment(each) for each in (*call.args, *call.keywords)]
    if not any(keyword.arg == "timeout" for keyword in call.keywords):
        arguments.append("timeout=None")
    text = f"await _http().{verb}({', '.join(arguments)})"
    above = source.parents[call]
    if isinstance(above, ast.Attribute | ast.Subscript):
        text = f"({text})"
    note = "httpx must be installed; its failures are httpx.HTTPError where requests raised RequestException"
    return (Edit(*source.span(call), text),), frozenset({Needed("httpx")}), frozenset({"_http"}), (note,)


def _answers_alike(source: Source, call: ast.Call, verb: str) -> bool:
    """Is the call, and all that is done with its answer, the same in httpx, and does nobody wait for requests' own failures?"""
    if any(k.arg not in _OPTIONS for k in call.keywords) or len(call.args) != 1:
        return False
    if verb in ("get", "delete", "head", "options") and any(k.arg in ("data", "json", "files") for k in call.keywords):
        return False
    if any(k.arg == "data" and not isinstance(k.value, ast.Dict) for k in call.keywords):
        return False
    if any(isinstance(n, ast.ExceptHandler) and _catches_requests(n) for n in ast.walk(source.tree)):
        return False
    above = source.parents[call]
    if isinstance(above, ast.Attribute):
        return above.attr in _SAME
    function = source.function(call)
    match above:
        case ast.Assign(targets=[ast.Name(id=name)]) if function is not None:
            uses = [
                n
                for n in ast.walk(function)
                if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
            ]
            return all(
                isinstance(source.parents[n], ast.Attribute) and source.parents[n].attr in _SAME  # type: ignore[attr-defined]
                for n in uses
            )
    return False


def _catches_requests(handler: ast.ExceptHandler) -> bool:
    """Would the handler have caught a failure of requests (which is an OSError)?"""
    if handler.type is None:
        return False
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = [(dotted(kind) or "") for kind in kinds]
    return any(
        name.startswith("requests") or name in ("OSError", "IOError", "EnvironmentError")
        or name.rpartition(".")[2] in ("RequestException", "HTTPError", "Timeout", "ConnectTimeout", "ReadTimeout", "ConnectionError")
        for name in names
    )  # fmt: skip
