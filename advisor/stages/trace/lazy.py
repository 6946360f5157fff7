"""Lazy: who walks the generators that a piece of code makes. Making one runs nothing: what its body does, whoever walks it does.

A walk is believed where it is seen, and where the generator is handed to code that is not known to merely store it.
"""

from __future__ import annotations

from enum import Enum
from functools import cached_property
from typing import TypeAlias

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.model.state import Piece


class Walk(Enum):
    """Who walks a generator; of several, the first that holds."""

    HERE = "here"
    BY_CALLER = "by-caller"  # it is returned
    ELSEWHERE = "elsewhere"  # it is put where others may find it
    NEVER = "never"  # not by this code: dropped, or kept for what comes after


Ends: TypeAlias = frozenset[Walk | str]  # where a value goes: who walks it, and the variables that hold it
_HERE: Ends = frozenset({Walk.HERE})
_NOWHERE: Ends = frozenset()
_STAYS_LAZY = frozenset({"staticmethod", "classmethod", "abstractmethod", "override", "final"})  # decorators
_ENDS_IT = frozenset({"close", "aclose"})
_LOOKS_AT_IT = frozenset({"not", "is", "is not", "==", "!="})


class Lazy:
    """Answers for the generators that a `piece` makes; what its expressions give is walked, unless it is collected."""

    def __init__(self, program: Program, catalog: Catalog, piece: Piece) -> None:
        self.program, self.catalog, self.piece = program, catalog, piece

    def only_makes(self, call: code.Call) -> bool:
        """Does the call do nothing but make a generator of the project?"""
        targets = [t for t in self.program.targets(self.piece.function, call) if not t.callback]
        return bool(targets) and all(
            target.kind == "function" and is_lazy(self.program.functions[target.name]) for target in targets
        )

    def walk(self, made: code.Expr) -> Walk:
        """Who walks what `made`, a part of this code, gives."""
        ends = self._paths.ends.get(id(made), _HERE)
        seen: set[str] = set()
        waiting = list(ends)
        found: set[Walk] = set()
        while waiting:
            end = waiting.pop()
            if isinstance(end, Walk):
                found.add(end)
            elif end not in seen:
                seen.add(end)
                waiting.extend(self._paths.read.get(end, ()))
        return next((walk for walk in Walk if walk in found), Walk.NEVER)

    @cached_property
    def _paths(self) -> _Paths:
        paths = _Paths(self.program, self.catalog, self.program.functions[self.piece.function])
        paths.block(self.piece.statements)
        for expression in self.piece.expressions:
            paths.follow(expression, _NOWHERE if self.piece.collected else _HERE)
        return paths


def is_lazy(info: FunctionInfo) -> bool:
    """Does a call of the function give a generator, whatever decorates it?"""
    names = ((tree.dotted(decorator) or "").rpartition(".")[2] for decorator in info.decorators)
    return info.is_generator and _STAYS_LAZY.issuperset(names)


class _Paths:
    """Where the values of a piece of code go: `ends` of calls and generator expressions, and of what is `read` of a variable,
    which is known by its dotted name."""

    def __init__(self, program: Program, catalog: Catalog, info: FunctionInfo) -> None:
        self.program, self.catalog, self.info = program, catalog, info
        self.ends: dict[int, Ends] = {}
        self.read: dict[str, Ends] = {}
        self._declared = {n for s in info.statements if isinstance(s, code.Scope) for n in s.names}

    def block(self, block: tree.Block) -> None:
        for statement in block:
            self._statement(statement)
            if isinstance(statement, code.Function | code.Class):
                self._inside(statement.body)
                continue
            for inner in tree.blocks(statement):
                self.block(inner)

    def _statement(self, statement: code.Stmt) -> None:
        match statement:
            case code.Assign(targets=targets, value=value, operator=operator):
                if value is not None:
                    joined = operator is None or isinstance(value, code.Display)  # `out += [one]`; `out += many` walks
                    self._assigned(targets, value, walked=not joined)
                for target in targets:
                    self._around(target)
            case code.Return(value=value) if value is not None:
                self.follow(value, frozenset({Walk.BY_CALLER}))
            case code.Evaluate(value=value):
                self.follow(value, _NOWHERE)
            case code.If(test=test) | code.While(test=test):
                self.follow(test, _NOWHERE)
            case code.Delete():
                return
            case _:
                for head in tree.heads(statement):
                    self.follow(head, _HERE)

    def _inside(self, block: tree.Block) -> None:
        """What a function or class that is written here reads, it may walk."""
        for statement in tree.statements(block):
            for head in tree.heads(statement):
                self._uses(head)
            if isinstance(statement, code.Function | code.Class):
                self._inside(statement.body)

    def _uses(self, expression: code.Expr) -> None:
        for node in tree.every(expression):
            if isinstance(node, code.Name | code.Attribute) and (name := tree.dotted(node)) is not None:
                self._reads(name, _HERE)
            elif isinstance(node, code.Lambda):
                self._uses(node.body)

    def _reads(self, name: str, ends: Ends) -> None:
        self.read[name] = self.read.get(name, _NOWHERE) | ends

    def _assigned(self, targets: tuple[code.Expr, ...], value: code.Expr, *, walked: bool) -> None:
        match value:
            case code.Display(items=items) if not any(isinstance(item, code.Starred) for item in items):
                pairs = [t for t in targets if isinstance(t, code.Display) and len(t.items) == len(items)]
                if pairs and len(pairs) == len(targets):  # `a, b = one(), other()`
                    for position, item in enumerate(items):
                        self._assigned(tuple(pair.items[position] for pair in pairs), item, walked=walked)
                    return
        held: Ends = frozenset(end for target in targets for end in self._holding(target))
        self.follow(value, _HERE if walked else held)

    def _around(self, target: code.Expr) -> None:
        """What else is evaluated where a value is assigned."""
        match target:
            case code.Display(items=items):
                for item in items:
                    self._around(item)
            case code.Subscript(value=value, index=index):
                self.follow(value, _NOWHERE)
                self.follow(index, _HERE)
            case code.Attribute(value=value):
                self.follow(value, _NOWHERE)

    def _holding(self, target: code.Expr) -> Ends:
        """Where a value is found that is assigned to `target`."""
        match target:
            case code.Name(id=name):
                seen = name in self._declared or self.info.is_module
                return frozenset({name, Walk.ELSEWHERE} if seen else {name})
            case code.Attribute() | code.Subscript():
                return self._within(target)
        return _HERE  # unpacked

    def _within(self, holder: code.Expr) -> Ends:
        """Where a value is found that is put into `holder`; one that is made here and known here alone has no place."""
        whole = holder
        while isinstance(whole, code.Subscript):
            whole = whole.value
        name = tree.dotted(whole)
        if name is None:
            return frozenset({Walk.ELSEWHERE})
        own = isinstance(whole, code.Name) and not self.info.is_module and self._is_new(whole)
        return frozenset({name}) if own else frozenset({name, Walk.ELSEWHERE})

    def _is_new(self, name: code.Name) -> bool:
        objects = self.program.objects
        return objects.home(self.info.id, name.id) == self.info.id and not objects.places(self.info.id, name)

    def follow(self, expression: code.Expr, ends: Ends) -> None:
        """Note where the value of `expression`, which goes to `ends`, and those of its parts go."""
        match expression:
            case code.Name(id=name):
                self._reads(name, ends)
            case code.Attribute(value=value):
                if (dotted := tree.dotted(expression)) is not None:
                    self._reads(dotted, ends)
                self.follow(value, _NOWHERE)
            case code.Call():
                self.ends[id(expression)] = ends
                self._call(expression, ends)
            case code.Comprehension():
                self._comprehension(expression, ends)
            case code.Subscript(value=value, index=index):
                self.follow(value, ends)
                self.follow(index, _HERE)
            case code.Await(value=value):
                self.follow(value, ends)
            case code.Walrus(name=name, value=value):
                self.follow(value, ends | {name})
            case code.Display(items=items):
                for item in items:
                    self.follow(item, _HERE if isinstance(item, code.Starred) else ends)
            case code.Lambda(body=body):
                self._uses(body)
            case code.Operation(operator=operator, operands=operands):
                self._operation(operator, operands, ends)
            case _:
                for part in tree.parts(expression):
                    self.follow(part, _HERE)

    def _operation(self, operator: str, operands: tuple[code.Expr, ...], ends: Ends) -> None:
        if operator == "if":
            body, test, orelse = operands
            self.follow(test, _NOWHERE)
            operands = (body, orelse)
        elif operator in _LOOKS_AT_IT:
            ends = _NOWHERE
        elif operator not in ("and", "or", "+"):
            ends = _HERE
        for operand in operands:
            self.follow(operand, ends)

    def _comprehension(self, expression: code.Comprehension, ends: Ends) -> None:
        """A generator walks what it is made of once it is walked itself; any other walks it at once."""
        lazy = expression.kind == "generator"
        if lazy:
            self.ends[id(expression)] = ends
        for clause in expression.clauses:
            self.follow(clause.iterable, ends if lazy else _HERE)
            for condition in clause.conditions:
                self.follow(condition, _HERE)
        self.follow(expression.element, ends)

    def _call(self, call: code.Call, ends: Ends) -> None:
        stored, passed = self._stored(call), self._passes_on(call)
        match call.function:
            case code.Attribute(value=owner, name=name):
                self.follow(owner, _NOWHERE if stored or name in _ENDS_IT else _HERE)
                kept = self._within(owner) if stored else _NOWHERE
            case other:
                self.follow(other, _HERE)
                kept = _NOWHERE
        for position, argument in enumerate(call.arguments):
            starred = isinstance(argument, code.Starred)
            self.follow(argument, kept if position in stored and not starred else ends if passed else _HERE)
        for keyword in call.keywords:
            self.follow(keyword.value, _HERE)

    def _stored(self, call: code.Call) -> tuple[int, ...]:
        """The arguments that the call puts away in its object."""
        if not isinstance(call.function, code.Attribute):
            return ()
        targets = self.program.targets(self.info.id, call)
        if not targets:
            return self.catalog.storing_methods.get(call.function.name, ())
        known = [self.catalog.call(t.name) if t.kind == "external" and not t.callback else None for t in targets]
        stores = {() if each is None else each[1].stores for each in known}
        return stores.pop() if len(stores) == 1 else ()

    def _passes_on(self, call: code.Call) -> bool:
        """Does the call only wrap what it is given in an iterator, `enumerate(rows)`, which walks it once it is walked?"""
        targets = self.program.targets(self.info.id, call)
        known = [self.catalog.call(t.name) if t.kind == "external" else None for t in targets if not t.callback]
        return bool(known) and all(each is not None and each[1].lazy for each in known)
