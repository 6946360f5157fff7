"""What a statement does to things that outlive a round, as far as it matters for who may run it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.model.effect import Effect as Kind
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import always_binds, binds, calm_call, dotted, free, here, jumps, reads, root
from advisor.stages.generate.refused import Refused

_MUTATORS = frozenset(
    """append add extend update insert put put_nowait write writelines writerow writerows setdefault pop popleft remove discard clear
    appendleft extendleft sort reverse advance set_postfix set_description set_postfix_str popitem""".split()
)
_OUTSIDE = frozenset({Kind.DISK, Kind.NETWORK, Kind.DATABASE, Kind.SUBPROCESS})
_WRITES = frozenset({"subprocess", "disk", "mixed", "unknown"})  # work that may change what a call looked at before it
_PACES = frozenset({Kind.SLEEP, Kind.LOCK})
_LOGS = frozenset("debug info warning warn error exception critical log".split())
_COLLECTS = {"append": "[]", "extend": "[]", "add": "set()", "update": "{}"}


@dataclass(frozen=True, slots=True)
class Effect:
    """`node` does something that others see: `hazard` in a word, `because` in a sentence; `path` is what it changes."""

    node: ast.stmt | ast.expr
    hazard: str
    because: str
    path: str = ""


def on_the_caller(statement: ast.stmt, local: frozenset[str], inquiry: Inquiry) -> list[Effect]:
    """What a statement does, at any depth, to anything but the names in `local`."""
    found: list[Effect] = []
    for node in here([statement]):
        match node:
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                found += [
                    _change(node, target) for each in targets for target in _spread(each) if not _mine(target, local)
                ]
            case (
                ast.AugAssign(target=target)
                | ast.AnnAssign(target=target)
                | ast.For(target=target)
                | ast.AsyncFor(target=target)
            ):
                found += [_change(node, each) for each in _spread(target) if not _mine(each, local)]
            case ast.Global() | ast.Nonlocal():
                found.append(Effect(node, "global-write", f"line {node.lineno} rebinds names of another scope"))
            case ast.Yield() | ast.YieldFrom():
                found.append(
                    Effect(node, "lazy-generator", f"line {node.lineno} hands out a value in the midst of the work")
                )
            case ast.Call():
                found += _called(node, local, inquiry)
    for jump in jumps([statement]):
        if not isinstance(jump, ast.Continue):
            found.append(Effect(jump, "early-exit", f"line {jump.lineno} may leave the loop in the midst of the work"))
    return found


def _spread(target: ast.expr) -> list[ast.expr]:
    if isinstance(target, ast.Tuple | ast.List):
        return [each for element in target.elts for each in _spread(element)]
    return [target.value] if isinstance(target, ast.Starred) else [target]


def _mine(target: ast.expr, local: frozenset[str]) -> bool:
    return root(target) in local


def _change(node: ast.stmt, target: ast.expr) -> Effect:
    path = _path(target) or "what is shared"
    return Effect(node, "shared-write", f"line {node.lineno} changes `{path}`, which the iterations share", path)


def _called(call: ast.Call, local: frozenset[str], inquiry: Inquiry) -> list[Effect]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    owner = _path(call.func.value) if isinstance(call.func, ast.Attribute) else None
    found = inquiry.call(call)
    heavy = inquiry.costly([call])
    if owner is not None and name in _MUTATORS and owner.partition(".")[0] not in local and call not in heavy:
        because = f"line {call.lineno} changes `{owner}`, which the iterations share"
        return [Effect(call, "shared-write", because, owner)]
    if owner is not None and name in _LOGS:
        return []
    if name == "print" or (found is not None and inquiry.prints([call]) and call not in heavy):
        return [Effect(call, "ordered-output", f"line {call.lineno} prints in the midst of the work")]
    return []


def _path(expression: ast.expr) -> str | None:
    while isinstance(expression, ast.Subscript | ast.Starred):
        expression = expression.value
    if isinstance(expression, ast.Attribute):
        below = _path(expression.value)
        return None if below is None else f"{below}.{expression.attr}"
    return expression.id if isinstance(expression, ast.Name) else None


def touches(statement: ast.stmt, objects: frozenset[str]) -> bool:
    """Does a statement do something to (or with) one of the objects that the work then uses, so that it must come first?"""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"))):
            return False
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=name, value=owner))) if root(owner) not in objects and (
            name in _LOGS or name in _MUTATORS
        ):
            return False
        case ast.Expr(value=ast.Call() as call):
            return bool(free([call]) & objects)
        case ast.Assign(targets=targets):
            return any(not isinstance(t, ast.Name) and root(t) in objects for each in targets for t in _spread(each))
        case ast.AugAssign(target=ast.Attribute() | ast.Subscript() as target):
            return root(target) in objects
    within = (node for node in here([statement]) if isinstance(node, ast.stmt) and node is not statement)
    return any(touches(node, objects) for node in within)


def acts_outside(statement: ast.stmt, inquiry: Inquiry) -> bool:
    """Does a statement do something outside the program (write a file, run a command), which the work may build on?"""
    return any(
        isinstance(node, ast.Call) and not _tells(node) and _outside(node, inquiry) for node in here([statement])
    )


def _outside(call: ast.Call, inquiry: Inquiry) -> bool:
    return any(proof.effect in _OUTSIDE for proof in inquiry.summary(call).ever)


def check_pace(statement: ast.stmt, own: frozenset[str], inquiry: Inquiry) -> None:
    """What rounds do in turn before their work, on things that they all share, cannot be done for many rounds at once."""
    environment = any(path.startswith("os.environ") for path in bound_or_changed(statement))
    if environment:
        raise Refused(
            "process-state", f"line {statement.lineno} changes the environment, which all iterations share", statement
        )
    for node in here([statement]):
        if not isinstance(node, ast.Call) or _tells(node):
            continue
        if {proof.effect for proof in inquiry.summary(node).proofs} & _PACES:
            raise Refused("rate-limit", f"line {node.lineno} paces the iterations: each waits before its work", node)
        if _writes(node) and not free([node]) & own:
            raise Refused(
                "shared-write", f"line {node.lineno} writes, before the work, what all iterations share", node
            )


def check_alone(node: ast.stmt | ast.expr, own: frozenset[str], inquiry: Inquiry) -> None:
    """The work must not wait for its turn at something that all rounds share, nor write what all of them write."""
    for call in (each for each in here([node]) if isinstance(each, ast.Call) and not free([each]) & own):
        if _writes(call):
            raise Refused("shared-write", f"line {call.lineno} writes what all iterations share", call)
        kinds = {proof.effect for proof in inquiry.summary(call).ever}
        if kinds and kinds <= _PACES and isinstance(call.func, ast.Attribute) and dotted(call.func) != "time.sleep":
            raise Refused("rate-limit", f"line {call.lineno} paces the iterations: each waits for its turn", call)


def _writes(call: ast.Call) -> bool:
    """Is a file opened to be written, or written as a whole?"""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ("write_text", "write_bytes", "rename", "replace", "unlink", "remove", "rmtree"):
        return True
    texts = [
        a.value
        for a in [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
        if isinstance(a, ast.Constant)
    ]
    first = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
    texts += [first] if name == "open" and isinstance(call.func, ast.Attribute) else []
    return name == "open" and any(isinstance(t, str) and set(t) & set("wax+") for t in texts)


def used_whole(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """The names of objects that are called, handed on or asked to do something: all that they hold may matter."""
    found: set[str] = set()
    for node in nodes:
        for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
            found.update(each.id for each in [*given, *owner] if isinstance(each, ast.Name))
    return frozenset(found - {"self", "cls"})


def looks(statement: ast.stmt, objects: frozenset[str], inquiry: Inquiry) -> bool:
    """Does a statement ask the world outside about an object that the work then uses (the file that it will write anew)?"""
    if any(True for _ in jumps([statement])):
        return False  # tests that end a round or the loop are made ahead
    for node in here([statement]):
        if isinstance(node, ast.Call) and free([node]) & objects:
            summary = inquiry.summary(node)
            unknown = (
                summary.unresolved
                and inquiry.order.case.work_kind in _WRITES
                and not calm_call(node)
                and not _tells(node)
            )
            if unknown or any(proof.effect in _OUTSIDE for proof in summary.ever):
                return True
    return False


def _tells(call: ast.Call) -> bool:
    """Is it a call of `print` or of a logger?"""
    match call.func:
        case ast.Name(id=name):
            return name == "print"
        case ast.Attribute(attr=name):
            return name in _LOGS
    return False


# ---- ties by name


def bound_or_changed(statement: ast.stmt, without: ast.expr | None = None) -> frozenset[str]:
    """The names and attribute paths that a statement itself (not the blocks in it) binds or changes, `without` left out."""
    found: set[str] = set()
    heads: list[ast.AST] = [statement]
    if hasattr(statement, "body"):
        heads = [v for _, value in ast.iter_fields(statement) for v in (value if isinstance(value, list) else [value])
                 if isinstance(v, ast.AST) and not isinstance(v, ast.stmt | ast.ExceptHandler | ast.match_case)]  # fmt: skip
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(statement.name)
        if isinstance(statement, ast.Try):
            found.update(handler.name for handler in statement.handlers if handler.name)
        if isinstance(statement, ast.Match):
            found |= binds([case.pattern for case in statement.cases])
    found |= binds(heads)
    skipped = {id(node) for node in ast.walk(without)} if without is not None else set()
    for node in here(heads):
        if id(node) in skipped:
            continue
        match node:
            case ast.Subscript(ctx=ast.Store() | ast.Del()) | ast.Attribute(ctx=ast.Store() | ast.Del()):
                path = _path(node)
                found.update([path] if path else [])
            case ast.Call(func=ast.Attribute(attr=name, value=value)) if name in _MUTATORS:
                path = _path(value)
                found.update([path] if path else [])
    return frozenset(found)


def paths(nodes: Sequence[ast.AST]) -> frozenset[str]:
    """What is read, as full as it is written: `self.rates` rather than `self`."""
    found: set[str] = set()
    below: set[int] = set()
    for node in nodes:
        for each in ast.walk(node):
            if isinstance(each, ast.Attribute | ast.Name) and id(each) not in below:
                path = dotted(each)
                if path is not None and not (isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)):
                    found.add(path)
                    below |= {id(inner) for inner in ast.walk(each)}
            if isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name):
                found.add(each.target.id)
    return frozenset(found)


def clash(changed: frozenset[str], read: frozenset[str]) -> str | None:
    """A path that is changed and, as a whole or in part, read."""
    for path in sorted(read):
        for other in sorted(changed):
            if path == other or path.startswith(f"{other}.") or (other.startswith(f"{path}.") and "." in path):
                return path
    return None


def read_first(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement may read before it binds them itself."""
    match statement:
        case ast.For() | ast.AsyncFor():
            target, iterable, body, orelse = statement.target, statement.iter, statement.body, statement.orelse
            inner = _in_order(body) | _in_order(orelse)
            return reads([iterable]) | (inner - binds([target]))
        case ast.While(test=test, body=body, orelse=orelse) | ast.If(test=test, body=body, orelse=orelse):
            return reads([test]) | (_in_order(body) - _named(test)) | _in_order(orelse)
        case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
            return reads([item.context_expr for item in items]) | (_in_order(body) - binds(items))
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            found = _in_order([*body, *orelse])
            for handler in handlers:
                found |= _in_order(handler.body) - ({handler.name} if handler.name else set())
                found |= reads([handler.type]) if handler.type else frozenset()
            return found | _in_order(final)
    return free([statement])


def _named(test: ast.expr) -> frozenset[str]:
    """The names that a test has given a value once it holds."""
    either = any(
        isinstance(n, ast.IfExp) or (isinstance(n, ast.BoolOp) and isinstance(n.op, ast.Or)) for n in here([test])
    )
    return frozenset() if either else binds([test])


def _in_order(block: Sequence[ast.stmt]) -> frozenset[str]:
    bound: frozenset[str] = frozenset()
    found: frozenset[str] = frozenset()
    for statement in block:
        found |= read_first(statement) - bound
        bound |= always_binds([statement])
    return found


# ---- collections filled piece by piece


def collected(
    found: Sequence[Effect], statements: Sequence[ast.stmt], outside: ast.AST, body: Sequence[ast.stmt]
) -> dict[str, str] | None:
    """The local collections that the statements only add to, each with how an empty one is written; None if there is more."""
    starts: dict[str, str] = {}
    sets = {effect.path for effect in found if _start(effect) == "set()"}
    for effect in found:
        start = "set()" if effect.path in sets and _start(effect) == "{}" else _start(effect)
        if start is None or starts.get(effect.path, start) != start or "." in effect.path:
            return None
        starts[effect.path] = start
    for name, start in starts.items():
        if not _fresh_here(name, start, outside, body) or _uses(name, statements) != sum(e.path == name for e in found):
            return None
    return starts


def _start(effect: Effect) -> str | None:
    match effect.node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return _COLLECTS.get(name)
        case ast.Assign(targets=[ast.Subscript(slice=key)]) if not isinstance(key, ast.Slice):
            return "{}"
        case ast.AugAssign(op=ast.Add(), target=ast.Name(), value=ast.Constant(value=int())):
            return "0"
        case ast.AugAssign(op=ast.Add(), target=ast.Name(), value=ast.Call(func=ast.Name(id="len"))):
            return "0"
    return None


def _fresh_here(name: str, start: str, outside: ast.AST, body: Sequence[ast.stmt]) -> bool:
    """Is the name a local, first given an empty collection of that kind, with nobody to see it should the loop fail?"""
    if not isinstance(outside, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    empty = {"[]": ("[]", "list()"), "{}": ("{}", "dict()"), "set()": ("set()",), "0": ("0",)}[start]
    values = [
        node.value
        for node in ast.walk(outside)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and name in binds([node])
    ]
    inside_try = any(
        isinstance(node, ast.Try) and any(each is body[0] for each in ast.walk(node)) for node in ast.walk(outside)
    )
    return not inside_try and bool(values) and all(ast.unparse(value) in empty for value in values)


def _uses(name: str, statements: Sequence[ast.stmt]) -> int:
    return sum(isinstance(node, ast.Name) and node.id == name for s in statements for node in ast.walk(s))
