"""Seldom: what the shape and the names of code say about whether it runs at all, or hardly ever."""

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


def is_stub(function: FunctionInfo) -> bool:
    """A method that only says what others must do: a docstring, `pass`, `raise NotImplementedError`."""
    return all(
        isinstance(s, code.Raise | code.Jump) or (isinstance(s, code.Evaluate) and isinstance(s.value, code.Literal))
        for s in function.body
    )
