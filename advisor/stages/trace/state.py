"""State: which places a block reads and writes, seen from outside it.

A place that a block creates itself is its own business. What remains is told by root: the method's object,
a parameter, a global, or a local name of the enclosing function that the block shares with its surroundings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Program, Value
from advisor.model.summary import Place, Use, Write

APPENDS = frozenset(
    [
        "append",
        "extend",
        "add",
        "update",
        "insert",
        "appendleft",
        "extendleft",
        "discard",
        "setdefault",
        "put",
        "put_nowait",
        "push",
        "subtract",
    ]
)
TAKES = frozenset(["pop", "popleft", "popitem", "remove", "get_nowait"])
_MUTATES = frozenset(["clear", "sort", "reverse", "rotate", "move_to_end", "seed", "shuffle"])
_KEYED_READS = frozenset(["get", "__getitem__", "__contains__"])
_VIEWS = frozenset(["items", "values", "keys"])
_BUILTIN_CONTAINERS = ("builtins.", "collections.", "generator")


@dataclass(slots=True)
class State:
    """What was seen so far while walking one block."""

    writes: list[Write] = field(default_factory=list)
    reads: set[Place] = field(default_factory=set)
    keyed: set[Place] = field(default_factory=set)
    uses: list[Use] = field(default_factory=list)


class Names:
    """The names that a function binds, each with the expression it stands for where there is only one."""

    def __init__(self, body: tree.Block) -> None:
        self.declared: set[str] = set()
        self.aliases: dict[str, code.Expr | None] = {}
        self._bindings(body)

    def _bindings(self, block: tree.Block) -> None:
        for statement in tree.statements(block):
            match statement:
                case code.Scope(names=names):
                    self.declared.update(names)
                case code.Assign(targets=(code.Name(id=name),), value=value, operator=None):
                    self.aliases[name] = None if name in self.aliases else value
                case code.Assign(targets=targets):
                    for target in targets:
                        for name in tree.bound_names(target):
                            self.aliases.setdefault(name, None)
                case code.For(target=target, iterable=iterable):
                    for name in tree.bound_names(target):
                        self.aliases[name] = None if name in self.aliases else iterable
                case code.With(items=items):
                    for context, bound in items:
                        for name in tree.bound_names(bound) if bound is not None else ():
                            self.aliases[name] = None if name in self.aliases else context
                case code.Import(names=names):
                    for imported in names:
                        self.aliases.setdefault(imported.name, None)
                case code.Function(name=name) | code.Class(name=name):
                    self.aliases.setdefault(name, None)
            for head in tree.heads(statement):
                for node in tree.every(head):
                    if isinstance(node, code.Walrus):
                        self.aliases.setdefault(node.name, None)
                    elif isinstance(node, code.Comprehension):
                        for clause in node.clauses:
                            for name in tree.bound_names(clause.target):
                                self.aliases.setdefault(name, clause.iterable)


class Roots:
    """Where names lead to, for one function and the names private to the block in question (None: all its locals are private)."""

    def __init__(self, program: Program, info: FunctionInfo, names: Names, private: frozenset[str] | None) -> None:
        self.program = program
        self.info = info
        self.private = private
        self.parameters = {parameter.name: position for position, parameter in enumerate(self.info.parameters)}
        self.declared, self.aliases = names.declared, names.aliases

    def of(self, expression: code.Expr, depth: int = 0) -> Place | None:
        """The place that `expression` names, or None for a value that the block makes itself."""
        path: list[str] = []
        while True:
            match expression:
                case code.Attribute(value=value, name=name):
                    path.append(name)
                    expression = value
                case code.Subscript(value=value) | code.Starred(value=value) | code.Await(value=value):
                    path.clear()  # what lies inside a container counts as the container
                    expression = value
                case code.Call(function=code.Attribute(value=value, name=name)) if (
                    name in _KEYED_READS or name in _VIEWS or name in TAKES
                ):
                    path.clear()
                    expression = value
                case code.Call(
                    function=code.Name(id="enumerate" | "zip" | "sorted" | "reversed" | "iter" | "list"),
                    arguments=(first, *_),
                ):
                    path.clear()
                    expression = first
                case _:
                    break
        if not isinstance(expression, code.Name):
            return None
        return self._named(expression.id, ".".join(reversed(path)), depth)

    def _named(self, name: str, path: str, depth: int) -> Place | None:
        if (
            self.parameters
            and name == self.info.parameters[0].name
            and self.info.owner is not None
            and name not in self.aliases
        ):
            return Place("self", path)
        if (self.private is not None and name in self.private) or (
            self.private is None and name in self.aliases and name not in self.declared
        ):
            alias = self.aliases.get(name)
            if alias is None or depth > 4 or (isinstance(alias, code.Name) and alias.id == name):
                return None
            inner = self.of(alias, depth + 1)
            if inner is None:
                return None
            return Place(inner.root, ".".join(p for p in (inner.path, path) if p))
        if name in self.aliases and name not in self.declared and not self.info.is_module:
            return Place(f"local:{name}", path)
        if name in self.parameters:
            return Place(f"param:{self.parameters[name]}:{name}", path)
        if self.info.is_module and name in self.aliases:
            return Place(f"global:{self.info.path}:{name}", path)
        return self._outer(name, path)

    def _outer(self, name: str, path: str) -> Place | None:
        """A name of an enclosing function or of the module."""
        where = self.info.parent
        while where is not None:
            outer = self.program.functions[where]
            if outer.is_module:
                return Place(f"global:{outer.path}:{name}", path)
            where = outer.parent
        return None


def look(roots: Roots, block: tree.Block) -> State:
    """The reads, writes and uses of external objects that the statements of `block` themselves make (not those of what they call)."""
    state = State()
    _block(roots, block, state, frozenset())
    return state


def look_at(roots: Roots, expressions: Iterable[code.Expr]) -> State:
    """The same for expressions alone."""
    state = State()
    for expression in expressions:
        _expression(roots, expression, state, frozenset(), 0)
    return state


def _block(roots: Roots, block: tree.Block, state: State, tested: frozenset[Place]) -> None:
    for statement in block:
        _statement(roots, statement, state, tested)
        inner = tested
        if isinstance(statement, code.If | code.While):
            inner = tested | _places_in(roots, statement.test)
        elif isinstance(statement, code.Try):
            # `try: return cache[key]` with `except KeyError:` around the write is a test too
            inner = tested | frozenset(
                p for s in statement.body[:2] for head in tree.heads(s) for p in _places_in(roots, head)
            )
        for part in tree.blocks(statement):
            _block(roots, part, state, inner)
        if (
            isinstance(statement, code.If)
            and statement.body
            and isinstance(statement.body[-1], code.Return | code.Jump | code.Raise)
        ):
            tested = inner  # what follows runs only when the test failed


def _places_in(roots: Roots, expression: code.Expr) -> frozenset[Place]:
    return frozenset(
        place
        for node in tree.every(expression)
        if isinstance(node, code.Name | code.Attribute | code.Subscript | code.Call)
        and (place := roots.of(node)) is not None
    )


def _statement(roots: Roots, statement: code.Stmt, state: State, tested: frozenset[Place]) -> None:
    line = statement.line
    match statement:
        case code.Assign(targets=targets, value=value, operator=operator):
            if value is not None:
                _expression(roots, value, state, tested, line)
            for target in targets:
                _target(roots, target, operator, state, tested, line)
        case code.Delete(targets=targets):
            for target in targets:
                if not isinstance(target, code.Name):
                    _write(roots, target, "take", state, tested, line)
        case code.For(target=target, iterable=iterable):
            _expression(roots, iterable, state, tested, line)
            _target(roots, target, None, state, tested, line)
        case _:
            for head in tree.heads(statement):
                _expression(roots, head, state, tested, line)


def _target(
    roots: Roots, target: code.Expr, operator: str | None, state: State, tested: frozenset[Place], line: int
) -> None:
    match target:
        case code.Name():
            place = roots.of(target)
            if place is not None and (place.root.startswith(("local:", "global:")) or operator is not None):
                declared = target.id in roots.declared or roots.info.is_module or place.root.startswith("local:")
                if declared:
                    state.writes.append(
                        Write(place, "augment" if operator else "rebind", roots.info.id, line, place in tested)
                    )
        case code.Attribute():
            _write(roots, target, "augment" if operator else "rebind", state, tested, line)
            _expression(roots, target.value, state, tested, line, receiver=True)
        case code.Subscript(value=value, index=index):
            _write(roots, target, "augment" if operator else "key", state, tested, line, key=index)
            _expression(roots, index, state, tested, line)
            _expression(roots, value, state, tested, line, receiver=True)
        case code.Display(items=items):
            for item in items:
                _target(roots, item, operator, state, tested, line)
        case code.Starred(value=value):
            _target(roots, value, operator, state, tested, line)


def _write(
    roots: Roots,
    target: code.Expr,
    how: str,
    state: State,
    tested: frozenset[Place],
    line: int,
    key: code.Expr | None = None,
) -> None:
    place = roots.of(target)
    if place is None:
        return
    if how == "key" and key is not None and not any(isinstance(node, code.Name) for node in tree.every(key)):
        how = "rebind"  # one fixed entry, the same for all rounds
    read_first = place in state.reads or place in state.keyed
    state.writes.append(Write(place, how, roots.info.id, line, place in tested, read_first))


def _expression(
    roots: Roots, expression: code.Expr, state: State, tested: frozenset[Place], line: int, *, receiver: bool = False
) -> None:
    match expression:
        case code.Name():
            if not receiver and (place := roots.of(expression)) is not None:
                state.reads.add(place)
        case code.Attribute(value=value):
            place = roots.of(expression)
            if place is not None and not receiver:
                state.reads.add(place)
            _expression(roots, value, state, tested, line, receiver=True)
        case code.Subscript(value=value, index=index):
            if (place := roots.of(expression)) is not None:
                state.keyed.add(place)
            _expression(roots, value, state, tested, line, receiver=True)
            _expression(roots, index, state, tested, line)
        case code.Operation(operator="in" | "not in", operands=(item, container)):
            _expression(roots, item, state, tested, line)
            if (place := roots.of(container)) is not None:
                state.keyed.add(place)
            _expression(roots, container, state, tested, line, receiver=True)
        case code.Call(function=code.Name(id="next"), arguments=(iterator, *_)):
            if (place := roots.of(iterator)) is not None:
                state.writes.append(Write(place, "take", roots.info.id, expression.line))
        case code.Call(function=code.Attribute() as function):
            _method_call(roots, function, expression, state, tested, line or expression.line)
        case _:
            for part in tree.parts(expression):
                _expression(roots, part, state, tested, tree.line_of(expression, line))


def _method_call(
    roots: Roots, function: code.Attribute, call: code.Call, state: State, tested: frozenset[Place], line: int
) -> None:
    place = roots.of(function.value)
    types = roots.program.values(roots.info.id, function.value)
    line = call.line or line
    if place is not None:
        outside = sorted({v.name for v in types if v.kind == "object" and not v.name.startswith(_BUILTIN_CONTAINERS)})
        for name in outside:
            state.uses.append(Use(place, name, f"{name}.{function.name}", roots.info.id, line))
        if not outside and not _is_project(types):
            if function.name in APPENDS:
                state.writes.append(Write(place, "append", roots.info.id, line, place in tested))
            elif function.name in TAKES:
                by_key = bool(call.arguments) and not isinstance(call.arguments[0], code.Literal)
                how = "key" if by_key and function.name in ("pop", "remove") else "take"
                state.writes.append(Write(place, how, roots.info.id, line, place in tested))
            elif function.name in _MUTATES:
                state.writes.append(Write(place, "mutate", roots.info.id, line, place in tested))
            elif function.name in _KEYED_READS:
                state.keyed.add(place)
            elif not isinstance(function.value, code.Name) or function.name in _VIEWS:
                state.reads.add(place)
    _expression(roots, function.value, state, tested, line, receiver=True)
    for part in tree.parts(call)[1:]:
        _expression(roots, part, state, tested, line)


def _is_project(types: Iterable[Value]) -> bool:
    return any(v.kind in ("instance", "some", "class", "module", "function") or v.kind == "external" for v in types)


def names_in(block: tree.Block) -> Iterator[str]:
    """Every plain name read in a block."""
    for expression in tree.expressions(block):
        if isinstance(expression, code.Name):
            yield expression.id
