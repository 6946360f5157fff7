"""Drained: does everyone who calls a generator take all of its items, so that nothing is lost by making them ahead?"""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.questions.bars import bar_made
from advisor.questions.calls import last_name

_TAKE_ALL = frozenset("list tuple set frozenset dict sorted sum max min join extend update deque Counter fsum".split())
_PASS_ON = frozenset("enumerate zip filter".split())
_MOST_CALLERS = 20


def drained(program: Program, catalog: Catalog, info: FunctionInfo, depth: int = 2) -> bool:
    """Do all callers of the generator take every item: by `list()`, by a comprehension, by a `for` that nothing leaves?

    False where no caller is known. A caller that hands the generator on, by `return` or `yield from`, is as good as its
    own callers.
    """
    return info.is_generator and _all_take_all(program, catalog, info, depth)


def _all_take_all(program: Program, catalog: Catalog, info: FunctionInfo, depth: int) -> bool:
    places = program.callers(info.id)
    return 0 < len(places) <= _MOST_CALLERS and all(
        _takes_all(program, catalog, program.functions[caller], call, depth) for caller, call in places
    )


def _takes_all(program: Program, catalog: Catalog, caller: FunctionInfo, call: code.Call, depth: int) -> bool:
    """Is everything taken that one call in `caller` gives?"""
    given = _passed_on(program, catalog, caller, call)
    for statement in caller.statements:
        match statement:
            case code.For(iterable=iterable, body=body) if iterable is given:
                return not _may_end_early(body)
            case code.Return(value=value) if value is given:
                return depth > 0 and _all_take_all(program, catalog, caller, depth - 1)
        for head in tree.heads(statement):
            for node in tree.every(head):
                if isinstance(node, code.Yield) and node.delegates and node.value is given:
                    return depth > 0 and drained(program, catalog, caller, depth - 1)
                if _takes(node, given):
                    return True
    return False


def _passed_on(program: Program, catalog: Catalog, caller: FunctionInfo, call: code.Call) -> code.Expr:
    """What gives the same items, one by one, as `call` does: `enumerate(call)`, `(f(x) for x in call)`."""
    given: code.Expr = call
    for _ in range(3):  # so often one is put around the other in code that people can read
        for node in tree.expressions(caller.body):
            match node:
                case code.Call(arguments=arguments) if any(a is given for a in arguments):
                    if last_name(node) in _PASS_ON or bar_made(program, catalog, caller.id, node) is not None:
                        given = node
                        break
                case code.Comprehension(kind="generator", clauses=(first, *_)) if first.iterable is given:
                    given = node
                    break
    return given


def _takes(node: code.Expr, given: code.Expr) -> bool:
    """Does `node` take all that `given` gives: `sorted(given)`, `[… for x in given]`, `f(*given)`?"""
    match node:
        case code.Call(arguments=arguments) if last_name(node) in _TAKE_ALL:
            return any(argument is given for argument in arguments)
        case code.Comprehension(kind="list" | "set" | "dict", clauses=clauses):
            return clauses[0].iterable is given
        case code.Starred(value=value):
            return value is given
    return False


def _may_end_early(body: tree.Block) -> bool:
    """May the loop be left before its end, or be walked as lazily as it is read itself?"""
    if any(isinstance(node, code.Yield) for node in tree.expressions(body)):
        return True
    return any(isinstance(statement, code.Return) for statement in tree.statements(body)) or _breaks(body)


def _breaks(block: tree.Block) -> bool:
    for statement in block:
        if isinstance(statement, code.Jump) and statement.kind == "break":
            return True
        inner = () if isinstance(statement, code.For | code.While | code.Class) else tree.blocks(statement)
        if any(_breaks(each) for each in inner):
            return True
    return False
