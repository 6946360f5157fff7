"""Endpoints: requests that a coroutine answers, while it computes where others should have their turn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import CallEntry
from advisor.model.fault import Around, Fact
from advisor.model.program import FunctionInfo
from advisor.questions.calls import awaited, entries, last_name, receiver
from advisor.questions.handlers import is_handler
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written

_DEEP = 3  # names and functions between the use of a model and the call that loads it


def _model_in_a_handler(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A model that was loaded from a file is asked in the coroutine that answers a request."""
    if not info.is_async or not is_handler(sight.program, sight.catalog.words, info):
        return
    waits = {id(each) for each in awaited(info)}
    for spot in sight.spots(info):
        owner = receiver(spot.call)
        if owner is None or Around.COROUTINE not in spot.around or id(spot.call) in waits:
            continue
        if any(t.kind == "function" and not t.guessed for t in sight.program.targets(info.id, spot.call)):
            continue
        loaded = _loaded(sight, info.id, owner, _DEEP)
        if loaded is not None and last_name(spot.call) in loaded[0].computes:
            plain = "" if waits else f", and `{info.name}` awaits nothing: as a plain `def` it would run in a thread"
            because = f"line {loaded[1].line} loads it with `{written(loaded[1])}`{plain}"
            yield at(spot.call, written(spot.call), because, loaded[1].line)
            return


def _loaded(sight: Sight, function: str, expression: code.Expr, depth: int) -> tuple[CallEntry, code.Call] | None:
    """The call that loads what an expression gives, with what the catalog says of it; None where nothing is known of one."""
    for where, value in (*_given(sight, function, expression),):
        if isinstance(value, code.Call):
            for _, entry in entries(sight.program, sight.catalog, where, value):
                if entry.computes:
                    return entry, value
            for target in sight.program.targets(where, value) if depth else ():
                if target.kind == "function" and not (target.callback or target.guessed):
                    for returned in _returned(sight.program.functions[target.name]):
                        found = _loaded(sight, target.name, returned, depth - 1)
                        if found is not None:
                            return found
        elif depth and value is not expression:
            found = _loaded(sight, where, value, depth - 1)
            if found is not None:
                return found
    return None


def _given(sight: Sight, function: str, expression: code.Expr) -> Iterator[tuple[str, code.Expr]]:
    """The expressions that an expression may have its value from, each with the function it is written in."""
    program = sight.program
    match expression:
        case code.Call():
            yield function, expression
        case code.Name(id=name):
            for origin in program.objects.origins(function, name):
                if origin.how == "value" and origin.expression is not None and not origin.place:
                    yield origin.where, origin.expression
        case code.Attribute(value=value, name=name):
            for held in program.values(function, value):
                if held.kind in ("instance", "some", "class"):
                    yield from program.classes[held.name].assigned.get(name, ())
                elif held.kind == "module":
                    yield from _given(sight, program.modules[held.name], code.Name(name))
        case code.Subscript(value=code.Name(id=name) as whole):
            yield function, whole
            yield from _put_in(program.files[program.functions[function].path], name)


def _put_in(infos: Iterable[FunctionInfo], name: str) -> Iterator[tuple[str, code.Expr]]:
    """What is stored in the entries of something: `models["churn"] = …`."""
    for info in infos:
        for statement in info.statements:
            targets = statement.targets if isinstance(statement, code.Assign) else ()
            if any(isinstance(target, code.Subscript) and tree.root_name(target) == name for target in targets):
                assert isinstance(statement, code.Assign)
                if statement.value is not None:
                    yield info.id, statement.value


def _returned(info: FunctionInfo) -> Iterator[code.Expr]:
    for statement in info.statements:
        if isinstance(statement, code.Return) and statement.value is not None:
            yield statement.value


ENDPOINT_FACTS: Mapping[str, Detector] = {Fact.MODEL_IN_A_HANDLER: _model_in_a_handler}
