"""Nests: names whose values, round by round, lie in one another, so that each of these needs the one around it."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.state import Frame
from advisor.questions.nesting import beginning
from advisor.stages.link.ask import Ask
from advisor.stages.link.index import Binding

_FARTHEST = 5  # names and calls between the loop and what it walks
_SAME_ELEMENTS = frozenset("list tuple sorted reversed iter enumerate".split())


class Nests:
    """Which names are such, of the functions of a program."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._walked: dict[tuple[str, str], bool] = {}
        self._set: dict[tuple[str, str], dict[int, list[Binding]]] = {}  # by the identities of the values

    def holds(self, function: str, name: str, frame: Frame) -> bool:
        """Does a loop walk such values, or does each run of the piece lengthen the one of the run before?"""
        home = self._ask.index.scope_of(function, name)
        return home is not None and (self._is_walked(home, name) or self._is_lengthened(home, name, frame))

    def _is_walked(self, home: str, name: str) -> bool:
        if (home, name) not in self._walked:
            self._walked[home, name] = any(
                _gives_beginnings(self._ask, binding.where, binding.expression, _FARTHEST)
                for binding in self._ask.index.scopes[home].get(name, ())
                if binding.kind == "element" and binding.expression is not None
            )
        return self._walked[home, name]

    def _is_lengthened(self, home: str, name: str, frame: Frame) -> bool:
        if (home, name) not in self._set:
            values = self._set[home, name] = {}
            for binding in self._ask.index.scopes[home].get(name, ()):
                if binding.kind != "element" and binding.expression is not None and not binding.place:
                    values.setdefault(id(binding.expression), []).append(binding)
        values = self._set[home, name]
        inside = [each for each in frame.inside if each in values]
        return any(_lengthens(binding, name) for value in inside for binding in values[value])


def _lengthens(binding: Binding, name: str) -> bool:
    value = binding.expression
    if value is None:
        return False
    return _holds_text(value) if binding.kind == "augment" else _begins_with(value, name)


def _bindings(ask: Ask, function: str, name: str) -> tuple[Binding, ...]:
    home = ask.index.scope_of(function, name)
    return tuple(ask.index.scopes[home].get(name, ())) if home is not None else ()


# ---- what is walked


def _gives_beginnings(ask: Ask, function: str, walked: code.Expr, depth: int) -> bool:
    match walked:
        case code.Comprehension(kind="list" | "generator", element=element, clauses=clauses):
            own = {name for clause in clauses for name in tree.bound_names(clause.target)}
            return any(_is_measured_by(part, own) for part in tree.every(element))
        case code.Call(function=code.Name(id=last), arguments=(first, *_)) if last in _SAME_ELEMENTS and depth:
            return _gives_beginnings(ask, function, first, depth - 1)
        case code.Name(id=name) if depth:
            set_to = (b for b in _bindings(ask, function, name) if b.kind == "value" and not b.place)
            found = [(b.where, b.expression) for b in set_to if b.expression is not None]
            return any(_gives_beginnings(ask, where, value, depth - 1) for where, value in found)
    return _is_known_for_it(ask, function, walked)


def _is_measured_by(expression: code.Expr, names: set[str]) -> bool:
    """Is it a beginning of one thing, how long one of these names tells?"""
    found = beginning(expression)
    if found is None:
        return False
    whole, until = ({part.id for part in tree.every(each) if isinstance(part, code.Name)} for each in found)
    return bool(names & until) and not names & whole


def _is_known_for_it(ask: Ask, function: str, walked: code.Expr) -> bool:
    """Does the catalog say so: `path.parents`, `accumulate(parts, join)`?"""
    if isinstance(walked, code.Call):
        called = (ask.catalog.call(v.name) for v in ask.values(function, walked.function) if v.kind == "external")
        return any(entry is not None and entry[1].beginnings for entry in called)
    types = (ask.catalog.object(v.name) for v in ask.values(function, walked) if v.kind == "object")
    return any(known is not None and known.beginnings for known in types)


# ---- what is lengthened


def _begins_with(value: code.Expr, name: str) -> bool:
    """Does it begin with what `name` held: `f"{path}/{part}"`, `join(path, part)`, `path / part`?"""
    match value:
        case code.Text(parts=(first, *_)):
            return _is(first, name)
        case code.Operation(operator="/", operands=(first, *_)):
            return _is(first, name) or _begins_with(first, name)
        case code.Operation(operator="+", operands=(first, *others)):
            return (_is(first, name) and any(map(_holds_text, others))) or _begins_with(first, name)
        case code.Call(function=code.Attribute(name="join"), arguments=(code.Display(items=(first, *_)) | first, *_)):
            return _is(first, name)
        case code.Call(function=code.Attribute(value=owner, name="joinpath")):
            return _is(owner, name)
    return False


def _holds_text(value: code.Expr) -> bool:
    """Is it text, as far as can be seen, and no number?"""
    parts = tree.every(value)
    return any(isinstance(p, code.Text) or (isinstance(p, code.Literal) and p.kind == "str") for p in parts)


def _is(expression: code.Expr, name: str) -> bool:
    return isinstance(expression, code.Name) and expression.id == name
