"""State: which places a block reads and writes, seen from outside it.

A place that a block creates itself is its own business. What remains is told by root: the method's object,
a parameter, a global, or a local name of the enclosing function that the block shares with its surroundings.
What called functions do is merged where the call stands, so that a read after a sure write is known to see
the block's own value and no one else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from advisor.model import code, tree
from advisor.model.program import Value
from advisor.model.summary import Place, Use, Write
from advisor.stages.trace.roots import KEYED_READS, TAKES, VIEWS, Roots

APPENDS = frozenset(
    "append extend add update insert appendleft extendleft discard setdefault put put_nowait push subtract".split()
)
_MUTATES = frozenset(["clear", "sort", "reverse", "rotate", "move_to_end", "seed", "shuffle"])
_BUILTIN_CONTAINERS = ("builtins.", "collections.", "generator")

Merge = Callable[[code.Call, "State", "Guard"], None]


@dataclass(slots=True)
class State:
    """What was seen so far: `reads` only where the block had not surely written the place before (`written`)."""

    writes: list[Write] = field(default_factory=list)
    reads: set[Place] = field(default_factory=set)
    keyed: set[Place] = field(default_factory=set)
    uses: list[Use] = field(default_factory=list)
    written: set[Place] = field(default_factory=set)

    def read(self, place: Place | None, *, by_key: bool = False) -> None:
        """Note a read, unless the block reads back what it wrote itself."""
        if place is not None and place not in self.written:
            (self.keyed if by_key else self.reads).add(place)

    def write(self, write: Write, guard: Guard) -> None:
        """Note a write; a plain one that happens for sure hides the place's earlier value from later reads."""
        self.writes.append(write)
        if write.how == "rebind" and guard.sure and not write.guarded and write.place.path:
            self.written.add(write.place)


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands before a statement: the places that conditions tested, and whether it runs for sure."""

    tested: frozenset[Place] = frozenset()
    sure: bool = True

    def covers(self, place: Place) -> bool:
        """Does a test of this state, or of its object, decide whether the statement runs?"""
        return place in self.tested or any(_early(t, place) for t in self.tested)


def _early(tested: Place, place: Place) -> bool:
    """`if self._ready: return` guards all that the method sets up after it."""
    return tested.path == "*" and tested.root == place.root


def look(roots: Roots, block: tree.Block, merge: Merge) -> State:
    """The state that `block` touches; `merge` adds what a called function does."""
    state = State()
    _Look(roots, state, merge).block(block, Guard())
    return state


def look_at(roots: Roots, expressions: Iterable[code.Expr], merge: Merge) -> State:
    """The same for expressions alone."""
    state = State()
    walk = _Look(roots, state, merge)
    for expression in expressions:
        walk.expression(expression, Guard())
    return state


class _Look:
    def __init__(self, roots: Roots, state: State, merge: Merge) -> None:
        self.roots = roots
        self.state = state
        self.merge = merge
        self.line = 0

    def block(self, block: tree.Block, guard: Guard) -> None:
        for statement in block:
            self.line = statement.line
            self._statement(statement, guard)
            match statement:
                case code.If(test=test, body=body, orelse=orelse):
                    inner = Guard(guard.tested | self._places_in(test), sure=False)
                    self.block(body, inner)
                    self.block(orelse, inner)
                    if body and isinstance(body[-1], code.Return | code.Jump | code.Raise):
                        # what follows runs only when the test failed
                        guard = Guard(inner.tested | self._ready(test, body), guard.sure)
                case code.While(test=test, body=body, orelse=orelse):
                    inner = Guard(guard.tested | self._places_in(test), sure=False)
                    self.block(body, inner)
                    self.block(orelse, inner)
                case code.For(body=body, orelse=orelse):
                    self.block(body, Guard(guard.tested, sure=False))
                    self.block(orelse, Guard(guard.tested, sure=False))
                case code.Try(body=body, handlers=handlers, orelse=orelse, final=final):
                    # `try: return cache[key]` with `except KeyError:` around the write is a test too
                    looked_up = frozenset(p for s in body[:2] for head in tree.heads(s) for p in self._places_in(head))
                    self.block(body, guard)
                    for handler in handlers:
                        self.block(handler.body, Guard(guard.tested | looked_up, sure=False))
                    self.block(orelse, guard)
                    self.block(final, guard)
                case _:
                    for inner_block in tree.blocks(statement):
                        self.block(
                            inner_block, guard if isinstance(statement, code.With) else Guard(guard.tested, False)
                        )

    def _ready(self, test: code.Expr, body: tree.Block) -> frozenset[Place]:
        """`if self._connected: return` at the top of a method: the rest of it sets up its object once."""
        if not isinstance(body[-1], code.Return) or self.roots.info.owner is None:
            return frozenset()
        return frozenset(
            Place(place.root, "*") for place in self._places_in(test) if place.root == "self" and place.path
        )

    def _places_in(self, expression: code.Expr) -> frozenset[Place]:
        of = self.roots.of
        kinds = (code.Name, code.Attribute, code.Subscript, code.Call)
        return frozenset(
            p for node in tree.every(expression) if isinstance(node, kinds) and (p := of(node)) is not None
        )

    def _statement(self, statement: code.Stmt, guard: Guard) -> None:
        match statement:
            case code.Assign(targets=targets, value=value, operator=operator):
                if value is not None:
                    self.expression(value, guard)
                for target in targets:
                    self._target(target, operator, guard)
            case code.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, code.Subscript):
                        self._write(target, "key", guard)
                    elif isinstance(target, code.Attribute):
                        self._write(target, "take", guard)
            case code.For(target=target, iterable=iterable):
                self.expression(iterable, guard)
                self._target(target, None, Guard(guard.tested, sure=False))
            case _:
                for head in tree.heads(statement):
                    self.expression(head, guard)

    def _target(self, target: code.Expr, operator: str | None, guard: Guard) -> None:
        match target:
            case code.Name(id=name):
                place = self.roots.of(target)
                shared = name in self.roots.declared or self.roots.info.is_module
                if place is not None and (shared or place.root.startswith("local:")):
                    self._note(place, "augment" if operator else "rebind", guard)
            case code.Attribute(value=value):
                self.expression(value, guard, receiver=True)
                self._write(target, "augment" if operator else "rebind", guard)
            case code.Subscript(value=value, index=index):
                self.expression(index, guard)
                self.expression(value, guard, receiver=True)
                fixed = not any(isinstance(node, code.Name) for node in tree.every(index))
                self._write(target, "augment" if operator else "rebind" if fixed else "key", guard)
            case code.Display(items=items):
                for item in items:
                    self._target(item, operator, guard)
            case code.Starred(value=value):
                self._target(value, operator, guard)

    def _write(self, target: code.Expr, how: str, guard: Guard) -> None:
        place = self.roots.of(target)
        if place is not None:
            self._note(place, how, guard)

    def _note(self, place: Place, how: str, guard: Guard) -> None:
        write = Write(place, how, self.roots.info.id, self.line, guard.covers(place))
        self.state.write(write, guard)

    def expression(self, expression: code.Expr, guard: Guard, *, receiver: bool = False) -> None:
        """Note what evaluating `expression` reads and changes; the object of a method call is not itself read."""
        roots, state = self.roots, self.state
        match expression:
            case code.Name():
                if not receiver:
                    state.read(roots.of(expression))
            case code.Literal() | code.Lambda():
                return
            case code.Attribute(value=value):
                if not receiver:
                    state.read(roots.of(expression))
                self.expression(value, guard, receiver=True)
            case code.Subscript(value=value, index=index):
                state.read(roots.of(expression), by_key=True)
                self.expression(value, guard, receiver=True)
                self.expression(index, guard)
            case code.Operation(operator="in" | "not in", operands=(item, container)):
                self.expression(item, guard)
                state.read(roots.of(container), by_key=True)
                self.expression(container, guard, receiver=True)
            case code.Call():
                self._call(expression, guard)
            case _:
                for part in tree.parts(expression):
                    self.expression(part, guard)

    def _call(self, call: code.Call, guard: Guard) -> None:
        self.line = call.line
        match call:
            case code.Call(function=code.Name(id="next"), arguments=(iterator, *_)):
                place = self.roots.of(iterator)
                if place is not None:
                    self._note(place, "take", guard)
            case code.Call(function=code.Attribute() as function):
                self._method(function, call, guard)
                self.expression(function.value, guard, receiver=True)
            case code.Call(function=function):
                self.expression(function, guard, receiver=True)
        for part in tree.parts(call)[1:]:
            self.expression(part, guard)
        self.line = call.line
        self.merge(call, self.state, guard)

    def _method(self, function: code.Attribute, call: code.Call, guard: Guard) -> None:
        place = self.roots.of(function.value)
        if place is None:
            return
        types = self.roots.program.values(self.roots.info.id, function.value)
        outside = sorted({v.name for v in types if v.kind == "object" and not v.name.startswith(_BUILTIN_CONTAINERS)})
        for name in outside:
            self.state.uses.append(Use(place, name, f"{name}.{function.name}", self.roots.info.id, call.line))
        if outside or _is_code(types):
            return
        name = function.name
        if name in APPENDS:
            self._note(place, "append", guard)
        elif name in TAKES:
            by_key = bool(call.arguments) and not isinstance(call.arguments[0], code.Literal)
            self._note(place, "key" if by_key and name in ("pop", "remove") else "take", guard)
        elif name in _MUTATES:
            self._note(place, "mutate", guard)
        elif name in KEYED_READS:
            self.state.read(place, by_key=True)
        elif not isinstance(function.value, code.Name) or name in VIEWS:
            self.state.read(place)


def _is_code(types: Iterable[Value]) -> bool:
    """Is the receiver code of the project, or a module or class, whose methods speak for themselves?"""
    return any(v.kind in ("instance", "some", "class", "module", "function", "external") for v in types)
