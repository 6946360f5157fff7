"""Requests as httpx makes them: where the call, its options and all that is done with the answer mean the same in both."""

from __future__ import annotations

import ast

from advisor.model.refactor import Edit, Needed
from advisor.stages.generate.conversion import Conversion, awaited, keywords, with_arguments
from advisor.stages.generate.names import dotted
from advisor.stages.generate.source import Source

VERBS = frozenset("get post put patch delete head options".split())
_BODYLESS = frozenset("get delete head options".split())
_BODY = frozenset("data json files".split())
_OPTIONS = frozenset("params headers data json timeout cookies auth files allow_redirects".split())
_SAME = frozenset("status_code text content json headers raise_for_status encoding cookies".split())
_CONTAINED = frozenset({"status_code", "raise_for_status"})
_NOTE = (
    "httpx must be installed; its failures are httpx.HTTPError where requests raised RequestException, "
    "and it reads a text that names no charset as UTF-8"
)


def as_request(source: Source, call: ast.Call, verb: str, client: str, *, session: bool = False) -> Conversion | None:
    """The request through `client`; None where httpx would do something else."""
    if verb not in VERBS or not _asks_alike(source, call, verb, session=session) or waits_for_failures(source):
        return None
    if not answered_alike(source, call, _SAME - (_CONTAINED - {"status_code"} if _may_stay(call, verb) else set())):
        return None
    edits = awaited(source, call, f"{client}.{verb}")
    given = keywords(call) or {}
    more = [] if "timeout" in given or session else ["timeout=None"]
    more += ["follow_redirects=False"] if verb == "head" and "allow_redirects" not in given else []
    edits += with_arguments(source, call, more)
    for keyword in call.keywords:
        if keyword.arg == "allow_redirects":
            start = source.span(keyword)[0]
            edits.append(Edit(start, start + len("allow_redirects"), "follow_redirects"))
    helper = client.partition("(")[0] if client.startswith("_") else ""
    helpers = frozenset({helper, "_alone"} - {""}) if not session else frozenset[str]()
    return Conversion(tuple(edits), frozenset({Needed("httpx")}), helpers, (_NOTE,))


def _may_stay(call: ast.Call, verb: str) -> bool:
    """May the answer be a redirect? For httpx it is a failure when `raise_for_status` is asked."""
    return verb == "head" or any(keyword.arg == "allow_redirects" for keyword in call.keywords)


def _asks_alike(source: Source, call: ast.Call, verb: str, *, session: bool) -> bool:
    given = keywords(call)
    if given is None or len(call.args) != 1 or not given.keys() <= _OPTIONS - ({"cookies"} if session else set()):
        return False
    if verb in _BODYLESS and given.keys() & _BODY:
        return False
    if "auth" in given and not isinstance(given["auth"], ast.Tuple):
        return False
    if "data" in given and not isinstance(given["data"], ast.Dict):
        return False
    if any(_leaves_out(given[name]) for name in ("params", "headers", "data") if name in given):
        return False
    return "params" not in given or _without_query(source, call.args[0], call)


def _leaves_out(value: ast.expr) -> bool:
    """Is a value None, which requests would not send?"""
    return isinstance(value, ast.Dict) and any(isinstance(v, ast.Constant) and v.value is None for v in value.values)


def _without_query(source: Source, address: ast.expr, at: ast.AST) -> bool:
    """Is there surely no query in the address yet? `params` would replace it, where requests adds to it."""
    match address:
        case ast.Constant(value=str(text)):
            return "?" not in text
        case ast.JoinedStr(values=parts):
            texts = [part.value for part in parts if isinstance(part, ast.Constant)]
            return bool(texts) and not any("?" in str(text) for text in texts)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            plain = [each for each in (left, right) if not isinstance(each, ast.Name | ast.Attribute)]
            return bool(plain) and all(_without_query(source, each, at) for each in plain)
        case ast.Name(id=name):
            makers = [
                node.value
                for node in ast.walk(source.function(at) or source.tree)
                if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
            ] or [
                node.value
                for node in source.tree.body
                if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
            ]
            return len(makers) == 1 and not isinstance(makers[0], ast.Name) and _without_query(source, makers[0], at)
    return False


def answered_alike(source: Source, call: ast.Call, same: frozenset[str] = _SAME) -> bool:
    """Is all that is done with the answer the same in httpx?"""
    above = source.parents[call]
    if isinstance(above, ast.Attribute):
        return above.attr in same
    if isinstance(above, ast.Expr):
        return True
    function = source.function(call)
    match above:
        case ast.Assign(targets=[ast.Name(id=name)]) if function is not None:
            uses = [
                n
                for n in ast.walk(function)
                if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
            ]
            return all(
                isinstance(source.parents[n], ast.Attribute) and source.parents[n].attr in same  # type: ignore[attr-defined]
                for n in uses
            )
    return False


def waits_for_failures(source: Source) -> bool:
    """Does a handler anywhere in the file catch what requests raises? httpx raises something else."""
    return any(isinstance(node, ast.ExceptHandler) and _catches_requests(node) for node in ast.walk(source.tree))


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
