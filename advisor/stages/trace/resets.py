"""Resets: who makes a program forget what it did once, and whether that runs between one time and the next.

A start-up is done once only while nobody empties the slot that tells of it (`self.running = False`, `cache.clear()`) and
nobody puts another holder or key in its place (`self.connection = Connection(host)`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.model.state import How
from advisor.stages.trace.exits import leaves
from advisor.stages.trace.slots import Slot, facts, is_nothing, missing

MADE_BY_CALLING_CLASS = ("__init__", "__new__", "__post_init__")
_ENTERED = ("__enter__", "__exit__", "__aenter__", "__aexit__")
_MOST_ABOVE = 300  # functions above one that are looked at: beyond, anything may run in between
_DEEPEST = 3  # callers of callers


@dataclass(frozen=True, slots=True)
class _Store:
    """`function` stores something in `target`, or takes it away (`empties`); with `inside`, in an entry of it."""

    function: str
    target: code.Expr
    empties: bool
    inside: bool = False


class Resets:
    """Answers about a program, each worked out once."""

    def __init__(self, program: Program, catalog: Catalog) -> None:
        self.program = program
        self.catalog = catalog
        self._called_by: dict[str, frozenset[str]] = {}
        self._above: dict[frozenset[str], frozenset[str]] = {}
        self._between: dict[tuple[str, frozenset[str]], bool] = {}

    # ---- who resets

    def emptying(self, function: str, slot: Slot) -> frozenset[str]:
        """The functions that empty a slot that `function` knows, after it was made."""
        stores = self._stores_of(function, slot.place)
        return frozenset(s.function for s in stores if s.empties or (s.inside is False and slot.key is not None))

    def replacing(self, function: str, expression: code.Expr) -> frozenset[str]:
        """The functions that store something else in what `expression`, which stands in `function`, reads on its way."""
        found: set[str] = set()
        for node in tree.every(expression):
            match node:
                case code.Attribute() | code.Name():
                    found.update(s.function for s in self._stores_of(function, node) if not s.inside)
                case code.Subscript(value=value):
                    found.update(s.function for s in self._stores_of(function, value) if s.inside)
        return frozenset(found)

    def forgetting(self, function: str, methods: Iterable[str]) -> frozenset[str]:
        """The functions that call one of `methods` of the function itself, as in `load.cache_clear()`."""
        name = self.program.functions[function].name.rpartition(".")[2]
        places = (place for method in methods for place in self.program.objects.calls_named(method))
        return frozenset(where for where, call in places if name in tree.callee(call).split(".")[:-1])

    def _stores_of(self, function: str, place: code.Expr) -> Iterator[_Store]:
        """What is stored in a name or attribute that `function` knows as `place`; not in its own variables."""
        info, functions = self.program.functions[function], self.program.functions
        in_names, in_attributes = self._stores
        if isinstance(place, code.Name):
            yield from in_names.get((info.path, place.id), ())
        for store in in_attributes.get(_last(place), ()):
            if not self._unrelated(info, place, functions[store.function], store.target):
                yield store

    def _unrelated(self, one: FunctionInfo, place: code.Expr, other: FunctionInfo, target: code.Expr) -> bool:
        """Are these attributes of the objects of two classes that have nothing to do with each other?"""
        first, second = _own_class(one, place), _own_class(other, target)
        return first is not None and second is not None and self._family(first).isdisjoint(self._family(second))

    def _family(self, cls: str) -> frozenset[str]:
        """The names of a class and of all classes of the project above it."""
        found: set[str] = set()
        waiting = [self.program.classes[cls].name.rpartition(".")[2]]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self._bases.get(name, ())
        return frozenset(found & self._bases.keys())

    @cached_property
    def _bases(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for cls in self.program.classes.values():
            bases = ((tree.dotted(base) or "").rpartition(".")[2] for base in cls.bases)
            found.setdefault(cls.name.rpartition(".")[2], []).extend(bases)
        return found

    @cached_property
    def _stores(self) -> tuple[dict[tuple[str, str], list[_Store]], dict[str, list[_Store]]]:
        """All stores that outlive the function that does them: those in a name by file and name, those in an attribute."""
        in_names: dict[tuple[str, str], list[_Store]] = {}
        in_attributes: dict[str, list[_Store]] = {}
        for store in (*self._written(), *self._taken()):
            match store.target:
                case code.Name(id=name):
                    in_names.setdefault((self.program.functions[store.function].path, name), []).append(store)
                case code.Attribute(name=name):
                    in_attributes.setdefault(name, []).append(store)
        return in_names, in_attributes

    def _written(self) -> Iterator[_Store]:
        """What statements store, but for what is no other thing than before: a new object has done nothing yet, after a
        failure nothing was done, and where nothing was found something is filled in."""
        for info in self.program.functions.values():
            statements = info.statements
            storing = [s for s in statements if isinstance(s, code.Assign | code.Delete)]
            declared = {name for s in statements if isinstance(s, code.Scope) for name in s.names} if storing else ()
            changes = [
                (statement, *change)
                for statement in storing
                for change in _changes(statement)
                if change[2] or _outlives(change[0], declared)
            ]
            if not changes:
                continue
            in_handlers, filling = _in_handlers(statements), frozenset(_filling(info.body, ()))
            for statement, target, empties, inside in changes:
                same = id(statement) in (in_handlers if empties else filling)
                if not (same or _is_made_here(info, target)):
                    yield _Store(info.id, target, empties, inside)

    def _taken(self) -> Iterator[_Store]:
        """What methods take out of collections."""
        for method, how in self.catalog.changing_methods.items():
            for where, call in self.program.objects.calls_named(method) if how is How.TAKE else ():
                if isinstance(call.function, code.Attribute):
                    yield _Store(where, call.function.value, True, True)

    # ---- what runs in between

    def reached(self, functions: Iterable[str], wanted: frozenset[str]) -> bool:
        """Is one of the functions `wanted`, or does one lead there through what it calls?"""
        return not self._leading(wanted).isdisjoint(functions)

    def _leading(self, functions: frozenset[str]) -> frozenset[str]:
        """These functions and all that lead to them."""
        if functions not in self._above:
            seen = set(functions)
            waiting = list(functions)
            while waiting:
                new = self._callers(waiting.pop()) - seen
                seen |= new
                waiting += new
            self._above[functions] = frozenset(seen)
        return self._above[functions]

    def _callers(self, function: str) -> frozenset[str]:
        """The functions that call one or, where a `with` runs it, enter it."""
        if function not in self._called_by:
            callers = [caller for caller, _ in self.program.callers(function)]
            if self.program.functions[function].name.rpartition(".")[2] in _ENTERED:
                callers += self._entering.get(function, ())
            self._called_by[function] = frozenset(callers)
        return self._called_by[function]

    def called(self, function: str, block: tree.Block) -> frozenset[str]:
        """The functions that code of `function` calls, those that `with` runs included."""
        found = [t.name for c in tree.calls(block) for t in self.program.targets(function, c) if t.kind == "function"]
        for statement in tree.statements(block):
            if isinstance(statement, code.With):
                for context, _ in statement.items:
                    found += [target.name for target in self.program.implied(function, context, "enter")]
        return frozenset(found)

    def between_runs(self, function: str, wanted: frozenset[str]) -> bool:
        """May one of the functions `wanted` run between two runs of `function`? It does if something that runs again and
        again leads to both; what the program does once, as at its end, comes before or after them all."""
        key = function, wanted
        if key not in self._between:
            above = self._leading(wanted)
            both = () if len(above) > _MOST_ABOVE else above & self._leading(frozenset([function]))
            self._between[key] = len(above) > _MOST_ABOVE or any(self._repeats(e, function, wanted) for e in both)
        return self._between[key]

    def _repeats(self, above: str, function: str, wanted: frozenset[str]) -> bool:
        """Does `above`, which leads to `wanted` and to `function`, lead to both again and again?"""
        if not self._runs_once(above):
            return True
        loops = (s for s in self.program.functions[above].statements if isinstance(s, code.For | code.While))
        led = (self.called(above, loop.body) for loop in loops)
        return any(self.reached(each, frozenset([function])) and self.reached(each, wanted) for each in led)

    def _runs_once(self, function: str, depth: int = 0) -> bool:
        """Does the program itself run a function once: at the level of a module, or called from there?"""
        if self.program.functions[function].is_module:
            return True
        places = self.program.callers(function)
        return (
            bool(places)
            and depth < _DEEPEST
            and all(not self._in_loop(caller, call) and self._runs_once(caller, depth + 1) for caller, call in places)
        )

    def _in_loop(self, function: str, call: code.Call) -> bool:
        loops = (s for s in self.program.functions[function].statements if isinstance(s, code.For | code.While))
        return any(call is each for loop in loops for each in tree.calls(loop.body))

    @cached_property
    def _entering(self) -> dict[str, list[str]]:
        """The functions in which a `with` runs a method without calling it by name, by that method."""
        found: dict[str, list[str]] = {}
        for info in self.program.functions.values():
            for statement in info.statements:
                for context, _ in statement.items if isinstance(statement, code.With) else ():
                    for target in self.program.implied(info.id, context, "enter"):
                        found.setdefault(target.name, []).append(info.id)
        return found


def _last(expression: code.Expr) -> str:
    """The last name of what an expression reads."""
    while isinstance(expression, code.Subscript):
        expression = expression.value
    match expression:
        case code.Attribute(name=name) | code.Name(id=name):
            return name
    return ""


def _holder(target: code.Expr) -> code.Expr:
    """The name or attribute that is stored in, itself or in an entry of it."""
    while isinstance(target, code.Subscript | code.Starred):
        target = target.value
    return target


def _outlives(target: code.Expr, declared: Collection[str]) -> bool:
    """Does what is stored in `target` outlive the function? A variable of its own does not."""
    return not isinstance(target, code.Name) or target.id in declared


def _changes(statement: code.Stmt) -> Iterator[tuple[code.Expr, bool, bool]]:
    """What a statement stores in, whether it empties that, and whether only an entry of it."""
    match statement:
        case code.Assign(targets=targets, value=value, operator=operator) if value is not None:
            for target in targets:
                for each in target.items if isinstance(target, code.Display) else (target,):
                    yield _holder(each), operator is None and is_nothing(value), isinstance(each, code.Subscript)
        case code.Delete(targets=targets):
            for target in targets:
                yield _holder(target), True, isinstance(target, code.Subscript)


def _in_handlers(statements: Iterable[code.Stmt]) -> frozenset[int]:
    """The identities of the statements in handlers."""
    handlers = (handler for s in statements if isinstance(s, code.Try) for handler in s.handlers)
    return frozenset(id(s) for handler in handlers for s in tree.statements(handler.body))


def _filling(block: tree.Block, empty: tuple[code.Expr, ...]) -> Iterator[int]:
    """The identities of the statements that store something where a test has found nothing; `empty` are those places."""
    for statement in block:
        match statement:
            case code.Assign(targets=(target,)) if target in empty:
                yield id(statement)
            case code.If(test=test, body=body, orelse=orelse):
                yield from _filling(body, (*empty, *_found_empty(test, True)))
                yield from _filling(orelse, (*empty, *_found_empty(test, False)))
                if leaves(body) or leaves(orelse):
                    empty = (*empty, *_found_empty(test, not leaves(body)))
            case _:
                for inner in tree.blocks(statement):
                    yield from _filling(inner, empty)


def _found_empty(test: code.Expr, truth: bool) -> tuple[code.Expr, ...]:
    slots = (missing(*fact, None, 0) for fact in facts(test, truth))
    return tuple(slot.place for slot in slots if slot is not None and slot.key is None)


def _own_class(info: FunctionInfo, place: code.Expr) -> str | None:
    """The class of which `place` is an attribute, where it is read from the object of a method."""
    match place:
        case code.Attribute(value=code.Name(id=name)) if info.parameters and name == info.parameters[0].name:
            return info.owner
    return None


def _is_made_here(info: FunctionInfo, target: code.Expr) -> bool:
    """Is `target` an attribute of the object that is being made?"""
    return info.name.endswith(MADE_BY_CALLING_CLASS) and _own_class(info, target) is not None
