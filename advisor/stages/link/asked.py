"""Asked: does an argument give a call another effect: to use several cores, to fetch what it else has at hand?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from advisor.model import code
from advisor.model.catalog import CallEntry
from advisor.model.effect import Effect
from advisor.model.program import Target
from advisor.model.words import is_named
from advisor.questions.calls import argument
from advisor.stages.link.ask import Ask
from advisor.stages.link.index import Binding, CallPlace

_ADDRESS = re.compile("(https?|ftp|s3|gs|gcs|abfss?|az)://")
_FEW = (None, 0, 1)  # what asks for no more than one core
_DEEPEST = 4  # names and defaults followed to a number
_MOST_PLACES = 20


def as_asked(ask: Ask, function: str, call: code.Call, target: Target) -> Target:
    """`target` under the name by which the catalog tells of the effect that the arguments of `call` give it."""
    entry = ask.catalog.call(target.name) if target.kind == "external" else None
    if entry is None or not (entry[1].parallel_when or entry[1].effect_with or entry[1].fetches is not None):
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
    asked = next((effect for word, effect in entry.effect_with.items() if word in words), None)
    if asked is None and entry.fetches is not None:
        source = argument(call, entry.fetches)
        if source is not None and _is_address(ask, function, source, _DEEPEST):
            return Effect.NETWORK
    return asked


def _is_address(ask: Ask, function: str, text: code.Expr, depth: int) -> bool:
    """Does a text begin like an address in the network, or is it named like one?"""
    match text:
        case code.Text(parts=(first, *_), holes=(0, *_)):
            return _is_address(ask, function, first, depth)
        case code.Literal(kind="str", value=str(begins)) | code.Text(text=begins):
            return _ADDRESS.match(begins) is not None
        case code.Operation(operator="+" | "%", operands=(first, *_)):
            return _is_address(ask, function, first, depth)
        case code.Call(function=code.Attribute(value=pattern, name="format")):
            return _is_address(ask, function, pattern, depth)
        case code.Name(id=name):
            home = ask.index.scope_of(function, name)
            bindings = ask.index.scopes[home][name] if home is not None and depth else []
            return _named_address(ask, text) or any(_binds_address(ask, binding, depth - 1) for binding in bindings)
    return _named_address(ask, text)


def _named_address(ask: Ask, text: code.Expr) -> bool:
    match text:
        case code.Name(id=name) | code.Attribute(name=name) | code.Subscript(index=code.Literal(value=str(name))):
            return is_named(name, ask.catalog.words.addresses)
    return False


def _binds_address(ask: Ask, binding: Binding, depth: int) -> bool:
    match binding:
        case Binding(kind="value", expression=text, place=()) if text is not None:
            return _is_address(ask, binding.where, text, depth)
        case Binding(kind="element", expression=code.Display(items=(first, *_)), place=()):
            return _is_address(ask, binding.where, first, depth)
        case Binding(kind="element", expression=code.Comprehension(element=element), place=()):
            return _is_address(ask, binding.where, element, depth)
        case Binding(kind="element", expression=code.Name(id=name) as walked, place=()):
            home = ask.index.scope_of(binding.where, name)
            held = ask.index.scopes[home][name] if home is not None and depth else []
            return _named_address(ask, walked) or any(
                _binds_address(ask, replace(each, kind="element"), depth - 1) for each in held if each.kind == "value"
            )
        case Binding(kind="element", expression=walked, place=()) if walked is not None:
            return _named_address(ask, walked)
    return False


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
