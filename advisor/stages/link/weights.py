"""Weights: about how many bytes an expression holds, where the source tells: texts, arrays, lists of them."""

from __future__ import annotations

from advisor.model import code
from advisor.model.catalog import CallEntry, Length
from advisor.model.program import Value
from advisor.questions import calls
from advisor.stages.link.index import Binding
from advisor.stages.link.resolver import Resolver
from advisor.stages.link.sizes import Sizes

_NUMBER = 8.0  # bytes of a number
_HOLE = 6.0  # characters that a hole of an f-string is filled with
_GIVE_NUMBERS = ("-", "/", "//", "%", "**", "<<", ">>", "<", ">", "==", "!=", "<=", ">=", "not", "in", "is")
_TYPES = {"uint8": 1.0, "int8": 1.0, "bool": 1.0, "int16": 2.0, "float16": 2.0, "int32": 4.0, "float32": 4.0}


class Weights:
    """Answers about bytes, each remembered; a question that leads back to itself has no answer."""

    def __init__(self, resolver: Resolver, sizes: Sizes) -> None:
        self.resolver = resolver
        self.sizes = sizes
        self.index = resolver.index

    def weight(self, function: str, expression: code.Expr) -> float | None:
        """About how many bytes `expression`, written in `function`, holds."""
        return self.resolver.ask_of("weight", self._weight, function, expression)

    def _weight(self, function: str, expression: code.Expr) -> float | None:
        match expression:
            case code.Literal(kind="str" | "bytes", size=size):
                return float(size)
            case code.Literal():
                return _NUMBER
            case code.Text(text=text, parts=parts):
                return len(text) + _HOLE * len(parts)
            case code.Display(items=items):
                known = [w for item in items if (w := self.weight(function, item)) is not None]
                return sum(known) if len(known) == len(items) else None
            case code.Comprehension(element=element):
                length, one = self.sizes.length(function, expression), self.weight(function, element)
                return None if length is None or one is None else length * one
            case code.Operation(operator="+", operands=operands):
                known = [w for operand in operands if (w := self.weight(function, operand)) is not None]
                return sum(known) if known else None
            case code.Operation(operator="*", operands=(many, times)) if (
                one := self.weight(function, many)
            ) is not None:
                n = self.sizes.number(function, times)
                return None if n is None else one * n
            case code.Operation(operator=sign) if sign in _GIVE_NUMBERS:
                return _NUMBER
            case code.Subscript(value=value):
                return self._element(function, value)
            case code.Call():
                return self._call(function, expression)
            case code.Name(id=name):
                return self._named(function, name)
            case code.Attribute(value=value, name=name):
                return self._attribute(function, value, name)
        return None

    def _element(self, function: str, container: code.Expr) -> float | None:
        whole, length = self.weight(function, container), self.sizes.length(function, container)
        return whole / length if whole is not None and length else None

    def _call(self, function: str, call: code.Call) -> float | None:
        for called in sorted(self.resolver.values(function, call.function)):
            if called.kind == "function":
                known = [
                    w
                    for each in self.index.returned.get(called.name, [])
                    if (w := self.weight(called.name, each)) is not None
                ]
                return max(known, default=None)
        entry = self._entry(function, call)
        if entry is None:
            return None
        if entry.cells:
            return self._array(function, call, entry)
        if entry.piece is not None:
            said = calls.argument(call, entry.piece)
            return None if said is None else self.sizes.number(function, said)
        if entry.weighs is None:
            n = self.sizes.length(function, call)
            return None if n is None else n * _NUMBER
        of = calls.receiver(call) if entry.weighs == "receiver" else calls.argument(call, entry.weighs)
        return None if of is None else self.weight(function, of)

    def _entry(self, function: str, call: code.Call) -> CallEntry | None:
        """What the catalog says of the weight of what a call gives; of a method of nothing known, what its name says."""
        called = sorted(self.resolver.values(function, call.function))
        catalog = self.resolver.catalog
        for value in called:
            known = catalog.call(value.name) if value.kind == "external" else None
            if known is not None and _weighed(known[1]):
                return known[1]
        method = catalog.of_builtins.get(calls.last_name(call)) if calls.receiver(call) is not None else None
        return method if not called and method is not None and _weighed(method) else None

    def _array(self, function: str, call: code.Call, entry: CallEntry) -> float | None:
        """An array by its shape: a number, or a tuple of them."""
        sides: tuple[code.Expr, ...] = call.arguments
        if entry.cells != ("each",):
            given = (calls.argument(call, place) for place in entry.cells)
            shape = next((each for each in given if each is not None), None)
            if shape is None:
                return None
            sides = shape.items if isinstance(shape, code.Display) else (shape,)
        cells = 1.0
        for side in sides:
            n = self.sizes.number(function, side)
            if n is None:
                return None
            cells *= n
        return cells * _cell(call)

    def _named(self, function: str, name: str) -> float | None:
        home = self.index.scope_of(function, name)
        bindings = self.index.scopes[home][name] if home is not None else []
        return max((w for binding in bindings if (w := self._bound(name, binding)) is not None), default=None)

    def _bound(self, name: str, binding: Binding) -> float | None:
        function, expression = binding.where, binding.expression
        match binding.kind:
            case "value" | "augment" if expression is not None and not binding.place:
                if isinstance(expression, code.Display) and not expression.items:
                    return self._filled(function, name)
                return self.weight(function, expression)
            case "element" if expression is not None:
                whole = self._element(function, self._walked(function, expression))
                return whole if not binding.place or whole is None else whole * 0.9
            case "parameter":
                known = [
                    w
                    for caller, call in self.resolver.callers(function)[:6]
                    if (given := self.resolver.argument(function, call, binding.position)) is not None
                    and (w := self.weight(caller, given)) is not None
                ]
                return max(known, default=None)
        return None

    def _walked(self, function: str, expression: code.Expr) -> code.Expr:
        """The container behind `enumerate(x)`, `x.items()` and their kin."""
        if isinstance(expression, code.Call):
            entry = self.sizes.entry(function, expression)
            if entry is not None and entry.length is Length.SAME:
                return next(iter(calls.walked(expression, entry)), expression)
        return expression

    def _filled(self, function: str, name: str) -> float | None:
        """A list that one loop fills: its rounds times what each appends."""
        for loop in (s for s in self.index.functions[function].body if isinstance(s, code.For)):
            rounds = self.sizes.length(function, loop.iterable)
            for statement in loop.body:
                match statement:
                    case code.Evaluate(
                        value=code.Call(
                            function=code.Attribute(value=code.Name(id=owner), name="append"), arguments=(item,)
                        )
                    ):
                        one = self.weight(function, item) if owner == name and rounds is not None else None
                        if one is not None and rounds is not None:
                            return one * rounds
        return None

    def _attribute(self, function: str, value: code.Expr, name: str) -> float | None:
        for owner in sorted(self.resolver.values(function, value)):
            if owner.kind in ("instance", "some"):
                return self._assigned(owner, name)
        return None

    def _assigned(self, owner: Value, name: str) -> float | None:
        given = self.index.classes[owner.name].assigned.get(name, [])
        return max(
            (w for where, expression in given if (w := self.weight(where, expression)) is not None), default=None
        )


def _weighed(entry: CallEntry) -> bool:
    return bool(entry.cells) or entry.piece is not None or entry.weighs is not None or entry.length is Length.RANGE


def _cell(call: code.Call) -> float:
    """The bytes of one number of an array, by its `dtype`."""
    kind = calls.argument(call, "dtype")
    named = kind.name if isinstance(kind, code.Attribute) else getattr(kind, "value", "")
    return _TYPES.get(str(named), _NUMBER)
