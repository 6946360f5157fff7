"""State: what a function or a piece of one reads, changes and uses, in memory and outside the program.

What a piece makes itself is its own business. What called functions do is merged where the call stands, told in the
caller's own terms; so a read after a sure write is known to see the piece's own value and no one else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TypeAlias

from msgspec import structs

from advisor.model import code, tree
from advisor.model.catalog import CallEntry, Catalog
from advisor.model.effect import OUTSIDE, Effect
from advisor.model.program import ClassInfo, FunctionInfo, Objects, Program, Target, Value
from advisor.model.state import (
    BELOW,
    BOUND,
    CONVERSATION,
    INSIDE,
    Access,
    Ambient,
    AmbientUse,
    Deed,
    Frame,
    How,
    Key,
    Piece,
    Place,
    Places,
    Read,
    Root,
    RootKind,
    State,
    Use,
    Where,
    Write,
)
from advisor.questions.calls import argument, entries, is_variable, last_name, setters
from advisor.questions.guesses import guessed
from advisor.questions.lineage import lineage
from advisor.questions.locks import lock_type
from advisor.questions.talk import tells
from advisor.stages.trace.chosen import family, may_leave_a_trace
from advisor.stages.trace.deeds import Deeds
from advisor.stages.trace.defaults import Defaults, is_written
from advisor.stages.trace.implied import OPERATORS, Run, runs, tested, unpacked
from advisor.stages.trace.keys import Keys, named_argument
from advisor.stages.trace.lazy import Lazy, Walk
from advisor.stages.trace.memos import SURE, Guard, Memos, Missing, entry_part
from advisor.stages.trace.widening import widened

_OWN_TYPES = ("builtins.", "collections.", "generator")
_CODE = frozenset({"instance", "some", "class", "module", "function", "external", "super"})
Ordered: TypeAlias = tuple[Place, ...]
_ABSOLUTE = frozenset({RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT})
_EXITS = {"SystemExit": Ambient.EXIT, "KeyboardInterrupt": Ambient.EXIT}
_DECIMAL = "decimal.Decimal"
_HANDS_ON = frozenset({"builtins.enumerate", "builtins.iter", "builtins.reversed", "builtins.zip"})


def look(program: Program, catalog: Catalog, piece: Piece, known: Callable[[str], State]) -> State:
    """The state that one run of `piece` touches; `known` tells of the functions it calls."""
    inside = frozenset(id(e) for e in _all(piece)) if piece.private else frozenset()
    walk = _Look(program, catalog, piece, Frame(piece.private - piece.targets, piece.targets, inside), known)
    walk.block(piece.statements, SURE)
    for expression in piece.expressions:
        walk.see(expression, SURE, whole=True)
    return walk.found.result()


def look_whole(program: Program, catalog: Catalog, info: FunctionInfo, known: Callable[[str], State]) -> State:
    """The same of a whole function: what it does to its own variables is left out."""
    walk = _Look(program, catalog, Piece(info.id, info.body), None, known)
    walk.block(info.body, SURE)
    return widened(walk.found.result())


def _all(piece: Piece) -> Iterable[code.Expr]:
    yield from tree.expressions(piece.statements)
    for expression in piece.expressions:
        yield from tree.every(expression)


@dataclass(slots=True)
class _Found:
    """What was seen so far, each once; `written` are the places whose value is surely the piece's own by now."""

    reads: dict[tuple[Place, bool, bool, bool], Read] = field(default_factory=dict)
    writes: dict[Write, None] = field(default_factory=dict)
    ambient: dict[AmbientUse, None] = field(default_factory=dict)
    deeds: dict[Deed, None] = field(default_factory=dict)
    uses: dict[Use, None] = field(default_factory=dict)
    acted: dict[Use, None] = field(default_factory=dict)
    asked: dict[Use, None] = field(default_factory=dict)
    written: dict[Root, set[tuple[str, ...]]] = field(default_factory=dict)
    flags: dict[Place, set[object]] = field(default_factory=dict)  # what is set where it was tested for being missing
    opaque: int = 0
    opaque_awaits: int = 0
    handed: int = 0

    def has_written(self, place: Place, *, part: bool = True) -> bool:
        """Is the value of a place surely the piece's own by now, or that of which it is a part?"""
        paths, whole = self.written.get(place.root), len(place.path)
        if paths is None:
            return False
        return any(place.path[:length] in paths for length in range(1 if part else whole, whole + 1))

    def result(self) -> State:
        # who asks how much there is already keeps to a budget: that is no memo
        counted = {place for place, whole, _, _ in self.reads if whole}
        # and a flag that is set and taken back says who is at work, not what is done already
        switched = {place for place, values in self.flags.items() if len(values) > 1}
        for write in [w for w in self.writes if w.memo and w.place in (counted if w.how is How.KEY else switched)]:
            del self.writes[write]
            self.writes[structs.replace(write, memo=False)] = None
        return State(
            reads=tuple(self.reads.values()),
            writes=tuple(self.writes),
            ambient=tuple(self.ambient),
            deeds=tuple(self.deeds),
            uses=tuple(self.uses),
            acted=tuple(self.acted),
            asked=tuple(self.asked),
            opaque=self.opaque,
            opaque_awaits=self.opaque_awaits,
            handed=self.handed,
        )


def _as_they_are(words: tuple[Key, ...]) -> tuple[Key, ...]:
    return words


class _Look:
    def __init__(
        self, program: Program, catalog: Catalog, piece: Piece, frame: Frame | None, known: Callable[[str], State]
    ) -> None:
        self.program, self.catalog, self.known = program, catalog, known
        self.objects = program.objects
        self.function, self.frame, self.piece = piece.function, frame, piece
        self.info = program.functions[piece.function]
        self.found = _Found()
        self.keys = Keys(program, catalog, piece.function, frame, piece.expressions)
        self.deeds = Deeds(self.keys)
        self.places = partial(_places, self.objects, piece.function, frame)
        self.memos = Memos(self.keys, self.places)
        self.defaults = Defaults(program, catalog, piece.function, self.places)
        self.lazy = Lazy(program, catalog, piece)
        self.line = 0
        self.awaited: set[int] = set()
        self.handlers = 0  # around what is looked at: there the current exception is one's own
        self.own_state: frozenset[Ambient] = frozenset()  # of which the block has its own
        self.calls: tuple[int, ...] = ()  # those around what is looked at, outermost first
        self.counts = ("", "here", "thread", "process", "loop") if piece.handed_over else ("", "here")

    # ---- statements

    def block(self, block: tree.Block, guard: Guard) -> None:
        for statement in block:
            if id(statement) in self.piece.without:
                continue
            self.line = statement.line
            guard = self._compound(statement, guard)

    def _compound(self, statement: code.Stmt, guard: Guard) -> Guard:
        """Look at a statement with all its blocks; the guard of what follows."""
        self._statement(statement, guard)
        match statement:
            case code.If(test=test, body=body, orelse=orelse):
                missing, there = self.memos.of(test)
                self.block(body, guard.under(missing, self.memos.there(test, holds=True)))
                self.block(orelse, guard.under(there, self.memos.there(test, holds=False)))
                if body and isinstance(body[-1], code.Return | code.Jump | code.Raise):
                    leaves = isinstance(body[-1], code.Return | code.Raise)
                    return guard.after(there, self.memos.there(test, holds=False), sure=guard.sure and not leaves)
            case code.While(body=body, orelse=orelse) | code.For(body=body, orelse=orelse):
                self.block(body, guard.under(()))
                self.block(orelse, guard.under(()))
            case code.Try(body=body, handlers=handlers, orelse=orelse, final=final):
                looked_up = self.memos.looked_up(body)
                self.block(body, guard)
                self.handlers += 1
                for handler in handlers:
                    self.block(handler.body, guard.under(looked_up))
                self.handlers -= 1
                self.block(orelse, guard)
                self.block(final, guard)
                return replace(guard, sure=guard.sure and not handlers)
            case code.With(items=items, body=body):
                outer = self.own_state
                self.own_state = outer.union(*(self._has_own(context) for context, _ in items))
                self.block(body, guard)
                self.own_state = outer
            case _:
                for inner in tree.blocks(statement):
                    self.block(inner, guard.under(()))
        return guard

    def _statement(self, statement: code.Stmt, guard: Guard) -> None:
        match statement:
            case code.Assign(targets=targets, value=value, operator=operator):
                if value is not None:
                    self.see(value, guard, whole=operator is not None)
                for target in targets:
                    self._target(target, operator, value, guard)
            case code.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, code.Subscript):
                        self.see(target.value, guard)
                        self._change(self.places(target.value), How.KEY, guard)
                    elif isinstance(target, code.Attribute):
                        self._change(self.places(target), How.REBIND, guard)
            case code.For(target=target, iterable=iterable):
                self._walked(iterable, guard)
                self._implied(iterable, "iterate", guard)
                self._target(target, None, None, guard.under(()))
            case code.With(items=items):
                for context, bound in items:
                    if id(context) in self.piece.without:
                        continue
                    self._entered(context, guard)
                    self._implied(context, "enter", guard)
                    self._locked(context)
                    if bound is not None:
                        self._target(bound, None, context, guard)
            case code.Return(value=value) if value is not None:
                self.see(value, guard)
            case code.If(test=test) | code.While(test=test):
                self.see(test, guard, whole=True)
                self._run(tested(test), guard)
            case code.Raise(value=None):
                self._ambient(Ambient.CURRENT_EXCEPTION, Access.READ, "raise")
            case code.Raise(value=value) if value is not None:
                self.see(value, guard)
                self._raised(value)
            case code.Evaluate(value=value):
                self.see(value, guard)
            case code.Class():
                self._new_class()
            case code.Function(parameters=parameters, decorators=decorators):
                for part in (*decorators, *(p.default for p in parameters if p.default is not None)):
                    self.see(part, guard)
            case _:
                for head in tree.heads(statement):
                    self.see(head, guard, whole=True)

    def _raised(self, value: code.Expr) -> None:
        named = value.function if isinstance(value, code.Call) else value
        if isinstance(named, code.Name) and named.id in _EXITS:
            self._ambient(_EXITS[named.id], Access.WRITE, named.id)

    def _target(self, target: code.Expr, operator: str | None, value: code.Expr | None, guard: Guard) -> None:
        how = How.AUGMENT if operator else How.REBIND
        match target:
            case code.Name(id=name):
                cell = self._cell(name)
                if cell is not None:
                    self._note(cell, how, guard, value)
                if operator:
                    self._augmented(target, operator, value, guard)
            case code.Attribute(value=owner, name=name):
                self.see(owner, guard)
                self._change(self._set_places(target), how, guard, value)
                if operator:
                    self._augmented(target, operator, value, guard)
                self._set_outside(owner, name)
                self._implied_set(owner, name, guard)
            case code.Subscript(value=owner, index=index) if (holder := _held_by_names(owner)) is not None:
                self.see(index, guard)
                told = index.value if isinstance(index, code.Literal) else None
                attribute = code.Attribute(holder, told if isinstance(told, str) else "__dict__")
                self._target(attribute, operator, value, guard)
            case code.Subscript(value=owner, index=index):
                self.see(index, guard)
                self.see(owner, guard)
                if isinstance(owner, code.Call) and tree.dotted(owner.function) == "globals":
                    self._by_global_name(index, guard)
                fixed = isinstance(index, code.Literal) and index.kind in ("int", "str")
                held = self.places(owner)
                if fixed and operator:  # `rows["all"] += more` may change what is there
                    held = self.places(target)
                elif fixed:  # what was there before stays as it was
                    held = tuple(place.below(entry_part(index)) for place in held)
                self._change(
                    held,
                    how if fixed else (How.AUGMENT if operator else How.KEY),
                    guard,
                    value,
                    index,
                    item=not fixed,
                )
                self._dunder(owner, "__setitem__", guard)
                self._by_catalog(owner, "__setitem__")
            case code.Display(items=items):
                if value is not None and not isinstance(value, code.Display):
                    self._run(unpacked(value), guard)
                    self._taken(value, guard)
                for position, item in enumerate(items):
                    parts = value.items if isinstance(value, code.Display) and len(value.items) == len(items) else ()
                    self._target(item, operator, parts[position] if parts else value, guard)
            case code.Starred(value=inner):
                self._target(inner, operator, value, guard)

    def _by_global_name(self, index: code.Expr, guard: Guard) -> None:
        name = index.value if isinstance(index, code.Literal) and isinstance(index.value, str) else None
        if name is None:
            self._ambient(Ambient.INTERPRETER, Access.WRITE, "globals()")
        else:
            self._note(Place(Root(RootKind.GLOBAL, name, self.info.path)), How.REBIND, guard, None)

    def _augmented(self, target: code.Expr, operator: str, value: code.Expr | None, guard: Guard) -> None:
        """`out += more` changes the object itself where it is one that can be changed."""
        kinds = {v.name for v in self.program.values(self.function, target) if v.kind in ("container", "object")}
        if kinds & {
            "builtins.list",
            "builtins.set",
            "builtins.dict",
            "collections.deque",
            "collections.Counter",
            "builtins.bytearray",
        }:
            joins = How.ADD if kinds <= {"builtins.set"} else How.KEY
            how = How.APPEND if operator == "+" else joins if operator == "|" else How.MUTATE
            self._change(self.places(target), how, guard)
        elif any((known := self.catalog.object(kind)) is not None and known.window for kind in kinds):
            self._change(self.places(target), How.MUTATE, guard)  # in the array's own memory
        name = OPERATORS.get(operator, "add")
        self._dunder(target, f"__i{name}__", guard)
        if value is not None:
            self._dunder(value, f"__r{name}__", guard)

    def _set_places(self, target: code.Attribute) -> Ordered:
        """Where an attribute is set: on the object itself, also where its class has one of that name (not below that)."""
        shared = any(v.kind in ("class", "module") for v in self.program.values(self.function, target.value))
        found = self.places(target)
        if shared:
            return found
        owners = {place.root for place in self.places(target.value)}  # what lay there before stays as it was
        return tuple(
            place
            for place in found
            if place.root in owners and (place.root.kind is not RootKind.CLASS or place.path[1:])
        )

    def _set_outside(self, owner: code.Expr, name: str) -> None:
        """An attribute of a module, class or object from outside that everybody shares (`sys.stdout = …`)."""
        for value in sorted(self.program.values(self.function, owner)):
            if value.kind == "external" and not value.args:
                what = Ambient.THREAD_LOCAL if self._is_local(value) else Ambient.INTERPRETER
                self._ambient(what, Access.WRITE, f"{value.name}.{name}")
            elif self._is_local(value):
                self._ambient(Ambient.THREAD_LOCAL, Access.WRITE, f"threading.local.{name}")

    # ---- expressions

    def see(self, expression: code.Expr, guard: Guard, *, whole: bool = False) -> None:
        """Look at an expression that is evaluated; `whole` when whoever gets its value may look at all that it holds."""
        if id(expression) in self.piece.without:
            return
        match expression:
            case code.Name(id=name):
                cell = self._cell(name)
                if cell is not None and not self.objects.is_constant(cell):
                    self._read(cell, whole=False)
                if whole:
                    self._looked_up(expression, whole=True)
            case code.Literal():
                return
            case code.Lambda(body=body):
                self.see(body, guard.under(()))
            case code.Attribute(value=value, name=name):
                self._looked_up(expression, whole=whole)
                self.see(value, guard)
                self._getter(expression, name, guard)
                self._read_outside(value, name)
                self._looks_around(name)
            case code.Subscript(value=value, index=index):
                self._looked_up(expression, whole=whole)
                self.see(value, guard)
                self.see(index, guard, whole=True)
                self._run(runs(expression), guard)
                self._missing(value, index, guard)
            case code.Operation():
                self._operation(expression, guard)
            case code.Call():
                self._call(expression, guard)
            case code.Comprehension(kind="generator", clauses=(first, *_)) if self.lazy.walk(expression) is Walk.NEVER:
                self.see(first.iterable, guard)  # all that is done when it is made
            case code.Comprehension(clauses=clauses, element=element):
                for clause in clauses:
                    self._walked(clause.iterable, guard)
                    self._implied(clause.iterable, "iterate", guard)
                    for condition in clause.conditions:
                        self.see(condition, guard.under(()), whole=True)
                        self._run(tested(condition), guard.under(()))
                conditions = [condition for clause in clauses for condition in clause.conditions]
                there = tuple(m for condition in conditions for m in self.memos.there(condition, holds=True))
                self.see(element, guard.under((), there))
                self._run(runs(expression), guard.under(()))
            case code.Text(parts=parts):
                for part in parts:
                    self.see(part, guard, whole=True)
                self._run(runs(expression), guard)
            case code.Starred(value=value):
                self.see(value, guard, whole=whole)
                self._run(runs(expression), guard)
                self._taken(value, guard)
            case code.Await(value=value):
                if isinstance(value, code.Call):
                    self.awaited.add(value.uid)
                self.see(value, guard, whole=whole)
            case _:
                for part in tree.parts(expression):
                    self.see(part, guard, whole=whole)
                self._run(runs(expression), guard)

    def _looked_up(self, expression: code.Expr, *, whole: bool) -> None:
        """A read of what the expression names. That of a constant needs nothing from anybody."""
        for place in self.places(expression):
            if not self.objects.is_constant(place):
                self._read(place, whole=whole)

    def _looks_around(self, attribute: str) -> None:
        """Does an attribute lead out of what is looked at: to the exception around one that is caught, to a frame's caller?"""
        if attribute == "__context__" and self.handlers < 2:
            use = AmbientUse(Ambient.CURRENT_EXCEPTION, Access.READ, attribute, self._where())
            self.found.ambient.setdefault(use)
        elif attribute == "f_back":
            self._ambient(Ambient.CALL_STACK, Access.READ, attribute)

    def _operation(self, expression: code.Operation, guard: Guard) -> None:
        operator, operands = expression.operator, expression.operands
        if operator in ("is", "is not"):
            none = any(isinstance(operand, code.Literal) for operand in operands)
            for operand in operands:
                if none and isinstance(operand, code.Attribute):
                    for place in self.places(operand):
                        self._read(place, whole=False, bare=True)
                    self.see(operand.value, guard)
                else:
                    self.see(operand, guard)
            return
        if operator in ("in", "not in"):
            item, container = operands
            self.see(item, guard, whole=True)
            for place in self.places(container):
                self._read(place.below(INSIDE), whole=False)
            self.see(container, guard)
            self._taken(container, guard)
        elif operator in ("if", "and", "or"):
            for position, operand in enumerate(operands):
                there = self._known_before(operator, operands, position)
                inner = replace(guard, there=(*guard.there, *there)) if position == 0 else guard.under((), there)
                self.see(operand, inner, whole=operator == "if" and position == 1)
        else:
            for operand in operands:
                self.see(operand, guard, whole=True)
        self._run(runs(expression), guard)
        if operator in OPERATORS:
            self._decimal(operands)

    def _known_before(self, operator: str, operands: tuple[code.Expr, ...], position: int) -> tuple[Missing, ...]:
        """What is surely there when an operand is evaluated, after those that decide about it: `d[k] if k in d else 0`."""
        if operator == "if":
            return self.memos.there(operands[1], holds=position == 0) if position != 1 else ()
        before = operands[:position]
        return tuple(m for operand in before for m in self.memos.there(operand, holds=operator == "and"))

    def _decimal(self, operands: tuple[code.Expr, ...]) -> None:
        if not self._knows_decimal:
            return
        for operand in operands:
            if any(v.kind == "object" and v.name == _DECIMAL for v in self.program.values(self.function, operand)):
                self._ambient(Ambient.DECIMAL_CONTEXT, Access.READ, _DECIMAL)
                return

    @cached_property
    def _knows_decimal(self) -> bool:
        """Does the file mention decimals at all? Else no operand need be asked for its type."""
        top = self.program.functions[self.program.modules[self.info.path]]
        return any(
            "decimal" in (i.module, i.attribute) for s in top.statements if isinstance(s, code.Import) for i in s.names
        )

    def _walked(self, iterable: code.Expr, guard: Guard) -> None:
        """Walking a collection reads its elements; walking an iterator takes them."""
        self.see(iterable, guard)
        used_up = any(value.is_used_up for value in self.program.values(self.function, iterable))
        for place in self.places(iterable):
            self._read(place.below(INSIDE), whole=False)
            if used_up:
                self._note(place, How.TAKE, guard, None)

    def _handed_on(self, iterable: code.Expr, guard: Guard) -> None:
        """The elements are given as they are to whoever walks: nothing that they hold is looked at."""
        self.see(iterable, guard)
        for place in self.places(iterable):
            self._read(place.below(INSIDE), whole=False)

    # ---- calls

    def _got(self, call: code.Call) -> Iterator[code.Expr]:
        """The attributes that a call of `attrgetter("name")` reads, also where that was kept under a name."""
        made: list[code.Expr | None] = [call.function]
        if isinstance(call.function, code.Name) and self.objects.calls_named("attrgetter"):
            made = [each.expression for each in self.objects.origins(self.function, call.function.id)]
        for each in made:
            match each:
                case code.Call(function=code.Name(id="attrgetter") | code.Attribute(name="attrgetter")):
                    for name in each.arguments if call.arguments else ():
                        if isinstance(name, code.Literal) and isinstance(name.value, str):
                            yield code.Attribute(call.arguments[0], name.value)

    def _call(self, call: code.Call, guard: Guard) -> None:
        outer, self.line, self.calls = self.calls, call.line, (*self.calls, call.uid)
        method = self.objects.bound_method(self.function, call.function)
        targets = [t for t in self.program.targets(self.function, call) if t.callback in self.counts]
        ours = bool(targets) and all(t.kind == "function" for t in targets if not t.callback)
        if isinstance(method, code.Attribute):
            self._receiver(method, call, targets, guard)
            self.see(method.value, guard)
            self._read_outside(method.value, method.name)
        else:
            self.see(call.function, guard)
        self._unbound(call, guard)
        for read in self._got(call):
            self.see(read, guard)
        hands_on = bool(targets) and all(t.kind == "external" and t.name in _HANDS_ON for t in targets)
        for part in tree.parts(call)[1:]:
            if isinstance(part, code.Attribute) and not ours:
                self._handed_method(part, guard)
            if hands_on:
                self._handed_on(part, guard)
            else:
                self.see(part, guard, whole=not ours)
        self.line = call.line
        if isinstance(call.function, code.Name) and call.function.id in ("next", "anext") and call.arguments:
            self._resumed(call.arguments[0], guard)
        if self._makes_class(call):
            self._new_class()
        # one that others may find is walked by someone who cannot be told: it counts where it is made
        made = self.lazy.only_makes(call) and self.lazy.walk(call) is Walk.NEVER
        for target in targets:
            later = target.callback and not self.piece.in_turn
            inner = replace(guard, sure=guard.sure and not target.conditional and not later)
            if target.kind == "function":
                if not target.guessed and not (made and not target.callback):
                    self._merge(call, target, inner)
            elif not target.callback:
                self._outside(call, method, target.name, inner, guessed=target.guessed)
                self._uses_up(call, target.name, inner)
        if not [t for t in targets if not t.callback] and not self._makes(call, guard):
            self._unknown(call, method)
        if isinstance(method, code.Attribute) and not any(self._is_known(t) for t in targets):
            self._speaks(call, method.value)
            self._asked(call, method.value, [t for t in targets if not t.callback])
        if self.objects.defines("__del__"):
            self._ends(call)
        self.calls = outer

    def _uses_up(self, call: code.Call, api: str, guard: Guard) -> None:
        """An iterator or an open file is further on once it has been handed to what walks it: `list(numbers)`."""
        known = self.catalog.call(api)
        if known is not None and known[1].effect is Effect.NONE:
            walks = known[1].elements is not None or known[1].lazy or "__iter__" in known[1].runs
            if not walks:
                return
        for given in call.arguments:
            self._taken(given, guard)

    def _taken(self, held: code.Expr, guard: Guard) -> None:
        if isinstance(held, code.Name | code.Attribute) and any(
            value.is_used_up for value in self.program.values(self.function, held)
        ):
            for place in self.places(held):
                self._note(place, How.TAKE, guard, None)

    def _is_known(self, target: Target) -> bool:
        """Is it known what the call does, rather than guessed by its name?"""
        read = target.kind == "function" or self.catalog.call(target.name) is not None
        return read and not target.guessed and not target.callback

    def _speaks(self, call: code.Call, owner: code.Expr) -> None:
        """Is the receiver a conversation by its name? One that is made here has no place and is nobody else's."""
        guess = guessed(self.program, self.catalog, self.function, call)
        if guess is None or not guess.conversation:
            return
        for place in self.places(owner) or self._imported(owner):
            self.found.uses.setdefault(Use(place, CONVERSATION, tree.callee(call), self._where()))

    def _asked(self, call: code.Call, owner: code.Expr, targets: list[Target]) -> None:
        """Is the receiver of a class that nobody knows, but for a method that few classes of the project have?"""
        if last_name(call) in self.catalog.builtin_methods:
            return
        functions = [self.program.functions[t.name] for t in targets if t.kind == "function"]
        if tells(self.program, self.catalog, self.function, call):
            if not isinstance(owner, code.Attribute):
                return
            owner = owner.value  # `context.log.info(…)`: what has the logger
        elif functions and call.uid in self.info.dropped:
            for place in self.places(owner):
                self.found.acted.setdefault(Use(place, "", tree.callee(call), self._where()))
        if any(self._is_known_class(value) for value in self.program.values(self.function, owner)):
            return
        for place in self.places(owner):
            for cls in sorted({info.owner or "" for info in functions} or {""}):
                self.found.asked.setdefault(Use(place, cls, tree.callee(call), self._where()))

    def _is_known_class(self, value: Value) -> bool:
        if value.kind == "object":
            return value.name.partition(".")[0] in self.catalog.libraries
        return value.kind != "many"

    def _imported(self, expression: code.Expr) -> Ordered:
        """What lies in a module that was not read: `database.session`."""
        first, *path = (tree.dotted(expression) or "").split(".")
        values = self.program.values(self.function, code.Name(first)) if path else frozenset()
        outside = any(value.kind == "external" for value in values)
        return (Place(Root(RootKind.GLOBAL, first, self.info.path)).below(*path),) if outside else ()

    def _unbound(self, call: code.Call, guard: Guard) -> None:
        """`dict.update(known, more)`: the method of a built-in type, called by way of the type."""
        match call:
            case code.Call(function=code.Attribute(value=code.Name(id=kind), name=name), arguments=(first, *others)):
                if self.catalog.call(f"builtins.{kind}") is None or self.program.objects.home(self.function, kind):
                    return
                if name in ("__setattr__", "__delattr__"):
                    self._by_name(call, name.strip("_"), guard)
                else:
                    bound = structs.replace(call, arguments=tuple(others))
                    self._receiver(code.Attribute(first, name), bound, [], guard)

    def _ends(self, call: code.Call) -> None:
        """What an object does when it goes: here or later, so it counts only where that is seen from elsewhere."""
        if any(value.kind == "class" for value in self.program.values(self.function, call.function)):
            for target in self.program.implied(self.function, call, "end"):
                state = self.known(target.name)
                seen = State(writes=state.writes, ambient=state.ambient)
                self._add(seen, _without_arguments, Guard(sure=False), lambda key: key, possible=True)

    def _makes_class(self, call: code.Call) -> bool:
        """Is it `type(name, bases, attributes)`, or the same by way of a class's own metaclass, `type(Base)(…)`? What
        `type(self)(…)` makes is an object."""
        match call.function:
            case code.Name(id="type"):
                return len(call.arguments) == 3
            case code.Call(function=code.Name(id="type"), arguments=(base,)):
                return any(value.kind == "class" for value in self.program.values(self.function, base))
        return False

    def _new_class(self) -> None:
        """A class that is made while the program runs tells its base, or its metaclass, which may keep a list."""
        if self.objects.defines("__init_subclass__"):
            self._ambient(Ambient.INTERPRETER, Access.WRITE, "type.__init_subclass__")
        bases = (tree.dotted(base) for cls in self.program.classes.values() for base in cls.bases)
        if any(base == "type" for base in bases):
            self._ambient(Ambient.INTERPRETER, Access.WRITE, "type.__init__")

    def _makes(self, call: code.Call, guard: Guard) -> bool:
        """A class of the project without a constructor of its own: what its fields are filled with."""
        made = [value for value in sorted(self.program.values(self.function, call.function)) if value.kind == "class"]
        for value in made:
            for cls in lineage(self.program, self.program.classes[value.name]):
                for where, given in (each for name in cls.assigned.values() for each in name):
                    self._factory(cls, where, given, guard)
        return bool(made)

    def _factory(self, cls: ClassInfo, where: str, field_of: code.Expr, guard: Guard) -> None:
        """`field(default_factory=next_id)` calls it for each new object."""
        if not isinstance(field_of, code.Call):
            return
        for keyword in field_of.keywords:
            if keyword.name in ("default_factory", "factory"):
                values = sorted(self.program.values(where, keyword.value))
                for value in values:
                    self._called_bare(value, guard)
                if not values:
                    self.found.opaque += 1
                if isinstance(keyword.value, code.Attribute):
                    shared = Place(Root(RootKind.CLASS, cls.name, cls.id))
                    self._note(shared.below("default_factory"), How.TAKE, guard, None)

    def _called_bare(self, value: Value, guard: Guard) -> None:
        """What a call of `value` without arguments does, which Python or a library makes."""
        if value.kind == "function":
            self._add(self.known(value.name), _without_arguments, guard, lambda key: key)
        elif value.kind == "class":
            for above in lineage(self.program, self.program.classes[value.name]):
                if "__init__" in above.methods:
                    self._add(self.known(above.methods["__init__"]), _without_arguments, guard, lambda key: key)
                    break
        elif value.kind == "external":
            known = self.catalog.call(value.name)
            if known is None and self.catalog.object(value.name) is None:
                self.found.opaque += 1
            for what, access in known[1].state.items() if known is not None else ():
                self._ambient(what, access, value.name)
        else:
            self.found.opaque += 1

    def _missing(self, looked_up: code.Expr, index: code.Expr, guard: Guard) -> None:
        """A `defaultdict` puts in the value of a key that it does not have, and asks for it, of one object for all keys:
        `defaultdict(count().__next__)`."""
        if self.defaults.fills(looked_up) and not self.defaults.is_there(looked_up, index, guard):
            key = self.keys.of([index])
            for place in self.places(looked_up):
                entry = place.below(entry_part(index))
                if not is_written(self.found.writes, place, key) and not self.found.has_written(entry, part=False):
                    write = Write(place, How.KEY, self._where(), sure=False, key=key, fills=True)
                    self.found.writes.setdefault(write)
        if not isinstance(looked_up, code.Name) or not self.objects.calls_named("defaultdict"):
            return
        for origin in self.objects.origins(self.function, looked_up.id):
            match origin.expression:
                case code.Call(arguments=(code.Attribute(name="__next__"), *_)) as made:
                    if (tree.dotted(made.function) or "").rpartition(".")[2] == "defaultdict":
                        for place in self.places(looked_up):
                            self._note(place.below("default_factory"), How.TAKE, guard, None)

    def _receiver(self, method: code.Attribute, call: code.Call, targets: list[Target], guard: Guard) -> None:
        """What calling a method means for its object, where that is no code of the project."""
        if method.name in ("send", "throw", "close", "__next__", "asend"):
            self._resumed(method.value, guard)
        inherited = any(t.kind == "external" and t.name.startswith(_OWN_TYPES) for t in targets)
        places = self.places(method.value) or self._through_super(method, call, targets if inherited else [])
        if not places:
            return
        types = self.program.values(self.function, method.value)
        outside = sorted({v.name for v in types if v.kind == "object" and not v.name.startswith(_OWN_TYPES)})
        for name in outside:
            asks = name in self.catalog.changeable and not self._changes_it(f"{name}.{method.name}")
            for place in places:
                self.found.uses.setdefault(Use(place, name, f"{name}.{method.name}", self._where()))
                if asks:
                    self._read(place, whole=True)
        if outside or (_is_code(types) and not inherited) or any(t.kind == "function" for t in targets):
            return
        how = self.catalog.changing_methods.get(method.name)
        if how is not None:
            self._changed_by(places, how, call, guard)
        elif method.name in ("get", "__getitem__", "__contains__"):
            if method.name == "__getitem__" and call.arguments:
                self._missing(method.value, call.arguments[0], guard)
            for place in places:
                self._read(place.below(INSIDE), whole=False)
        else:
            for place in places:
                self._read(place, whole=True)

    def _through_super(self, method: code.Attribute, call: code.Call, targets: list[Target]) -> Ordered:
        """The object itself, where a method of a collection is called by `super()`."""
        held = (self.objects.receiver(self.function, call, t, self.frame) for t in targets if not t.callback)
        made = isinstance(method.value, code.Call) and tree.dotted(method.value.function) == "super"
        return _ordered(frozenset().union(*held)) if made else ()

    def _changes_it(self, api: str) -> bool:
        known = self.catalog.call(api)
        return known is not None and "receiver" in known[1].changes

    def _changed_by(self, places: Ordered, how: How, call: code.Call, guard: Guard) -> None:
        first = call.arguments[0] if call.arguments else None
        if how is How.TAKE:
            for place in places:
                self._read(place.below(INSIDE), whole=False)
            by_key = first is not None and not isinstance(first, code.Literal)
            how = How.KEY if by_key else how
        self._change(places, how, guard, call.arguments[-1] if len(call.arguments) > 1 else None, first)

    def _handed_method(self, method: code.Attribute, guard: Guard) -> None:
        """`map(out.append, items)`: who is given the method will call it."""
        how = self.catalog.changing_methods.get(method.name)
        if how is not None and not _is_code(self.program.values(self.function, method.value)):
            self._change(self.places(method.value), how, guard.under(()))

    def _outside(self, call: code.Call, method: code.Expr, name: str, guard: Guard, *, guessed: bool) -> None:
        """What the catalog says of a call, and what every call does that is told what to fill."""
        known = self.catalog.call(name)
        if known is None or known[1].callback is None:  # else the keyword may be for what is handed over
            for keyword in call.keywords:
                if keyword.name in self.catalog.words.filled:
                    self._change(self.places(keyword.value), How.MUTATE, guard)
        if known is None:
            if name not in self.catalog.objects:
                self._unknown(call, method)
            return
        api, entry = known
        if name.rpartition(".")[2] in ("setattr", "delattr", "__setattr__", "getattr", "hasattr"):
            self._by_name(call, name.rpartition(".")[2], guard)
            return
        for given, how in entry.changes.items():
            changed = named_argument(call, method, given)
            if changed is not None and self._is_shown(changed):
                self._ambient(Ambient.OUTPUT, Access.APPEND, name)
            stored = isinstance(method, code.Attribute) and method.name != name.rpartition(".")[2]
            if given == "receiver" and (stored or not isinstance(method, code.Attribute)):
                # `self.ring`, `throw`: a method that was kept before, of the object that its place lies in
                kept, last = self.places(call.function), name.rpartition(".")[2]
                held = (Place(p.root, p.path[:-1]) if p.path[-1:] == (last,) else p for p in kept)
                self._change(_ordered(frozenset(held)), how, guard)
            elif changed is not None and not (given == "receiver" and name.startswith(_OWN_TYPES)):
                self._change(self.places(changed) or self._kept(call, changed), how, guard)
        self._runs(call, method, entry, guard)
        for what, access in entry.state.items():
            self._ambient(what, access, name)
        if entry.effect is Effect.NETWORK:
            self._answered(name, guard)
        for deed in self.deeds.of(call, method, name if api.endswith(".*") else api, entry, self._where(), guessed):
            self._deed(deed)

    def _is_shown(self, stream: code.Expr) -> bool:
        """Is it, or may it be, the stream on which the program prints?"""
        known = (
            self.catalog.object(v.name) for v in self.program.values(self.function, stream) if v.kind == "external"
        )
        return any(each is not None and each.shown for each in known)

    def _answered(self, api: str, guard: Guard) -> None:
        """What an answer sets goes along with the requests that follow, where the program has cookies kept."""
        package = api.partition(".")[0]
        for keeper in self.catalog.keeping_answers:
            for function, call in self.objects.calls_named(keeper.rpartition(".")[2]):
                known = entries(self.program, self.catalog, function, call)
                if keeper.partition(".")[0] == package and any(name == keeper for name, _ in known):
                    cookies = Place(Root(RootKind.GLOBAL, "cookies", self.program.functions[function].path))
                    self._read(cookies, whole=True)
                    self._note(cookies, How.MUTATE, guard, None)
                    return

    def _kept(self, call: code.Call, receiver: code.Expr) -> Ordered:
        """The object that was made for the method that a name has kept: `emit = csv.writer(out).writerow`."""
        kept = isinstance(call.function, code.Name) and isinstance(receiver, code.Call)
        return tuple(place.below(BOUND) for place in self.places(call.function)) if kept else ()

    def _runs(self, call: code.Call, method: code.Expr, entry: CallEntry, guard: Guard) -> None:
        """The special methods that a call runs of what it is given: `str(box)`, `max(boxes)`."""
        for operand in call.arguments if entry.runs else ():
            for each in entry.runs:
                self._dunder(operand, each, guard)
        if not entry.runs_of_elements or any(k.name == entry.callback for k in call.keywords):
            return
        within = (method.value,) if entry.walks == "receiver" and isinstance(method, code.Attribute) else call.arguments
        for walked in within if len(within) == 1 else ():
            element = code.Subscript(walked, code.Name("_"))
            for each in entry.runs_of_elements:
                self._dunder(element, each, guard.under(()))
        for given in within if len(within) > 1 else ():
            for each in entry.runs_of_elements:
                self._dunder(given, each, guard)

    def _by_name(self, call: code.Call, function: str, guard: Guard) -> None:
        """An attribute that is read or set by its name."""
        match call.arguments:
            case (owner, code.Literal(value=str(name)), *_):
                expression = code.Attribute(owner, name)
            case (owner, *_):
                expression = code.Attribute(owner, "__dict__")
            case _:
                return
        if function in ("getattr", "hasattr"):
            self.see(expression, guard, whole=True)
        else:
            self._change(self.places(expression), How.REBIND, guard, call.arguments[-1])
            self._set_outside(expression.value, expression.name)

    def _unknown(self, call: code.Call, method: code.Expr) -> None:
        """A call that leads nowhere known: a method of a collection most likely, or anything."""
        self._may_call_back(call)
        if isinstance(method, code.Attribute):
            if method.name in self.catalog.builtin_methods:
                return
            acts = call.uid in self.info.dropped and not tells(self.program, self.catalog, self.function, call)
            unread = self._unread(method.value)
            acts = acts or bool(unread)
            for place in self.places(method.value) or unread:
                self._read(place, whole=True)
                if acts:
                    self.found.acted.setdefault(Use(place, "", tree.callee(call), self._where()))
        for chosen in family(self.program, self.function, call.function):
            self._merge(call, Target("function", chosen, conditional=True), Guard(sure=False))
        if may_leave_a_trace(self.program, self.catalog, self.function, call.function, self.known):
            one_of_many = Deed("file", Access.CREATE, Key(fresh=True), "getattr", self._where())
            self.found.deeds.setdefault(one_of_many)
        guess = guessed(self.program, self.catalog, self.function, call)
        if isinstance(call.function, code.Name) and is_variable(self.program, self.function, call.function.id):
            self.found.handed += 1
        if guess is None or guess.access is None:
            self.found.opaque += 1
            self.found.opaque_awaits += call.uid in self.awaited
        if guess is not None and guess.effect in OUTSIDE:
            named = [*call.arguments, *(k.value for k in call.keywords)]
            key = self.keys.of(named) if named else None
            self.found.deeds.setdefault(
                Deed(f"{guess.effect}?", guess.access, key, tree.callee(call), self._where(), True)
            )

    def _unread(self, owner: code.Expr) -> Ordered:
        """The module that is made of a text or file as the program runs, whose functions may do anything to it."""
        values = self.program.values(self.function, owner)
        made = any(v.kind == "object" and (o := self.catalog.object(v.name)) is not None and o.unread for v in values)
        outside = [v.name.partition(".")[0] for v in values if v.kind == "external" and not v.args]
        found = any(name not in self.catalog.packages and name != "builtins" for name in outside)
        if not made and not (found and self.objects.puts_modules()):
            return ()
        return (Place(Root(RootKind.GLOBAL, tree.root_name(owner) or "module", self.info.path)),)

    def _may_call_back(self, call: code.Call) -> None:
        """What is not known may call what it is handed, unless its name says that it only keeps it, or hands it on."""
        last = last_name(call)
        likely = self.catalog.handing.get(last)
        elsewhere = likely is not None and likely.callback_in in ("thread", "process")
        if elsewhere and not self.piece.handed_over:
            return
        if likely is None and last in self.catalog.builtin_methods:
            return
        for given in (*call.arguments, *(keyword.value for keyword in call.keywords)):
            values = sorted(self.program.values(self.function, given))
            called = [value.name for value in values if value.kind == "function"]
            for name in (*called, *self.objects.specials(self.function, given, "__call__")):
                self._merge(call, Target("function", name, conditional=True, callback="here"), Guard(sure=False))

    def _by_catalog(self, owner: code.Expr, method: str) -> None:
        """What setting an item of an outside object means (`os.environ[name] = …`)."""
        for value in sorted(self.program.values(self.function, owner)):
            known = self.catalog.call(f"{value.name}.{method}") if value.kind in ("external", "object") else None
            if known is not None:
                for what, access in known[1].state.items():
                    self._ambient(what, access, value.name)

    # ---- what the project's own code does

    def _getter(self, expression: code.Attribute, name: str, guard: Guard) -> None:
        if any(self.objects.defines(each) for each in (name, "__getattr__", "__getattribute__")):
            for target in self.program.implied(self.function, expression, "read"):
                self._merge_from(target.name, expression.value, guard)
        self._described(expression, "__get__", guard)

    def _described(self, expression: code.Attribute, method: str, guard: Guard) -> None:
        """What a descriptor does, which all objects of the class share."""
        if not self.objects.defines(method):
            return
        for function, place in self.objects.described(self.function, expression, method):
            self._add(
                self.known(function), partial(self._for_descriptor, place, expression.value), guard, lambda key: key
            )

    def _for_descriptor(self, descriptor: Place, owner: code.Expr, place: Place) -> Ordered:
        if place.root.kind is RootKind.SELF:
            return (descriptor.below(*place.path),)
        if place.root.kind is RootKind.PARAM:
            return tuple(p.below(*place.path) for p in self.places(owner)) if place.root.index == 1 else ()
        return (place,)

    def _dunder(self, operand: code.Expr, method: str, guard: Guard) -> None:
        """A special method that a class of the project defines."""
        for function in self.objects.specials(self.function, operand, method):
            self._merge_from(function, operand, guard)

    def _run(self, implied: Iterable[Run], guard: Guard) -> None:
        for operand, method in implied:
            self._dunder(operand, method, guard)

    def _implied(self, expression: code.Expr, how: str, guard: Guard) -> None:
        if how == "iterate":
            self._dunder(expression, "__getitem__", guard)  # the old way to be walked
            self._resumed(expression, guard)
        methods = {"enter": ("__enter__", "__aenter__"), "iterate": ("__iter__", "__aiter__", "__next__")}[how]
        if any(self.objects.defines(method) for method in methods):
            for target in self.program.implied(self.function, expression, how):
                self._merge_from(target.name, expression, guard)

    def _entered(self, context: code.Expr, guard: Guard) -> None:
        """What a block is opened with is evaluated; state that the block has of its own is not changed for others."""
        outer, own = self.own_state, self._has_own(context)
        self.own_state = outer | own
        self.see(context, guard)
        self.own_state = outer
        for call, (api, entry) in self._entries(context):
            if entry.own_state is not None and argument(call, entry.own_state) is None:  # it begins as what is current
                for what in own:
                    self._ambient(what, Access.READ, api)

    def _has_own(self, context: code.Expr) -> frozenset[Ambient]:
        """The state of which the block that this opens has its own."""
        return frozenset(
            what for _, (_, entry) in self._entries(context) if entry.own_state is not None for what in entry.state
        )

    def _entries(self, context: code.Expr) -> Iterable[tuple[code.Call, tuple[str, CallEntry]]]:
        if isinstance(context, code.Call):
            for each in entries(self.program, self.catalog, self.function, context):
                yield context, each

    def _locked(self, context: code.Expr) -> None:
        """`with lock:` acquires it."""
        for value in sorted(self.program.values(self.function, context)):
            if value.kind == "object" and lock_type(self.catalog, value.name) is not None:
                for place in self.places(context):
                    self.found.uses.setdefault(Use(place, value.name, f"{value.name}.acquire", self._where()))

    def _resumed(self, generator: code.Expr, guard: Guard) -> None:
        """A generator that a name holds goes on with its body when it is walked, or sent something."""
        values = self.objects.values_of(self.function, generator.id) if isinstance(generator, code.Name) else None
        for value in values or ():
            if isinstance(value, code.Call):
                for target in self.program.targets(self.function, value):
                    if target.kind == "function" and self.program.functions[target.name].is_generator:
                        self._merge(value, target, guard.under(()))

    def _implied_set(self, owner: code.Expr, name: str, guard: Guard) -> None:
        """A property's setter or `__setattr__` runs when an attribute is set."""
        if self.objects.defines("__setattr__"):
            self._dunder(owner, "__setattr__", guard)
        self._described(code.Attribute(owner, name), "__set__", guard)
        if self.objects.defines(name):
            getters = self.program.implied(self.function, code.Attribute(owner, name), "read")
            if getters:
                self._change(self.places(owner), How.MUTATE, guard)
            for setter in (each for getter in getters for each in setters(self.program, getter.name)):
                self._merge_from(setter, owner, guard)

    def _merge_from(self, function: str, receiver: code.Expr, guard: Guard) -> None:
        """Add what a method does whose object is `receiver` and that takes nothing else that matters."""
        held = self.places(receiver)

        def here(place: Place) -> Ordered:
            if place.root.kind is RootKind.SELF:
                return tuple(dict.fromkeys(p.below(*place.path) for p in held))
            return () if place.root.kind is RootKind.PARAM else (place,)

        self._add(self.known(function), here, guard, lambda key: key)

    def _merge(self, call: code.Call, target: Target, guard: Guard) -> None:
        """Add what a called function does, in terms of the caller's own places."""
        known: dict[Place, Ordered] = {}

        def here(place: Place) -> Ordered:
            told = known.get(place)
            if told is None:
                if self._is_same(place):
                    told = (place,)
                else:
                    found = self.objects.translate(self.function, call, target, place, self.frame)
                    told = _ordered(found | self.keys.item(call, target, place))
                known[place] = told
            return told

        keys: dict[Key, Key] = {}

        def named(key: Key | None) -> Key | None:
            if key is None:
                return None
            if key not in keys:
                keys[key] = self.keys.translated(call, target, key)
            return keys[key]

        spoken = partial(self.keys.translated_words, call, target)
        state = self.known(target.name)
        if any(write.fills for write in state.writes):
            known_keys = partial(self.defaults.passes_key, call, target.name, guard)
            state = replace(state, writes=tuple(write for write in state.writes if not known_keys(write)))
        self._add(state, here, guard, named, spoken, possible=target.conditional)

    def _add(
        self, inner: State, here: Callable[[Place], Ordered], guard: Guard, named: Callable[[Key | None], Key | None],
        spoken: Callable[[tuple[Key, ...]], tuple[Key, ...]] = _as_they_are, *, possible: bool = False,
    ) -> None:  # fmt: skip
        found = self.found
        for read in inner.reads:
            for place in here(read.place):
                self._read(place, whole=read.whole, exposed=read.exposed, where=read.where, bare=read.bare)
        for write in inner.writes:
            places = _set_there(write, here)
            for place in places:
                sure = guard.sure and write.sure and not write.possible and len(places) == 1
                new = Write(
                    place,
                    write.how,
                    self._where(write.where),
                    write.memo,
                    write.possible or possible,
                    sure,
                    write.constant,
                    named(write.key),
                    named(write.rests_on),
                    write.fills,
                )
                found.writes.setdefault(new)
                self._settle(new)
        for each in inner.ambient:
            if (each.what is Ambient.CURRENT_EXCEPTION and self.handlers) or each.what in self.own_state:
                continue
            found.ambient.setdefault(AmbientUse(each.what, each.access, each.api, self._where(each.where)))
        for deed in inner.deeds:
            where, words = self._where(deed.where), spoken(deed.words) if deed.words else ()
            told = Deed(deed.space, deed.access, named(deed.key), deed.api, where, deed.guessed, words,
                        named(deed.folder), deed.quiet)  # fmt: skip
            self._deed(told)
        for uses, seen in ((inner.uses, found.uses), (inner.acted, found.acted), (inner.asked, found.asked)):
            for use in uses:
                where = self._where(use.where)
                for place in here(use.place):
                    seen.setdefault(Use(place, use.type, use.api, where))
        found.opaque += min(inner.opaque, 1)
        found.opaque_awaits += min(inner.opaque_awaits, 1)
        found.handed += min(inner.handed, 1)

    def _is_same(self, place: Place) -> bool:
        """Does a place mean the same to the called function and to this one?"""
        root = place.root
        return root.kind in _ABSOLUTE or (root.kind is RootKind.LOCAL and root.owner != self.function)

    # ---- notes

    def _cell(self, name: str) -> Place | None:
        """The variable, where it is not the piece's own."""
        if self.frame is None:
            return self.objects.cell(self.function, name)
        if name in self.frame.private or name in self.frame.targets:
            return None
        cell = self.objects.cell(self.function, name)
        if cell is None and self.objects.values_of(self.function, name) is not None:
            return Place(Root(RootKind.LOCAL, name, self.function))
        return cell

    def _where(self, inner: Where | None = None) -> Where:
        if inner is None:
            return Where(self.function, self.line, self.calls)
        return inner if inner.calls == self.calls else Where(inner.function, inner.line, self.calls)

    def _read(
        self, place: Place, *, whole: bool, exposed: bool = True, where: Where | None = None, bare: bool = False
    ) -> None:
        exposed = exposed and not (self.found.written and self.found.has_written(place))
        key = (place, whole, exposed, bare)
        if key not in self.found.reads:
            self.found.reads[key] = Read(place, whole, exposed, self._where(where), bare)

    def _change(
        self, places: Ordered, how: How, guard: Guard, value: code.Expr | None = None, key: code.Expr | None = None,
        *, item: bool = False,
    ) -> None:  # fmt: skip
        for place in places:
            self._note(place, how, guard, value, key, alone=len(places) == 1, item=item)

    def _note(
        self, place: Place, how: How, guard: Guard, value: code.Expr | None, key: code.Expr | None = None, *,
        alone: bool = True, item: bool = False,
    ) -> None:  # fmt: skip
        filled = how in (How.REBIND, How.KEY)
        rests_on = self.memos.fills(guard, place, key if how is How.KEY else None, value) if filled else None
        memo = rests_on is not None
        constant = isinstance(value, code.Literal)
        if how is How.AUGMENT and item:
            place = place.below(INSIDE)
        named = self.keys.of([key]) if how is How.KEY and key is not None else None
        write = Write(place, how, self._where(), memo, False, guard.sure and alone, constant, named, rests_on)
        self.found.writes.setdefault(write)
        if memo and how is How.REBIND and isinstance(value, code.Literal):
            self.found.flags.setdefault(place, set()).add(value.value)
        self._settle(write)

    def _settle(self, write: Write) -> None:
        """What surely gets another value is the piece's own from here on."""
        path = write.place.path
        if (
            write.sure
            and write.how is How.REBIND
            and not write.memo
            and path
            and BELOW not in path
            and INSIDE not in path
        ):
            self.found.written.setdefault(write.place.root, set()).add(path)

    def _deed(self, deed: Deed) -> None:
        if self.deeds.prints(deed):
            self.found.ambient.setdefault(AmbientUse(Ambient.OUTPUT, Access.APPEND, deed.api, deed.where))
        for told in self.deeds.told(deed) if deed.words else (deed,):
            self.found.deeds.setdefault(told)

    def _ambient(self, what: Ambient, access: Access, api: str) -> None:
        if (what is Ambient.CURRENT_EXCEPTION and self.handlers) or what in self.own_state:
            return
        self.found.ambient.setdefault(AmbientUse(what, access, api, self._where()))

    def _read_outside(self, owner: code.Expr, name: str) -> None:
        if not self._knows_local:
            return
        for value in sorted(self.program.values(self.function, owner)):
            if self._is_local(value):
                of = "threading.local" if value.kind in ("instance", "some") else value.name
                self._ambient(Ambient.THREAD_LOCAL, Access.READ, f"{of}.{name}")

    def _is_local(self, value: Value) -> bool:
        """Has each thread its own attributes of it: `threading.local`, or a class of the project below that?"""
        if value.kind in ("instance", "some"):
            info = self.program.classes[value.name]
            above = (v for base in info.bases for v in self.program.values(info.parent, base))
            return any(self.catalog.canonical(v.name) in self.catalog.per_thread for v in above if v.kind == "external")
        return value.kind in ("object", "external") and self.catalog.canonical(value.name) in self.catalog.per_thread

    @cached_property
    def _knows_local(self) -> bool:
        """Does the file import anything that each thread has its own of?"""
        top = self.program.functions[self.program.modules[self.info.path]]
        packages = {name.partition(".")[0] for name in self.catalog.per_thread}
        imported = (i for s in top.statements if isinstance(s, code.Import) for i in s.names)
        return any((i.module or "").partition(".")[0] in packages for i in imported)


def _held_by_names(expression: code.Expr) -> code.Expr | None:
    """The object whose attributes are told by their names: `vars(thing)`, `thing.__dict__`."""
    match expression:
        case (
            code.Call(function=code.Name(id="vars"), arguments=(thing,)) | code.Attribute(value=thing, name="__dict__")
        ):
            return thing
    return None


def _without_arguments(place: Place) -> Ordered:
    """A place of a function that is called without any arguments, as everybody sees it."""
    return () if place.root.kind in (RootKind.SELF, RootKind.PARAM) else (place,)


def _places(objects: Objects, function: str, frame: Frame | None, expression: code.Expr) -> Ordered:
    return _ordered(objects.places(function, expression, frame))


def _set_there(write: Write, here: Callable[[Place], Ordered]) -> Ordered:
    """Where a write goes, as the caller sees it. What an object of the caller's own gets set is no change of what it held."""
    place = write.place
    given = place.root.kind in (RootKind.SELF, RootKind.PARAM)
    if write.how in (How.REBIND, How.AUGMENT) and given and len(place.path) == 1:
        return tuple(dict.fromkeys(owner.below(*place.path) for owner in here(Place(place.root))))
    return here(place)


def _ordered(places: Places) -> Ordered:
    """In an order that is the same in every run of the advisor."""
    return tuple(places) if len(places) < 2 else tuple(sorted(places))


def _is_code(types: Iterable[Value]) -> bool:
    """Is the receiver code of the project, or a module or class, whose methods speak for themselves?"""
    return any(value.kind in _CODE for value in types)
