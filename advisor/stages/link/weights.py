"""Weights: about how many bytes an expression holds, where the source tells: texts, arrays, lists of them."""

from __future__ import annotations

from advisor.model import code
from advisor.model.catalog import Length
from advisor.model.program import Value
from advisor.questions import calls
from advisor.stages.link.index import Binding
from advisor.stages.link.resolver import Resolver
from advisor.stages.link.sizes import Sizes

_NUMBER = 8.0  # bytes of a number or of something of unknown kind inside a container
_HOLE = 6.0  # characters that a hole of an f-string is filled with
_SAME = frozenset(
    """
    encode decode strip lower upper replace join dumps str bytes bytearray list tuple sorted copy StringIO BytesIO
    format_map loads
    """.split()
)
_ARRAYS = frozenset("zeros ones empty full random rand randn standard_normal normal integers uniform rand_like".split())
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
                return sum(self.weight(function, item) or _NUMBER for item in items)
            case code.Comprehension(element=element):
                length = self.sizes.length(function, expression)
                return None if length is None else length * (self.weight(function, element) or _NUMBER)
            case code.Operation(operator="+", operands=operands):
                known = [w for operand in operands if (w := self.weight(function, operand)) is not None]
                return sum(known) if known else None
            case code.Operation(operator="*", operands=(many, times)):
                one, n = self.weight(function, many), self.sizes.number(function, times)
                return one * n if one is not None and n is not None else None
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
        match call.function:
            case code.Name(id=last):
                receiver = None
            case code.Attribute(name=last, value=value):
                receiver = value
            case _:
                return None
        arguments = call.arguments
        for called in sorted(self.resolver.values(function, call.function)):
            if called.kind == "function":
                known = [
                    w
                    for each in self.index.returned.get(called.name, [])
                    if (w := self.weight(called.name, each)) is not None
                ]
                return max(known, default=None)
        if last in _ARRAYS:
            return self._array(function, call)
        if last in ("arange", "linspace") and arguments:
            n = self.sizes.number(function, arguments[-1])
            return None if n is None else n * 8.0
        if last in _SAME:
            of = arguments[0] if arguments else receiver
            return None if of is None else self.weight(function, of)
        return None

    def _array(self, function: str, call: code.Call) -> float | None:
        """A NumPy array by its shape: a number, or a tuple of them as any argument."""
        cell = 8.0
        for keyword in call.keywords:
            if keyword.name == "dtype":
                named = (
                    keyword.value.name
                    if isinstance(keyword.value, code.Attribute)
                    else getattr(keyword.value, "value", "")
                )
                cell = _TYPES.get(str(named), 8.0)
        given = [*call.arguments, *(k.value for k in call.keywords if k.name in ("size", "shape"))]
        for argument in given:
            if isinstance(argument, code.Display):
                sides = [self.sizes.number(function, item) for item in argument.items]
                cells = 1.0
                for side in sides:
                    if side is None:
                        return None
                    cells *= side
                return cells * cell
        if len(call.arguments) == 1:
            n = self.sizes.number(function, call.arguments[0])
            return None if n is None else n * cell
        return None

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
