"""Yielding: whether coroutines ever let their event loop run another one, which they do only at an `await` that waits."""

from __future__ import annotations

from advisor.model import code
from advisor.model.program import Program
from advisor.questions.calls import awaited


def never_yields(program: Program, function: str, made: code.Expr) -> bool:
    """Is it known that the coroutine which `made`, written in `function`, makes awaits nothing but others of its kind?"""
    return _never_yields(program, function, made, set())


def _never_yields(program: Program, function: str, made: code.Expr, seen: set[str]) -> bool:
    """`seen` are the coroutines that are asked about already: what awaits itself waits for nothing else by that."""
    targets = program.targets(function, made) if isinstance(made, code.Call) else ()
    for target in targets:
        info = program.functions[target.name] if target.kind == "function" else None
        if info is None or target.guessed or target.callback or not info.is_async or info.is_generator:
            return False
        if info.id not in seen:
            seen.add(info.id)
            if not all(_never_yields(program, info.id, each, seen) for each in awaited(info)):
                return False
    return bool(targets)
