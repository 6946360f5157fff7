"""Objects: which places an expression may name the object of, so that two names of one object are known as such.

A place is told from where the function in question stands: its parameters, its own object, globals, variables of functions
around it. An object that the expression makes itself has no place yet: nobody else can have it. Flow-insensitive: all
bindings of a name count, and everything that lies in a container counts as one element, but for literal keys.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from functools import cached_property

from advisor.model import code
from advisor.model.effect import WAITING_OUTSIDE, Effect
from advisor.model.program import FunctionInfo, Origin, Rows, Target
from advisor.model.state import BELOW, BOUND, INSIDE, NOWHERE, Frame, Place, Places, Questions, Root, RootKind, around
from advisor.model.tree import by_name, dotted
from advisor.questions.calls import last_name
from advisor.stages.link.ask import Ask, in_order
from advisor.stages.link.classes import decorated, is_property
from advisor.stages.link.constants import Constants
from advisor.stages.link.descriptors import described
from advisor.stages.link.handing import given_by
from advisor.stages.link.held import Put, entry, held
from advisor.stages.link.index import Binding
from advisor.stages.link.memo import Memo
from advisor.stages.link.nests import Nests
from advisor.stages.link.parameters import MADE_WITH_CLASS, argument
from advisor.stages.link.specials import names, specials
from advisor.stages.link.written import written_rows

# belongs to the catalog (`elements: passed`): an element of the result is an element of an argument
_PASS_ELEMENTS = frozenset("list tuple set frozenset sorted reversed iter filter deque chain islice cycle tqdm".split())
_SAME_OBJECT = frozenset(
    "cast memoryview closing aclosing shield create_task ensure_future wait_for enter_context".split()
)
_GIVE_ELEMENT = frozenset("next anext min max choice".split())
_ENTRY_METHODS = frozenset("get pop setdefault popleft popitem __getitem__ get_nowait".split())
_COLLECTIONS = frozenset("list dict set deque defaultdict Counter OrderedDict count".split())
_ASKS = WAITING_OUTSIDE | {Effect.ASYNC}
_VIEWS = frozenset("items values keys".split())
_MODULE = "types.ModuleType"
_LASTING = frozenset({RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT})
_CONTEXT_MANAGERS = frozenset({"contextmanager", "asynccontextmanager"})
_STATIC, _CLASS_METHOD = frozenset({"staticmethod"}), frozenset({"classmethod"})
_MOST = 12  # places told apart for one expression
_MOST_CALLERS = 8


class Objects:
    """The answers, each worked out once."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.memo = Memo(joined=lambda one, other: _few(one | other), in_step=True)
        self.around = Frame(frozenset(), frozenset(), frozenset())  # a piece without names of its own
        self.put: dict[tuple[str, str], list[Put]] = {}
        self._constants = Constants(ask)
        self._nests = Nests(ask)

    # ---- expressions

    def places(self, function: str, expression: code.Expr, frame: Frame | None = None) -> Places:
        """The places of the object that `expression` gives; with `frame` told from within that piece of `function`."""
        match expression:
            case code.Name(id=name):
                return self._name(function, name, frame)
            case code.Attribute():
                return self._attribute(function, expression, frame)
            case code.Subscript(value=value, index=index):
                if isinstance(index, code.Operation) and index.operator == "slice":
                    return self.places(function, value, frame) if self._is_window(function, value) else NOWHERE
                owner = self.places(function, value, frame)
                kept = self._kept_in(function, value, owner, (entry(index),), frame)
                return _few((*(p.below(entry(index)) for p in owner), *kept)) or self.elements(function, value, frame)
            case code.Call():
                return self._called(function, expression, frame)
            case code.Await(value=value) | code.Starred(value=value) | code.Walrus(value=value):
                return self.places(function, value, frame)
            case code.Operation(operator="and" | "or", operands=operands):
                return self._either(function, operands, frame)
            case code.Operation(operator="if", operands=(body, _, orelse)):
                return self._either(function, (body, orelse), frame)
        return NOWHERE

    def elements(self, function: str, expression: code.Expr, frame: Frame | None = None) -> Places:
        """The places of what iterating over `expression`, or looking into it, gives."""
        match expression:
            case code.Display(kind=kind, items=items):
                inner = items[1::2] if kind == "dict" and not any(isinstance(i, code.Starred) for i in items) else items
                return _few(
                    p
                    for item in inner
                    for p in (
                        self.elements(function, item.value, frame)
                        if isinstance(item, code.Starred)
                        else self.places(function, item, frame)
                    )
                )
            case code.Comprehension(element=element, kind=kind):
                made = element.items[1] if kind == "dict" and isinstance(element, code.Display) else element
                return self.places(function, made, frame)
            case code.Subscript(value=value, index=code.Operation(operator="slice")):
                return self.elements(function, value, frame)
            case code.Await(value=value):
                return self.elements(function, value, frame)
            case code.Operation(operator="and" | "or" | "+" | "*", operands=operands):
                return _few(p for operand in operands for p in self.elements(function, operand, frame))
            case code.Operation(operator="if", operands=(body, _, orelse)):
                return self.elements(function, body, frame) | self.elements(function, orelse, frame)
            case code.Call(arguments=arguments) if last_name(expression) in _PASS_ELEMENTS and arguments:
                return _few(p for argument in arguments for p in self.elements(function, argument, frame))
            case code.Call():
                given = self._yielded(function, expression, frame)
                if given is not None:
                    return given
            case code.Name(id=name):
                if self._makes_items(function, expression):
                    return NOWHERE
                return self._contents(function, name, frame) | _few(
                    p.below(INSIDE) for p in self.places(function, expression, frame)
                )
        return _few(p.below(INSIDE) for p in self.places(function, expression, frame))

    def _is_window(self, function: str, expression: code.Expr) -> bool:
        """Is a slice of it a part of its memory, rather than a copy?"""
        known = (self.ask.catalog.object(v.name) for v in self.ask.values(function, expression) if v.kind == "object")
        return any(each is not None and each.window for each in known)

    def _either(self, function: str, operands: Iterable[code.Expr], frame: Frame | None) -> Places:
        return _few(p for operand in operands for p in self.places(function, operand, frame))

    def _attribute(self, function: str, expression: code.Attribute, frame: Frame | None) -> Places:
        value, name = expression.value, expression.name
        owners = self.ask.values(function, value)
        modules = sorted(self.ask.index.modules[owner.name] for owner in owners if owner.kind == "module")
        part = BELOW if name == "__dict__" else name
        classes = [class_place(self.ask, owner.name).below(part) for owner in owners if owner.kind == "class"]
        if modules or classes:
            there = [(m, each) for m in modules for each in (self.ask.index.scopes[m] if part == BELOW else (name,))]
            return _few((*classes, *(place for module, each in there for place in self._name(module, each, None))))
        if name == "__class__":
            return self._classes_of(function, value)
        getters = self.ask.index.methods_named.get(name, ()) if name in self._properties else ()
        held_by = self.places(function, value, frame)
        kinds = (
            [v for v in in_order(self.ask.values(function, value)) if v.kind in ("instance", "some")] if getters else []
        )
        mine = {m for v in kinds for m in self.ask.methods(v, name)}.intersection(getters)
        if mine:
            given = [p for m in sorted(mine) for p in self.returned(m)]
            return _few(q for p in given for q in self._of_object(function, value, held_by, p, frame))
        own = [place.below(part) for place in held_by]
        kept = self._kept_in(function, value, held_by, (name,), frame)
        return _few((*own, *kept, *self._of_class(function, value, name)))

    def _of_object(
        self, function: str, value: code.Expr | None, owner: Places, place: Place, frame: Frame | None
    ) -> Iterable[Place]:
        """A place that a method of the object `value` knows, whose places are its `owner`; none where it is made here."""
        if place.root.kind is not RootKind.SELF:
            return (place,)
        kept = self._kept_in(function, value, owner, place.path, frame) if place.path and value is not None else NOWHERE
        return [*(each.below(*place.path) for each in owner), *kept]

    def _kept_in(
        self, function: str, value: code.Expr, owner: Places, path: tuple[str, ...], frame: Frame | None
    ) -> Places:
        """Where `path` leads from `value`, as far as `function` makes that; where a variable that holds it is among the places of
        its `owner`, that stands for it."""
        kept_by_name = any(p.root.kind is RootKind.LOCAL and p.root.owner == function and not p.path for p in owner)
        nothing = not path or isinstance(value, code.Literal) or kept_by_name
        if nothing or not self._may_be_made(function, value, path):
            return NOWHERE
        key = ("held", function, value.uid if isinstance(value, code.Call) else value, path)
        known = frame.known if frame is not None else None
        return self._remember(key, lambda: _few(held(self, function, value, path, frame)), known)

    def _may_be_made(self, function: str, value: code.Expr, path: tuple[str, ...]) -> bool:
        """May `function` have made it, for all that one look tells? What is only handed to it is told by its places."""
        if not isinstance(value, code.Name):
            return True
        if self.home(function, value.id) != function:
            return False
        of_self = len(path) > 1 and self.ask.index.functions[function].owner is not None
        return of_self or any(b.expression is not None for b in self.ask.index.scopes[function][value.id])

    def _of_class(self, function: str, value: code.Expr, name: str) -> Places:
        """What an object has from its class: one for all objects."""
        if name not in self._class_level:
            return NOWHERE
        owners = self._class_level[name]
        return _few(
            class_place(self.ask, cls).below(name)
            for v in in_order(self.ask.values(function, value))
            if v.kind in ("instance", "some")
            for cls in self.ask.lineage(v.name)[0]
            if cls in owners
        )

    @cached_property
    def _class_level(self) -> dict[str, frozenset[str]]:
        """The attributes that classes set in their bodies, each with these classes; fields of data classes are no such."""
        index, found = self.ask.index, dict[str, set[str]]()
        for cls, attributes in index.attributes.items():
            if any(
                "dataclass" in (dotted(d.function if isinstance(d, code.Call) else d) or "")
                for d in index.classes[cls].decorators
            ):
                continue
            for name, bindings in attributes.items():
                values = [b.expression for b in bindings if index.functions[b.where].owner is None]
                if any(
                    isinstance(v, code.Display | code.Comprehension | code.Literal) or _is_new_collection(v)
                    for v in values
                ):
                    found.setdefault(name, set()).add(cls)
        return {name: frozenset(classes) for name, classes in found.items()}

    @cached_property
    def _properties(self) -> frozenset[str]:
        functions, named = self.ask.index.functions, self.ask.index.methods_named.items()
        return frozenset(name for name, ids in named if any(is_property(functions[m]) for m in ids))

    def _classes_of(self, function: str, expression: code.Expr) -> Places:
        values = self.ask.values(function, expression)
        return _few(class_place(self.ask, v.name) for v in values if v.kind in ("instance", "some"))

    # ---- calls

    def _called(self, function: str, call: code.Call, frame: Frame | None) -> Places:
        last, arguments = last_name(call), call.arguments
        made = [v for v in in_order(self.ask.values(function, call.function)) if v.kind == "function"]
        if made:
            given = [
                p
                for value in sorted(made)
                for inner in self.returned(value.name)
                for p in self.translate(function, call, Target("function", value.name), inner, frame)
            ]
            return _few(given or (p for value in sorted(made) for p in self._remembered(value.name)))
        alike = self._of_one_table(function, call)
        if alike:
            return alike
        if isinstance(call.function, code.Attribute):
            receiver = call.function.value
            if last in _ENTRY_METHODS and self._asks_outside(function, receiver, last):
                return NOWHERE  # an answer, another one each time
            if last in _ENTRY_METHODS:
                key = entry(arguments[0]) if arguments and last in ("get", "setdefault", "__getitem__") else INSIDE
                owner = self.places(function, receiver, frame)
                kept = self._kept_in(function, receiver, owner, (key,), frame)
                return _few((*(p.below(key) for p in owner), *kept))
            if last in _VIEWS and not arguments:
                return self.places(function, receiver, frame)
        if not arguments:
            return NOWHERE
        if last in _GIVE_ELEMENT and len(arguments) < 3:
            return self.elements(function, arguments[0], frame)
        if last in ("iter", "enumerate", "zip", "map", "filter"):  # taking from them takes from what they walk
            walked = arguments[1:] if last in ("map", "filter") else arguments
            iterators = [a for a in walked if any(v.is_used_up for v in self.ask.values(function, a))]
            return _few(p for argument in iterators for p in self.places(function, argument, frame))
        if last in _SAME_OBJECT:
            return self.places(function, arguments[-1] if last == "cast" else arguments[0], frame)
        if last == "vars":
            return _few(p.below(BELOW) for p in self.places(function, arguments[0], frame))
        if last == "type" and len(arguments) == 1:
            return self._classes_of(function, arguments[0])
        attribute = by_name(call)
        return self.places(function, attribute, frame) if attribute is not call else NOWHERE

    def _of_one_table(self, function: str, call: code.Call) -> Places:
        """The class, where all its objects have their attributes in one table: `self.__dict__ = self._shared`."""
        if not self._in_one_table:
            return NOWHERE
        made = (v.name for v in in_order(self.ask.values(function, call.function)) if v.kind == "class")
        return _few(
            class_place(self.ask, each)
            for cls in made
            for each in self.ask.lineage(cls)[0]
            if each in self._in_one_table
        )

    @cached_property
    def _in_one_table(self) -> frozenset[str]:
        return frozenset(cls for cls, names in self.ask.index.attributes.items() if "__dict__" in names)

    def _remembered(self, function: str) -> Places:
        """The object that a function makes once, and then gives to all who ask for it: one that `lru_cache` keeps."""
        info = self.ask.index.functions[function]
        makers = (d.function if isinstance(d, code.Call) else d for d in info.decorators)
        if not any((dotted(maker) or "").rpartition(".")[2] in self.ask.catalog.remembering for maker in makers):
            return NOWHERE
        made = any(self._may_be_object(function, value) for value in self.ask.index.returned.get(function, ()))
        return frozenset({Place(Root(RootKind.DEFAULT, f"{info.name}()", function))}) if made else NOWHERE

    def _asks_outside(self, function: str, receiver: code.Expr, method: str) -> bool:
        """Does the method ask another machine or program, whatever else its name may mean: `session.get(url)`?"""
        types = (v.name for v in self.ask.values(function, receiver) if v.kind == "object")
        known = (self.ask.catalog.call(f"{name}.{method}") for name in types)
        return any(each is not None and each[1].effect in _ASKS for each in known)

    def _yielded(self, function: str, call: code.Call, frame: Frame | None) -> Places | None:
        """The elements of what a function of the project gives: a generator's, or those of what it returns; None for other calls."""
        made = sorted(v.name for v in self.ask.values(function, call.function) if v.kind == "function")
        if not made:
            return None
        return _few(
            p
            for name in made
            for inner in self._handed_out(name)
            for p in self.translate(function, call, Target("function", name), inner, frame)
        )

    def returned(self, function: str) -> Places:
        """The places of what `function` returns, as it sees them itself."""
        values = self.ask.index.returned.get(function, ())
        return self._remember(("returned", function), lambda: _few(p for v in values for p in self.places(function, v)))

    def _handed_out(self, function: str) -> Places:
        given = [y.value for y in self.ask.index.yields.get(function, ()) if y.value is not None]
        if self.ask.index.functions[function].is_generator:
            return self._remember(
                ("yielded", function), lambda: _few(p for v in given for p in self.places(function, v))
            )
        returned = self.ask.index.returned.get(function, ())
        return self._remember(
            ("within", function), lambda: _few(p for v in returned for p in self.elements(function, v))
        )

    # ---- names

    def home(self, function: str, name: str) -> str | None:
        """The function or module whose variable `name` is."""
        return self.ask.index.scope_of(function, name)

    def cell(self, function: str, name: str) -> Place | None:
        """The variable itself, if others than `function` may see it."""
        home = self.home(function, name)
        if home is None or (home == function and not self.ask.index.functions[function].is_module):
            return None
        if all(b.kind in ("import", "function", "class") for b in self.ask.index.scopes[home][name]):
            return None  # a definition, which stays what it is
        return self._own(home, name)

    def is_constant(self, place: Place) -> bool:
        """Does a place lie in a variable that holds one thing for good, which nobody can change?"""
        return self._constants.holds(place.root)

    def _makes_items(self, function: str, walked: code.Expr) -> bool:
        """Is it a reader from outside that makes each item when it is asked for it, and keeps none: the rows of a table?"""
        values = self.ask.values(function, walked)
        return bool(values) and all(value.kind == "object" and value.is_used_up for value in values)

    def items(self, function: str, name: str, iterable: code.Expr) -> Places:
        """The places of what a loop over `iterable` binds to `name`."""
        home = self.home(function, name)
        bindings = self.ask.index.scopes[home].get(name, ()) if home is not None else ()
        return _few(p for b in bindings if b.expression is iterable for p in self.bound(b, self.around))

    def written(self, function: str, target: code.Expr, iterable: code.Expr) -> tuple[Rows, ...]:
        """What a loop's target is bound to, as far as it is written in the source; one by one for each collection it may walk."""
        return tuple(written_rows(self.ask, function, target, iterable))

    def nests(self, function: str, name: str, frame: Frame) -> bool:
        """Do the values that a variable has in one run of a piece after the other lie in one another, as the folders of one
        path do?"""
        return self._nests.holds(function, name, frame)

    def values_of(self, function: str, name: str) -> tuple[code.Expr, ...] | None:
        """What a variable of `function` is bound to; None if it is a parameter, or not its own."""
        if self.home(function, name) != function:
            return None
        bindings = self.ask.index.scopes[function][name]
        if any(binding.kind in ("parameter", "import", "class", "function") for binding in bindings):
            return None
        return tuple(binding.expression for binding in bindings if binding.expression is not None)

    def origins(self, function: str, name: str) -> tuple[Origin, ...]:
        """All ways in which a name that `function` reads may come by its value."""
        home = self.home(function, name)
        bindings = () if home is None else self.ask.index.scopes[home][name]
        return tuple(Origin(binding.kind, binding.where, binding.expression, binding.place) for binding in bindings)

    def returned_places(self, function: str, *, changeable: bool = False) -> Places:
        """The places of what a function returns, or holds in what it returns, as it sees them itself; with `changeable`
        only of what is known to be an object that can be changed."""
        values = self.ask.index.returned.get(function, ())
        if changeable:
            parts = [p for v in values for p in (v.items if isinstance(v, code.Display) else (v,))]
            return _few(p for part in parts if self._may_be_object(function, part) for p in self.places(function, part))
        return _few(p for v in values for p in (*self.places(function, v), *self._kept(function, v)))

    def _kept(self, function: str, value: code.Expr) -> Places:
        """What lies in a display, or was given to a class of the project that is made."""
        match value:
            case code.Display():
                return self.elements(function, value)
            case code.Call(arguments=arguments, keywords=keywords):
                made = self.ask.values(function, value.function)
                if any(v.kind == "class" for v in made):
                    given = (*arguments, *(k.value for k in keywords))
                    return _few(p for g in given for p in self.places(function, g) if self._may_be_object(function, g))
        return NOWHERE

    def _may_be_object(self, function: str, expression: code.Expr) -> bool:
        """Is it known to be something of which there may be several equal ones?"""
        kinds = self.ask.values(function, expression)
        return any(v.kind in ("instance", "some", "container") for v in kinds)

    def calls_named(self, last: str) -> tuple[tuple[str, code.Call], ...]:
        """The calls of anything by this last name, each with the function it stands in."""
        return tuple(self.ask.index.calls.get(last, ()))

    def put_away(self) -> tuple[str, ...]:
        return self._put_away

    @cached_property
    def _put_away(self) -> tuple[str, ...]:
        index = self.ask.index
        every = itertools.chain(*index.stored_by_name.values(), *index.stored_by_attribute.values())
        named = (store for store in every if isinstance(store.value, code.Name | code.Attribute | code.Lambda))
        values = (value for store in named for value in self.ask.values(store.where, store.value))
        return tuple(sorted({value.name for value in values if value.kind == "function"}))

    def puts_modules(self) -> bool:
        return self._puts_modules

    @cached_property
    def _puts_modules(self) -> bool:
        stores = self.ask.index.stored_by_attribute.get("modules", ())
        return any(
            dotted(store.receiver) == "sys.modules"
            and any(v.kind == "object" and v.name == _MODULE for v in self.ask.values(store.where, store.value))
            for store in stores
        )

    def defines(self, method: str) -> bool:
        """Does any class of the project define a method, or a property, of this name, or a module its `__getattr__`?"""
        return method in self.ask.index.methods_named or (method == "__getattr__" and self._modules_answer)

    @cached_property
    def _modules_answer(self) -> bool:
        """Has any module a `__getattr__`, which is asked for the names that it does not have?"""
        return any("__getattr__" in self.ask.index.scopes[top] for top in self.ask.index.modules.values())

    def specials(self, function: str, operand: code.Expr, method: str) -> tuple[str, ...]:
        """The functions of the project that Python runs for the special `method` of what `operand` gives."""
        if self._special.isdisjoint(names(method)) or isinstance(operand, code.Literal):
            return ()
        return tuple(dict.fromkeys(specials(self.ask, function, operand, method)))

    @cached_property
    def _special(self) -> frozenset[str]:
        """The special methods that any class of the project has: defined, or another method by this name too."""
        index = self.ask.index
        assigned = (name for attributes in index.attributes.values() for name in attributes)
        return frozenset(name for name in (*index.methods_named, *assigned) if name.startswith("__"))

    def described(self, function: str, expression: code.Attribute, method: str) -> tuple[tuple[str, Place], ...]:
        """The descriptor's methods (`__get__`, `__set__`) that run for an attribute, each with the place of its object."""
        found = described(self.ask, function, expression, method)
        return tuple((run, class_place(self.ask, cls).below(expression.name)) for run, cls in found)

    def _own(self, home: str, name: str) -> Place:
        info = self.ask.index.functions[home]
        kind = RootKind.GLOBAL if info.is_module else RootKind.LOCAL
        return Place(Root(kind, name, info.path if info.is_module else home))

    def _name(self, function: str, name: str, frame: Frame | None) -> Places:
        home = self.home(function, name)
        if home is None:
            return NOWHERE
        if frame is not None and home == function:
            if name in frame.targets:
                return frozenset({Place(Root(RootKind.ITEM, name, function))})
            if name in frame.private:
                bindings = [b for b in self.ask.index.scopes[home][name] if id(b.expression) in frame.inside]
                return self._remember(
                    ("private", name), lambda: _few(p for b in bindings for p in self.bound(b, frame)), frame.known
                )
        inside = home == function and frame is None and not self.ask.index.functions[home].is_module
        key = ("local" if inside else "name", home, name, home == function)
        return self._remember(key, lambda: self._bindings(home, name, own=not inside, near=home == function))

    def _bindings(self, home: str, name: str, *, own: bool, near: bool) -> Places:
        """`own`: what the variable is first given is known by its name; `near`: told from within its function."""
        found: set[Place] = set()
        for binding in self.ask.index.scopes[home][name]:
            if binding.kind == "parameter" and not near:
                found.add(self._own(home, name))
                continue
            there = self.bound(binding, None if not own else self.around)
            if not near or binding.where != home:
                there = frozenset(self._absolute(binding.where, p) for p in there)
            if binding.where != home:
                found.add(self._own(home, name))  # set by way of `global` or `nonlocal`
            if not there and own and binding.kind != "import":
                there = frozenset({self._own(home, name)})
            found |= there
        return _few(found)

    def _absolute(self, where: str, place: Place) -> Place:
        """A place that function `where` knows, as those see it who stand elsewhere."""
        root = place.root
        if root.kind in (RootKind.PARAM, RootKind.SELF):
            return Place(Root(RootKind.LOCAL, root.name, where), place.path)
        return place

    def bound(self, binding: Binding, frame: Frame | None) -> Places:
        """The places of what `binding` gives."""
        where, expression = binding.where, binding.expression
        match binding.kind:
            case "parameter":
                return frozenset({parameter_place(self.ask.index.functions[where], binding.position)})
            case "class":
                return frozenset({class_place(self.ask, binding.target)})
            case "import":
                return self._imported(binding)
        if expression is None or binding.kind in ("augment", "caught", "function"):
            return NOWHERE
        if binding.kind == "element":
            return self._unpacked(where, expression, binding.place, frame)
        if binding.kind == "enter" and isinstance(expression, code.Call):
            entered = self._entered(where, expression, frame)
            if entered is not None:
                return entered
        if binding.place and isinstance(expression, code.Display) and len(binding.place) == 1:
            position = binding.place[0]
            return (
                self.places(where, expression.items[position], frame)
                if 0 <= position < len(expression.items)
                else NOWHERE
            )
        if not binding.place:
            return self.places(where, expression, frame)
        within = self.elements(where, expression, frame)
        return _few(p.below(*(INSIDE,) * (len(binding.place) - 1)) for p in within)

    def _entered(self, function: str, call: code.Call, frame: Frame | None) -> Places | None:
        functions = self.ask.index.functions
        named = sorted(v.name for v in self.ask.values(function, call.function) if v.kind == "function")
        managers = [name for name in named if decorated(functions[name], _CONTEXT_MANAGERS)]
        return self._yielded(function, call, frame) if managers else None

    def _unpacked(self, function: str, walked: code.Expr, place: tuple[int, ...], frame: Frame | None) -> Places:
        """What the loop over `walked` binds at `place` of its target."""
        if isinstance(walked, code.Call) and place:
            last, arguments, first = last_name(walked), walked.arguments, place[0]
            if last == "enumerate" and arguments:
                return NOWHERE if first == 0 else self._unpacked(function, arguments[0], place[1:], frame)
            if last == "zip" and 0 <= first < len(arguments):
                return self._unpacked(function, arguments[first], place[1:], frame)
            if last == "items" and isinstance(walked.function, code.Attribute):
                inner = self.elements(function, walked.function.value, frame) if first == 1 else NOWHERE
                return _few(p.below(*(INSIDE,) * (len(place) - 1)) for p in inner)
        found = self.elements(function, walked, frame)
        return _few(p.below(*(INSIDE,) * len(place)) for p in found) if place else found

    def _contents(self, function: str, name: str, frame: Frame | None) -> Places:
        """What lies in a collection that was written out where the name was bound."""
        home = self.home(function, name)
        if home is None or (frame is not None and name in frame.targets):
            return NOWHERE
        kinds = (code.Display, code.Comprehension, code.Call, code.Operation)
        given = [b for b in self.ask.index.scopes[home][name]
                 if b.kind == "value" and not b.place and isinstance(b.expression, kinds)]  # fmt: skip
        near = home == function

        def look() -> Places:
            return _few(
                p if near and b.where == home else self._absolute(b.where, p)
                for b in given
                if b.expression is not None
                for p in self.elements(b.where, b.expression, frame if near else None)
            )

        return self._remember(("contents", home, name, near), look, frame.known if near and frame else None)

    def _imported(self, binding: Binding) -> Places:
        imported, index = binding.imported, self.ask.index
        if imported is None or imported.attribute is None:
            return NOWHERE
        files = self.ask.find(index.functions[binding.where].path, imported.module, imported.level)
        if not files or files[-1] not in index.modules:
            return NOWHERE
        top = index.modules[files[-1]]
        return self._name(top, imported.attribute, None) if imported.attribute in index.scopes[top] else NOWHERE

    def _remember(self, key: tuple[object, ...], work: Callable[[], Places], known: Questions | None = None) -> Places:
        """The answer, once it is settled; a name that leads back to itself (`node = node.next`) may be many places below
        what it was first."""
        return self.memo.ask_within(self.memo.known if known is None else known, key, NOWHERE, work)

    # ---- from the called function to its caller

    def translate(self, function: str, call: code.Call, target: Target, place: Place, frame: Frame | None) -> Places:
        """A place that the called function knows, as `function` knows it."""
        root = place.root
        if root.kind is RootKind.SELF:
            owners = self.receiver(function, call, target, frame)
            value = None if target.callback else self._receiving(function, call)
            if value is None and isinstance(call.function, code.Name) and not target.callback:  # a method that is kept
                path = place.path if target.name.endswith(".__call__") else (BOUND, *place.path)
                kept = self._kept_in(function, call.function, owners, path, frame)
                return _few((*(p.below(*place.path) for p in owners), *kept))
            return _few(self._of_object(function, value, owners, place, frame))
        if root.kind is RootKind.PARAM:
            path, key = place.path, INSIDE
            if self._gathers(target.name, root.index):  # `*args` and `**options` are made anew for each call
                if not path:
                    return NOWHERE
                key, path = path[0], path[1:]
            passed = self._argument(function, call, target, root, frame, key)
            given = argument(self.ask, target.name, call, root.index) if path and not target.callback else None
            kept = self._kept_in(function, given, passed, path, frame) if given is not None else NOWHERE
            return _few((*(within(p, path) for p in passed), *kept))
        if root.kind is RootKind.LOCAL and root.owner == function:
            held = _few(p.below(*place.path) for p in self._name(function, root.name, frame))
            return held if frame is None else held | {place}  # within a piece, also the variable as a closure sees it
        return frozenset({place})

    def _gathers(self, function: str, index: int) -> bool:
        parameters = self.ask.index.functions[function].parameters
        return index < len(parameters) and parameters[index].kind in ("*", "**")

    def receiver(self, function: str, call: code.Call, target: Target, frame: Frame | None) -> Places:
        """The object that a method works on; nothing where the call makes it."""
        named = self.bound_method(function, call.function)
        if target.callback:
            handed = (*call.arguments, *(k.value for k in call.keywords))
            return _few(p for each in handed for p in self._handed(function, each, target, frame))
        match named:
            case code.Call(function=code.Name(id="getattr"), arguments=(owner, _, *_)):
                return self.places(function, owner, frame)
        put_there = self._put_there(function, named, target)
        if put_there:
            return put_there
        if not isinstance(named, code.Attribute):
            values = self.ask.values(function, call.function)
            by_class = target.name.endswith(".__call__")  # the metaclass has the class made, or does without
            if any(v.kind in ("instance", "some") or (by_class and v.kind == "class") for v in values):
                return self.places(function, call.function, frame)  # an object that is called
            if isinstance(call.function, code.Name) and any(v.kind == "function" for v in values):
                return self._object_of(function, call.function, frame)
            return NOWHERE
        value = named.value
        if isinstance(value, code.Call) and last_name(value) == "super":
            info = self.ask.index.functions[function]
            while info.owner is None and info.parent is not None:
                info = self.ask.index.functions[info.parent]
            mine = Place(Root(RootKind.SELF, info.parameters[0].name if info.parameters else "self"))
            return frozenset({mine}) if info.owner is not None else NOWHERE
        if any(v.kind == "class" for v in self.ask.values(function, value)):
            return self.places(function, call.arguments[0], frame) if call.arguments else NOWHERE
        if self._is_kept(function, named, target):
            return _few(p.below(BOUND) for p in self.places(function, named, frame))
        held = self.places(function, value, frame)
        kept = not held and isinstance(call.function, code.Name) and isinstance(value, code.Call)
        return self._object_of(function, call.function, frame) if kept else held

    def _is_kept(self, function: str, named: code.Attribute, target: Target) -> bool:
        """Is the method that of another object, which was put into an attribute: `self.hook(x)` for `limits.learn`?"""
        method = self.ask.index.functions.get(target.name)
        if method is None or method.owner is None or target.name.rpartition(".")[2] == named.name:
            return False
        owners = [
            v for v in in_order(self.ask.values(function, named.value)) if v.kind in ("instance", "some", "super")
        ]
        return not any(target.name in self.ask.methods(owner, named.name) for owner in owners)

    def _receiving(self, function: str, call: code.Call) -> code.Expr | None:
        """The expression of the object that a called method works on: `box` of `box.add(x)`, `Box.add(box, x)`, and of the
        same by way of `partial`."""
        method, given = self.bound_method(function, call.function), call.arguments
        match method:
            case code.Call(arguments=(inner, *filled)) if last_name(method) == "partial":
                method, given = inner, (*filled, *given)
        if not isinstance(method, code.Attribute):
            return None
        if any(v.kind == "class" for v in self.ask.values(function, method.value)):
            return given[0] if given else None
        return method.value

    def _put_there(self, function: str, named: code.Expr, target: Target) -> Places:
        """The object whose method the program put in the place of a module's function: `time.sleep = clock.sleep`."""
        info = self.ask.index.functions.get(target.name)
        if info is None or info.owner is None:
            return NOWHERE
        name = getattr(named, "name", "") if isinstance(named, code.Attribute) else getattr(named, "id", "")
        stores = self.ask.index.set_from_outside.get(name, ())
        if not stores:
            return NOWHERE
        if isinstance(named, code.Attribute) and not all(
            v.kind in ("module", "external") for v in self.ask.values(function, named.value)
        ):
            return NOWHERE
        for store in stores[:_MOST]:
            given = self.ask.values(store.where, store.value)
            whole = any(v.kind == "instance" and v.name == info.owner for v in given)
            bound = isinstance(store.value, code.Attribute) and any(v.name == target.name for v in given)
            if not (whole or bound):
                continue
            holder = store.value.value if bound and isinstance(store.value, code.Attribute) else store.value
            held = self.places(store.where, holder)
            if held and all(p.root.kind in _LASTING for p in held):
                return held
            # One that nobody tells apart: it is the same for all who call.
            return frozenset({Place(Root(RootKind.CLASS, self.ask.index.classes[info.owner].name, info.owner))})
        return NOWHERE

    def _handed(self, function: str, handed: code.Expr, target: Target, frame: Frame | None) -> Places:
        """The object whose method is handed over: `out.add`, a name for that, or an object that is called itself."""
        method = target.name.rpartition(".")[2]
        if isinstance(handed, code.Attribute) and handed.name == method:
            return self.places(function, handed.value, frame)
        values = self.ask.values(function, handed) if isinstance(handed, code.Name | code.Attribute) else frozenset()
        owners = (v for v in in_order(values) if v.kind in ("instance", "some"))
        if any(target.name in self.ask.methods(owner, method) for owner in owners):
            return self.places(function, handed, frame)  # it is called itself, or its methods are
        if isinstance(handed, code.Attribute):
            return NOWHERE
        known = any(v.kind == "function" and v.name == target.name for v in values)
        return self._object_of(function, handed, frame) if known else NOWHERE

    def _object_of(self, function: str, kept: code.Expr, frame: Frame | None) -> Places:
        """The object of a method that was kept under a name, as a default or by another function that was handed it."""
        return _few(within(p, (BOUND,)) for p in self.places(function, kept, frame))

    def bound_method(self, function: str, expression: code.Expr) -> code.Expr:
        """`add` as `out.append` where it was set so before, and `getattr(out, "append")` as well."""
        for _ in range(3):
            if not isinstance(expression, code.Name):
                break
            home = self.home(function, expression.id)
            bindings = self.ask.index.scopes[home].get(expression.id, ()) if home is not None else ()
            values = [b.expression for b in bindings if b.kind == "value" and not b.place]
            if (
                len(bindings) != 1
                or len(values) != 1
                or not isinstance(values[0], code.Name | code.Attribute | code.Call)
            ):
                break
            value = by_name(values[0])
            if isinstance(value, code.Call):
                if last_name(value) != "partial" or not value.arguments:
                    return value if last_name(value) == "getattr" else expression
                expression = value.arguments[0]
            else:
                expression = value
        return by_name(expression)

    def _argument(
        self, function: str, call: code.Call, target: Target, root: Root, frame: Frame | None, key: str = INSIDE
    ) -> Places:
        """What is passed for a parameter; `key` is the entry that is asked for of one that gathers several."""
        info = self.ask.index.functions[target.name]
        if root.index >= len(info.parameters):
            return NOWHERE
        taken = info.parameters[root.index]
        if target.callback:
            known = tuple(given_by(self.ask, function, call, target.name, root.index))
            if known:
                walked = (
                    (self.elements if g.is_element else self.places)(function, g.expression, frame) for g in known
                )
                return _few(place for each in walked for place in each)
            given = [a for a in (*call.arguments, *(k.value for k in call.keywords)) if not isinstance(a, code.Lambda)]
            return _few(
                q for a in given for q in (*self.places(function, a, frame), *self.elements(function, a, frame))
            )
        if taken.kind == "*":
            found = [p for a in call.arguments[root.index :] for p in self.places(function, a, frame)]
            return _few(found)
        if taken.kind == "**":
            asked = (k for k in call.keywords if k.name is None or key in (INSIDE, BELOW, f"[{k.name!r}]"))
            return _few(p for k in asked for p in self.places(function, k.value, frame))
        given_here = argument(self.ask, target.name, call, root.index)
        if given_here is not None:
            return self.places(function, given_here, frame)
        if any(isinstance(a, code.Starred) for a in call.arguments) or any(k.name is None for k in call.keywords):
            spread = [
                *(a.value for a in call.arguments if isinstance(a, code.Starred)),
                *(k.value for k in call.keywords if k.name is None),
            ]
            return _few(p for value in spread for p in self.elements(function, value, frame))
        filled = self._filled(function, call, root.index, info, frame)
        if filled is not None:
            return filled
        return self.usual(target.name, root.index, frame if info.parent == function else None)

    def usual(self, function: str, index: int, frame: Frame | None = None) -> Places:
        """The object that a parameter of `function` has where nothing is passed for it; `frame` is of the function around."""
        info = self.ask.index.functions[function]
        match info.parameters[index].default if index < len(info.parameters) else None:
            case None | code.Literal():
                return NOWHERE
            case code.Name() | code.Attribute() as named:
                held = self.places(info.parent, named, frame) if info.parent is not None else NOWHERE
                if held or info.parent is None or not self._may_be_object(info.parent, named):
                    return held
        return frozenset({Place(Root(RootKind.DEFAULT, info.parameters[index].name, function))})

    def _filled(
        self, function: str, call: code.Call, position: int, info: FunctionInfo, frame: Frame | None
    ) -> Places | None:
        """What `partial` has filled in before the call."""
        if isinstance(call.function, code.Call):  # `partial(f, a)(b)`
            filled = _partly(call.function, position, info)
            return self.places(function, filled, frame) if filled is not None else None
        if not isinstance(call.function, code.Name):
            return None
        home = self.home(function, call.function.id)
        for binding in self.ask.index.scopes[home].get(call.function.id, ()) if home is not None else ():
            if binding.kind == "parameter":
                return self._filled_by_callers(binding, position, info)
            filled = _partly(binding.expression, position, info)
            if filled is not None:
                held = self.places(binding.where, filled, frame if home == function else None)
                kept = not held and isinstance(filled, code.Call | code.Display | code.Comprehension)
                there = self._name(function, call.function.id, frame) if kept else NOWHERE
                return held or _few(p.below(info.parameters[position].name) for p in there)  # one object for all calls
        return None

    def _filled_by_callers(self, binding: Binding, position: int, info: FunctionInfo) -> Places | None:
        """The same, where the partial function is handed over: what outlives those who hand it over."""
        found: set[Place] = set()
        for caller, call in self.ask.callers(binding.where)[:_MOST]:
            filled = _partly(argument(self.ask, binding.where, call, binding.position), position, info)
            if filled is not None:
                found |= {self._absolute(caller, place) for place in self.places(caller, filled, self.around)}
        return _few(found) or None


def _partly(made: code.Expr | None, position: int, info: FunctionInfo) -> code.Expr | None:
    """What `made`, a `partial(f, a, x=b)`, has filled in for a parameter of the function `f`."""
    match made:
        case code.Call(arguments=(_, *given)) if last_name(made) == "partial":
            bound = 1 if info.owner is not None and not decorated(info, _STATIC) else 0
            before = given[position - bound :][:1] if position >= bound else []
            named = [k.value for k in made.keywords if k.name == info.parameters[position].name]
            return next(iter(named or before), None)
    return None


def _few(places: Iterable[Place]) -> Places:
    """These places, or where they are too many, one around all of each root."""
    found = frozenset(places)
    if len(found) <= _MOST:
        return found
    by_root: dict[Root, list[Place]] = {}
    for place in found:
        by_root.setdefault(place.root, []).append(place)
    return frozenset(around(several) for several in by_root.values())


def within(place: Place, path: tuple[str, ...]) -> Place:
    """What lies there within `place`; the object of a method lies around the attribute that gives it."""
    if path[:1] == (BOUND,) and place.path and place.path[-1].isidentifier() and place.path[-1] != BOUND:
        return Place(place.root, place.path[:-1]).below(*path[1:])
    return place.below(*path)


def _is_new_collection(value: code.Expr | None) -> bool:
    return isinstance(value, code.Call) and last_name(value) in _COLLECTIONS


def class_place(ask: Ask, cls: str) -> Place:
    """The place of a class of the project."""
    return Place(Root(RootKind.CLASS, ask.index.classes[cls].name, cls))


def parameter_place(info: FunctionInfo, position: int) -> Place:
    """The place of a parameter; the first of a method is its object, that of a class method its class."""
    name = info.parameters[position].name
    if position == 0 and info.owner is not None and not decorated(info, _STATIC):
        if decorated(info, _CLASS_METHOD) or info.name.rpartition(".")[2] in MADE_WITH_CLASS:
            return Place(Root(RootKind.CLASS, name, info.owner))
        return Place(Root(RootKind.SELF, name))
    return Place(Root(RootKind.PARAM, name, index=position))
