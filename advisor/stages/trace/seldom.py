"""Seldom: what the shape and the names of code say about how often it runs: hardly ever, once, or not at all."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.program import FunctionInfo

_RARE_WORDS = frozenset(
    ["debug", "verbose", "plot", "profile", "trace", "dry_run", "dryrun", "interactive", "show", "quiet", "test"]
)
# Calls by these names tell of what went wrong or will go away; few runs come by there.
_SELDOM_CALLED = frozenset(
    "warn warning warnings deprecated deprecation deprecate error errors exception fail fatal abort bug usage die".split()
)
_CACHES = frozenset({"cache", "lru_cache", "cached", "memoize", "memoized"})


def rarely_true(test: code.Expr) -> bool:
    """`if debug:`, `if args.verbose and step % 10 == 0:` and their kin are seldom on."""
    match test:
        case code.Name(id=name) | code.Attribute(name=name):
            return name.lower().strip("_") in _RARE_WORDS
        case code.Operation(operator="and" | ">" | ">=" | "==", operands=operands):
            return any(rarely_true(operand) for operand in operands)
    return False


def gives_up(block: tree.Block) -> bool:
    """Does the block end with raising? What leads there is not what a run does."""
    return bool(block) and isinstance(block[-1], code.Raise)


def seldom_called(call: code.Call) -> bool:
    last = tree.callee(call).rpartition(".")[2]
    return last.islower() and not _SELDOM_CALLED.isdisjoint(last.strip("_").split("_"))


def is_remembered(function: FunctionInfo, call: code.Call) -> bool:
    """Is the answer kept from the first call: a cached function called with nothing, or nothing but constants?"""
    named = (tree.dotted(d.function if isinstance(d, code.Call) else d) or "" for d in function.decorators)
    if not any(name.rpartition(".")[2] in _CACHES for name in named):
        return False
    given = (*call.arguments, *(keyword.value for keyword in call.keywords))
    return all(isinstance(argument, code.Literal) for argument in given)


def is_stub(function: FunctionInfo) -> bool:
    """A method that only says what others must do: a docstring, `pass`, `raise NotImplementedError`."""
    return all(
        isinstance(s, code.Raise | code.Jump) or (isinstance(s, code.Evaluate) and isinstance(s.value, code.Literal))
        for s in function.body
    )
