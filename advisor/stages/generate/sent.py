"""What goes to a process: the globals that the work reads, and what it is given."""

from __future__ import annotations

from advisor.model import code
from advisor.model.program import Value
from advisor.model.refactor import Order
from advisor.model.state import How, RootKind, State, meets
from advisor.stages.generate.clients import own_names
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.names import free
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.settings import at_run_time
from advisor.stages.generate.work import Cut

_OF_THE_PROCESS = (RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT)
_OWN_WAYS = frozenset({"__getstate__", "__setstate__", "__reduce__", "__reduce_ex__", "__getnewargs__", "__deepcopy__"})


def check_sent(draft: Draft, made: Cut, state: State) -> None:
    """Refused where the work would not find in a process what it reads, or cannot be given what it needs."""
    _check_globals(draft, made, state)
    _check_arguments(draft, made)


def _check_globals(draft: Draft, made: Cut, state: State) -> None:
    """A global that the program sets or fills as it runs is not so in a process that has only imported the module; nor is a
    function that the program puts in the place of another."""
    seen = [read for read in state.reads if read.place.root.kind in _OF_THE_PROCESS]
    order, reached = draft.order, frozenset(draft.inquiry.reached(made.nodes))
    called = {order.program.functions[each].name.rpartition(".")[2] for each in reached}
    for info in order.program.functions.values():
        if info.id in reached:
            continue
        for write in at_run_time(order, info).writes:
            if write.memo or (write.where.function in reached and write.place.root.kind not in _OF_THE_PROCESS):
                continue
            replaced = write.how is How.REBIND and write.place.root.kind in _OF_THE_PROCESS
            used = (replaced and write.place.label.rpartition(".")[2] in called) or any(
                each.place.root == write.place.root and meets(write.target, each.place.path, whole=each.whole)
                for each in seen
            )
            if used and not write.possible:
                because = (
                    f"the work uses `{write.place.label}`, which line {write.where.line} changes while the program runs"
                )
                because += ": a process would not have that"
                raise Refused("process-state", because, draft.loop)


def _check_arguments(draft: Draft, made: Cut) -> None:
    """What the work is given must be such that it can be sent."""
    program, function = draft.order.program, draft.order.site.function
    own = own_names(draft, made)
    call = made.direct
    handed = free([*call.args, *call.keywords]) if call is not None else frozenset()  # worked out by the caller
    for name in sorted((free(made.nodes) & made.needed) - own):
        is_global = program.objects.cell(function, name) is not None and not program.functions[function].is_module
        if is_global and name not in handed:
            continue  # which each process has for itself
        for value in sorted(program.values(function, code.Name(name))):
            lifted = (
                value.kind == "function" and program.objects.values_of(function, name) is None
            )  # defined right here
            stuck = "" if lifted else unsendable(draft.order, value)
            if stuck:
                because = f"the work is given `{name}`, {stuck}, which cannot be sent to a process"
                raise Refused("unpicklable-capture", because, draft.loop)


def unsendable(order: Order, value: Value, depth: int = 3) -> str:
    """A word for what cannot be pickled in a value; empty for what can, or is not known."""
    match value.kind:
        case "container" if value.name in ("generator", "iterator"):
            return "a generator"
        case "container" if value.name.endswith(("dict_items", "dict_keys", "dict_values")):
            return "a view of a dict"
        case "function":
            info = order.program.functions[value.name]
            if info.owner is not None and not _OWN_WAYS.isdisjoint(order.program.classes[info.owner].methods):
                owner = order.program.classes[info.owner].name
                return f"a method of an object of `{owner}`, which is pickled in a way of its own"
            return (
                "a lambda"
                if info.name.endswith("<lambda>")
                else f"`{info.name}`, a function within a function"
                if info.is_nested
                else ""
            )
        case "awaitable" | "future" | "module":
            return f"a {value.kind}"
        case "object":
            known = order.catalog.object(value.name)
            return f"a `{value.name}`" if known is not None and known.picklable is False else ""
        case "instance" | "some" if not _OWN_WAYS.isdisjoint(order.program.classes[value.name].methods):
            return f"an object of `{order.program.classes[value.name].name}`, which is pickled in a way of its own"
        case "instance" if "<locals>" in value.name:
            return f"an object of `{order.program.classes[value.name].name}`, a class within a function"
    if depth and value.kind in ("container", "row", "any"):
        return next((why for inner in value.args if (why := unsendable(order, inner, depth - 1))), "")
    if depth and value.kind == "instance":
        for function, given in (
            each for attribute in order.program.classes[value.name].assigned.values() for each in attribute
        ):
            if isinstance(given, code.Lambda):
                return "an object that holds a lambda"
            for inner in order.program.values(function, given):
                if inner.kind in ("object", "container") and (why := unsendable(order, inner, 0)):
                    return f"an object that holds {why}"
    return ""
