"""Travel: what the work needs beside its arguments must reach the worker, and what it gives or raises must come back."""

from __future__ import annotations

import ast
from dataclasses import replace

from advisor.model import code
from advisor.model.program import Program
from advisor.model.refactor import Needed, Order
from advisor.model.state import Access, Ambient, AmbientUse, State
from advisor.stages.generate.apart import work_state
from advisor.stages.generate.back import check_results
from advisor.stages.generate.beside import check_beside, check_logged, check_own_server, check_takers, check_watched
from advisor.stages.generate.byname import check_by_name
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.ends import check_ends
from advisor.stages.generate.failures import check_failures, check_raised, check_stop_iteration, check_traceback
from advisor.stages.generate.filled import check_filled
from advisor.stages.generate.moments import check_moments
from advisor.stages.generate.names import dotted, free
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.sent import check_sent
from advisor.stages.generate.settings import check_settings
from advisor.stages.generate.work import Cut

_CONTEXT = frozenset({Ambient.CONTEXT_VARIABLE, Ambient.DECIMAL_CONTEXT})
_NAMESPACES = frozenset({"globals", "locals", "vars", "super", "eval", "exec"})
_COUNTS_HITS = ("cache_info", "cache_clear", "cache_parameters")


def check_travel(draft: Draft, made: Cut) -> None:
    """Threads get the caller's context where the work reads any; Refused for what no process can be sent."""
    state = work_state(draft, made)
    check_by_name(draft)
    _carry_context(draft, state)
    _check_error_state(draft, made)
    check_caller(draft, made)
    check_moments(draft, made)
    check_beside(draft, made)
    check_own_server(draft, made)
    check_takers(draft)
    check_watched(draft)
    check_logged(draft, made)
    check_raised(draft, made)
    check_caches(draft, made)
    check_ends(draft, made)
    check_filled(draft, made, state)
    check_traceback(draft, made)
    if not draft.way.isolated:
        return
    if any(use.what is Ambient.LOG for use in state.ambient):
        draft.notes.append("the work logs: a process that starts afresh needs its logging set up by an initializer")
    _check_start(draft, made, state)
    check_results(draft, made)
    check_failures(draft, made)


def check_handed(draft: Draft, made: Cut) -> None:
    """Refused where a process would not find what a thread of the same program finds."""
    _check_start(draft, made, work_state(draft, made))


def _check_start(draft: Draft, made: Cut, state: State) -> None:
    """What a process must find when it starts, and what it is given."""
    _check_folder(draft, state)
    _check_descriptors(draft, state)
    check_settings(draft, made, state)
    check_sent(draft, made, state)


def _check_folder(draft: Draft, state: State) -> None:
    """A process that starts afresh stands in the folder in which the program began."""
    moved = draft.order.program.objects.calls_named("chdir")
    if moved and (any(d.space == "file" for d in state.deeds) or any(u.what is Ambient.CWD for u in state.ambient)):
        because = f"line {moved[0][1].line} changes the working directory, in which a process need not start"
        raise Refused("process-state", because, draft.loop)


def _check_descriptors(draft: Draft, state: State) -> None:
    """A file descriptor is a number that means nothing to a process that starts afresh."""
    used = next((use for use in state.ambient if use.what is Ambient.DESCRIPTORS), None)
    if used is not None and not any(deed.api == "os.open" for deed in state.deeds):
        because = f"line {used.where.line} uses a file descriptor, which a process need not have"
        raise Refused("process-state", because, draft.loop)


def check_caller(draft: Draft, made: Cut) -> None:
    """Refused where the work must have been called by the code that it stands in."""
    _check_namespace(draft, made)
    check_stop_iteration(draft, made)


def _check_namespace(draft: Draft, made: Cut) -> None:
    """`locals()` and its like tell of the function they stand in, which in a worker is another one."""
    for call in draft.inquiry.calls(made.nodes):
        name = call.function.id if isinstance(call.function, code.Name) else ""
        if name in _NAMESPACES and not (name == "super" and len(call.arguments) == 2):  # which says of what class it is
            because = f"`{name}` in line {call.line} tells of the place where it is called, which a worker is not"
            raise Refused("identity", because, draft.loop)
    for node in ast.walk(draft.source.tree):
        if isinstance(node, ast.Call) and dotted(node.func) == "globals" and _is_walked(draft, node):
            because = f"line {node.lineno} walks the names of this module, to which the rewrite adds what it imports"
            raise Refused("identity", because, draft.loop)


def _is_walked(draft: Draft, names: ast.Call) -> bool:
    """Are all the names looked at, rather than one that is asked for, or handed on to `exec`?"""
    match draft.source.parents[names]:
        case ast.Attribute(attr=attribute):
            return attribute in ("copy", "items", "keys", "values")
        case ast.Call(func=ast.Name(id=name)):
            return name not in ("eval", "exec")
        case ast.For() | ast.comprehension() | ast.Starred():
            return True
    return False


def context_read(order: Order, state: State) -> list[AmbientUse]:
    """Where the context of the thread is read that the program may have set."""
    read = [use for use in state.ambient if use.what in _CONTEXT and use.access is Access.READ]
    return [use for use in read if use.what is Ambient.CONTEXT_VARIABLE or _sets_decimals(order)]


def _carry_context(draft: Draft, state: State) -> None:
    read = context_read(draft.order, state)
    if not read:
        return
    looks = draft.inquiry.reads_attribute("flags")
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


def _check_error_state(draft: Draft, made: Cut) -> None:
    """What NumPy does about a division by zero is set for one thread: others do what is usual, unless the work says so itself."""
    program, here = draft.order.program, draft.order.site.function
    own = {call.uid for call in draft.inquiry.calls(made.nodes)}
    for name in () if draft.way.tasks else ("errstate", "seterr", "seterrcall"):
        for function, call in program.objects.calls_named(name):
            info, around = program.functions[function], function == here and call.uid not in own
            leads = around or here in draft.order.summaries.reached(function, info.calls)
            if leads and any(target.name == f"numpy.{name}" for target in program.targets(function, call)):
                because = f"line {call.line} sets how NumPy treats errors, and for its own thread only"
                raise Refused("thread-state", because, draft.loop)


def check_caches(draft: Draft, made: Cut) -> None:
    """Hits of a cache hang on who asks first; and each process counts them by itself."""
    program = draft.order.program
    looks = [each for name in _COUNTS_HITS for each in program.objects.calls_named(name)]
    reached = frozenset(draft.inquiry.reached(made.nodes)) if looks else frozenset()
    spoken_of = free(made.nodes).union(*(program.functions[each].names_read for each in reached))
    for function, call in looks:
        cached = _functions(program, function, call)
        names = {program.functions[each].name.rpartition(".")[2] for each in cached}
        if not cached or cached & reached or names & spoken_of:
            because = f"line {call.line} looks at the hits of a cache, which depend on who asks first"
            raise Refused("process-state", because, draft.loop)


def _functions(program: Program, function: str, call: code.Call) -> frozenset[str]:
    """The functions whose method `call`, written in `function`, is; none where one of them is not known."""
    held = program.values(function, call.function.value) if isinstance(call.function, code.Attribute) else frozenset()
    known = all(value.kind == "function" for value in held)
    return frozenset(value.name for value in held) if known else frozenset()
