"""Asked: whether a function may ask what it started, by any name that it gives it, how that ended; which surely it never does
where all that it does with it is to keep, count and wait."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.catalog import CallEntry
from advisor.model.program import FunctionInfo
from advisor.questions.bars import bar_made
from advisor.questions.calls import entries, last_name, receiver
from advisor.stages.faults.sight import Sight

_PASSES_ON = frozenset("list tuple set sorted reversed enumerate iter next zip".split())
_LOOKS = frozenset("len print str repr bool id".split())
_PUTS = frozenset("append add extend insert update appendleft".split())
_TAKES = frozenset("pop popleft popitem values items keys copy".split())
_IS_OVER = frozenset("ready done running".split())
_LOSES = frozenset("clear remove discard".split())
_CHOOSES = frozenset({"and", "or", "if", "+", "|", "-", "&"})
_MOST_ROUNDS = 6


class _Asked(Exception):
    """It goes where somebody may ask it."""


def never_asked(
    sight: Sight, info: FunctionInfo, started: code.Call, *, lazily: bool = False, until_waited: bool = False
) -> bool:
    """Does nobody ask what the call `started` gives how it ended? `lazily` where whoever walks it asks; `until_waited` where
    it must at least have been waited for."""
    walk = _Walk(sight, info, started, lazily=lazily)
    try:
        return walk.settles(info.statements) and not walk.is_seen_elsewhere() and (walk.waited or not until_waited)
    except _Asked:
        return False


def not_awaited_in(sight: Sight, info: FunctionInfo, started: code.Call, block: tree.Block, *, lazily: bool) -> bool:
    """Does nothing in a block of the function ask what the call `started` gives, or wait for it?"""
    walk = _Walk(sight, info, started, lazily=lazily)
    try:
        return walk.settles(tuple(tree.statements(block))) and not walk.waited
    except _Asked:
        return False


class _Walk:
    """The names of a function that may hold what was started; `carries` raises where one of them goes out of sight."""

    def __init__(self, sight: Sight, info: FunctionInfo, started: code.Call, *, lazily: bool) -> None:
        self.sight = sight
        self.info = info
        self.started = started
        self.lazily = lazily
        self.names: set[str] = set()
        self.filled: set[str] = set()  # of those, the collections into which it was put
        self.waited = False

    def settles(self, statements: tuple[code.Stmt, ...]) -> bool:
        """Is it known in the end which names hold it?"""
        for _ in range(_MOST_ROUNDS):
            before = len(self.names)
            for statement in statements:
                self._statement(statement)
            if len(self.names) == before:
                return True
        return False

    def is_seen_elsewhere(self) -> bool:
        """Is one of the names read by another function, or not a variable of this one at all?"""
        home, here = self.sight.program.objects.home, self.info.id
        if any(home(here, name) != here for name in self.names) or not all(map(self._is_own, self.filled)):
            return True
        others = (each for each in self.sight.program.files[self.info.path] if each.id != here)
        return any(home(each.id, name) == here for each in others for name in self.names & each.names_read)

    def _is_own(self, name: str) -> bool:
        """Is a collection one that this function made, and no parameter or attribute by another name?"""
        values = self.sight.program.objects.values_of(self.info.id, name)
        return bool(values) and all(self._is_made_here(value) for value in values or ())

    def _is_made_here(self, value: code.Expr) -> bool:
        match value:
            case code.Display() | code.Comprehension() | code.Literal() | code.Operation() | code.Await():
                return True
            case code.Call():
                targets = self.sight.program.targets(self.info.id, value)
                return bool(targets) and all(target.kind == "external" for target in targets)
        return self.carries(value)

    def _statement(self, statement: code.Stmt) -> None:
        match statement:
            case code.Assign(targets=targets, value=value) if value is not None:
                held = self.carries(value)
                for target in targets:
                    if held or (isinstance(target, code.Subscript) and self.carries(target.index)):
                        self._keep(target)
            case code.For(target=target, iterable=iterable):
                if self._walks(iterable):
                    self._keep(target)
            case code.Evaluate(value=value):
                self.carries(value)
            case code.Delete() | code.Class():
                pass
            case code.If(test=test) | code.While(test=test):
                self.carries(test)
            case _:
                if self._any_carries(tree.heads(statement)):
                    raise _Asked

    def _keep(self, target: code.Expr) -> None:
        match target:
            case code.Name(id=name):
                self.names.add(name)
            case code.Display(items=items) if not self.lazily:
                for item in items:
                    self._keep(item)
            case code.Starred(value=inner):
                self._keep(inner)
            case code.Subscript(value=code.Name(id=name)):
                self.names.add(name)
                self.filled.add(name)
            case _:
                raise _Asked

    def carries(self, expression: code.Expr) -> bool:
        """May the value of an expression be what was started, or hold it?"""
        match expression:
            case code.Name(id=name):
                return name in self.names
            case code.Call():
                return self._call(expression)
            case code.Await(value=value):
                held = self.carries(value)
                if held and not (isinstance(value, code.Call) and self._only_waits(value)):
                    raise _Asked
                return held
            case code.Comprehension():
                return self._comprehension(expression)
            case code.Subscript(value=value, index=index):
                keyed = self.carries(index)  # what is kept beside it
                return self.carries(value) and not keyed
            case code.Attribute(value=value):
                if self.carries(value):
                    raise _Asked
                return False
            case code.Walrus(name=name, value=value):
                held = self.carries(value)
                self.names.update([name] if held else ())
                return held
            case code.Yield() | code.Unknown():
                if self._any_carries(tree.parts(expression)):
                    raise _Asked
                return False
            case code.Lambda(body=body):
                if any(isinstance(each, code.Name) and each.id in self.names for each in tree.every(body)):
                    raise _Asked
                return False
            case code.Starred(value=value):
                return self._walks(value)
            case code.Operation(operator=operator):
                return self._any_carries(tree.parts(expression)) and operator in _CHOOSES
        return self._any_carries(tree.parts(expression))

    def _any_carries(self, expressions: tuple[code.Expr, ...]) -> bool:
        """The same of several, each of which is looked at."""
        carried = [self.carries(each) for each in expressions]
        return any(carried)

    def _walks(self, iterable: code.Expr) -> bool:
        """May the elements be what was started?"""
        held = self.carries(iterable)
        if held and self.lazily:
            raise _Asked
        return held

    def _comprehension(self, made: code.Comprehension) -> bool:
        for clause in made.clauses:
            if self._walks(clause.iterable):
                self._keep(clause.target)
            for condition in clause.conditions:
                self.carries(condition)
        return self.carries(made.element)

    def _call(self, call: code.Call) -> bool:
        given = [self.carries(each) for each in self._given(call)]
        owner = receiver(call)
        owned = owner is not None and self.carries(owner)
        if call is self.started:
            return True
        if not (owned or any(given)):
            return False
        if self.lazily:
            raise _Asked
        if owned and not given and last_name(call) in _IS_OVER:
            return False  # whether, and not how
        if self._only_waits(call):
            self.waited = True
            return any(given)
        return self._of_builtins(call, owner, owned=owned)

    def _of_builtins(self, call: code.Call, owner: code.Expr | None, *, owned: bool) -> bool:
        """What functions and collections of Python's own do with what they are given."""
        last = last_name(call)
        if owner is None and self._is_builtin(call):
            if last in _LOOKS or last in _PASSES_ON:
                return last in _PASSES_ON
            if last in ("all", "any", "sum"):  # of what `carries` has found harmless
                return False
        if isinstance(owner, code.Name):
            if last in _PUTS:
                self.names.add(owner.id)
                self.filled.add(owner.id)
                return False
            if owned and (last in _TAKES or last in _LOSES):
                return last in _TAKES
        raise _Asked

    def _is_builtin(self, call: code.Call) -> bool:
        targets = self.sight.program.targets(self.info.id, call)
        return bool(targets) and all(target.name.startswith("builtins.") for target in targets)

    def _only_waits(self, call: code.Call) -> bool:
        return any(entry.waits_only or entry.bar for entry in self._known(call))

    def _given(self, call: code.Call) -> Iterator[code.Expr]:
        yield from call.arguments
        yield from (keyword.value for keyword in call.keywords)

    def _known(self, call: code.Call) -> tuple[CallEntry, ...]:
        program, catalog = self.sight.program, self.sight.catalog
        known = tuple(entry for _, entry in entries(program, catalog, self.info.id, call))
        bar = bar_made(program, catalog, self.info.id, call)
        return known or ((bar,) if bar is not None else ())
