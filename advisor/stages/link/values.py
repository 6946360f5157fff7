"""Values: what an expression may be, worked out on demand from bindings, attributes, returns and callers.

The answers are sets of `Value`, small and flow-insensitive: all assignments to a name count. A question
that leads back to itself is answered with nothing at that point, so every question ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.effect import Effect
from advisor.model.program import NOTHING, Value, Values
from advisor.stages.link.index import Binding, Index

Finder = Callable[[str, str, int], tuple[str, ...]]  # importer's path, module, level -> paths of the project's files

MOST = 12  # alternatives kept for one expression
DEEPEST = 60  # questions within questions
CALLERS = 30  # callers asked for a parameter's type

_LITERALS = {"int": "int", "float": "float", "complex": "complex", "bool": "bool", "str": "str", "bytes": "bytes"}
_PASS_ELEMENTS = frozenset(
    [
        "list",
        "tuple",
        "set",
        "frozenset",
        "sorted",
        "reversed",
        "iter",
        "filter",
        "deque",
        "chain",
        "islice",
        "cycle",
        "tee",
        "takewhile",
        "dropwhile",
        "as_completed",
        "tqdm",
        "trange",
        "track",
        "progressbar",
        "ProgressBar",
        "progress_bar",
    ]
)
_SAME = frozenset(
    ["copy", "deepcopy", "cast", "enter_context", "enter_async_context", "closing", "aclosing", "nullcontext", "shield"]
)
_OPTIONAL = frozenset(
    ["Optional", "Union", "Annotated", "Final", "ClassVar", "Type", "type", "Required", "NotRequired"]
)
_CONTAINERS = frozenset(
    [
        "list",
        "List",
        "tuple",
        "Tuple",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "dict",
        "Dict",
        "Mapping",
        "MutableMapping",
        "Iterable",
        "Iterator",
        "Sequence",
        "Collection",
        "Generator",
        "AsyncIterator",
        "AsyncIterable",
        "AsyncGenerator",
        "deque",
        "defaultdict",
        "DefaultDict",
        "OrderedDict",
        "Counter",
        "Deque",
    ]
)
_MAPPINGS = frozenset(["dict", "Dict", "Mapping", "MutableMapping", "defaultdict", "DefaultDict", "OrderedDict"])
_CONTEXT_MANAGERS = frozenset(["contextmanager", "asynccontextmanager"])
_FIRST_IS_CLASS = frozenset(["classmethod"])


class Resolver:
    """Answers questions about one program; every answer is remembered."""

    def __init__(self, index: Index, catalog: Catalog, find: Finder) -> None:
        self.index = index
        self.catalog = catalog
        self.find = find
        self._values: dict[tuple[str, int], Values] = {}
        self._names: dict[tuple[str, str], Values] = {}
        self._attributes: dict[tuple[str, str], Values] = {}
        self._returns: dict[str, Values] = {}
        self._yields: dict[str, Values] = {}
        self._parameters: dict[tuple[str, int], Values] = {}
        self._callers: dict[str, tuple[tuple[str, code.Call], ...]] = {}
        self._mro: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._subclasses: dict[str, list[str]] | None = None
        self._asked: set[tuple[str, object]] = set()
        self._keep: list[code.Expr] = []  # keeps made-up nodes alive, since answers are remembered by node identity

    # ---- expressions

    def values(self, function: str, expression: code.Expr) -> Values:
        """What `expression`, written in `function`, may be."""
        key = (function, id(expression))
        if key not in self._values:
            answer = self._guarded(("value", key), lambda: self._expression(function, expression))
            if answer is None:
                return NOTHING
            self._keep.append(expression)
            self._values[key] = answer
        return self._values[key]

    def _guarded(self, question: tuple[str, object], work: Callable[[], Values]) -> Values | None:
        """The answer, or None where the question is being asked already or lies too deep to be worth it."""
        if question in self._asked or len(self._asked) > DEEPEST:
            return None
        self._asked.add(question)
        try:
            return _few(work())
        finally:
            self._asked.discard(question)

    def _expression(self, function: str, expression: code.Expr) -> Values:
        match expression:
            case code.Name(id=name):
                return self.name(function, name)
            case code.Literal(kind=kind):
                return frozenset({_object(f"builtins.{_LITERALS[kind]}")}) if kind in _LITERALS else NOTHING
            case code.Text():
                return frozenset({_object("builtins.str")})
            case code.Attribute(value=value, name=name):
                return self._union(self.attribute(owner, name) for owner in self.values(function, value))
            case code.Call():
                return self._union(
                    self.result(called, function, expression) for called in self.values(function, expression.function)
                )
            case code.Await(value=value):
                return self._union(_awaited(v) for v in self.values(function, value))
            case code.Subscript(value=value, index=index):
                return self._subscript(self.values(function, value), index)
            case code.Display(kind="tuple", items=items) if not any(isinstance(i, code.Starred) for i in items):
                return frozenset({Value("row", "", tuple(_any(self.values(function, item)) for item in items[:8]))})
            case code.Display(kind=kind, items=items):
                inside = items[1::2] if kind == "dict" else items
                return frozenset(
                    {_container(f"builtins.{kind}", self._union(self.values(function, item) for item in inside))}
                )
            case code.Operation(operator="and" | "or", operands=operands):
                return self._union(self.values(function, operand) for operand in operands)
            case code.Operation(operator="if", operands=(body, _, orelse)):
                return self.values(function, body) | self.values(function, orelse)
            case code.Operation(operator=operator, operands=operands):
                return self._operation(function, operator, operands)
            case code.Comprehension(kind=kind, element=element):
                made = element.items[1] if kind == "dict" and isinstance(element, code.Display) else element
                name = "generator" if kind == "generator" else f"builtins.{kind}"
                return frozenset({_container(name, self.values(function, made))})
            case code.Lambda():
                return (
                    frozenset({Value("function", self.index.by_node[id(expression)])})
                    if id(expression) in self.index.by_node
                    else NOTHING
                )
            case code.Walrus(value=value) | code.Starred(value=value):
                return self.values(function, value)
        return NOTHING

    def _operation(self, function: str, operator: str, operands: tuple[code.Expr, ...]) -> Values:
        if operator in ("not", "in", "not in", "is", "is not", "<", ">", "==", "!=", "<=", ">="):
            return frozenset({_object("builtins.bool")})
        if operator == "slice":
            return NOTHING
        kinds = [self.values(function, operand) for operand in operands[:2]]
        outside = [v for values in kinds for v in values if not (v.kind == "object" and v.name.startswith("builtins."))]
        return frozenset(outside) or (kinds[0] if kinds else NOTHING)

    def _subscript(self, owners: Values, index: code.Expr) -> Values:
        answers: set[Value] = set()
        sliced = isinstance(index, code.Operation) and index.operator == "slice"
        for owner in owners:
            if sliced:
                answers.add(owner)
            elif owner.kind == "row" and isinstance(index, code.Literal) and isinstance(index.value, int):
                if -len(owner.args) <= index.value < len(owner.args):
                    answers.update(owner.args[index.value].args)
            elif owner.kind in ("instance", "some"):
                answers.update(self._call_method(owner, "__getitem__"))
            elif owner.kind == "object":
                entry = self.catalog.call(f"{owner.name}.__getitem__")
                if entry is not None and entry[1].returns is not None:
                    answers.add(_object(entry[1].returns))
            elif owner.kind in ("class", "external"):
                answers.add(owner)  # a generic: `Box[int]`
            elif owner.kind == "container":
                answers.update(owner.args)
            else:
                answers.update(self.elements(owner))
        return frozenset(answers)

    def _call_method(self, owner: Value, method: str) -> Values:
        return self._union(
            self.returned(bound.name) for bound in self.attribute(owner, method) if bound.kind == "function"
        )

    def _union(self, answers: Iterable[Values]) -> Values:
        merged: set[Value] = set()
        for answer in answers:
            merged |= answer
        return frozenset(merged)

    # ---- names

    def name(self, function: str, name: str) -> Values:
        """What `name` may be where `function` reads it."""
        key = (function, name)
        if key not in self._names:
            answer = self._guarded(("name", key), lambda: self._name(function, name))
            if answer is None:
                return NOTHING
            self._names[key] = answer
        return self._names[key]

    def _name(self, function: str, name: str) -> Values:
        where: str | None = function
        while where is not None:
            info = self.index.functions[where]
            declared = name in self.index.globals_of.get(where, ())
            bindings = None if declared and not info.is_module else self.index.scopes[where].get(name)
            if bindings:
                return self._union(self._binding(where, binding) for binding in bindings)
            where = info.parent
        starred = self._star_import(function, name)
        return starred or frozenset({Value("external", f"builtins.{name}")})

    def _star_import(self, function: str, name: str) -> Values:
        path = self.index.functions[function].path
        for binding in self.index.scopes[self.index.modules[path]].get("*", ()):
            if binding.imported is not None:
                for module in self.find(path, binding.imported.module, binding.imported.level)[-1:]:
                    if module in self.index.modules and module != path:
                        found = self.module_attribute(module, name)
                        if found:
                            return found
        return NOTHING

    def _binding(self, function: str, binding: Binding) -> Values:
        match binding.kind:
            case "value" | "element" | "enter":
                if binding.annotation is not None:
                    annotated = self.annotation(function, binding.annotation)
                    if annotated:
                        return annotated
                if binding.expression is None:
                    return NOTHING
                found = self.values(function, binding.expression)
                if binding.kind == "element":
                    found = self._union(self.elements(v) for v in found)
                elif binding.kind == "enter":
                    found = self._union(self.entered(v, function, binding.expression) for v in found)
                for position in binding.place:
                    found = self._union(self.unpacked(v, position) for v in found)
                return found
            case "import":
                return self._imported(function, binding)
            case "function":
                return frozenset({Value("function", binding.target)})
            case "class":
                return frozenset({Value("class", binding.target)})
            case "parameter":
                return self.parameter(function, binding.position)
            case "caught" if binding.expression is not None:
                return self._union(self._instances(v) for v in self.values(function, binding.expression))
        return NOTHING

    def _instances(self, value: Value) -> Values:
        match value.kind:
            case "class":
                return frozenset({Value("some", value.name)})
            case "external":
                return frozenset({_object(value.name)})
        return NOTHING

    def _imported(self, function: str, binding: Binding) -> Values:
        imported = binding.imported
        assert imported is not None
        path = self.index.functions[function].path
        if imported.attribute is None:
            return self._module(path, imported.name if imported.plain else imported.module, 0)
        files = self.find(path, imported.module, imported.level)
        submodule = f"{imported.module}.{imported.attribute}" if imported.module else imported.attribute
        if files and files[-1] in self.index.modules:
            found = self.module_attribute(files[-1], imported.attribute) if files[-1] != path else NOTHING
            if found:
                return found
        inner = self.find(path, submodule, imported.level)
        if inner and inner[-1] in self.index.modules and inner != files:
            return frozenset({Value("module", inner[-1])})
        if files or imported.level:
            return NOTHING
        return frozenset({Value("external", f"{imported.module}.{imported.attribute}")})

    def _module(self, path: str, module: str, level: int) -> Values:
        files = self.find(path, module, level)
        if files and files[-1] in self.index.modules:
            return frozenset({Value("module", files[-1])})
        return frozenset({Value("external", module)})

    def module_attribute(self, path: str, name: str) -> Values:
        """What `name` of the module at `path` may be, submodules included."""
        top = self.index.modules[path]
        if name in self.index.scopes[top]:
            return self.name(top, name)
        found = self._star_import(top, name)
        if found:
            return found
        if path.endswith("__init__.py"):
            inner = self.find(path, name, 1)
            if inner and inner[-1] in self.index.modules and inner[-1] != path:
                return frozenset({Value("module", inner[-1])})
        return NOTHING

    # ---- parameters and annotations

    def parameter(self, function: str, position: int) -> Values:
        """What a parameter may be: its annotation, else `self`, else its default and what callers pass."""
        key = (function, position)
        if key not in self._parameters:
            answer = self._guarded(("parameter", key), lambda: self._parameter(function, position))
            if answer is None:
                return NOTHING
            self._parameters[key] = answer
        return self._parameters[key]

    def _parameter(self, function: str, position: int) -> Values:
        info = self.index.functions[function]
        parameter = info.parameters[position]
        if info.owner is not None and position == 0 and not self.decorated(info.id, frozenset(["staticmethod"])):
            kind = "class" if self.decorated(info.id, _FIRST_IS_CLASS) or info.name.endswith("__new__") else "some"
            return frozenset({Value(kind, info.owner)})
        if parameter.annotation is not None:
            annotated = self.annotation(function, parameter.annotation)
            if parameter.kind == "*":
                return frozenset({_container("builtins.tuple", annotated)})
            if annotated:
                return annotated
        if parameter.kind in ("*", "**"):
            return NOTHING
        found = NOTHING if parameter.default is None else self.values(info.parent or function, parameter.default)
        given = [
            self.values(caller, argument)
            for caller, call in self.callers(function)[:CALLERS]
            if (argument := self.argument(info.id, call, position)) is not None
        ]
        return self._union([found, *given])

    def argument(self, function: str, call: code.Call, position: int) -> code.Expr | None:
        """The expression that `call` passes for a parameter of `function`, where that can be seen."""
        info = self.index.functions[function]
        parameter = info.parameters[position]
        for keyword in call.keywords:
            if keyword.name == parameter.name:
                return keyword.value
        bound = info.owner is not None and not self.decorated(function, frozenset(["staticmethod"]))
        place = position - 1 if bound and not self._through_class(function, call) else position
        if 0 <= place < len(call.arguments) and parameter.kind == "positional":
            if any(isinstance(argument, code.Starred) for argument in call.arguments[: place + 1]):
                return None
            return call.arguments[place]
        return None

    def _through_class(self, function: str, call: code.Call) -> bool:
        """`Class.method(instance, …)`: the receiver is written as the first argument."""
        owner = self.index.functions[function].owner
        target = call.function
        if owner is None or not isinstance(target, code.Attribute) or not isinstance(target.value, code.Name):
            return False
        return target.value.id == self.index.classes[owner].name.rpartition(".")[2]

    def callers(self, function: str) -> tuple[tuple[str, code.Call], ...]:
        """The calls that may lead to `function`, found by its name and then checked."""
        if function in self._callers:
            return self._callers[function]
        info = self.index.functions[function]
        last = info.name.rpartition(".")[2]
        if last in ("__init__", "__new__", "__call__") and info.owner is not None:
            names = [
                self.index.classes[cls].name.rpartition(".")[2] for cls in (info.owner, *self.subclasses(info.owner))
            ]
            names += ["cls", "__init__"]
        else:
            names = [last]
        found = []
        for name in names:
            for place in self.index.calls.get(name, ())[: 4 * CALLERS]:
                if any(v.name == function for v in self._callees(*place)):
                    found.append(place)
        if len(self._asked) < 2:  # an answer found within other questions may lack what those are about
            self._callers[function] = tuple(found)
        return tuple(found)

    def _callees(self, function: str, call: code.Call) -> Iterable[Value]:
        for value in self.values(function, call.function):
            if value.kind == "class":
                yield from self.attribute(Value("instance", value.name), "__init__")
            else:
                yield value

    def annotation(self, function: str, annotation: code.Expr) -> Values:
        """The instances that an annotation promises."""
        match annotation:
            case code.Literal(kind="str", value=str(text)):
                named = _parse_name(text)
                if named is None:
                    return NOTHING
                self._keep.append(named)
                return self.annotation(function, named)
            case code.Operation(operator="|", operands=operands):
                return self._union(self.annotation(function, operand) for operand in operands)
            case code.Subscript(value=value, index=index):
                outer = (tree.dotted(value) or "").rpartition(".")[2]
                inner = index.items if isinstance(index, code.Display) else (index,)
                if outer in _OPTIONAL:
                    return self._union(self.annotation(function, item) for item in inner)
                if outer in _CONTAINERS:
                    inside = inner[1:2] if outer in _MAPPINGS else inner[:1]
                    name = "builtins.dict" if outer in _MAPPINGS else "builtins.list"
                    return frozenset(
                        {_container(name, self._union(self.annotation(function, item) for item in inside))}
                    )
                return self.annotation(function, value)
            case code.Name() | code.Attribute():
                return self._union(
                    self._instances(v) for v in self.values(function, annotation) if v.name != "builtins.object"
                )
        return NOTHING

    # ---- attributes and classes

    def attribute(self, owner: Value, name: str) -> Values:
        """What `owner.name` may be."""
        match owner.kind:
            case "module":
                return self.module_attribute(owner.name, name)
            case "external":
                return frozenset({Value("external", f"{owner.name}.{name}")})
            case "object":
                known = self.catalog.object(owner.name)
                if known is not None and name in known.attributes:
                    return frozenset({_object(known.attributes[name])})
                return frozenset({Value("external", f"{owner.name}.{name}", (owner,))})
            case "container" | "row":
                return frozenset({Value("external", f"{owner.name or 'builtins.tuple'}.{name}", (owner,))})
            case "instance" | "some" | "class":
                return self._member(owner, name)
            case "super":
                return self._member(Value("instance", owner.name, owner.args), name, after=True)
            case "function" if name in ("__wrapped__", "func"):
                return frozenset({owner})
        return NOTHING

    def _member(self, owner: Value, name: str, *, after: bool = False) -> Values:
        key = (f"{owner.kind} {after} {owner.name}", name)
        if key not in self._attributes:
            answer = self._guarded(("attribute", key), lambda: self._look_up(owner, name, after))
            if answer is None:
                return NOTHING
            self._attributes[key] = answer
        return self._attributes[key]

    def _look_up(self, owner: Value, name: str, after: bool) -> Values:
        lineage, outside = self.lineage(owner.name)
        for cls in lineage[1:] if after else lineage:
            info = self.index.classes[cls]
            if name in info.methods:
                return self._method(owner, info.methods[name], name)
            if name in info.annotated:
                annotated = self.annotation(*info.annotated[name])
                if annotated:
                    return annotated
            if name in info.assigned:
                found = self._union(
                    self.values(function, expression) for function, expression in info.assigned[name][:CALLERS]
                )
                if found:
                    return found
        if outside:
            receiver = _object(outside[0])
            known = self.catalog.object(outside[0])
            if known is not None and name in known.attributes:
                return frozenset({_object(known.attributes[name])})
            return frozenset({Value("external", f"{outside[0]}.{name}", (receiver,))})
        return NOTHING

    def _method(self, owner: Value, method: str, name: str) -> Values:
        if self.decorated(method, frozenset(["property", "cached_property"])):
            return self.returned(method)
        found = [method]
        if owner.kind == "some":
            for cls in self.subclasses(owner.name):
                override = self.index.classes[cls].methods.get(name)
                if override is not None:
                    found.append(override)
        return frozenset(Value("function", each, (owner,)) for each in found[:MOST])

    def lineage(self, cls: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The project classes that `cls` inherits from (itself first), and the outside ones."""
        if cls not in self._mro:
            self._mro[cls] = ((cls,), ())  # what a circle of bases sees
            inside, outside = [cls], list[str]()
            info = self.index.classes[cls]
            for base in info.bases:
                for value in self.values(info.parent, base):
                    if value.kind == "class" and value.name != cls:
                        above, beyond = self.lineage(value.name)
                        inside.extend(c for c in above if c not in inside)
                        outside.extend(b for b in beyond if b not in outside)
                    elif value.kind == "external" and value.name not in (
                        "builtins.object",
                        "abc.ABC",
                        "typing.Generic",
                        "typing.Protocol",
                    ):
                        outside.append(value.name)
            self._mro[cls] = (tuple(inside), tuple(outside))
        return self._mro[cls]

    def subclasses(self, cls: str) -> list[str]:
        """All project classes below `cls`, in the order of their ids."""
        if self._subclasses is None:
            self._subclasses = {}
            for each in sorted(self.index.classes):
                for above in self.lineage(each)[0][1:]:
                    self._subclasses.setdefault(above, []).append(each)
        return self._subclasses.get(cls, [])

    def decorated(self, function: str, names: frozenset[str]) -> bool:
        """Does a decorator of `function` have one of these last names?"""
        for decorator in self.index.functions[function].decorators:
            called = decorator.function if isinstance(decorator, code.Call) else decorator
            if (tree.dotted(called) or "").rpartition(".")[2] in names:
                return True
        return False

    # ---- calls

    def result(self, called: Value, function: str, call: code.Call) -> Values:
        """What calling `called` gives."""
        match called.kind:
            case "class":
                return frozenset({Value("instance", called.name)})
            case "function":
                return self._function_result(called)
            case "external":
                return self._external_result(called, function, call)
            case "object":
                entry = self.catalog.call(f"{called.name}.__call__")
                return frozenset({_object(entry[1].returns)}) if entry is not None and entry[1].returns else NOTHING
            case "instance" | "some":
                return self._call_method(called, "__call__")
        return NOTHING

    def _function_result(self, called: Value) -> Values:
        info = self.index.functions[called.name]
        if info.is_generator:
            if self.decorated(info.id, _CONTEXT_MANAGERS):
                return frozenset({Value("container", "context", tuple(sorted(self.yielded(info.id), key=_order)))})
            return frozenset({_container("generator", self.yielded(info.id))})
        found = self.returned(info.id)
        return frozenset({Value("awaitable", "", _sorted(found))}) if info.is_async else found

    def _external_result(self, called: Value, function: str, call: code.Call) -> Values:
        name = self.catalog.canonical(called.name)
        last = name.rpartition(".")[2]
        first = call.arguments[0] if call.arguments else None
        entry = self.catalog.call(name)
        if last == "partial" and first is not None:
            return self.values(function, first)
        if last == "super":
            owner = self._owner(function)
            return frozenset({Value("super", owner)}) if owner else NOTHING
        if name == "builtins.getattr" and len(call.arguments) > 1 and isinstance(call.arguments[1], code.Literal):
            return self._union(
                self.attribute(v, str(call.arguments[1].value)) for v in self.values(function, call.arguments[0])
            )
        if name == "builtins.type" and first is not None:
            return frozenset(
                Value("class", v.name) for v in self.values(function, first) if v.kind in ("instance", "some")
            )
        special = self._element_result(called, name, last, function, call)
        if special is not None:
            return special
        if last in _SAME and first is not None and (entry is None or entry[1].returns is None):
            return self.values(function, first)
        if entry is not None:
            return self._catalogued(entry[0], entry[1].returns, entry[1].yields, entry[1].effect, name)
        if last[:1].isupper() and not last.isupper():
            return frozenset({_object(name)})
        return NOTHING

    def _catalogued(self, name: str, returns: str | None, yields: str | None, effect: Effect, called: str) -> Values:
        if returns is None and called in self.catalog.objects:
            returns = called
        found = frozenset({_object(returns)}) if returns else NOTHING
        if yields is not None:
            found = frozenset({_container(returns or "iterator", frozenset({_object(yields)}))})
        is_class = name.rpartition(".")[2][:1].isupper()
        return frozenset({Value("awaitable", "", _sorted(found))}) if effect is Effect.ASYNC and not is_class else found

    def _element_result(self, called: Value, name: str, last: str, function: str, call: code.Call) -> Values | None:
        """Results of calls that pass elements on: `enumerate`, `zip`, `sorted`, `.items()`, `.get()` … None for any other."""
        receiver = called.args[0] if called.args and called.args[0].kind == "container" else None
        if receiver is not None:
            inside = frozenset(receiver.args)
            match last:
                case "get" | "pop" | "popleft" | "setdefault" | "popitem":
                    return inside
                case "values" | "copy":
                    return frozenset({receiver})
                case "items":
                    return frozenset(
                        {
                            _container(
                                "builtins.dict_items", frozenset({Value("row", "", (_any(NOTHING), _any(inside)))})
                            )
                        }
                    )
            return None
        arguments = call.arguments
        if name == "builtins.enumerate" and arguments:
            row = Value(
                "row", "", (_any(frozenset({_object("builtins.int")})), _any(self._elements_of(function, arguments[0])))
            )
            return frozenset({_container("generator", frozenset({row}))})
        if name == "builtins.zip" or last == "product":
            row = Value("row", "", tuple(_any(self._elements_of(function, argument)) for argument in arguments[:8]))
            return frozenset({_container("generator", frozenset({row}))})
        if name in ("builtins.next", "builtins.min", "builtins.max", "random.choice") and arguments:
            return self._elements_of(function, arguments[0])
        if last in _PASS_ELEMENTS and arguments:
            return frozenset({_container("builtins.list", self._elements_of(function, arguments[0]))})
        if name == "builtins.map" and len(arguments) > 1:
            made = self._union(self.result(v, function, call) for v in self.values(function, arguments[0]))
            return frozenset({_container("generator", made)})
        return None

    def _elements_of(self, function: str, expression: code.Expr) -> Values:
        return self._union(self.elements(v) for v in self.values(function, expression))

    def _owner(self, function: str) -> str | None:
        where: str | None = function
        while where is not None:
            info = self.index.functions[where]
            if info.owner is not None:
                return info.owner
            where = info.parent
        return None

    def returned(self, function: str) -> Values:
        """What `function` returns: by annotation, else by its return statements."""
        if function not in self._returns:
            answer = self._guarded(("returned", function), lambda: self._returned(function))
            if answer is None:
                return NOTHING
            self._returns[function] = answer
        return self._returns[function]

    def _returned(self, function: str) -> Values:
        info = self.index.functions[function]
        found = self._union(self.values(function, value) for value in self.index.returned.get(function, ()))
        if info.returns is not None and not info.is_generator:
            # A promised base class says less than what is really returned.
            return (
                found if any(v.kind == "instance" for v in found) else self.annotation(function, info.returns) or found
            )
        return found

    def yielded(self, function: str) -> Values:
        """What a generator function yields."""
        if function not in self._yields:
            answer = self._guarded(("yielded", function), lambda: self._yielded(function))
            if answer is None:
                return NOTHING
            self._yields[function] = answer
        return self._yields[function]

    def _yielded(self, function: str) -> Values:
        found: set[Value] = set()
        for each in self.index.yields.get(function, ()):
            if each.value is not None:
                values = self.values(function, each.value)
                found |= self._union(self.elements(v) for v in values) if each.delegates else values
        return frozenset(found)

    # ---- elements

    def elements(self, value: Value) -> Values:
        """What iterating over `value` gives."""
        match value.kind:
            case "container":
                return frozenset(value.args) if value.name not in ("builtins.dict", "context") else NOTHING
            case "row":
                return self._union(frozenset(place.args) for place in value.args)
            case "object":
                known = self.catalog.object(value.name)
                return frozenset({_object(known.yields)}) if known is not None and known.yields else NOTHING
            case "instance" | "some":
                found = self._call_method(value, "__iter__")
                for bound in self.attribute(value, "__iter__"):
                    if bound.kind == "function" and self.index.functions[bound.name].is_generator:
                        found |= self.yielded(bound.name)
                return self._union(self.elements(v) for v in found if v.kind == "container") | (found - {value})
        return NOTHING

    def unpacked(self, value: Value, position: int) -> Values:
        """What `position` of an unpacked `value` gives; -1 for a starred place."""
        if value.kind == "row":
            return frozenset(value.args[position].args) if 0 <= position < len(value.args) else NOTHING
        return self.elements(value)

    def entered(self, value: Value, function: str, expression: code.Expr) -> Values:
        """What `with value as …` binds."""
        match value.kind:
            case "container" if value.name == "context":
                return frozenset(value.args)
            case "awaitable":
                return frozenset(value.args)
            case "instance" | "some":
                found: Values = NOTHING
                for method in ("__enter__", "__aenter__"):
                    found |= self._call_method(value, method)
                return found or frozenset({value})
        if isinstance(expression, code.Call):
            for called in self.values(function, expression.function):
                entry = self.catalog.call(called.name) if called.kind == "external" else None
                if entry is not None and entry[1].enters is not None:
                    return frozenset({_object(entry[1].enters)})
        return frozenset({value})


def _object(name: str) -> Value:
    return Value("object", name)


def _any(values: Values) -> Value:
    return Value("any", "", _sorted(values))


def _container(name: str, inside: Values) -> Value:
    return Value("container", name, _sorted(frozenset(v for v in inside if _depth(v) < 4)))


def _depth(value: Value) -> int:
    return 1 + max((_depth(inner) for inner in value.args), default=0)


def _awaited(value: Value) -> Values:
    return frozenset(value.args) if value.kind == "awaitable" else frozenset({value})


def _order(value: Value) -> tuple[str, str, int]:
    return value.kind, value.name, len(value.args)


def _sorted(values: Values) -> tuple[Value, ...]:
    return tuple(sorted(values, key=_order)[:MOST])


def _few(values: Values) -> Values:
    return values if len(values) <= MOST else frozenset(_sorted(values))


def _parse_name(text: str) -> code.Expr | None:
    """A quoted annotation, as far as it is a dotted name."""
    text = text.strip().removeprefix("Optional[").removesuffix("]").partition("[")[0].partition("|")[0].strip()
    names = text.split(".")
    if not all(name.isidentifier() for name in names):
        return None
    expression: code.Expr = code.Name(names[0])
    for name in names[1:]:
        expression = code.Attribute(expression, name)
    return expression
