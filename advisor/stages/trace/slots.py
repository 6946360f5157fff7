"""Slots: places that hold what was made once, the tests whether they are still empty, and the code that fills them.

`if _client is None: _client = Client()`, `if self.running: return` above `self.running = True`,
`if key not in cache: cache[key] = …`, `try: return cache[key]` above `except KeyError:`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from advisor.model import code, tree
from advisor.model.bindings import Bindings
from advisor.model.program import Program
from advisor.stages.trace.exits import leaves, may_give_nothing, may_leave

_DEEPEST = 2  # calls within calls that are looked at for who fills a slot
_LOOKUPS = frozenset(["KeyError", "AttributeError", "LookupError", "IndexError", "NameError"])

Facts = tuple[tuple[code.Expr, bool], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """A name or attribute, or with a `key` an entry of it."""

    place: code.Expr
    key: code.Expr | None = None

    @property
    def root(self) -> str | None:
        return tree.root_name(self.place)


def facts(test: code.Expr, truth: bool) -> Facts:
    """The single tests that are known to be true or false where `test` as a whole is `truth`."""
    match test:
        case code.Operation(operator="not", operands=(inner,)):
            return facts(inner, not truth)
        case code.Operation(operator="and" | "or" as operator, operands=operands) if (operator == "and") is truth:
            return tuple(fact for operand in operands for fact in facts(operand, truth))
    return ((test, truth),)


def missing(test: code.Expr, truth: bool, bindings: Bindings | None, line: int) -> Slot | None:
    """The slot that is empty where the single test `test` is `truth`."""
    match test:
        case code.Operation(operator="is" | "==", operands=(place, code.Literal(kind="none"))) if truth:
            return slot_of(place, bindings, line)
        case code.Operation(operator="is not" | "!=", operands=(place, code.Literal(kind="none"))) if not truth:
            return slot_of(place, bindings, line)
        case code.Operation(operator="not in", operands=(key, place)) if truth:
            return _entry(place, key)
        case code.Operation(operator="in", operands=(key, place)) if not truth:
            return _entry(place, key)
        case code.Call(function=code.Name(id="hasattr"), arguments=(owner, name)) if not truth:
            return _attribute(owner, name)
        case code.Name() | code.Attribute() | code.Subscript() | code.Call() | code.Walrus() if not truth:
            return slot_of(test, bindings, line)
    return None


def looked_up(statement: code.Try, bindings: Bindings) -> Slot | None:
    """The slot that `statement` tries to read, where it has a handler for an empty one."""
    caught = {_last(h.caught) for h in statement.handlers if h.caught is not None}
    if _LOOKUPS.isdisjoint(caught):
        return None
    for inner in statement.body[:1]:
        match inner:
            case code.Return(value=value) | code.Assign(value=value) | code.Evaluate(value=value):
                return None if value is None else slot_of(value, bindings, inner.line)
    return None


def _last(expression: code.Expr) -> str:
    return (tree.dotted(expression) or "").rpartition(".")[2]


def slot_of(expression: code.Expr, bindings: Bindings | None, line: int) -> Slot | None:
    """The slot behind an expression that reads it, with `bindings` also through a local name: `found = cache.get(key)`."""
    match expression:
        case code.Walrus(value=value):
            return slot_of(value, bindings, line)
        case code.Name(id=name):
            read = bindings.value(name, line) if bindings is not None and bindings.local(name, line) else None
            behind = None if read is None or isinstance(read, code.Name) else slot_of(read, bindings, line)
            return behind or Slot(expression)
        case code.Attribute():
            return Slot(expression) if tree.dotted(expression) else None
        case code.Subscript(value=value, index=index):
            return _entry(value, index)
        case code.Call(function=code.Name(id="getattr"), arguments=(owner, name, *_)):
            return _attribute(owner, name)
        case code.Call(function=code.Attribute(name="get", value=value), arguments=(key, *_)):
            return _entry(value, key)
    return None


def _entry(place: code.Expr, key: code.Expr) -> Slot | None:
    return Slot(place, key) if tree.dotted(place) else None


def _attribute(owner: code.Expr, name: code.Expr) -> Slot | None:
    if isinstance(name, code.Literal) and name.kind == "str" and tree.dotted(owner):
        return Slot(code.Attribute(owner, str(name.value)))
    return None


@dataclass(frozen=True, slots=True)
class Filling:
    """Does code put something into a slot, each time that it does anything at all? With `by_method` also through a method
    of what holds it, as in `cache.set(key, value)`; with `known` only what is known to be something."""

    program: Program
    function: str
    slot: Slot
    by_method: bool = False
    known: bool = False
    depth: int = 0

    def sure(self, block: tree.Block) -> bool:
        """Does every way through `block` fill the slot, but for those that leave before anything is done, or by raising?"""
        acted = False
        for statement in block:
            if self._here(statement):
                return True
            if isinstance(statement, code.Raise) or self._inside(statement):
                return True
            acted = acted or any(True for _ in tree.calls((statement,)))
            if may_leave((statement,)) and (acted or leaves((statement,))):
                return False
        return False

    def _inside(self, statement: code.Stmt) -> bool:
        """Do the blocks of a statement fill it, whichever of them run?"""
        match statement:
            case code.If():
                return self._branches(statement)
            case code.With(body=body):
                return self.sure(body)
            case code.For(iterable=iterable, body=body):
                return bool(self.program.length(self.function, iterable)) and self.sure(body)
            case code.While(test=code.Literal(value=value), body=body):
                return bool(value) and self.sure(body)
            case code.Try(body=body, orelse=orelse, final=final):
                return any(map(self.sure, (body, orelse, final)))
            case code.Match(cases=cases):
                return all(self.sure(case.body) for case in cases)
        return False

    def _branches(self, statement: code.If) -> bool:
        """Do both branches fill it, or the one for an empty slot?"""
        body, orelse = self.sure(statement.body), self.sure(statement.orelse)
        if body and orelse:
            return True
        return any(
            fills and self.slot in (_plain_slot(test, holds) for test, holds in facts(statement.test, truth))
            for fills, truth in ((body, True), (orelse, False))
        )

    def _here(self, statement: code.Stmt) -> bool:
        """Does the statement itself fill it, or a function that it calls?"""
        marks = self.slot.key is not None  # `seen[key] = True` holds no answer
        for target, value in _own_stores((statement,)):
            if _is_entry(self.slot, target) or (
                _is(self.slot, target) and self._is_something(value) and not (marks and isinstance(value, code.Literal))
            ):
                return True
        if (self.by_method or self.slot.key is None) and _puts(self.slot, statement):
            return True
        if self.depth >= _DEEPEST:
            return False
        nodes = (node for head in tree.heads(statement) for node in tree.every(head))
        return any(self._called(node) for node in nodes if isinstance(node, code.Call))

    def _called(self, call: code.Call) -> bool:
        there = _inside(self.program, self.function, self.slot, call)
        return any(
            replace(self, function=function, slot=slot, depth=self.depth + 1).sure(body)
            for function, slot, body in there
        )

    def _is_something(self, value: code.Expr | None) -> bool:
        """Is `value` none of what an empty slot holds? What a function gives may be: who looks for a thing may not find it
        yet. With `known`, nothing is believed of what cannot be followed."""
        while isinstance(value, code.Await | code.Walrus):
            value = value.value
        if value is None or is_nothing(value):
            return False
        if isinstance(value, code.Call):
            targets = [t for t in self.program.targets(self.function, value) if t.kind == "function" and not t.callback]
            if any(may_give_nothing(self.program.functions[target.name]) for target in targets):
                return False
        return not self.known or bool(self.program.values(self.function, value))


def _plain_slot(test: code.Expr, truth: bool) -> Slot | None:
    """The slot that is empty where `test` is `truth`, where the test names it."""
    return missing(test, truth, None, 0)


def _own_stores(statements: tree.Block) -> Iterator[tuple[code.Expr, code.Expr | None]]:
    for statement in statements:
        if isinstance(statement, code.Assign) and statement.operator is None and statement.value is not None:
            for target in statement.targets:
                yield target, statement.value


def _is(slot: Slot, target: code.Expr) -> bool:
    if slot.key is not None:
        return isinstance(target, code.Subscript) and target.value == slot.place and target.index == slot.key
    return target == slot.place


def _is_entry(slot: Slot, target: code.Expr) -> bool:
    """`table[name] = …` where the whole `table` was found empty."""
    return slot.key is None and isinstance(target, code.Subscript) and target.value == slot.place


def is_nothing(value: code.Expr | None) -> bool:
    """Is `value` what an empty slot holds: None, False, zero, or an empty container?"""
    match value:
        case None:
            return True
        case code.Literal(kind=kind, value=held):
            return kind == "none" or not held
        case code.Display(items=items):
            return not items
    return False


def _puts(slot: Slot, statement: code.Stmt) -> bool:
    """`cache.set(key, value)`: a method of the same object is handed the same key and something else. Without a key,
    `table.update(rows)`."""
    match statement:
        case code.Evaluate(value=code.Call() as call) | code.Evaluate(value=code.Await(value=code.Call() as call)):
            if not isinstance(call.function, code.Attribute) or call.function.value != slot.place:
                return False
            if slot.key is None:
                return call.function.name == "update"
            return len(call.arguments) > 1 and call.arguments[0] == slot.key
    return False


def _declares(block: tree.Block, name: str) -> bool:
    return any(isinstance(s, code.Scope) and name in s.names for s in tree.statements(block))


def _inside(program: Program, function: str, slot: Slot, call: code.Call) -> Iterator[tuple[str, Slot, tree.Block]]:
    """The functions that `call` leads to, with what the slot is called there."""
    for target in program.targets(function, call):
        if target.kind != "function" or target.callback:
            continue
        info = program.functions[target.name]
        place: code.Expr | None = None
        match slot.place, call.function:
            case code.Name(id=name), _ if info.path == program.functions[function].path and _declares(info.body, name):
                place = slot.place
            case code.Attribute(value=owner, name=name), code.Attribute(value=receiver) if (
                owner == receiver and info.owner is not None and info.parameters
            ):
                place = code.Attribute(code.Name(info.parameters[0].name), name)
        if place is None:
            continue
        keys = _keys_inside(program, target.name, slot.key, call)
        yield from ((target.name, Slot(place, key), info.body) for key in keys)


def _keys_inside(program: Program, called: str, key: code.Expr | None, call: code.Call) -> Iterator[code.Expr | None]:
    """What a key is called in the function `called`: as it is written out, or the parameter that it is passed for."""
    if key is None or isinstance(key, code.Literal):
        yield key
        return
    for position, parameter in enumerate(program.functions[called].parameters):
        if program.argument(called, call, position) == key:
            yield code.Name(parameter.name)
