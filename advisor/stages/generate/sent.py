"""What goes to a process: the globals that the work reads, and what it is given."""

from __future__ import annotations

import ast
import sys

from advisor.model import code, tree
from advisor.model.program import ClassInfo, FunctionInfo, Program, Value
from advisor.model.refactor import Order
from advisor.model.site import SiteKind
from advisor.model.state import BELOW, How, RootKind, State
from advisor.questions.calls import last_name, receiver
from advisor.questions.interference import Readers, View
from advisor.questions.lineage import lineage, methods
from advisor.questions.pickling import changed_by_pickle, is_dict_view, pickles_its_own_way, registered, renamed_classes
from advisor.stages.generate.anew import check_made_anew
from advisor.stages.generate.clients import own_names
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.names import free
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import captured
from advisor.stages.generate.settings import at_run_time
from advisor.stages.generate.unknown import unknown_attribute
from advisor.stages.generate.work import Cut

_WRAPS = ("wraps", "functools.wraps")
_TUPLES = ("row", "record")  # a named tuple, and the class of one
_OF_PYTHON = sys.stdlib_module_names | {"builtins"}
_OF_THE_PROCESS = (RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT)


def check_sent(draft: Draft, made: Cut, state: State) -> None:
    """Refused where the work would not find in a process what it reads, or cannot be given what it needs."""
    _check_globals(draft, made, state)
    check_made_anew(draft, state)
    _check_meetings(draft, state)
    _check_registered(draft, made)
    _check_rows(draft)
    _check_unknown(draft, made, state)
    _check_told(draft, made)
    _check_arguments(draft, made)
    _check_classes(draft, made)
    _check_function(draft, made)


def _check_globals(draft: Draft, made: Cut, state: State) -> None:
    """A global that the program sets or fills as it runs is not so in a process that has only imported the module; nor is a
    function that the program puts in the place of another."""
    order, reached = draft.order, frozenset(draft.inquiry.reached(made.nodes))
    held = tuple(read for read in state.reads if read.place.root.kind in _OF_THE_PROCESS)
    seen = Readers(View(order.program.objects, order.site.function), held)
    called = {order.program.functions[each].name.rpartition(".")[2] for each in reached}
    owners = {order.program.functions[each].owner for each in reached}
    for info in order.program.functions.values():
        if info.id in reached:
            continue
        for write in at_run_time(order, info).writes:
            if write.memo or (write.where.function in reached and write.place.root.kind not in _OF_THE_PROCESS):
                continue
            lasting = write.place.root.kind in _OF_THE_PROCESS
            replaced = lasting and write.how is How.REBIND
            any_method = write.place.path == (BELOW,) and write.place.root.owner in owners  # `setattr(Box, name, run)`
            used = replaced and (any_method or write.place.label.rpartition(".")[2] in called)
            if not write.possible and (used or (lasting and seen.of(write, apart=False))):
                because = (
                    f"the work uses `{write.place.label}`, which line {write.where.line} changes while the program runs"
                )
                because += ": a process would not have that"
                raise Refused("process-state", because, draft.loop)


def _check_meetings(draft: Draft, state: State) -> None:
    """Where threads wait for each other at what belongs to the program, each process would have one of its own."""
    if not draft.order.site.kind.is_concurrent:
        return
    for use in state.uses:
        known = draft.order.catalog.object(use.type)
        if known is not None and known.lock and any(write.memo for write in state.writes):
            continue  # it keeps a table whole that each process fills for itself
        kept = known is not None and known.picklable is False and use.type.startswith("threading.")
        if kept and use.place.root.kind in _OF_THE_PROCESS:
            because = f"the workers meet at `{use.place.label}` (line {use.where.line}), a `{use.type}`, of which each process has its own"
            raise Refused("process-state", because, draft.loop)


def _check_unknown(draft: Draft, made: Cut, state: State) -> None:
    """Refused where the work acts through an object of a class that nobody knows: that may be a connection or hold a lock,
    which cannot be sent, and which processes that are forked must not share. Data is read, walked and looked up, or has the
    methods of built-in types."""
    own = own_names(draft, made)
    for use in state.asked:
        if use.place.root.name in own:
            continue
        because = f"nothing is known of `{use.place.label}` but that `{use.api}` is called (line {use.where.line})"
        because += ": it may be nothing that can be sent to a process"
        if use.type:  # the only class that has such a method
            stuck = unsendable(draft.order, Value("instance", use.type))
            because = f"`{use.place.label}` seems to be {stuck}, which cannot be sent to a process" if stuck else ""
        if because:
            raise Refused("unpicklable-capture", because, draft.loop)


def _check_told(draft: Draft, made: Cut) -> None:
    """`if isinstance(item, library.Thing)`: of what a library has under that name, nobody knows whether it can be sent."""
    program, catalog, function = draft.order.program, draft.order.catalog, draft.order.site.function
    for test, wanted in made.guards:
        match test:
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), kind]) if (
                wanted and name in made.needed
            ):
                names = {catalog.canonical(v.name) for v in program.values(function, draft.inquiry.as_code(kind))
                         if v.kind == "external"}  # fmt: skip
                strange = sorted(
                    each for each in names if catalog.object(each) is None and each.partition(".")[0] not in _OF_PYTHON
                )
                if strange:
                    because = (
                        f"the work is given `{name}`, a `{strange[0]}`, of which is not known whether it can be sent"
                    )
                    raise Refused("unpicklable-capture", because, draft.loop)


def _check_rows(draft: Draft) -> None:
    """Rows that a factory makes of what a database gives need not be such that they can be sent: those of SQLite are not."""
    program, site = draft.order.program, draft.order.site
    if site.iterable is None:
        return
    given = program.objects.values_of(site.function, site.iterable.id) if isinstance(site.iterable, code.Name) else None
    calls = [call for value in given or (site.iterable,) for call in tree.every(value) if isinstance(call, code.Call)]
    apis = [t.name for call in calls for t in program.targets(site.function, call) if t.kind == "external"]
    if not any(api.startswith("sqlite3.") for api in apis):
        return
    for info in program.functions.values():
        for statement in info.statements:
            if isinstance(statement, code.Assign) and any(_is_factory(target) for target in statement.targets):
                because = f"the work is given rows of a factory (line {statement.line}), which need not be such as can be sent"
                raise Refused("unpicklable-capture", because, draft.loop)


def _is_factory(target: code.Expr) -> bool:
    return isinstance(target, code.Attribute) and target.name == "row_factory"


def _check_registered(draft: Draft, made: Cut) -> None:
    """What the program registers as it runs (a case of a `singledispatch` function, a class with an abstract one), and what
    it sets in a module by a name worked out: a process that has only imported the module knows nothing of it."""
    program, reached = draft.order.program, frozenset(draft.inquiry.reached(made.nodes))
    for info in program.functions.values():
        if info.is_module or info.id in reached:
            continue
        for call in info.calls:
            owner = receiver(call)
            if owner is not None and last_name(call) == "register":
                values = program.values(info.id, owner)
                if any(_remembers(program, value, reached) for value in values):
                    because = f"line {call.line} registers something with `{tree.dotted(owner)}` while the program runs"
                    raise Refused("process-state", because + ": a process would not have that", draft.loop)
            elif last_name(call) == "setattr" and call.arguments and _is_module(call.arguments[0]):
                because = (
                    f"line {call.line} sets what a module holds while the program runs: a process would not have that"
                )
                raise Refused("process-state", because, draft.loop)


def _remembers(program: Program, value: Value, reached: frozenset[str]) -> bool:
    """Is it a function that the work runs, or a class whose `register` is that of abstract classes and not of the project?"""
    if value.kind == "class":
        return "register" not in methods(program, program.classes[value.name])
    return value.kind == "function" and value.name in reached


def _is_module(expression: code.Expr) -> bool:
    return isinstance(expression, code.Subscript) and tree.dotted(expression.value) in ("sys.modules", "modules")


def _check_arguments(draft: Draft, made: Cut) -> None:
    """What the work is given must be such that it can be sent."""
    program, function = draft.order.program, draft.order.site.function
    own = own_names(draft, made)
    call = made.direct
    handed = free([*call.args, *call.keywords]) if call is not None else frozenset()  # worked out by the caller
    given = [*call.args, *(keyword.value for keyword in call.keywords)] if call is not None else []
    if any(is_dict_view(program, function, draft.inquiry.as_code(each)) for each in given):
        because = "the work is given a view of a dict, which cannot be sent to a process"
        raise Refused("unpicklable-capture", because, draft.loop)
    for each in given:
        if isinstance(each, ast.Name | ast.Lambda):
            continue
        values = program.values(function, draft.inquiry.as_code(each))
        stuck = next((why for value in sorted(values) if (why := unsendable(draft.order, value))), "")
        if stuck:
            raise Refused(
                "unpicklable-capture", f"the work is given {stuck}, which cannot be sent to a process", draft.loop
            )
    for name in sorted((free(made.nodes) & made.needed) - own):
        is_global = program.objects.cell(function, name) is not None and not program.functions[function].is_module
        if is_global and name not in handed:
            continue  # which each process has for itself
        for value in sorted(program.values(function, code.Name(name))):
            lifted = (
                value.kind == "function" and program.objects.values_of(function, name) is None
            )  # defined right here
            stuck = "" if lifted else unsendable(draft.order, value)
            if (
                value.kind == "external"
                and "." not in value.name
                and captured(draft.source, draft.loop, frozenset({name}))
            ):
                stuck = f"the module `{value.name}`"  # imported by one word, within the function
            if stuck:
                because = f"the work is given `{name}`, {stuck}, which cannot be sent to a process"
                raise Refused("unpicklable-capture", because, draft.loop)


def _check_classes(draft: Draft, made: Cut) -> None:
    """Objects of a class that has another name than its variable are not sent, neither way."""
    program, site = draft.order.program, draft.order.site
    inside = [program.functions[each] for each in draft.inquiry.reached(made.nodes)]
    reached = [names for info in inside for names in (info.names_read, info.called_names)]
    read = free(made.nodes).union(*reached)
    given = {v for name in free(made.nodes) & made.needed for v in program.values(site.function, code.Name(name))}
    tuples = {value.name for value in given if value.kind in _TUPLES and value.name}
    for each in renamed_classes(program, draft.order.catalog):
        places = (code.Name(each.variable), code.Attribute(code.Name("self"), each.variable))
        fields = {v.name for place in places for v in program.values(each.function, place) if v.kind in _TUPLES}
        if each.variable in read or fields & tuples:
            called = f"a class called `{each.name}`, by which name" if each.name else "a class that"
            because = f"`{each.variable}` is {called} another process would not find" + (" it" if each.name else "")
            raise Refused("unpicklable-result", because, draft.loop)


def _check_function(draft: Draft, made: Cut) -> None:
    """A function is sent by its own name, which must still be that of this function."""
    program, site = draft.order.program, draft.order.site
    handed = draft.inquiry.calls([made.direct])[:1] if made.direct is not None else ()
    functions = [call.function for call in handed]
    if site.kind is SiteKind.MAP and isinstance(site.node, code.Call):
        functions = list(site.node.arguments[:1])
    for function in functions:
        for value in sorted(program.values(site.function, function)):
            info = program.functions[value.name] if value.kind == "function" else None
            if info is None or info.is_nested or info.owner is not None or info.parent is None:
                continue
            if _is_hidden(draft.order, info):
                because = f"a decorator puts a function within a function in the place of `{info.name}`, which a process cannot find"
                raise Refused("unpicklable-function", because, draft.loop)
            if (tree.dotted(function) or "").rpartition(".")[2] == info.name:
                continue  # as others find it, so does a process
            last = _last_bound(program.functions[info.parent], info.name)
            if last is not None and last != info.line:
                because = (
                    f"line {last} gives the name `{info.name}` to something else, and a process looks for it by that"
                )
                raise Refused("unpicklable-function", because, draft.loop)


def _last_bound(module: FunctionInfo, name: str) -> int | None:
    """The line on which the module gives a name its last value."""
    lines = [
        statement.line
        for statement in module.statements
        if (isinstance(statement, code.Function | code.Class) and statement.name == name)
        or (isinstance(statement, code.Assign) and any(name in tree.bound_names(t) for t in statement.targets))
    ]
    return max(lines, default=None)


def _is_hidden(order: Order, info: FunctionInfo) -> bool:
    """Does a decorator of the project put a function within a function in its place, which goes by a name of its own?"""
    program, home = order.program, info.parent
    if home is None:
        return False
    values = {value for decorator in info.decorators for value in program.values(home, decorator)}
    return any(_gives_its_own(order, program.functions[v.name]) for v in values if v.kind == "function")


def _gives_its_own(order: Order, decorator: FunctionInfo) -> bool:
    returned = {
        statement.value.id
        for statement in decorator.statements
        if isinstance(statement, code.Return) and isinstance(statement.value, code.Name)
    }
    inner = [f for f in order.program.functions.values() if f.parent == decorator.id]
    given = [f for f in inner if f.name.rpartition(".")[2] in returned]
    named = (d.function if isinstance(d, code.Call) else d for f in given for d in f.decorators)
    return (
        bool(given)
        and not any(tree.dotted(d) in _WRAPS for d in named)
        and "update_wrapper" not in decorator.called_names
    )


def unsendable(order: Order, value: Value, depth: int = 3) -> str:
    """A word for what cannot be pickled in a value, or what of it is not known; empty for what can, or is not known at all."""
    match value.kind:
        case "container" if value.name in ("generator", "iterator"):
            return "a generator"
        case "container" if value.name.endswith(("dict_items", "dict_keys", "dict_values")):
            return "a view of a dict"
        case "function":
            info = order.program.functions[value.name]
            if info.owner is not None and pickles_its_own_way(order.program, order.program.classes[info.owner]):
                owner = order.program.classes[info.owner].name
                return f"a method of an object of `{owner}`, which is pickled in a way of its own"
            return (
                "a lambda"
                if info.name.endswith("<lambda>")
                else f"`{info.name}`, a function within a function"
                if info.is_nested
                else f"`{info.name}`, for which its decorator gives a function within a function"
                if _is_hidden(order, info)
                else ""
            )
        case "awaitable" | "future" | "module":
            return f"a {value.kind}"
        case "object":
            if registered(order.program, value.name):
                return f"a `{value.name}`, for which the program registers how it is pickled"
            known = order.catalog.object(value.name)
            if known is None and value.name.partition(".")[0] not in _OF_PYTHON:
                return f"a `{value.name}`, of which is not known whether it can be sent"
            return f"a `{value.name}`" if known is not None and known.picklable is False else ""
        case "instance" | "some" if pickles_its_own_way(order.program, order.program.classes[value.name]):
            return f"an object of `{order.program.classes[value.name].name}`, which is pickled in a way of its own"
        case "instance" | "some" if why := changed_by_pickle(order.program, order.program.classes[value.name]):
            return f"an object of `{order.program.classes[value.name].name}`, {why}"
        case "instance" if "<locals>" in value.name:
            return f"an object of `{order.program.classes[value.name].name}`, a class within a function"
        case "instance" | "some" if name := unknown_attribute(order, order.program.classes[value.name]):
            return f"an object with `{name}`, of which nothing is known but that methods of it are called"
    if depth and value.kind in ("container", "row", "any"):
        return next((why for inner in value.args if (why := unsendable(order, inner, depth - 1))), "")
    if depth and value.kind in ("instance", "some"):
        above = list(lineage(order.program, order.program.classes[value.name]))
        if kept := next((why for cls in above if (why := _stays_here(order, cls))), ""):
            return f"an object of `{order.program.classes[value.name].name}`, {kept}"
        for function, given in (each for cls in above for attribute in cls.assigned.values() for each in attribute):
            if isinstance(given, code.Lambda):
                return "an object that holds a lambda"
            for inner in order.program.values(function, given):
                if inner.kind in ("object", "container", "instance", "some") and (
                    why := unsendable(order, inner, depth - 1)
                ):
                    return f"an object that holds {why}"
    return ""


def _stays_here(order: Order, cls: ClassInfo) -> str:
    """Says of a class what it inherits from that cannot be sent: a thread, a lock, a connection; else empty."""
    for base in cls.bases:
        for value in order.program.values(cls.parent, base):
            known = order.catalog.object(value.name) if value.kind == "external" else None
            if known is not None and known.picklable is False:
                return f"which is a `{value.name}`"
    return ""
