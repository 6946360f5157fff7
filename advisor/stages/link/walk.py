"""Walk: one pass over each tree that fills the index. It looks at every node of every file, so it is built for speed."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any

from advisor.model import code, tree
from advisor.model.facts import ModuleFacts
from advisor.model.program import ClassInfo, FunctionInfo
from advisor.questions.calls import last_name
from advisor.stages.link.index import Binding, Decorated, Index, Scope, Store

_LEAVES = frozenset({code.Name, code.Literal})
_SETS_BY_NAME = frozenset({"setattr", "object"})  # `mock.patch.object(time, "sleep", doze)`
_STORES_ONE = {"append": 0, "appendleft": 0, "add": 0, "put": 0, "put_nowait": 0, "insert": 1, "setdefault": 1}
_STORES_MANY = frozenset({"extend", "update"})
_MODULE = "<module>"


def index(modules: Mapping[str, ModuleFacts], hand_over: Container[str]) -> Index:
    """Index `modules` (by path); `hand_over` are the last names of the calls that take a function."""
    found = Index()
    for path in sorted(modules):
        _Walk(found, path, hand_over).module(modules[path])
    return found


class _Here:
    """Where the walk stands: in which function, which scope names go to, and the class whose body it is in."""

    __slots__ = ("cls", "declared", "info", "me", "prefix", "scope")

    def __init__(
        self, info: FunctionInfo, scope: Scope, prefix: str, cls: str | None, declared: dict[str, str]
    ) -> None:
        self.info = info
        self.scope = scope
        self.prefix = prefix
        self.cls = cls
        self.declared = declared
        self.me = info.parameters[0].name if info.owner is not None and info.parameters else None

    def bind(self, name: str, binding: Binding) -> None:
        if name in self.scope:
            self.scope[name].append(binding)
        else:
            self.scope[name] = [binding]


class _Walk:
    """The walk over one module."""

    def __init__(self, found: Index, path: str, hand_over: Container[str]) -> None:
        self.found = found
        self.hand_over = hand_over
        self.path = path
        self.taken: dict[str, int] = {}
        self.moves: list[tuple[str, str, str]] = []  # function, name, how it is declared

    def module(self, facts: ModuleFacts) -> None:
        top = FunctionInfo(
            id=f"{self.path}:{_MODULE}", path=self.path, name=_MODULE, parameters=(), body=facts.body, owner=None,
            parent=None, decorators=(), returns=None, is_async=False, is_generator=False, line=1, end_line=max(facts.lines, 1),
        )  # fmt: skip
        self.found.modules[self.path] = top.id
        self._enter(top, "")
        for function, name, how in self.moves:
            self._move(function, name, how)

    def _enter(self, info: FunctionInfo, prefix: str) -> None:
        """Record a function and walk its body; `prefix` is what the qualified names of its definitions start with."""
        found, name = self.found, info.id
        found.functions[name] = info
        scope: Scope = {}
        found.scopes[name] = scope
        for position, parameter in enumerate(info.parameters):
            scope[parameter.name] = [
                Binding("parameter", name, parameter.default, position=position, annotation=parameter.annotation)
            ]
        declared: dict[str, str] = {}
        self._block(info.body, _Here(info, scope, prefix, None, declared))
        if declared and info.parent is not None:
            found.declared[name] = declared
            self.moves += [(name, each, how) for each, how in declared.items()]

    def _move(self, function: str, name: str, how: str) -> None:
        """What a function binds to a name it declares `global` or `nonlocal` belongs to the scope outside."""
        found = self.found
        bindings = found.scopes[function].pop(name, [])
        outer = found.functions[function].parent
        while outer is not None and how == "nonlocal" and name not in found.scopes[outer]:
            outer = found.functions[outer].parent
        home = outer if how == "nonlocal" and outer is not None else found.modules[self.path]
        found.scopes[home].setdefault(name, []).extend(bindings)

    # ---- statements

    def _block(self, block: Iterable[code.Stmt], here: _Here) -> None:
        for statement in block:
            _STATEMENTS[type(statement)](self, statement, here)

    def _assign(self, node: code.Assign, here: _Here) -> None:
        value, operator, annotation = node.value, node.operator, node.annotation
        if value is not None:
            self._expression(value, here)
        kind, where = "augment" if operator else "value", here.info.id
        for target in node.targets:
            if type(target) is code.Name:
                here.bind(target.id, Binding(kind, where, value, annotation=annotation))
                continue
            self._expression(target, here)
            for inner, place in _places(target):
                if type(inner) is code.Name:
                    here.bind(inner.id, Binding(kind, where, value, place, annotation=annotation))
                elif operator is None:
                    self._attribute(inner, Binding(kind, where, value, place, annotation=annotation), here)
                    if type(inner) is code.Subscript and value is not None and not place:
                        self._store(inner.value, value, here)
                        self._by_name(inner, value, here)
                elif type(inner) is code.Subscript and type(value) is code.Display:
                    self._store(inner.value, value, here)

    def _by_name(self, target: code.Subscript, value: code.Expr, here: _Here) -> None:
        """`globals()["load"] = value`, `vars(module)["load"] = value`: what has that name afterwards."""
        if not (isinstance(target.index, code.Literal) and isinstance(target.index.value, str)):
            return
        where, name = here.info.id, target.index.value
        match target.value:
            case code.Call(function=code.Name(id="globals"), arguments=()):
                top = self.found.scopes[self.found.modules[self.path]]
                top.setdefault(name, []).append(Binding("value", where, value))
            case (
                code.Call(function=code.Name(id="vars"), arguments=(owner,))
                | code.Attribute(value=owner, name="__dict__")
            ):
                self.found.set_from_outside.setdefault(name, []).append(Store(where, owner, value))

    def _evaluate(self, node: code.Evaluate, here: _Here) -> None:
        self._expression(node.value, here)

    def _return(self, node: code.Return, here: _Here) -> None:
        if node.value is not None:
            self._expression(node.value, here)
            self.found.returned.setdefault(here.info.id, []).append(node.value)

    def _compound(self, node: code.Stmt, here: _Here) -> None:
        for head in tree.heads(node):
            self._expression(head, here)
        for block in tree.blocks(node):
            self._block(block, here)

    def _for(self, node: code.For, here: _Here) -> None:
        self._expression(node.iterable, here)
        self._bind(node.target, "element", node.iterable, here)
        self._block(node.body, here)
        self._block(node.orelse, here)

    def _with(self, node: code.With, here: _Here) -> None:
        for context, bound in node.items:
            self._expression(context, here)
            if bound is not None:
                self._bind(bound, "enter", context, here)
        self._block(node.body, here)

    def _bind(self, target: code.Expr, kind: str, expression: code.Expr, here: _Here) -> None:
        for inner, place in _places(target):
            binding = Binding(kind, here.info.id, expression, place)
            if type(inner) is code.Name:
                here.bind(inner.id, binding)
            else:
                self._attribute(inner, binding, here)

    def _try(self, node: code.Try, here: _Here) -> None:
        for handler in node.handlers:
            if handler.name is not None:
                here.bind(handler.name, Binding("caught", here.info.id, handler.caught))
        self._compound(node, here)

    def _match(self, node: code.Match, here: _Here) -> None:
        for case in node.cases:
            for name in case.binds:
                here.bind(name, Binding("value", here.info.id))
            if case.guard is not None:
                self._expression(case.guard, here)
        self._compound(node, here)

    def _import(self, node: code.Import, here: _Here) -> None:
        for imported in node.names:
            here.bind(imported.name, Binding("import", here.info.id, imported=imported))
            if imported.attribute is not None and imported.attribute != imported.name:
                others = self.found.renamed.setdefault(imported.attribute, [])
                if imported.name not in others:
                    others.append(imported.name)

    def _scope(self, node: code.Scope, here: _Here) -> None:
        here.declared.update(dict.fromkeys(node.names, node.kind))

    def _nothing(self, node: code.Stmt, here: _Here) -> None:
        pass

    # ---- definitions

    def _function(self, node: code.Function, here: _Here) -> None:
        for head in tree.heads(node):
            self._expression(head, here)
        owner, found = here.cls, self.found
        info = FunctionInfo(
            id=self._free_id(f"{self.path}:{here.prefix}{node.name}"), path=self.path,
            name=f"{here.prefix}{node.name}".replace("<locals>.", ""), parameters=node.parameters, body=node.body, owner=owner,
            parent=here.info.id, decorators=node.decorators, returns=node.returns, is_async=node.is_async,
            is_generator=node.is_generator, line=node.line, end_line=node.end_line,
        )  # fmt: skip
        here.bind(node.name, Binding("function", here.info.id, target=info.id))
        self._decorated("function", info.id, node.decorators, here)
        if owner is not None:
            # Of two definitions of one name the later wins, as in Python, but a property's setter does not hide its getter.
            if not any(isinstance(d, code.Attribute) and d.name in ("setter", "deleter") for d in node.decorators):
                found.classes[owner].methods[node.name] = info.id
            found.methods_named.setdefault(node.name, []).append(info.id)
        self._enter(info, f"{here.prefix}{node.name}.<locals>.")

    def _lambda(self, node: code.Lambda, here: _Here) -> None:
        for parameter in node.parameters:
            if parameter.default is not None:
                self._expression(parameter.default, here)
        info = FunctionInfo(
            id=self._free_id(f"{self.path}:{here.prefix}<lambda>"), path=self.path,
            name=f"{here.prefix}<lambda>".replace("<locals>.", ""), parameters=node.parameters,
            body=(code.Return(node.body, node.line),), owner=None, parent=here.info.id, decorators=(),
            returns=None, is_async=False, is_generator=False, line=node.line, end_line=node.line,
        )  # fmt: skip
        self.found.by_node[id(node)] = info.id
        self._enter(info, f"{here.prefix}<lambda>.<locals>.")

    def _decorated(self, kind: str, defined: str, decorators: Iterable[code.Expr], here: _Here) -> None:
        for decorator in decorators:
            named = decorator.function if isinstance(decorator, code.Call) else decorator
            last = (tree.dotted(named) or "").rpartition(".")[2]
            self.found.decorating.setdefault(last, []).append(Decorated(kind, defined, decorator, here.info.id))

    def _class(self, node: code.Class, here: _Here) -> None:
        for head in tree.heads(node):
            self._expression(head, here)
        name, found = f"{here.prefix}{node.name}", self.found
        info = ClassInfo(
            id=self._free_id(f"{self.path}:{name}"), path=self.path, name=name.replace("<locals>.", ""), bases=node.bases,
            decorators=node.decorators, parent=here.info.id,
        )  # fmt: skip
        found.classes[info.id] = info
        here.bind(node.name, Binding("class", here.info.id, target=info.id))
        self._decorated("class", info.id, node.decorators, here)
        inner: Scope = {}
        attributes = found.attributes.setdefault(info.id, {})
        self._block(node.body, _Here(here.info, inner, f"{name}.", info.id, {}))
        for attribute, bindings in inner.items():
            for binding in bindings:
                if binding.annotation is not None:
                    info.annotated.setdefault(attribute, (binding.where, binding.annotation))
                if binding.kind in ("function", "class", "import", "caught") or binding.expression is None:
                    if binding.kind in ("class", "import"):
                        attributes.setdefault(attribute, []).append(binding)
                    continue
                attributes.setdefault(attribute, []).append(binding)
                if binding.kind == "value" and not binding.place:
                    info.assigned.setdefault(attribute, []).append((binding.where, binding.expression))

    def _attribute(self, target: code.Expr, binding: Binding, here: _Here) -> None:
        """Remember `self.attribute = value` of a method for its class, and what is set on other objects by attribute."""
        if type(target) is not code.Attribute:
            return
        owner, name, value = target.value, target.name, binding.expression
        if type(owner) is code.Name and owner.id == here.me and here.info.owner is not None:
            cls = self.found.classes[here.info.owner]
            self.found.attributes[cls.id].setdefault(name, []).append(binding)
            if binding.annotation is not None:
                cls.annotated[name] = (binding.where, binding.annotation)
            if len(binding.place) == 1 and isinstance(value, code.Display) and 0 <= binding.place[0] < len(value.items):
                cls.assigned.setdefault(name, []).append((binding.where, value.items[binding.place[0]]))
            elif value is not None and not binding.place:
                cls.assigned.setdefault(name, []).append((binding.where, value))
        elif binding.kind == "value" and value is not None:
            part, place = _part(value, binding.place)
            store = Store(binding.where, owner, part, place=place)
            self.found.set_from_outside.setdefault(name, []).append(store)

    def _free_id(self, wanted: str) -> str:
        """`wanted`, or with a number behind it where a module defines one name several times."""
        number = self.taken[wanted] = self.taken.get(wanted, 0) + 1
        return wanted if number == 1 else f"{wanted}~{number}"

    # ---- expressions

    def _expression(self, expression: code.Expr, here: _Here) -> None:
        if type(expression) in _LEAVES:
            return
        stack = [expression]
        while stack:
            node = stack.pop()
            kind = type(node)
            if kind is code.Call:
                self._call(node, here)  # type: ignore[arg-type]
            elif kind is code.Lambda:
                self._lambda(node, here)  # type: ignore[arg-type]
                continue
            elif kind in _BINDERS:
                _BINDERS[kind](self, node, here)
            stack += [part for part in tree.parts(node)[::-1] if type(part) not in _LEAVES]

    def _call(self, call: code.Call, here: _Here) -> None:
        function = tree.by_name(call.function)
        if type(function) is code.Attribute:
            last = function.name
            self._stored(function, call, here)
        elif type(function) is code.Name:
            last = function.id
        elif type(function) is code.Call:
            last = f"{last_name(function)}()"
        else:
            return
        found = self.found
        match call.arguments:
            case (owner, code.Literal(value=str(name)), value) if last in _SETS_BY_NAME:
                found.set_from_outside.setdefault(name, []).append(Store(here.info.id, owner, value))
        if last in found.calls:
            found.calls[last].append((here.info.id, call))
        else:
            found.calls[last] = [(here.info.id, call)]
        if last in self.hand_over:
            for argument in (*call.arguments, *(keyword.value for keyword in call.keywords)):
                if type(argument) is code.Name:
                    found.handed.setdefault(argument.id, []).append((here.info.id, call))
                elif type(argument) is code.Attribute:
                    found.handed.setdefault(argument.name, []).append((here.info.id, call))
                elif type(argument) is code.Lambda:
                    found.handed.setdefault("<lambda>", []).append((here.info.id, call))

    def _stored(self, function: code.Attribute, call: code.Call, here: _Here) -> None:
        position = _STORES_ONE.get(function.name)
        if position is not None and position < len(call.arguments):
            self._store(function.value, call.arguments[position], here)
        elif function.name in _STORES_MANY and len(call.arguments) == 1:
            self._store(function.value, call.arguments[0], here, many=True)

    def _store(self, receiver: code.Expr, value: code.Expr, here: _Here, *, many: bool = False) -> None:
        if type(value) is code.Literal:
            return
        nested = False
        if type(receiver) is code.Subscript:  # `receiver[key].append(value)`
            receiver, nested = receiver.value, True
        elif (
            type(receiver) is code.Call
            and type(receiver.function) is code.Attribute
            and receiver.function.name == "setdefault"
        ):
            receiver, nested = receiver.function.value, True
        store = Store(here.info.id, receiver, value, many, nested)
        if type(receiver) is code.Name:
            self.found.stored_by_name.setdefault((self.path, receiver.id), []).append(store)
        elif type(receiver) is code.Attribute:
            self.found.stored_by_attribute.setdefault(receiver.name, []).append(store)

    def _comprehension(self, node: code.Comprehension, here: _Here) -> None:
        for clause in node.clauses:
            self._bind(clause.target, "element", clause.iterable, here)

    def _walrus(self, node: code.Walrus, here: _Here) -> None:
        here.bind(node.name, Binding("value", here.info.id, node.value))

    def _yield(self, node: code.Yield, here: _Here) -> None:
        self.found.yields.setdefault(here.info.id, []).append(node)


_BINDERS: dict[type, Callable[[_Walk, Any, _Here], None]] = {
    code.Comprehension: _Walk._comprehension,
    code.Walrus: _Walk._walrus,
    code.Yield: _Walk._yield,
}
_STATEMENTS: dict[type, Callable[[_Walk, Any, _Here], None]] = {
    code.Assign: _Walk._assign,
    code.Evaluate: _Walk._evaluate,
    code.Return: _Walk._return,
    code.If: _Walk._compound,
    code.While: _Walk._compound,
    code.Raise: _Walk._compound,
    code.Delete: _Walk._compound,
    code.Assert: _Walk._compound,
    code.For: _Walk._for,
    code.With: _Walk._with,
    code.Try: _Walk._try,
    code.Match: _Walk._match,
    code.Import: _Walk._import,
    code.Scope: _Walk._scope,
    code.Jump: _Walk._nothing,
    code.Function: _Walk._function,
    code.Class: _Walk._class,
}


def _part(value: code.Expr, place: tuple[int, ...]) -> tuple[code.Expr, tuple[int, ...]]:
    """What is written at a place of an unpacked value, as far as that is written out, and the place in it that is left."""
    while place and isinstance(value, code.Display) and 0 <= place[0] < len(value.items):
        value, place = value.items[place[0]], place[1:]
    return value, place


def _places(target: code.Expr, place: tuple[int, ...] = ()) -> Iterator[tuple[code.Expr, tuple[int, ...]]]:
    """The names, attributes and subscripts that an assignment to `target` binds, with their places in it."""
    if isinstance(target, code.Display):
        for position, item in enumerate(target.items):
            yield from _places(item, (*place, position))
    elif isinstance(target, code.Starred):
        yield from _places(target.value, (*place[:-1], -1) if place else (-1,))
    else:
        yield target, place
