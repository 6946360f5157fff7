"""Which calls make pools, and of what kind, whatever the file calls them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from advisor.stages.generate.names import dotted
from advisor.stages.generate.source import Source

_POOLS = frozenset({"ThreadPoolExecutor", "ProcessPoolExecutor", "InterpreterPoolExecutor", "ThreadPool", "Pool"})


def pool_kind(source: Source, made: ast.expr) -> str:
    """The class of pool that a call makes, empty for any other expression."""
    name = _written_out(source, made.func) if isinstance(made, ast.Call) else ""
    kind = name.rpartition(".")[2]
    if kind == "Pool" and ".dummy." in name:
        return "ThreadPool"  # multiprocessing.dummy has the names of processes, and runs threads
    return kind if kind in _POOLS else ""


def makers(source: Source) -> Iterator[tuple[ast.Call, str | None]]:
    """Every call that makes a pool, with the name it is bound to."""
    for node in ast.walk(source.tree):
        match node:
            case ast.withitem(context_expr=ast.Call() as call, optional_vars=target) if pool_kind(source, call):
                yield call, dotted(target) if target is not None else None
            case ast.Assign(targets=[target], value=ast.Call() as call) if pool_kind(source, call):
                yield call, dotted(target)


def workers(source: Source, pool: ast.expr) -> int:
    """The number of workers of a pool, where it is written out; 0 where not."""
    name = dotted(pool)
    for maker, bound in makers(source):
        if bound == name:
            values = [*maker.args[:1], *(k.value for k in maker.keywords if k.arg in ("max_workers", "processes"))]
            return next((v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, int)), 0)
    return 0


def _written_out(source: Source, function: ast.expr) -> str:
    """The dotted name with what the file imports under another name spelled out."""
    head, dot, rest = (dotted(function) or "").partition(".")
    for node in ast.walk(source.tree):
        match node:
            case ast.Import(names=names):
                found = next((a.name for a in names if a.asname == head), "")
            case ast.ImportFrom(module=str(module), names=names):
                found = next((f"{module}.{a.name}" for a in names if (a.asname or a.name) == head), "")
            case _:
                continue
        if found:
            return f"{found}{dot}{rest}"
    return f"{head}{dot}{rest}"
