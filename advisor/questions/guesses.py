"""Guesses: what the name of a call tells of it where nothing else is known."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.catalog import Catalog, Guess
from advisor.model.program import Program
from advisor.questions.calls import is_variable, last_name, receiver

_NOT_WORK = ("error", "exception", "warning", "exit")  # how names of exception classes end
_MODULES = frozenset(["module", "package"])


def guessed(program: Program, catalog: Catalog, function: str, call: code.Call) -> Guess | None:
    """What `call`, written in `function`, most likely does by its name; None where that says nothing of it."""
    named = tree.callee(call)
    guess = catalog.guess(named) if named else None
    if guess is None or named.lower().endswith(_NOT_WORK):
        return None
    if _looks_up(program, function, call) or _is_no_library(program, catalog, function, call):
        return None
    return None if not guess.makes and _makes_an_object(program, function, call) else guess


def _looks_up(program: Program, function: str, call: code.Call) -> bool:
    """`options.get("name", "")`: a key that is no address or path is looked up in a mapping, where the type is not known."""
    owner = receiver(call)
    match call.arguments:
        case (code.Literal(kind="str", value=str(key)), *_) if owner is not None and last_name(call) == "get":
            return not any(v.kind != "many" for v in program.values(function, owner)) and not {":", "/"} & set(key)
    return False


def _is_no_library(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Does a variable of the function have the name of a library, as `requests` of a container has?"""
    root = tree.root_name(call.function)
    home = None if root is None else program.objects.home(function, root)
    if root is None or home is None or program.functions[home].is_module:
        return False
    return catalog.call(tree.callee(call)) is not None and is_variable(program, function, root)


def _makes_an_object(program: Program, function: str, call: code.Call) -> bool:
    """`DownloadTask(…)`: a class by the way it is written, where no function is known to be called so."""
    last = last_name(call).lstrip("_")
    if not last[:1].isupper() or last.isupper():
        return False
    called = {value.kind for value in program.values(function, call.function)}
    if called & {"class", "function"}:
        return "function" not in called
    owner = receiver(call)
    if owner is None:
        return True
    return any(v.kind in _MODULES or (v.kind == "external" and not v.args) for v in program.values(function, owner))
