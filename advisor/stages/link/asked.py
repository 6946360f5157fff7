"""Asked: does an argument give a call another effect: to use several cores, to fetch what it else has at hand?"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.catalog import CallEntry
from advisor.model.effect import Effect
from advisor.model.program import Target
from advisor.stages.link.ask import Ask
from advisor.stages.link.index import Binding, CallPlace

_FEW = (None, 0, 1)  # what asks for no more than one core
_DEEPEST = 4  # names and defaults followed to a number
_MOST_PLACES = 20


def as_asked(ask: Ask, function: str, call: code.Call, target: Target) -> Target:
    """`target` under the name by which the catalog tells of the effect that the arguments of `call` give it."""
    entry = ask.catalog.call(target.name) if target.kind == "external" else None
    if entry is None or not (entry[1].parallel_when or entry[1].effect_with):
        return target
    effect = _effect_asked_for(ask, function, call, *entry)
    if effect is None:
        return target
    name = ask.catalog.otherwise(entry[0], effect)
    return Target(target.kind, name, target.guessed, target.conditional, target.callback)


def _effect_asked_for(ask: Ask, function: str, call: code.Call, name: str, entry: CallEntry) -> Effect | None:
    if entry.parallel_when is not None:
        given = [(function, call), *_made(ask, function, call, name.rpartition(".")[0])]
        if any(_asks_for_many(ask, where, each, entry.parallel_when) for where, each in given):
            return Effect.PARALLEL_NATIVE
    words = {word for keyword in call.keywords for word in _words(keyword)}
    return next((effect for word, effect in entry.effect_with.items() if word in words), None)


def deferred_in(ask: Ask, function: str, entry: CallEntry) -> str:
    """Where a function runs that was put away for a pool: where the calls beside it say that its pool runs things."""
    for last, pool in ask.catalog.pools_by_word.items():
        for where, call in ask.index.calls.get(last, ()):
            if where == function:
                placed = (code.Keyword(str(place), each) for place, each in enumerate(call.arguments))
                words = {word for keyword in (*call.keywords, *placed) for word in _words(keyword)}
                asked = next((kind for word, kind in pool.pool_with.items() if word in words), None)
                if asked is not None:
                    return asked.value
    return entry.callback_in


def _words(keyword: code.Keyword) -> tuple[str, ...]:
    """How `effect_with` may name a keyword: None is what leaves it out."""
    if isinstance(keyword.value, code.Literal):
        return () if keyword.value.value is None else (keyword.name or "", f"{keyword.name}={keyword.value.value}")
    return (keyword.name or "",)


def _made(ask: Ask, function: str, call: code.Call, cls: str) -> Iterator[CallPlace]:
    """The calls that may have made the object whose method is called: what stands there, else those of its file."""
    receiver = call.function.value if isinstance(call.function, code.Attribute) else call.function
    if isinstance(receiver, code.Call):
        yield function, receiver
        return
    path = ask.index.functions[function].path
    for where, other in ask.index.calls.get(cls.rpartition(".")[2], ())[:_MOST_PLACES]:
        if ask.index.functions[where].path == path:
            yield where, other


def _asks_for_many(ask: Ask, function: str, call: code.Call, argument: str) -> bool:
    given = next((keyword.value for keyword in call.keywords if keyword.name == argument), None)
    return given is not None and _is_many(ask, function, given, _DEEPEST)


def _is_many(ask: Ask, function: str, number: code.Expr, depth: int) -> bool:
    """May `number` be more than one? What cannot be followed was left to whoever runs the program."""
    match number:
        case code.Literal(value=value):
            return value not in _FEW
        case code.Name(id=name):
            home = ask.index.scope_of(function, name)
            bindings = [] if home is None else ask.index.scopes[home][name]
        case code.Attribute(value=owner, name=name):
            classes = [value.name for value in ask.values(function, owner) if value.name in ask.index.classes]
            bindings = [found for cls in classes for found in ask.index.attributes.get(cls, {}).get(name, ())]
        case _:
            return True
    return not bindings or not depth or any(_binds_many(ask, binding, depth - 1) for binding in bindings)


def _binds_many(ask: Ask, binding: Binding, depth: int) -> bool:
    if binding.kind not in ("value", "parameter") or binding.place or binding.expression is None:
        return True
    return _is_many(ask, binding.where, binding.expression, depth)
