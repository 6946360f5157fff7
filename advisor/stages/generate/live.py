"""Live walks: a loop that awaits in its rounds sees what other coroutines put into the list that it walks; a rewrite takes all
items before the first wait."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.program import FunctionInfo
from advisor.model.refactor import Order
from advisor.model.site import Context, SiteKind
from advisor.model.state import How, Place, RootKind, Write
from advisor.questions.alone import is_alone
from advisor.questions.lineage import lineage
from advisor.stages.generate.refused import Refused

_CONTENTS = frozenset({How.APPEND, How.ADD, How.KEY, How.TAKE, How.MUTATE})
_BEGINS = frozenset({"__init__", "__new__", "__post_init__"})
_LAZY = frozenset({"enumerate", "zip", "reversed", "iter", "map", "filter"})
_VIEWS = frozenset({"items", "keys", "values"})


def check_live_walk(order: Order) -> None:
    """Refused where the loop walks, and waits meanwhile, what belongs to an object or module and other functions fill or
    empty."""
    site, program = order.site, order.program
    info = program.functions[site.function]
    walks = site.kind in (SiteKind.FOR, SiteKind.COMPREHENSION) and site.iterable is not None
    if not walks or not info.is_async or Context.AWAITS not in site.contexts or order.fault is not None:
        return
    assert site.iterable is not None
    places = [place for each in _walked(site.iterable) for place in program.objects.places(info.id, each)]
    found = next((write for place in places for write in _changes(order, info, place)), None)
    if found is not None and not is_alone(program, order.catalog, info.id):
        because = f"line {found.where.line} changes `{found.place.label}`, which may happen while this waits: the items would be"
        because += " taken before; walk a copy, as `list(…)`, if that is meant"
        raise Refused("shared-write", because, site.line)


def _walked(iterable: code.Expr) -> Iterator[code.Expr]:
    """The names and attributes whose items are drawn one by one, where nothing has copied them."""
    match iterable:
        case code.Name() | code.Attribute():
            yield iterable
        case code.Call(function=code.Name(id=name), arguments=arguments) if name in _LAZY:
            for each in arguments:
                yield from _walked(each)
        case code.Call(function=code.Attribute(value=owner, name=name), arguments=()) if name in _VIEWS:
            yield from _walked(owner)


def _changes(order: Order, info: FunctionInfo, place: Place) -> Iterator[Write]:
    for other in _others(order, info, place):
        for write in order.summaries.function_state(other.id).writes:
            if write.where.function == other.id and write.how in _CONTENTS and write.place == place and not write.memo:
                yield write


def _others(order: Order, info: FunctionInfo, place: Place) -> Iterator[FunctionInfo]:
    """The functions that may come in between and mean the same by that place."""
    program = order.program
    owners: set[str] = set()
    if place.root.kind is RootKind.SELF and place.path and info.owner is not None:
        owners = {each.id for each in lineage(program, program.classes[info.owner])}
    elif place.root.kind not in (RootKind.GLOBAL, RootKind.CLASS):
        return
    for other in program.functions.values():
        if other.is_module or other.id == info.id or other.name.rpartition(".")[2] in _BEGINS:
            continue
        if not owners or other.owner in owners:
            yield other
