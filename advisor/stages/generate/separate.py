"""Work that a pool of processes may take over from threads or processes made by hand: nothing but its own results."""

from __future__ import annotations

import ast

from advisor.model.state import RootKind
from advisor.stages.generate.bounded import imported
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import dotted, walk
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import importable
from advisor.stages.generate.source import Source

_SHARED = frozenset(
    """Queue SimpleQueue JoinableQueue Pipe Value Array RawValue RawArray Lock RLock Event Condition Semaphore BoundedSemaphore Barrier
    Manager dict list Namespace SharedMemory""".split()
)
_LEAVES = frozenset({"_exit", "abort", "kill", "exit"})


def check_separate(source: Source, inquiry: Inquiry, maker: ast.Call) -> None:
    """Refused where the workers of a pool, which do one item after another, would not do the same."""
    given = {keyword.arg: keyword.value for keyword in maker.keywords}
    target = given.get("target")
    if target is None or not importable(source, target, maker) or (dotted(target) or "").startswith("self."):
        raise Refused("unpicklable-function", "the function cannot be sent to a process of a pool", maker)
    owner = (dotted(maker.func) or "").rpartition(".")[0]
    if owner and owner not in {"multiprocessing", "threading"} | {
        a.asname for a in imported(source, "multiprocessing")
    }:
        raise Refused("process-state", f"`{owner}` may start its processes in another way than a pool would", maker)
    if "name" in given:
        raise Refused(
            "process-state", "the work has a name of its own, which the workers of a pool would not have", maker
        )
    for name in (n for part in (given.get("args"), given.get("kwargs")) if part is not None for n in ast.walk(part)):
        if isinstance(name, ast.Name) and _stands_for_something_shared(source, name):
            raise Refused(
                "shared-write", f"`{name.id}` connects the work with others, and cannot be sent to a pool", maker
            )
    for write in inquiry.handed_over(maker).writes:
        if write.place.root.kind is not RootKind.LOCAL:
            because = f"the work changes `{write.place.label}` (line {write.where.line}), which the next item of a worker would see"
            raise Refused("shared-write", because, maker)
    body = [s for s in source.tree.body if isinstance(s, ast.FunctionDef) and s.name == dotted(target)]
    if any(isinstance(n, ast.Call) and (dotted(n.func) or "").rpartition(".")[2] in _LEAVES for n in walk(body)):
        raise Refused("process-state", "the work ends its process, and with it a worker of the pool", maker)


def _stands_for_something_shared(source: Source, name: ast.Name) -> bool:
    """Is the name bound to a queue, a lock, a pipe or shared memory?"""
    for node in ast.walk(source.tree):
        match node:
            case ast.Assign(targets=targets, value=ast.Call(func=func)):
                bound = {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
            case ast.withitem(context_expr=ast.Call(func=func), optional_vars=ast.Name(id=one)):
                bound = {one}
            case _:
                continue
        if name.id in bound and (dotted(func) or "").rpartition(".")[2] in _SHARED:
            return True
    return False
