"""Given: what a call gives where something is wanted that can be called, and surely cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.effect import BLOCKING, COMPUTING
from advisor.model.program import FunctionInfo, Program, Value
from advisor.questions.calls import argument, entries

_GIVES_SOMETHING = ("<lambda>", "__init__", "__new__", "__post_init__")  # an object, which may be called
_WORKS = BLOCKING | COMPUTING  # what gives an answer; a function to call takes no such time to get
_DATA = frozenset(f"builtins.{name}" for name in "str bytes int float bool list dict tuple set".split())
_DEEP = 3
_CALLED = frozenset(["function", "class", "instance", "some"])
_CHOOSES = frozenset(["and", "or", "if"])  # an operation that gives one of its operands


def called_instead(
    program: Program, catalog: Catalog, function: str, call: code.Call
) -> Iterator[tuple[code.Call, str]]:
    """The arguments of `call` that are to be called later or elsewhere, and are called here and now: `submit(work(x))`. Each
    with what it gives instead, in words."""
    for _, entry in entries(program, catalog, function, call):
        if entry.callback is None or entry.callback_in == "here" or entry.coroutines:
            places = entry.later  # `re.sub` calls what it is given at once, or takes a text as it is
        else:
            places = (*entry.later, entry.callback)
        for given in (argument(call, place) for place in places):
            gives = not_callable(program, catalog, function, given) if isinstance(given, code.Call) else None
            if isinstance(given, code.Call) and gives is not None:
                yield given, gives


def not_callable(program: Program, catalog: Catalog, function: str, call: code.Call) -> str | None:
    """What `call`, written in `function`, surely gives that cannot be called, in words; None where that may be called."""
    targets = program.targets(function, call)
    called = [program.functions[t.name] for t in targets if t.kind == "function" and not t.callback]
    if any(t.guessed for t in targets) or any(t.kind != "function" for t in targets):
        return "what it gives, which is no function" if _is_data(program, catalog, function, call, _DEEP) else None
    if not called:
        return None
    if all(map(_is_coroutine, called)):
        return "a coroutine"
    if all(map(_returns_nothing, called)):
        return "None, for it returns nothing"
    if all(_returns_data(program, catalog, info, _DEEP) for info in called):
        return "what it returns, which is no function"
    return None


def _is_coroutine(info: FunctionInfo) -> bool:
    return info.is_async and not info.is_generator and not info.decorators


def _returned(info: FunctionInfo) -> list[code.Expr]:
    """What a function returns, each `return None` left out."""
    values = (s.value for s in info.statements if isinstance(s, code.Return) and s.value is not None)
    return [value for value in values if value != code.Literal("none", None)]


def _returns_nothing(info: FunctionInfo) -> bool:
    """Does it only ever end without a value? One that is abstract, or always raises, is not known to."""
    return _is_plain(info) and not _returned(info) and any(_does_something(s) for s in info.statements)


def _is_plain(info: FunctionInfo) -> bool:
    """Does a call of it give what its return statements say?"""
    return not (info.is_async or info.is_generator or info.decorators or info.name.endswith(_GIVES_SOMETHING))


def _does_something(statement: code.Stmt) -> bool:
    return isinstance(statement, code.Assign) or (
        isinstance(statement, code.Evaluate) and any(isinstance(e, code.Call) for e in tree.every(statement.value))
    )


def _returns_data(program: Program, catalog: Catalog, info: FunctionInfo, depth: int) -> bool:
    """Is all that a function returns data, and some of it told?"""
    given = _returned(info)
    if not _is_plain(info) or not given:
        return False
    return all(_is_data(program, catalog, info.id, value, depth) for value in given)


def _is_data(program: Program, catalog: Catalog, function: str, given: code.Expr, depth: int) -> bool:
    """Is it a number, a text, a collection, or the answer of something that takes time to give one?"""
    match given:
        case code.Literal() | code.Text() | code.Display() | code.Comprehension():
            return True
        case code.Operation(operator=operator, operands=operands) if operator in _CHOOSES:
            chosen = (operands[0], *operands[2:]) if operator == "if" else operands
            return all(_is_data(program, catalog, function, each, depth) for each in chosen)
        case code.Operation():
            return True
        case code.Call() if depth:
            return _answers(program, catalog, function, given, depth)
        case code.Attribute(value=code.Call() | code.Name() as made) if depth:  # `requests.get(url).text`
            values = program.values(function, given)
            return not any(_is_called(catalog, v) for v in values) and _is_data(program, catalog, function, made, depth)
        case code.Name(id=name) if depth:
            bound = program.objects.values_of(function, name) or ()
            return bool(bound) and all(_is_data(program, catalog, function, each, depth - 1) for each in bound)
    return False


def _is_called(catalog: Catalog, value: Value) -> bool:
    return value.kind in _CALLED or (value.kind == "external" and catalog.call(value.name) is not None)


def _answers(program: Program, catalog: Catalog, function: str, call: code.Call, depth: int) -> bool:
    """Is what a call gives the answer of something that waits or computes?"""
    targets = [t for t in program.targets(function, call) if not t.callback]
    inner = [program.functions[t.name] for t in targets if t.kind == "function"]
    if inner and len(inner) == len(targets) and not any(t.guessed for t in targets):
        return all(_returns_data(program, catalog, info, depth - 1) for info in inner)
    known = entries(program, catalog, function, call)
    return (
        len(known) == len(targets) > 0
        and all(entry.effect in _WORKS or entry.returns in _DATA for _, entry in known)
        and not any(entry.callback is not None for _, entry in known)
    )
