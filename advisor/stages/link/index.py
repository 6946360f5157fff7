"""Index: every function, class and binding of the program's modules, found by one walk over each tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from advisor.model import code, tree
from advisor.model.facts import ModuleFacts
from advisor.model.program import ClassInfo, FunctionInfo


@dataclass(frozen=True, slots=True)
class Binding:
    """One way a name comes by its value.

    | kind | what it is |
    | --- | --- |
    | value | `expression` |
    | element | an element of `expression` |
    | enter | what `with expression as name` binds |
    | import | `imported` |
    | function, class | the definition with id `target` |
    | parameter | the parameter at index `position` of its function |
    | caught | an exception of the class `expression` |

    `place` is the path of positions in an unpacked target: `a, (b, c) = …` gives c the place (1, 1).
    """

    kind: str
    expression: code.Expr | None = None
    place: tuple[int, ...] = ()
    imported: code.Imported | None = None
    target: str = ""
    position: int = -1
    annotation: code.Expr | None = None


Scope: TypeAlias = dict[str, list[Binding]]
CallPlace: TypeAlias = tuple[str, code.Call]


@dataclass(slots=True)
class Index:
    """All definitions by id, scopes by function id, and the places where a callable of a given last name is called."""

    functions: dict[str, FunctionInfo] = field(default_factory=dict)
    classes: dict[str, ClassInfo] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)  # path -> id of its top level
    by_node: dict[int, str] = field(default_factory=dict)  # id(node) of a Function, Class or Lambda -> its id
    scopes: dict[str, Scope] = field(default_factory=dict)
    class_scopes: dict[str, Scope] = field(default_factory=dict)
    globals_of: dict[str, frozenset[str]] = field(default_factory=dict)
    calls: dict[str, list[CallPlace]] = field(default_factory=dict)
    yields: dict[str, list[code.Yield]] = field(default_factory=dict)
    returned: dict[str, list[code.Expr]] = field(default_factory=dict)
    methods_named: dict[str, list[str]] = field(default_factory=dict)


def index(modules: Mapping[str, ModuleFacts]) -> Index:
    """Index `modules` (by path)."""
    found = Index()
    for path in sorted(modules):
        _Walk(found, path).module(modules[path])
    return found


class _Walk:
    """The walk over one module; it knows where it stands."""

    def __init__(self, found: Index, path: str) -> None:
        self.found = found
        self.path = path

    def module(self, facts: ModuleFacts) -> None:
        top = FunctionInfo(
            id=f"{self.path}:<module>", path=self.path, name="<module>", parameters=(), body=facts.body, owner=None,
            parent=None, decorators=(), returns=None, is_async=False, is_generator=False, line=1, end_line=max(facts.lines, 1),
        )  # fmt: skip
        self.found.modules[self.path] = top.id
        self._enter(top, "", None)

    def _enter(self, info: FunctionInfo, prefix: str, enclosing_class: str | None) -> None:
        """Record a function and walk its body; `prefix` is what the qualified names of its definitions start with."""
        found = self.found
        found.functions[info.id] = info
        scope: Scope = {}
        found.scopes[info.id] = scope
        for position, parameter in enumerate(info.parameters):
            scope.setdefault(parameter.name, []).append(
                Binding("parameter", position=position, annotation=parameter.annotation, expression=parameter.default)
            )
        declared: set[str] = set()
        self._block(info.body, info, scope, prefix, enclosing_class, declared)
        found.globals_of[info.id] = frozenset(declared)

    def _block(
        self,
        block: Iterable[code.Stmt],
        here: FunctionInfo,
        scope: Scope,
        prefix: str,
        cls: str | None,
        declared: set[str],
    ) -> None:
        for statement in block:
            for head in tree.heads(statement):
                self._expression(head, here, scope, prefix)
            match statement:
                case code.Function():
                    self._function(statement, here, scope, prefix, cls)
                case code.Class():
                    self._class(statement, here, scope, prefix)
                case code.Import(names=names):
                    for imported in names:
                        scope.setdefault(imported.name, []).append(Binding("import", imported=imported))
                case code.Scope(names=names):
                    declared.update(names)
                case _:
                    if isinstance(statement, code.Return) and statement.value is not None:
                        self.found.returned.setdefault(here.id, []).append(statement.value)
                    for name, binding in _statement_bindings(statement):
                        scope.setdefault(name, []).append(binding)
                    self._attributes(statement, here)
                    for inner in tree.blocks(statement):
                        self._block(inner, here, scope, prefix, cls, declared)

    def _expression(self, expression: code.Expr, here: FunctionInfo, scope: Scope, prefix: str) -> None:
        for node in tree.every(expression):
            match node:
                case code.Call(function=code.Name(id=last) | code.Attribute(name=last)):
                    self.found.calls.setdefault(last, []).append((here.id, node))
                case code.Lambda():
                    self._lambda(node, here, prefix)
                case code.Comprehension(clauses=clauses):
                    for clause in clauses:
                        for name, place in _places(clause.target):
                            scope.setdefault(name, []).append(Binding("element", clause.iterable, place))
                case code.Walrus(name=name, value=value):
                    scope.setdefault(name, []).append(Binding("value", value))
                case code.Yield():
                    self.found.yields.setdefault(here.id, []).append(node)

    def _lambda(self, node: code.Lambda, here: FunctionInfo, prefix: str) -> None:
        info = FunctionInfo(
            id=self._free_id(f"{self.path}:{prefix}<lambda>"), path=self.path, name=f"{prefix}<lambda>".replace("<locals>.", ""),
            parameters=node.parameters, body=(code.Return(node.body, node.line),), owner=None, parent=here.id, decorators=(),
            returns=None, is_async=False, is_generator=False, line=node.line, end_line=node.line,
        )  # fmt: skip
        self.found.by_node[id(node)] = info.id
        self._enter(info, f"{prefix}<lambda>.<locals>.", None)

    def _function(self, node: code.Function, here: FunctionInfo, scope: Scope, prefix: str, cls: str | None) -> None:
        owner = cls
        info = FunctionInfo(
            id=self._free_id(f"{self.path}:{prefix}{node.name}"), path=self.path,
            name=f"{prefix}{node.name}".replace("<locals>.", ""), parameters=node.parameters, body=node.body, owner=owner,
            parent=here.id, decorators=node.decorators, returns=node.returns, is_async=node.is_async,
            is_generator=node.is_generator, line=node.line, end_line=node.end_line,
        )  # fmt: skip
        self.found.by_node[id(node)] = info.id
        scope.setdefault(node.name, []).append(Binding("function", target=info.id))
        if owner is not None:
            # Of two definitions of one name the later wins, as in Python, but a property's setter does not hide its getter.
            if not any(isinstance(d, code.Attribute) and d.name in ("setter", "deleter") for d in node.decorators):
                self.found.classes[owner].methods[node.name] = info.id
            self.found.methods_named.setdefault(node.name, []).append(info.id)
        self._enter(info, f"{prefix}{node.name}.<locals>.", None)

    def _class(self, node: code.Class, here: FunctionInfo, scope: Scope, prefix: str) -> None:
        name = f"{prefix}{node.name}"
        info = ClassInfo(
            id=self._free_id(f"{self.path}:{name}"), path=self.path, name=name.replace("<locals>.", ""), bases=node.bases,
            decorators=node.decorators, parent=here.id,
        )  # fmt: skip
        self.found.classes[info.id] = info
        self.found.by_node[id(node)] = info.id
        scope.setdefault(node.name, []).append(Binding("class", target=info.id))
        inner: Scope = {}
        self.found.class_scopes[info.id] = inner
        self._block(node.body, here, inner, f"{name}.", info.id, set())
        for attribute, bindings in inner.items():
            for binding in bindings:
                if binding.kind == "value" and binding.expression is not None and not binding.place:
                    info.assigned.setdefault(attribute, []).append((here.id, binding.expression))
        for statement in node.body:
            if isinstance(statement, code.Assign) and statement.annotation is not None:
                for target in statement.targets:
                    if isinstance(target, code.Name):
                        info.annotated[target.id] = (here.id, statement.annotation)

    def _attributes(self, statement: code.Stmt, here: FunctionInfo) -> None:
        """Remember `self.attribute = value` of a method for its class."""
        if here.owner is None or not here.parameters:
            return
        me = here.parameters[0].name
        cls = self.found.classes[here.owner]
        pairs: list[tuple[code.Expr, code.Expr]] = []
        match statement:
            case code.Assign(targets=targets, value=value, operator=None) if value is not None:
                pairs.extend((target, value) for target in targets)
                for target in targets:
                    if (
                        isinstance(target, code.Display)
                        and isinstance(value, code.Display)
                        and len(target.items) == len(value.items)
                    ):
                        pairs.extend(zip(target.items, value.items, strict=True))
            case code.With(items=items):
                pairs.extend((target, context) for context, target in items if target is not None)
        for target, value in pairs:
            if isinstance(target, code.Attribute) and isinstance(target.value, code.Name) and target.value.id == me:
                cls.assigned.setdefault(target.name, []).append((here.id, value))
        match statement:
            case code.Assign(targets=(code.Attribute(value=code.Name(id=owner), name=name),), annotation=annotation):
                if owner == me and annotation is not None:
                    cls.annotated[name] = (here.id, annotation)

    def _free_id(self, wanted: str) -> str:
        """`wanted`, or with a number behind it where a module defines one name several times."""
        taken, number = wanted, 2
        while taken in self.found.functions or taken in self.found.classes:
            taken, number = f"{wanted}~{number}", number + 1
        return taken


def _statement_bindings(statement: code.Stmt) -> Iterator[tuple[str, Binding]]:
    match statement:
        case code.Assign(targets=targets, value=value, annotation=annotation):
            for target in targets:
                for name, place in _places(target):
                    yield name, Binding("value", value, place, annotation=annotation)
        case code.For(target=target, iterable=iterable):
            for name, place in _places(target):
                yield name, Binding("element", iterable, place)
        case code.With(items=items):
            for context, bound in items:
                if bound is not None:
                    for name, place in _places(bound):
                        yield name, Binding("enter", context, place)
        case code.Try(handlers=handlers):
            for handler in handlers:
                if handler.name is not None:
                    yield handler.name, Binding("caught", handler.caught)
        case code.Match(cases=cases):
            for case in cases:
                for name in case.binds:
                    yield name, Binding("value", None)


def _places(target: code.Expr, place: tuple[int, ...] = ()) -> Iterator[tuple[str, tuple[int, ...]]]:
    match target:
        case code.Name(id=name):
            yield name, place
        case code.Display(items=items):
            for position, item in enumerate(items):
                yield from _places(item, (*place, position))
        case code.Starred(value=value):
            yield from _places(value, (*place[:-1], -1) if place else (-1,))
