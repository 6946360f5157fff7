"""Sizes: how many elements an expression has and what number a name stands for, where the source tells.

Constants are followed through names, defaults, callers, module constants, `argparse` defaults and simple
arithmetic; lengths through displays, `range`, comprehensions, list building loops, returns and parameters.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable

from advisor.model import code, tree
from advisor.model.catalog import CallEntry, Length
from advisor.model.program import Value
from advisor.questions import bars, calls
from advisor.stages.link import handing
from advisor.stages.link.index import Binding
from advisor.stages.link.resolver import Resolver

_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod,
}  # fmt: skip
_LARGEST = 1e15
_MOST_COMBINATIONS = math.log(_LARGEST)


class Sizes:
    """Answers about numbers and lengths, each remembered; a question that leads back to itself has no answer."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver
        self.index = resolver.index

    def length(self, function: str, expression: code.Expr) -> float | None:
        """The number of elements of `expression`, written in `function`."""
        return self.resolver.ask_of("length", self._length, function, expression)

    def number(self, function: str, expression: code.Expr) -> float | None:
        """The number that `expression` stands for."""
        return self.resolver.ask_of("number", self._number, function, expression)

    # ---- numbers

    def _number(self, function: str, expression: code.Expr) -> float | None:
        match expression:
            case code.Literal(kind="int" | "float", value=int() | float() as value):
                return float(value) if abs(value) < _LARGEST else None
            case code.Operation(operator="**", operands=(base, power)):
                left, right = self.number(function, base), self.number(function, power)
                if left is None or right is None or abs(right) > 40 or left <= 0:
                    return None
                return left**right if right * math.log(left) < 34 else None
            case code.Operation(operator="<<", operands=(base, power)):
                left, right = self.number(function, base), self.number(function, power)
                return left * 2**right if left is not None and right is not None and 0 <= right < 50 else None
            case code.Operation(operator="-", operands=(only,)):
                positive = self.number(function, only)
                return None if positive is None else -positive
            case code.Operation(operator=sign, operands=operands) if sign in _ARITHMETIC and len(operands) >= 2:
                return self._arithmetic(sign, [self.number(function, operand) for operand in operands])
            case code.Call(function=code.Name(id="len"), arguments=(of,)):
                return self.length(function, of)
            case code.Call(function=code.Name(id="int" | "float" | "round" | "abs"), arguments=(of, *_)):
                return self.number(function, of)
            case code.Call(function=code.Name(id="min"), arguments=arguments) if len(arguments) > 1:
                known = [n for a in arguments if (n := self.number(function, a)) is not None]
                return min(known) if known else None
            case code.Name(id=name):
                return self._named(function, name, self.number)
            case code.Attribute(name=name):
                return self._attribute(function, expression, name)
        return None

    def _arithmetic(self, sign: str, values: list[float | None]) -> float | None:
        total = values[0]
        for value in values[1:]:
            if total is None or value is None or (sign in ("/", "//", "%") and value == 0):
                return None
            total = _ARITHMETIC[sign](total, value)
        return total if total is not None and abs(total) < _LARGEST else None

    def _named(self, function: str, name: str, ask: Callable[[str, code.Expr], float | None]) -> float | None:
        """What all bindings of `name` agree on; for a parameter the largest that callers pass, else its default."""
        home = self.index.scope_of(function, name)
        return None if home is None else _agreed(self._bound(b, ask) for b in self.index.scopes[home][name])

    def _bound(self, binding: Binding, ask: Callable[[str, code.Expr], float | None]) -> float | None:
        function = binding.where
        match binding.kind:
            case "value" if binding.expression is not None and not binding.place:
                return ask(function, binding.expression)
            case "value" if binding.expression is not None and len(binding.place) == 1:
                value = binding.expression
                if isinstance(value, code.Display) and 0 <= binding.place[0] < len(value.items):
                    return ask(function, value.items[binding.place[0]])
            case "element" if binding.expression is not None and not binding.place:
                return self._item_of(function, binding.expression, ask)
            case "import":
                return self._imported(function, binding, ask)
            case "parameter":
                return self._parameter(function, binding, ask)
        return None

    def _item_of(
        self, function: str, iterable: code.Expr, ask: Callable[[str, code.Expr], float | None]
    ) -> float | None:
        """The same for an element of `iterable`: on average, for what is counted."""
        if ask == self.number:
            return self.resolver.ask_of("number of an item", self._item_number, function, iterable)
        return self.resolver.ask_of("length of an item", self._item_length, function, iterable)

    def _item_number(self, function: str, iterable: code.Expr) -> float | None:
        match iterable:
            case code.Call(arguments=(*_, last)) if (entry := self.entry(function, iterable)) is not None:
                if entry.length is not Length.RANGE:
                    return None
                first = 0.0 if len(iterable.arguments) == 1 else self.number(function, iterable.arguments[0])
                end = self.number(function, last if len(iterable.arguments) < 3 else iterable.arguments[1])
                return None if first is None or end is None else (first + end) / 2
        return self._item(function, iterable, self.number)

    def _item_length(self, function: str, iterable: code.Expr) -> float | None:
        return self._item(function, iterable, self.length)

    def _item(self, function: str, iterable: code.Expr, ask: Callable[[str, code.Expr], float | None]) -> float | None:
        match iterable:
            case code.Display(kind="list" | "tuple" | "set", items=items) if items:
                return _agreed(ask(function, item) for item in items)
            case code.Comprehension(element=element):
                return ask(function, element)
            case code.Name(id=name):
                return self._named(function, name, lambda where, value: self._item_of(where, value, ask))
            case code.Call():
                called = sorted(self.resolver.values(function, iterable.function))
                returned = [
                    self._item_of(value.name, each, ask)
                    for value in called
                    if value.kind == "function"
                    for each in self.index.returned.get(value.name, [])
                ]
                return _agreed(returned)
        return None

    def _imported(self, function: str, binding: Binding, ask: Callable[[str, code.Expr], float | None]) -> float | None:
        imported = binding.imported
        if imported is None or imported.attribute is None:
            return None
        files = self.resolver.find(self.index.functions[function].path, imported.module, imported.level)
        top = self.index.modules.get(files[-1]) if files else None
        return self._named(top, imported.attribute, ask) if top is not None and top != function else None

    def _parameter(
        self, function: str, binding: Binding, ask: Callable[[str, code.Expr], float | None]
    ) -> float | None:
        info = self.index.functions[function]
        answers = []
        for caller, call in self.resolver.callers(function)[:8]:
            argument = self.resolver.argument(function, call, binding.position)
            if argument is not None:
                answers.append(ask(caller, argument))
        for each in handing.given(self.resolver, function, binding.position):
            found = self._item_of(each.caller, each.expression, ask) if each.is_element else None
            answers.append(found if each.is_element else ask(each.caller, each.expression))
        known = [answer for answer in answers if answer is not None]
        if known:
            return max(known)
        if binding.expression is not None and not answers:
            return ask(info.parent or function, binding.expression)
        return None

    def _attribute(self, function: str, expression: code.Attribute, name: str) -> float | None:
        for value in sorted(self.resolver.values(function, expression.value)):
            match value.kind:
                case "object" if value.name == "argparse.Namespace":
                    return self._option(function, name)
                case "instance" | "some":
                    given = self.index.classes[value.name].assigned.get(name, [])
                    return _agreed(self.number(where, expression) for where, expression in given)
                case "module":
                    return self._named(self.index.modules[value.name], name, self.number)
        return None

    def _option(self, function: str, name: str) -> float | None:
        """The default of the command-line option behind `args.name`."""
        for where, call in self.index.calls.get("add_argument", []):
            flags = [a.value for a in call.arguments if isinstance(a, code.Literal) and isinstance(a.value, str)]
            if any(flag.lstrip("-").replace("-", "_") == name for flag in flags):
                for keyword in call.keywords:
                    if (
                        keyword.name == "default"
                        and self.index.functions[where].path == self.index.functions[function].path
                    ):
                        return self.number(where, keyword.value)
        return None

    # ---- lengths

    def _length(self, function: str, expression: code.Expr) -> float | None:
        match expression:
            case code.Display(kind=kind, items=items):
                if any(isinstance(item, code.Starred) for item in items):
                    return None
                return len(items) / 2 if kind == "dict" else float(len(items))
            case code.Literal(kind="str" | "bytes", size=size):
                return float(size)
            case code.Comprehension(clauses=clauses):
                total = 1.0
                for clause in clauses:
                    inner = self.length(function, clause.iterable)
                    if inner is None:
                        return None
                    total *= inner
                return total
            case code.Call():
                return self._call_length(function, expression)
            case code.Name(id=name):
                known = self._named_length(function, name)
                return self._constant(function, expression) if known is None else known
            case code.Subscript(value=value, index=code.Operation(operator="slice", operands=operands)):
                return self._slice(function, value, operands)
            case code.Operation(operator="*", operands=(many, times)) if isinstance(many, code.Display):
                one, n = self.length(function, many), self.number(function, times)
                return one * n if one is not None and n is not None else None
            case code.Operation(operator="+", operands=operands):
                return self._arithmetic("+", [self.length(function, operand) for operand in operands])
            case code.Attribute(name=name):
                return self._attribute_length(function, expression, name)
        return None

    def _slice(self, function: str, value: code.Expr, operands: tuple[code.Expr, ...]) -> float | None:
        """`xs[:5]`, `xs[2:5]`, `xs[-5:]`: of a list that is longer, or of unknown length, as many as are asked for."""
        whole = self.length(function, value)
        first, last, step = (None if _is_none(operand) else operand for operand in operands)
        start = 0.0 if first is None else self.number(function, first)
        end = None if last is None else self.number(function, last)
        if last is None and start is not None and start < 0:
            asked = -start
        elif start is not None and end is not None and 0 <= start < end:
            asked = end - start
        else:
            return whole
        if step is not None:
            asked = math.ceil(asked / abs(self.number(function, step) or 1.0))
        return asked if whole is None else min(whole, asked)

    def _call_length(self, function: str, call: code.Call) -> float | None:
        entry = self.entry(function, call)
        if entry is None or entry.length is None:
            return self._returned(function, call)
        match entry.length:
            case Length.SAME:
                return next((self.length(function, each) for each in calls.walked(call, entry)), None)
            case Length.RANGE:
                return self._range(function, call.arguments) if 1 <= len(call.arguments) <= 3 else None
            case Length.SHORTEST:
                known = [n for each in call.arguments if (n := self.length(function, each)) is not None]
                return min(known, default=None)
            case Length.PRODUCT:
                return self._product(function, call)
        number = calls.argument(call, entry.length)
        return None if number is None else self.number(function, number)

    def _product(self, function: str, call: code.Call) -> float | None:
        """All combinations of an element of each argument, with `repeat=` of so many times as many."""
        given = calls.argument(call, "repeat")
        times = 1.0 if given is None else self.number(function, given)
        total = 1.0
        for argument in call.arguments:
            length = self.length(function, argument)
            if length is None or times is None:
                return None
            if times * math.log(max(1.0, length)) > _MOST_COMBINATIONS:
                return _LARGEST
            total *= length**times
        return min(total, _LARGEST) if call.arguments else None

    def entry(self, function: str, call: code.Call) -> CallEntry | None:
        """What the catalog says of the length of what a call gives; of a callable that is not known, what its name says."""
        called = sorted(self.resolver.values(function, call.function))
        listed = (self.resolver.catalog.call(value.name) for value in called if value.kind == "external")
        found = next((entry for each in listed if each is not None and (entry := each[1]).length is not None), None)
        if found is not None or any(value.kind != "external" for value in called):
            return found
        last, catalog = calls.last_name(call), self.resolver.catalog
        likely = bars.bar_named(catalog, last)
        if likely is not None:
            return likely
        if calls.receiver(call) is None or called:
            return None
        return catalog.of_builtins.get(last) or catalog.handing.get(last)

    def _range(self, function: str, arguments: tuple[code.Expr, ...]) -> float | None:
        if len(arguments) == 2:
            apart = self._apart(function, *arguments)
            if apart is not None:
                return max(0.0, apart)
        bounds = [self.number(function, argument) for argument in arguments]
        start, stop, step = (
            (0.0, bounds[0], 1.0)
            if len(bounds) == 1
            else (bounds[0], bounds[1], bounds[2] if len(bounds) == 3 else 1.0)
        )
        if start is None and stop is not None and stop > 0:
            start = 0.0  # an unknown start is usually small beside a known end
        if start is None or stop is None or not step:
            return None
        return max(0.0, math.ceil((stop - start) / step))

    def _apart(self, function: str, start: code.Expr, stop: code.Expr, depth: int = 0) -> float | None:
        """How far `stop` lies from `start` where it is written as `start + size`, here or in a call."""
        match stop:
            case code.Operation(operator="+", operands=(first, size)) if first == start:
                return self.number(function, size)
        if depth > 2 or not isinstance(start, code.Name) or not isinstance(stop, code.Name):
            return None
        places = {parameter.name: i for i, parameter in enumerate(self.index.functions[function].parameters)}
        if start.id not in places or stop.id not in places:
            return None
        for caller, call in self.resolver.callers(function)[:4]:
            low = self.resolver.argument(function, call, places[start.id])
            high = self.resolver.argument(function, call, places[stop.id])
            if low is not None and high is not None:
                apart = self._apart(caller, low, high, depth + 1)
                if apart is not None:
                    return apart
        return None

    def _returned(self, function: str, call: code.Call) -> float | None:
        """The length of what a project function returns or yields."""
        for value in sorted(self.resolver.values(function, call.function)):
            if value.kind == "function":
                returned = self.index.returned.get(value.name, [])
                if self.index.functions[value.name].is_generator:
                    return self._yielded(value.name)
                return _agreed(self.length(value.name, each) for each in returned)
        return None

    def _yielded(self, function: str) -> float | None:
        """One loop around one yield: as many elements as the loop has rounds."""
        body = self.index.functions[function].body
        loops = [s for s in body if isinstance(s, code.For)]
        if len(loops) == 1 and len(self.index.yields.get(function, ())) == 1:
            return self.length(function, loops[0].iterable)
        return None

    def _named_length(self, function: str, name: str) -> float | None:
        home = self.index.scope_of(function, name)
        if home is None:
            return None
        started = [b.expression for b in self.index.scopes[home][name] if b.kind == "value"]
        if any(map(_is_empty, started)):
            return self._filled(home, name)
        if any(isinstance(each, code.Display) for each in started) and self._is_filled(home, name):
            first, more = self._named(home, name, self.length), self._filled(home, name)
            return None if first is None or more is None else first + more
        return self._named(home, name, self.length)

    def _is_filled(self, function: str, name: str) -> bool:
        return any(_fills(statement, name) for statement in tree.statements(self.index.functions[function].body))

    def _filled(self, function: str, name: str) -> float | None:
        """A list or dict that is filled in one loop: about as many elements as the loop has rounds."""
        total = 0.0
        for loop in (s for s in self.index.functions[function].body if isinstance(s, code.For)):
            inner = any(_fills(statement, name) for statement in loop.body)
            rounds = self.length(function, loop.iterable) if inner else None
            if inner and rounds is None:
                return None
            total += rounds or 0.0
        return total or None

    def _attribute_length(self, function: str, expression: code.Attribute, name: str) -> float | None:
        for value in sorted(self.resolver.values(function, expression.value)):
            if value.kind in ("instance", "some"):
                return self._assigned_length(value, name)
            if value.kind == "module":
                return self._named_length(self.index.modules[value.name], name)
        return self._constant(function, expression)

    def _constant(self, function: str, expression: code.Expr) -> float | None:
        """The length of a constant of another package."""
        for value in self.resolver.values(function, expression):
            if value.kind == "external" and value.name in self.resolver.catalog.lengths:
                return float(self.resolver.catalog.lengths[value.name])
        return None

    def _assigned_length(self, value: Value, name: str) -> float | None:
        given = self.index.classes[value.name].assigned.get(name, [])
        lengths = [self.length(where, expression) for where, expression in given]
        return None if 0.0 in lengths else _agreed(lengths)


def _agreed(answers: Iterable[float | None]) -> float | None:
    """The largest of the answers where all are known."""
    answers = list(answers)
    known = [answer for answer in answers if answer is not None]
    return max(known) if known and len(known) == len(answers) else None


def _is_empty(expression: code.Expr | None) -> bool:
    """Is it a list, set or dict without elements, which code then fills?"""
    match expression:
        case code.Display(items=()):
            return True
        case code.Call(function=code.Name(id="list" | "dict" | "set" | "deque"), arguments=()):
            return True
    return False


def _fills(statement: code.Stmt, name: str) -> bool:
    match statement:
        case code.Evaluate(
            value=code.Call(
                function=code.Attribute(value=code.Name(id=owner), name="append" | "add" | "insert" | "appendleft")
            )
        ):
            return owner == name
        case code.Assign(targets=(code.Subscript(value=code.Name(id=owner)),)):
            return owner == name
        case code.Assign(targets=(code.Name(id=owner),), value=code.Display(items=(_,)), operator="+"):
            return owner == name
    return False


def _is_none(expression: code.Expr) -> bool:
    return isinstance(expression, code.Literal) and expression.kind == "none"
