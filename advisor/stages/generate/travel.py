"""Travel: what the work needs beside its arguments must reach the worker, and what it gives or raises must come back."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Program, Value
from advisor.model.refactor import Needed, Order
from advisor.model.site import SiteKind
from advisor.model.state import Access, Ambient, Place, RootKind, State, meets
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.independence import raised_lines, work_state
from advisor.stages.generate.names import free
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut

_CONTEXT = frozenset({Ambient.CONTEXT_VARIABLE, Ambient.DECIMAL_CONTEXT})
# Their HTTPError holds the open answer, so that no process can send it to another.
_OPENS = frozenset({"urllib.request.urlopen", "urllib.request.OpenerDirector.open"})
_SINGLE = frozenset({"none", "bool", "ellipsis"})  # literals of which there is one in every process
_LOOKS_BACK = ("__cause__", "__context__", "__traceback__")
_OWN_WAYS = frozenset({"__getstate__", "__setstate__", "__reduce__", "__reduce_ex__", "__getnewargs__", "__deepcopy__"})
_STOPS = frozenset({"StopIteration", "StopAsyncIteration"})
_BEYOND = frozenset({"BaseException", "KeyboardInterrupt", "SystemExit", "GeneratorExit"})
_NAMESPACES = frozenset({"globals", "locals", "vars", "super", "eval", "exec"})
_COUNTS_HITS = ("cache_info", "cache_clear", "cache_parameters")


def check_travel(draft: Draft, made: Cut) -> None:
    """Threads get the caller's context where the work reads any; Refused for what no process can be sent."""
    state = work_state(draft, made)
    _check_namespace(draft, made)
    _carry_context(draft, state)
    _check_stop_iteration(draft, made)
    _check_raised(draft, made)
    _check_caches(draft)
    _check_traceback(draft, made)
    if not draft.way.isolated:
        return
    if any(use.what is Ambient.LOG for use in state.ambient):
        draft.notes.append("the work logs: a process that starts afresh needs its logging set up by an initializer")
    _check_globals(draft, made, state)
    _check_arguments(draft, made)
    _check_results(draft, made)
    _check_failures(draft, made)


def _check_namespace(draft: Draft, made: Cut) -> None:
    """`locals()` and its like tell of the function they stand in, which in a worker is another one."""
    for call in draft.inquiry.calls(made.nodes):
        if isinstance(call.function, code.Name) and call.function.id in _NAMESPACES:
            because = (
                f"`{call.function.id}` in line {call.line} tells of the place where it is called, which a worker is not"
            )
            raise Refused("identity", because, draft.loop)


def _carry_context(draft: Draft, state: State) -> None:
    read = [use for use in state.ambient if use.what in _CONTEXT and use.access is Access.READ]
    read = [use for use in read if use.what is Ambient.CONTEXT_VARIABLE or _sets_decimals(draft.order)]
    if not read:
        return
    looks = _names(draft.order.program.functions.values(), "flags")
    if looks and any(use.what is Ambient.DECIMAL_CONTEXT for use in read):
        because = "the program looks at the flags of the decimal context, and each worker would have its own"
        raise Refused("thread-state", because, draft.loop)
    if draft.way.isolated:
        because = (
            f"the work reads the context of its thread (line {read[0].where.line}), which a process would not have"
        )
        raise Refused("process-state", because, draft.loop)
    if not draft.way.tasks:
        draft.way = replace(draft.way, through="copy_context().run, ")
        draft.needs.add(Needed("contextvars", "copy_context"))


def _sets_decimals(order: Order) -> bool:
    """Does the program set up a decimal context anywhere? Else it is the usual one, in every thread."""
    names = ("getcontext", "setcontext", "localcontext")
    return any(order.program.objects.calls_named(name) for name in names)


def _check_stop_iteration(draft: Draft, made: Cut) -> None:
    """StopIteration cannot pass a future, a coroutine or a generator as what it is."""
    program = draft.order.program
    for function in _functions(draft, made):
        for call in tree.calls(program.functions[function].body):
            if (
                tree.dotted(call.function) == "next"
                and len(call.arguments) == 1
                and not _caught(program.functions[function], call)
            ):
                because = f"`next` in line {call.line} may raise StopIteration, which does not come back from a worker"
                raise Refused("unpicklable-error", because, draft.loop)


def _check_raised(draft: Draft, made: Cut) -> None:
    """What does not come back as it was raised: StopIteration never does, what is no `Exception` ends an event loop, and
    is not carried back from a process."""
    program = draft.order.program
    lost = _STOPS | (_BEYOND if draft.way.tasks or draft.way.isolated else frozenset())
    for function in _functions(draft, made):
        for statement in tree.statements(program.functions[function].body):
            if isinstance(statement, code.Raise) and statement.value is not None:
                raised = statement.value.function if isinstance(statement.value, code.Call) else statement.value
                if _is_one_of(program, function, raised, lost):
                    because = f"what line {statement.line} raises would not come back from a worker as it is"
                    raise Refused("error-handling", because, draft.loop)


def _is_one_of(program: Program, function: str, raised: code.Expr, names: frozenset[str], depth: int = 5) -> bool:
    """Is an exception of one of these classes, or of one below them?"""
    for value in program.values(function, raised):
        if value.kind == "external" and value.name.rpartition(".")[2] in names:
            return True
        if value.kind == "class" and depth:
            info = program.classes[value.name]
            if any(_is_one_of(program, info.parent, base, names, depth - 1) for base in info.bases):
                return True
    return False


def _caught(info: FunctionInfo, call: code.Call) -> bool:
    """Does a `try` around the call handle what it raises?"""
    for statement in tree.statements(info.body):
        if (
            isinstance(statement, code.Try)
            and statement.handlers
            and any(c is call for c in tree.calls(statement.body))
        ):
            return True
    return False


def _functions(draft: Draft, made: Cut) -> list[str]:
    """The functions that the work runs."""
    order = draft.order
    return sorted(order.summaries.reached(order.site.function, draft.inquiry.calls(made.nodes)))


# ---- what goes there


def _check_globals(draft: Draft, made: Cut, state: State) -> None:
    """A global that the program sets or fills as it runs is not so in a process that has only imported the module."""
    shared = (RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT)
    seen = [read for read in state.reads if read.place.root.kind in shared]
    if not seen:
        return
    order, reached = draft.order, frozenset(_functions(draft, made))
    for info in order.program.functions.values():
        if info.id in reached:
            continue
        late = _late_lines(info) if info.is_module else None
        for write in order.summaries.function_state(info.id).writes:
            here = write.where.function == info.id and (late is None or write.where.line in late)
            read = here and any(
                each.place.root == write.place.root and meets(write.target, each.place.path, whole=each.whole)
                for each in seen
            )
            if read and not write.memo and not write.possible:
                because = f"the work reads `{write.place.label}`, which line {write.where.line} changes while the program runs"
                because += ": a process would not have that"
                raise Refused("process-state", because, draft.loop)


def _check_arguments(draft: Draft, made: Cut) -> None:
    """What the work is given must be such that it can be sent."""
    program, function = draft.order.program, draft.order.site.function
    for name in sorted(free(made.nodes) & made.needed):
        if program.objects.cell(function, name) is not None and not program.functions[function].is_module:
            continue  # a global, which each process has for itself
        for value in sorted(program.values(function, code.Name(name))):
            lifted = (
                value.kind == "function" and program.objects.values_of(function, name) is None
            )  # defined right here
            stuck = "" if lifted else _unsendable(draft.order, value)
            if stuck:
                because = f"the work is given `{name}`, {stuck}, which cannot be sent to a process"
                raise Refused("unpicklable-capture", because, draft.loop)


def _late_lines(info: FunctionInfo) -> frozenset[int]:
    """The lines of a module that run only where it is the program: those under its main guard."""
    found: set[int] = set()
    for statement in info.body:
        match statement:
            case code.If(test=code.Operation(operator="==", operands=(code.Name(id="__name__"), _)), body=body):
                found.update(s.line for s in tree.statements(body))
    return frozenset(found)


# ---- what comes back


def _check_results(draft: Draft, made: Cut) -> None:
    """What the work gives must survive being sent, and nobody may ask whether it is the very object that was there before."""
    program, function = draft.order.program, draft.order.site.function
    _check_identity(draft, made)
    compares = _identity_tests(draft.order)
    for call in draft.inquiry.calls(made.nodes):
        if made.expression is None and not made.live:
            break
        if draft.order.site.kind is SiteKind.MAP and tree.callee(call).endswith("map"):
            continue
        stuck = next(
            (why for value in sorted(program.values(function, call)) if (why := _unsendable(draft.order, value))), ""
        )
        if stuck:
            raise Refused(
                "unpicklable-result", f"the work gives {stuck}, which cannot be sent back from a process", draft.loop
            )
        for giver in sorted(_givers(program, function, call)):
            shared = next(iter(sorted(program.objects.returned_places(giver, changeable=True))), None)
            if shared is not None:
                because = f"the work gives `{shared.label}` itself, and from a process comes a copy, which others would not see changed"
                raise Refused("identity", because, draft.loop)
            if _returns_lambda(program, giver):
                raise Refused(
                    "unpicklable-result",
                    "the work gives a lambda, or what holds one, which cannot be sent back",
                    draft.loop,
                )
            if _makes_class(program.functions[giver]):
                because = f"`{program.functions[giver].name}` makes a class, which cannot be sent back from a process"
                raise Refused("unpicklable-result", because, draft.loop)
            held = _held_results(draft.order, giver)
            if held is not None and _equal_only_to_itself(program, giver, held) and (line := _comparing(program)):
                because = f"the work gives `{held.label}` itself, and line {line} compares: a copy from a process would not be equal"
                raise Refused("identity", because, draft.loop)
            if compares is not None and held is not None:
                because = f"the work gives `{held.label}` itself, and line {compares} asks which object it is: from a process comes a copy"
                raise Refused("identity", because, draft.loop)


def _givers(program: Program, function: str, call: code.Call, depth: int = 8) -> set[str]:
    """The functions that make what a call gives: those it calls, and those whose result they hand on."""
    found: set[str] = set()
    for target in program.targets(function, call):
        if target.kind != "function":
            continue
        found.add(target.name)
        for given in _returned(program, target.name) if depth else ():
            found |= _givers(program, target.name, given, depth - 1)
    return found


def _returned(program: Program, function: str) -> Iterator[code.Call]:
    """The calls whose results a function returns, at once or through a name."""
    for statement in tree.statements(program.functions[function].body):
        if isinstance(statement, code.Return) and statement.value is not None:
            value = statement.value
            held = program.objects.values_of(function, value.id) if isinstance(value, code.Name) else (value,)
            for each in held or ():
                inner = each.value if isinstance(each, code.Await) else each
                if isinstance(inner, code.Call):
                    yield inner


def _makes_class(info: FunctionInfo) -> bool:
    """Does a function make classes as it runs, by a statement or by `type`?"""
    if any(isinstance(statement, code.Class) for statement in tree.statements(info.body)):
        return True
    return any(tree.dotted(call.function) == "type" and len(call.arguments) == 3 for call in tree.calls(info.body))


def _returns_lambda(program: Program, function: str) -> bool:
    """Is a lambda written in what a function returns, or in what the returned name was set to?"""
    for statement in tree.statements(program.functions[function].body):
        if isinstance(statement, code.Return) and statement.value is not None:
            values = [statement.value]
            if isinstance(statement.value, code.Name):
                values += program.objects.values_of(function, statement.value.id) or ()
            if any(
                isinstance(node, code.Lambda) for value in values for node in tree.every(value) if not _is_key(value)
            ):
                return True
    return False


def _is_key(value: code.Expr) -> bool:
    """`sorted(rows, key=lambda …)`: the lambda only serves to make the result."""
    return isinstance(value, code.Call) and any(isinstance(k.value, code.Lambda) for k in value.keywords)


def _unsendable(order: Order, value: Value, depth: int = 3) -> str:
    """A word for what cannot be pickled in a value; empty for what can, or is not known."""
    match value.kind:
        case "container" if value.name in ("generator", "iterator"):
            return "a generator"
        case "container" if value.name.endswith(("dict_items", "dict_keys", "dict_values")):
            return "a view of a dict"
        case "function":
            info = order.program.functions[value.name]
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
        return next((why for inner in value.args if (why := _unsendable(order, inner, depth - 1))), "")
    if depth and value.kind == "instance":
        for function, given in (
            each for attribute in order.program.classes[value.name].assigned.values() for each in attribute
        ):
            if isinstance(given, code.Lambda):
                return "an object that holds a lambda"
            for inner in order.program.values(function, given):
                if inner.kind in ("object", "container") and (why := _unsendable(order, inner, 0)):
                    return f"an object that holds {why}"
    return ""


def _check_identity(draft: Draft, made: Cut) -> None:
    """The work must not ask which object it was given: in a process it gets a copy."""
    program, inside = draft.order.program, frozenset(_functions(draft, made))
    for function, call in program.objects.calls_named("id"):
        here = function in inside or any(call is each for each in draft.inquiry.calls(made.nodes))
        if here and isinstance(call.function, code.Name):
            raise Refused(
                "identity", f"line {call.line} asks which object it has, and a process has a copy", draft.loop
            )
    for compare in (node for part in made.nodes for node in ast.walk(part) if isinstance(node, ast.Compare)):
        sides = (compare.left, *compare.comparators)
        if any(isinstance(o, ast.Is | ast.IsNot) for o in compare.ops) and not any(
            isinstance(side, ast.Constant) for side in sides
        ):
            because = f"line {compare.lineno} asks which object it has, and a process has a copy"
            raise Refused("identity", because, draft.loop)
    for name in sorted(inside):
        line = _identity_line(program.functions[name])
        if line is not None:
            raise Refused("identity", f"line {line} asks which object it has, and a process has a copy", draft.loop)


def _identity_tests(order: Order) -> int | None:
    """The line of a test whether two names are one object (not of None and its like), or of a call of `id`."""
    for call_place in order.program.objects.calls_named("id"):
        if isinstance(call_place[1].function, code.Name):
            return call_place[1].line
    return next((line for info in order.program.functions.values() if (line := _identity_line(info)) is not None), None)


def _identity_line(info: FunctionInfo) -> int | None:
    """The line on which a function asks whether two names are one object, not of None and its like."""
    for statement in tree.statements(info.body):
        for head in tree.heads(statement):
            for node in tree.every(head):
                match node:
                    case code.Operation(operator="is" | "is not", operands=operands):
                        if not any(isinstance(o, code.Literal) and o.kind in _SINGLE for o in operands):
                            return statement.line
    return None


def _equal_only_to_itself(program: Program, function: str, place: Place) -> bool:
    """Is it a thing that no copy equals: an object without `__eq__`, or a float, which may be NaN?"""
    for value in program.values(function, code.Name(place.root.name)):
        if value.kind in ("instance", "some"):
            info = program.classes[value.name]
            if "__eq__" not in info.methods and not info.bases and not info.decorators:
                return True
        if value.name == "builtins.float":
            return True
    return False


def _comparing(program: Program) -> int | None:
    """The first line on which something is looked for in a collection."""
    for info in program.functions.values():
        for expression in tree.expressions(info.body):
            if isinstance(expression, code.Operation) and expression.operator in ("in", "not in"):
                return max(info.line, 1)
            if isinstance(expression, code.Attribute) and expression.name in ("index", "count", "remove"):
                return max(info.line, 1)
    return None


def _held_results(order: Order, function: str) -> Place | None:
    """A place of an object that outlives the function and that it returns, itself or within what it returns."""
    places = order.program.objects.returned_places(function)
    kinds = (RootKind.GLOBAL, RootKind.PARAM, RootKind.SELF, RootKind.CLASS, RootKind.LOCAL, RootKind.DEFAULT)
    return next((place for place in sorted(places) if place.root.kind in kinds), None)


def _check_failures(draft: Draft, made: Cut) -> None:
    if made.protected:
        for node in made.nodes:
            if any(proof.api in _OPENS for proof in draft.inquiry.summary(node).ever):
                because = (
                    "`urlopen` raises HTTPError, which cannot be sent from a process to the handler that waits for it"
                )
                raise Refused("unpicklable-error", because, node)
    program = draft.order.program
    chained = any(_names(program.functions.values(), name) for name in _LOOKS_BACK)
    for function in _functions(draft, made):
        info = program.functions[function]
        for name, line in _raised(draft.order, info):
            because = f"line {line} raises `{name}`, which cannot be made anew from its `args` when it comes back from a process"
            raise Refused("unpicklable-error", because, draft.loop)
        cause = next(raised_lines([info.body]), None) if chained else None
        if cause is not None:
            because = f"the program looks at the cause of an exception, and that of line {cause} is replaced on its way from a process"
            raise Refused("unpicklable-error", because, draft.loop)


def _names(functions: Iterable[FunctionInfo], attribute: str) -> bool:
    """Does any function read an attribute of this name?"""
    for info in functions:
        for expression in tree.expressions(info.body):
            if isinstance(expression, code.Attribute) and expression.name == attribute:
                return True
    return False


def _check_traceback(draft: Draft, made: Cut) -> None:
    """What is raised in a worker has passed other frames on its way."""
    program = draft.order.program
    if not _names(program.functions.values(), "__traceback__"):
        return
    line = next((n for f in _functions(draft, made) for n in raised_lines([program.functions[f].body])), None)
    if line is not None:
        because = (
            f"the program looks at the traceback of an exception, and that of line {line} would tell of the worker"
        )
        raise Refused("error-handling", because, draft.loop)


def _check_caches(draft: Draft) -> None:
    """Hits of a cache hang on who asks first; and each process counts them by itself."""
    for name in _COUNTS_HITS:
        calls = draft.order.program.objects.calls_named(name)
        if calls:
            because = f"line {calls[0][1].line} looks at the hits of a cache, which depend on who asks first"
            raise Refused("process-state", because, draft.loop)


def _raised(order: Order, info: FunctionInfo) -> Iterator[tuple[str, int]]:
    """The exceptions of the project that a function raises and that do not survive pickling."""
    for statement in tree.statements(info.body):
        match statement:
            case code.Raise(value=code.Call(function=made, keywords=keywords), line=line):
                for value in order.program.values(info.id, made):
                    if value.kind == "class" and _stuck(order, value.name, named=bool(keywords)):
                        yield order.program.classes[value.name].name, line


def _stuck(order: Order, which: str, *, named: bool) -> bool:
    """Does the class hand on other arguments than it takes? Pickle calls it with those that it handed on."""
    found = order.program.classes.get(which)
    if (
        found is None
        or "__reduce__" in found.methods
        or "__reduce_ex__" in found.methods
        or "__init__" not in found.methods
    ):
        return False
    start = order.program.functions[found.methods["__init__"]]
    taken = [each.name for each in start.parameters[1:] if each.kind == "positional"]
    if any(each.kind == "keyword" and each.default is None for each in start.parameters):
        return True
    for call in tree.calls(start.body):
        match call.function:
            case (
                code.Attribute(value=code.Call(function=code.Name(id="super")), name="__init__")
                | code.Attribute(value=code.Name(id="Exception" | "ValueError" | "RuntimeError"), name="__init__")
            ):
                given = [a for a in call.arguments if not (isinstance(a, code.Name) and a.id == "self")]
                return [a.id if isinstance(a, code.Name) else "" for a in given] != taken or bool(call.keywords)
    return named  # without a call of the base, `args` are those that the class was made with, but for keywords
