"""Locks, events and queues made for threads, waited for in a coroutine: asyncio's own, or a thread that waits."""

from __future__ import annotations

import ast

from advisor.model.refactor import Edit, Needed, Rewrite
from advisor.stages.generate.mending.mend import Mend
from advisor.stages.generate.names import binds, calm, dotted
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.tothread import awaited_in_a_thread

_AWAITED = {"Event": {"wait"}, "Queue": {"get", "put", "join"}}
_AT_ONCE = {"Event": {"set", "clear", "is_set"}, "Queue": {"qsize", "empty", "full", "task_done"}}
_KINDS = {
    "Lock": "Lock",
    "Event": "Event",
    "Queue": "Queue",
    "LifoQueue": "LifoQueue",
    "PriorityQueue": "PriorityQueue",
}
_BOUND = "it belongs to the event loop that first waits for it: a program that runs several needs one for each"


def lock_of_asyncio(mend: Mend) -> Rewrite:
    """`threading.Lock` becomes `asyncio.Lock`, and `with lock` `async with lock`, where only coroutines take it."""
    name = mend.fault.name
    maker = _maker(mend, name)
    if maker is None or _kind(maker) != "Lock":
        raise Refused(
            "lock-held", f"how `{name}` is made was not found in the file, or other files use it", mend.fault.line
        )
    edits = [_made(mend, maker, "Lock")]
    for use in _uses(mend, name):
        taken = _taken(mend, use) if isinstance(mend.source.function(use), ast.AsyncFunctionDef) else None
        if taken is None:
            raise Refused(
                "lock-held", f"line {use.lineno} takes `{name}` outside of coroutines, or in another way", use
            )
        edits += taken
    return mend.rewrite(edits, Needed("asyncio"), notes=[_BOUND])


def _taken(mend: Mend, use: ast.expr) -> list[Edit] | None:
    """The edits that take an `asyncio.Lock` as a thread's lock is taken here; None for any other use."""
    above = mend.source.parents[use]
    around = mend.source.parents[above]
    match above, around:
        case ast.withitem(), ast.With(items=[_]):
            return mend.insert(around, "async ")[:1]
        case ast.Attribute(attr="acquire"), ast.Call(args=[], keywords=[]):
            bare = isinstance(mend.source.parents[around], ast.Expr)
            return mend.insert(around, "await ") if bare else mend.insert(around, "(await ", ")")
        case ast.Attribute(attr="release" | "locked"), ast.Call():
            return []
    return None


def waited_for(mend: Mend) -> Rewrite:
    """asyncio's own queue or event where only coroutines use it; otherwise a thread waits, and the loop goes on."""
    call = mend.call
    source = mend.source
    if not isinstance(source.function(call), ast.AsyncFunctionDef):
        raise Refused("event-loop", "nothing can be awaited where the call stands", call)
    owner = dotted(call.func.value) if isinstance(call.func, ast.Attribute) else None
    maker = _maker(mend, owner) if owner is not None else None
    edits = _awaitable(mend, owner, maker) if owner is not None and maker is not None else None
    if edits is not None:
        return mend.rewrite(edits, Needed("asyncio"), notes=[_BOUND])
    if not calm(call.func):
        raise Refused("dynamic-call", "what is waited for is worked out in the same step", call)
    if (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "acquire"
        and any("RLock" in n for n in mend.leads_to(call))
    ):
        raise Refused("lock-held", "the thread that takes an RLock must be the one that gives it back", call)
    return mend.rewrite([awaited_in_a_thread(source, call)], Needed("asyncio"))


def _awaitable(mend: Mend, name: str, maker: ast.Call) -> list[Edit] | None:
    """The edits that put asyncio's own in its place; None where somebody uses it in a way that this one has not."""
    kind = _kind(maker)
    family = "Queue" if kind.endswith("Queue") else kind
    if family not in _AWAITED or (maker.keywords and family != "Queue"):
        return None
    edits = [_made(mend, maker, kind)]
    for use in _uses(mend, name):
        method = mend.source.parents[use]
        call = mend.source.parents[method]
        if not isinstance(method, ast.Attribute) or not isinstance(call, ast.Call) or call.func is not method:
            return None
        if not isinstance(mend.source.function(use), ast.AsyncFunctionDef):
            return None  # a thread may be on the other side
        if method.attr in _AWAITED[family]:
            if len(call.args) != (method.attr == "put") or call.keywords:
                return None
            bare = not isinstance(mend.source.parents[call], ast.Attribute | ast.Subscript | ast.BinOp | ast.Compare)
            edits += mend.insert(call, "await ") if bare else mend.insert(call, "(await ", ")")
        elif method.attr not in _AT_ONCE[family]:
            return None
    return edits


def _maker(mend: Mend, name: str) -> ast.Call | None:
    """The call that makes the object of a name, or of an attribute of `self`, where only this file can know it."""
    home = _home(mend, name)
    if home is None:
        return None
    made = [n for n in ast.walk(home) if isinstance(n, ast.Assign | ast.AnnAssign) and name in _set_by(n)]
    if len(made) != 1 or not isinstance(made[0].value, ast.Call):
        return None
    if _known_outside(mend, home, name.partition(".")[2]) if "." in name else mend.seen_elsewhere(name):
        return None
    maker = made[0].value
    return maker if _kind(maker) in _KINDS else None


def _home(mend: Mend, name: str) -> ast.Module | ast.ClassDef | None:
    """What holds all that may know it: the file, or the class that the misuse stands in for an attribute of `self`."""
    owner, _, attribute = name.partition(".")
    if not attribute:
        return mend.source.tree
    inside = (n for n in ast.walk(mend.source.tree) if isinstance(n, ast.stmt) and n.lineno == mend.fault.line)
    here = next(inside, None)
    home = mend.source.enclosing(here, ast.ClassDef) if here is not None else None
    return home if owner == "self" and "." not in attribute and isinstance(home, ast.ClassDef) else None


def _set_by(statement: ast.Assign | ast.AnnAssign) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    return set(binds([statement])) | {dotted(target) or "" for target in targets}


def _known_outside(mend: Mend, home: ast.AST, attribute: str) -> bool:
    """May something outside of the class speak of its attribute: by another name than `self`, or in a class below it?"""
    name = home.name if isinstance(home, ast.ClassDef) else ""
    own = set(map(id, ast.walk(home)))
    others = (mend.read(path) for path in mend.order.program.modules if path != mend.order.site.path)
    for tree in (mend.source.tree, *(other.tree for other in others if other is not None and attribute in other.text)):
        below = {
            id(n) for c in ast.walk(tree) if isinstance(c, ast.ClassDef) and _is_below(c, name) for n in ast.walk(c)
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Attribute) or node.attr != attribute or id(node) in own:
                continue
            if dotted(node.value) != "self" or id(node) in below:
                return True
    return False


def _is_below(cls: ast.ClassDef, name: str) -> bool:
    return any((dotted(base) or "").rpartition(".")[2] == name for base in cls.bases)


def _kind(maker: ast.Call) -> str:
    return (dotted(maker.func) or "").rpartition(".")[2]


def _made(mend: Mend, maker: ast.Call, kind: str) -> Edit:
    return Edit(*mend.source.span(maker.func), f"asyncio.{kind}")


def _uses(mend: Mend, name: str) -> list[ast.expr]:
    home = _home(mend, name) or mend.source.tree
    kinds = ast.Attribute if "." in name else ast.Name
    return [n for n in ast.walk(home) if isinstance(n, kinds) and dotted(n) == name and isinstance(n.ctx, ast.Load)]
