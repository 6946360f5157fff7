"""Starting: whether a process begins as a copy of its parent (fork) or afresh (spawn, forkserver), as far as it is known."""

from __future__ import annotations

from advisor.model import code
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.workers import pool_of

FRESH = frozenset(["spawn", "forkserver"])
_FORKSERVER_SINCE = (3, 14)  # the default on Linux from then on
_OF_A_CONTEXT = "multiprocessing.context."
_PROCESSES = ("multiprocessing.Process", "multiprocessing.context.DefaultContext.Process")


def makes_process(spot: Spot) -> bool:
    """Does the call make one process by itself, which has to be started yet?"""
    return any(name in _PROCESSES for name in spot.names)


def start_method(sight: Sight, spot: Spot) -> str | None:
    """How the processes start to which a call hands work, or that it makes; None where that is not known."""
    made = spot.call if makes_process(spot) or _is_pool(spot) else pool_of(sight, spot)
    if made is None:  # a process that starts, of which it is not seen where it is made, among others
        return _usual(sight, spot, of_context=None)
    names = {t.name for t in sight.program.targets(spot.function.id, made) if t.kind == "external" and not t.callback}
    given = next((k.value for k in made.keywords if k.name in ("mp_context", "context")), None)
    of_context = given is not None or any(name.startswith(_OF_A_CONTEXT) for name in names)
    return _usual(sight, spot, of_context=of_context)


def _is_pool(spot: Spot) -> bool:
    return spot.last in ("Pool", "ProcessPoolExecutor")


def _usual(sight: Sight, spot: Spot, *, of_context: bool | None) -> str | None:
    """What the program chooses, in one way everywhere; what Python does by itself where it chooses nothing.

    `of_context` when they belong to a context, None where that is not known.
    """
    always, elsewhere = _chosen(sight, spot, "set_start_method")
    contexts, _ = _chosen(sight, spot, "get_context")
    default = next(iter(always)) if len(always) == 1 else None
    if not always:
        default = "forkserver" if sight.target.python >= _FORKSERVER_SINCE else "fork"
        default = default if all(_alike(default, each) for each in elsewhere) else None
    if of_context is None:
        return default if all(_alike(default, each) for each in contexts) else None
    if of_context:
        return next(iter(contexts)) if len(contexts) == 1 else None
    return default


def _alike(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and (one in FRESH) == (other in FRESH)


def _chosen(sight: Sight, spot: Spot, last: str) -> tuple[set[str | None], set[str | None]]:
    """The start methods for which the program asks in the file or on the way to the place, and elsewhere; None for one that
    is not written out."""
    here, elsewhere = set[str | None](), set[str | None]()
    for function, call in sight.program.objects.calls_named(last):
        info = sight.program.functions[function]
        near = info.path == spot.function.path or spot.function.id in sight.summaries.reached(function, info.calls)
        match (*call.arguments, *(k.value for k in call.keywords if k.name == "method")):
            case (code.Literal(value=str(method)), *_):
                (here if near else elsewhere).add(method)
            case _:
                (here if near else elsewhere).add(None)
    return here, elsewhere
