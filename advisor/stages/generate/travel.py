"""Travel: what the work needs beside its arguments must reach the worker, and what it raises must come back."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.program import FunctionInfo
from advisor.model.refactor import Needed, Order
from advisor.model.summary import Place, Write
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.names import here
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut

_SEEDS = frozenset({"random.seed", "numpy.random.seed"})
_READS_CONTEXT = "contextvars.ContextVar.get"
# Their HTTPError holds the open answer, so that no process can send it to another.
_OPENS = frozenset({"urllib.request.urlopen", "urllib.request.OpenerDirector.open"})


def check_travel(draft: Draft, made: Cut) -> None:
    """Threads get the caller's context variables where the work reads any; Refused for what no process can be sent."""
    nodes = made.nodes
    reads_context = [use for node in nodes for use in draft.inquiry.summary(node).uses if use.api == _READS_CONTEXT]
    if reads_context and draft.way.isolated:
        because = f"the work reads a context variable (line {reads_context[0].line}), which a process would not have"
        raise Refused("process-state", because, draft.loop)
    if reads_context and not draft.way.tasks:
        draft.way = replace(draft.way, through="copy_context().run, ")
        draft.needs.add(Needed("contextvars", "copy_context"))
    logs = any(use.api.startswith("logging.") for node in nodes for use in draft.inquiry.summary(node).uses)
    if draft.way.isolated and logs:
        draft.notes.append("the work logs: a process that starts afresh needs its logging set up by an initializer")
    _check_dice(draft, nodes)
    if draft.way.isolated:
        _check_globals(draft, nodes)
        _check_failures(draft, made)


def _check_dice(draft: Draft, nodes: Sequence[ast.expr | ast.stmt]) -> None:
    """Numbers drawn from the one generator that the program has seeded come in the order of the rounds, and are the same each time."""
    program = draft.order.program
    calls = [(info.id, call) for info in program.functions.values() for call in tree.calls(info.body)]
    seeds = [call for where, call in calls if {t.name for t in program.targets(where, call)} & _SEEDS]
    if not seeds:
        return
    reached = _reached(draft, nodes)
    mine = [
        (draft.order.site.function, each)
        for n in here(nodes)
        if isinstance(n, ast.Call) and (each := draft.inquiry.call(n))
    ]
    for where, call in [*mine, *((where, call) for where, call in calls if where in reached)]:
        drawn = [
            t.name for t in program.targets(where, call) if t.name.rpartition(".")[0] in ("random", "numpy.random")
        ]
        if drawn and not drawn[0][drawn[0].rindex(".") + 1].isupper() and not drawn[0].endswith("default_rng"):
            because = f"the work draws from `{drawn[0]}` (line {call.line}), which the program seeds: the numbers would come otherwise"
            raise Refused("process-state", because, draft.loop)


def _check_globals(draft: Draft, nodes: Sequence[ast.expr | ast.stmt]) -> None:
    """A global that the program sets as it runs is not set in a process that has only imported the module."""
    seen = {place for node in nodes for place in _seen(draft, node) if place.root.startswith("global:")}
    if not seen:
        return
    order, reached = draft.order, _reached(draft, nodes)
    for info in order.program.functions.values():
        for write in order.summaries.function(info.id).writes if info.id not in reached and not info.is_module else ():
            if write.function == info.id and write.place.root in {place.root for place in seen} and _sets(write):
                name = write.place.label
                because = f"the work reads `{name}`, which line {write.line} sets while the program runs: a process would not have that"
                raise Refused("process-state", because, draft.loop)


def _seen(draft: Draft, node: ast.expr | ast.stmt) -> frozenset[Place]:
    summary = draft.inquiry.summary(node)
    return summary.reads | summary.keyed


def _sets(write: Write) -> bool:
    """Does the write give a value, rather than fill in what each process can fill in for itself?"""
    return not write.guarded and not write.possible and write.how in ("rebind", "key")


def _reached(draft: Draft, nodes: Sequence[ast.AST]) -> frozenset[str]:
    calls = [draft.inquiry.call(node) for node in here(nodes) if isinstance(node, ast.Call)]
    function = draft.order.site.function
    return draft.order.summaries.reached(function, tuple(call for call in calls if call is not None))


# ---- what comes back


def _check_failures(draft: Draft, made: Cut) -> None:
    if made.protected:
        for node in made.nodes:
            if any(proof.api in _OPENS for proof in draft.inquiry.summary(node).proofs):
                because = (
                    "`urlopen` raises HTTPError, which cannot be sent from a process to the handler that waits for it"
                )
                raise Refused("unpicklable-error", because, node)
    program = draft.order.program
    for function in sorted(_reached(draft, made.nodes)):
        for name, line in _raised(draft.order, program.functions[function]):
            because = f"line {line} raises `{name}`, which cannot be made anew from its `args` when it comes back from a process"
            raise Refused("unpicklable-error", because, draft.loop)


def _raised(order: Order, info: FunctionInfo) -> Iterator[tuple[str, int]]:
    """The exceptions of the project that a function raises and that do not survive pickling."""
    for statement in tree.statements(info.body):
        match statement:
            case code.Raise(value=code.Call(function=made), line=line):
                for value in order.program.values(info.id, made):
                    if value.kind == "class" and _stuck(order, value.name):
                        yield order.program.classes[value.name].name, line


def _stuck(order: Order, which: str) -> bool:
    """Does the class take other arguments than it hands on? Pickle calls it with those that it handed on."""
    found = order.program.classes.get(which)
    if found is None or "__init__" not in found.methods or "__reduce__" in found.methods:
        return False
    start = order.program.functions[found.methods["__init__"]]
    taken = [each for each in start.parameters[1:] if each.default is None and not each.kind.startswith("var")]
    for call in tree.calls(start.body):
        match call.function:
            case code.Attribute(value=code.Call(function=code.Name(id="super")), name="__init__"):
                given = [each for each in call.arguments if not isinstance(each, code.Starred)]
                return len(given) == len(call.arguments) and len(given) < len(taken)
    return False  # without a call of the base, `args` are those that the class was made with
