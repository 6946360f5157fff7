"""Held: what lies in an object or collection that is made here, `Box(rows).held`, `{"rows": rows}["rows"]`: it was made here,
and what it was given is others' as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from advisor.model import code
from advisor.model.program import Target, Value
from advisor.model.state import BOUND, INSIDE, Frame, Place, Places, RootKind
from advisor.model.tree import dotted
from advisor.questions.calls import last_name
from advisor.questions.lineage import is_dataclass
from advisor.stages.link.ask import Ask, in_order
from advisor.stages.link.index import Binding
from advisor.stages.link.parameters import argument

_BUILDS = ("__init__", "__post_init__")
_ENTERS = ("__enter__", "__aenter__")
_LASTING = frozenset({RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT})
_COPIES = frozenset("dict list tuple copy OrderedDict deque".split())
_IN_ANOTHER_ORDER = frozenset("sorted reversed set frozenset iter filter islice chain".split())
_SAME = frozenset("cast closing aclosing shield create_task ensure_future wait_for enter_context".split())
_DEEPEST = 6  # steps from what is asked about to what was given
_MOST = 60  # expressions that are looked at on the way
_MADE = code.Call | code.Display | code.Comprehension
Path = tuple[str, ...]


class Put(NamedTuple):
    """What a method `where` puts into an attribute of its object: as a whole, as an `entry` of it, or `many` of these."""

    where: str
    value: code.Expr
    entry: bool = False
    many: bool = False


class Known(Protocol):
    """What is asked of the places of other expressions; `put` is what methods put into attributes, by class and name."""

    ask: Ask
    put: dict[tuple[str, str], list[Put]]

    def places(self, function: str, expression: code.Expr, frame: Frame | None = None) -> Places: ...

    def translate(
        self, function: str, call: code.Call, target: Target, place: Place, frame: Frame | None
    ) -> Places: ...

    def home(self, function: str, name: str) -> str | None: ...

    def returned(self, function: str) -> Places: ...


def held(known: Known, function: str, value: code.Expr, path: Path, frame: Frame | None) -> Iterator[Place]:
    """The places that `path` leads to from `value`, which `function` makes: what it was given, or what was put there since."""
    return _Search(known, function, frame, set()).held(value, path, _DEEPEST)


def entry(index: code.Expr) -> str:
    """The part of a path that an index is: an entry where it is written out, else any."""
    match index:
        case code.Literal(kind="int" | "str", value=key):
            return f"[{key!r}]"
    return INSIDE


class _Search:
    """A search in one function, whose own names may be those of a piece; `seen` is what was asked by all that belong together.

    With `items` it is for what the items of a collection hold: what they are themselves counts only where they are made here.
    """

    def __init__(
        self,
        known: Known,
        function: str,
        frame: Frame | None,
        seen: set[tuple[object, ...]],
        *,
        items: bool = False,
    ) -> None:
        self.known, self.ask, self.function, self.frame, self.seen = known, known.ask, function, frame, seen
        self.items = items

    def _within(self, function: str) -> _Search:
        return _Search(self.known, function, None, self.seen, items=self.items)

    @property
    def _parts(self) -> _Search:
        """The same for what an item was made of."""
        return _Search(self.known, self.function, self.frame, self.seen) if self.items else self

    def through(self, value: code.Expr, path: Path, depth: int) -> Iterator[Place]:
        """Where `path` leads from what is the same object, or holds the same items, as what was asked about."""
        return (self.held if self.items else self.below)(value, path, depth)

    def below(self, value: code.Expr, path: Path, depth: int) -> Iterator[Place]:
        """Where `path` leads from `value`, whether or not that is made here."""
        yield from (place.below(*path) for place in self.known.places(self.function, value, self.frame))
        if path:
            yield from self.held(value, path, depth)

    def held(self, value: code.Expr, path: Path, depth: int) -> Iterator[Place]:
        asked = (self.function, value.uid if isinstance(value, code.Call) else value, path, self.items)
        if depth <= 0 or asked in self.seen or len(self.seen) > _MOST:
            return
        self.seen.add(asked)
        match value:
            case code.Attribute(value=inner) if path[0] == BOUND and len(path) > 1:  # `job.run` as it was put there
                yield from self.through(inner, path[1:], depth)
            case code.Attribute(value=inner, name=name):
                yield from self.held(inner, (name, *path), depth)
            case code.Subscript(value=inner, index=index):
                yield from self.held(inner, (entry(index), *path), depth)
            case code.Await(value=inner) | code.Starred(value=inner) | code.Walrus(value=inner):
                yield from self.through(inner, path, depth)
            case code.Operation(operator="and" | "or", operands=operands):
                yield from self._any(operands, path, depth)
            case code.Operation(operator="if", operands=(body, _, orelse)):
                yield from self._any((body, orelse), path, depth)
            case code.Display() if _is_entry(path[0]):
                for item in _items(value, path[0]):
                    rest = (INSIDE, *path[1:]) if isinstance(item, code.Starred) else path[1:]
                    yield from self._parts.below(item, rest, depth - 1)
            case code.Comprehension(element=element, kind=kind) if _is_entry(path[0]):
                made = element.items[1] if kind == "dict" and isinstance(element, code.Display) else element
                yield from self._parts.below(made, path[1:], depth - 1)
            case code.Call():
                yield from self._of_call(value, path, depth - 1)
            case code.Name(id=name) if self.known.home(self.function, name) == self.function:
                yield from self._of_name(value, path, depth - 1)

    def _any(self, values: Iterable[code.Expr], path: Path, depth: int) -> Iterator[Place]:
        for value in values:
            yield from self.through(value, path, depth)

    # ---- names

    def _of_name(self, name: code.Name, path: Path, depth: int) -> Iterator[Place]:
        frame, index = self.frame, self.ask.index
        item = frame is not None and name.id in frame.targets  # each run of the piece has another one
        private = frame is not None and name.id in frame.private
        for binding in index.scopes[self.function][name.id]:
            inside = not private or (frame is not None and id(binding.expression) in frame.inside)
            if inside and binding.where == self.function and binding.expression is not None:
                bound = self._element if item else self._bound
                yield from bound(binding, binding.expression, path, depth)
        owners = self.known.places(self.function, name, frame)
        if any(owner.root.kind is RootKind.SELF and not owner.path for owner in owners):
            yield from self._of_self(path, depth)
        if any(owner.root.kind is not RootKind.LOCAL or owner.path for owner in owners):
            return  # others know it too, and may see or change what is put there
        if _is_entry(path[0]):
            stores = index.stored_by_name.get((index.functions[self.function].path, name.id), ())
            for store in stores:
                if store.where == self.function and store.receiver == name and not store.nested:
                    rest = (*((INSIDE,) if store.many else ()), *path[1:])
                    yield from self._parts.below(store.value, rest, depth)
        for store in index.set_from_outside.get(path[0], ()):
            if store.where == self.function and store.receiver == name and not store.place:
                yield from self._parts.below(store.value, path[1:], depth)

    def _of_self(self, path: Path, depth: int) -> Iterator[Place]:
        """What the methods of an object put into its attributes, of what the object knows itself: `self.jobs.append(Job(self))`."""
        owner = self.ask.index.functions[self.function].owner
        if owner is None or len(path) < 2:
            return
        if (owner, path[0]) not in self.known.put:
            self.known.put[owner, path[0]] = list(_put_by_methods(self.ask, owner, path[0]))
        for put in self.known.put[owner, path[0]]:
            rest = path[2:] if put.entry else path[1:]
            if put.entry and not _is_entry(path[1]):
                continue
            search = self._within(put.where)._parts
            for place in search.below(put.value, (INSIDE, *rest) if put.many else rest, depth):
                if place.root.kind in _LASTING or place.root.kind is RootKind.SELF:
                    yield place

    def _element(self, binding: Binding, walked: code.Expr, path: Path, depth: int) -> Iterator[Place]:
        """What an item of the loop over `walked` holds that was put there where the items were made."""
        if binding.kind == "element":
            search = _Search(self.known, self.function, self.frame, self.seen, items=True)
            yield from search.held(walked, (INSIDE, *(f"[{number}]" for number in binding.place), *path), depth)

    def _bound(self, binding: Binding, value: code.Expr, path: Path, depth: int) -> Iterator[Place]:
        position = binding.place[0] if len(binding.place) == 1 else None
        if binding.kind == "value" and not binding.place:
            yield from self.through(value, path, depth)
        elif binding.kind == "value" and position is not None:
            yield from self.through(value, (f"[{position}]", *path), depth)
        elif binding.kind == "element" and not binding.place:
            yield from self.through(value, (INSIDE, *path), depth)
        elif binding.kind == "enter" and not binding.place:
            yield from self._entered(value, path, depth)

    def _entered(self, value: code.Expr, path: Path, depth: int) -> Iterator[Place]:
        """`with value as name`: what its class gives, which most often is the object itself."""
        kinds = [v for v in in_order(self.ask.values(self.function, value)) if v.kind in ("instance", "some")]
        methods = {m for kind in kinds for enters in _ENTERS for m in self.ask.methods(kind, enters)}
        given = [each for method in sorted(methods) for each in self.ask.index.returned.get(method, ())]
        for method in sorted(methods):
            for each in self.ask.index.returned.get(method, ()):
                for place in self.known.places(method, each):
                    if place.root.kind is RootKind.SELF:
                        yield from self.through(value, (*place.path, *path), depth)
                    elif place.root.kind in _LASTING:
                        yield place.below(*path)
        if not given:
            yield from self.through(value, path, depth)

    # ---- calls

    def _of_call(self, call: code.Call, path: Path, depth: int) -> Iterator[Place]:
        for value in in_order(self.ask.values(self.function, call.function)):
            if value.kind == "class":
                yield from self._given(call, value.name, path, depth)
            elif value.kind == "external" and self._keeps_keywords(value.name):
                yield from self._parts._any((k.value for k in call.keywords if k.name == path[0]), path[1:], depth)
            elif value.kind == "record":
                given = _of_record(call, value.name.split(), path[0])
                yield from self._parts._any(given, path[1:], depth)
            elif value.kind == "function":
                inner = self._within(value.name)
                for returned in self.ask.index.returned.get(value.name, ()):
                    for place in inner.through(returned, path, depth):
                        yield from self._passed(call, value.name, place, depth)
        last = last_name(call)
        if last in _SAME and call.arguments:
            yield from self.through(call.arguments[-1 if last == "cast" else 0], path, depth)
        if _is_entry(path[0]):
            yield from self._walked(call, last, path, depth)
        if last in _COPIES | _IN_ANOTHER_ORDER and _is_entry(path[0]):
            path = path if last in _COPIES else (INSIDE, *path[1:])
            owner = call.function.value if isinstance(call.function, code.Attribute) else None
            copied = call.arguments[:1] or ((owner,) if owner is not None else ())
            yield from self._any(copied, path, depth)
            named = (k.value for k in call.keywords if path[0] in (INSIDE, f"[{k.name!r}]"))
            yield from self._parts._any(named, path[1:], depth)

    def _keeps_keywords(self, name: str) -> bool:
        known = self.ask.catalog.call(name)
        return known is not None and known[1].keeps == "keywords"

    def _walked(self, call: code.Call, last: str, path: Path, depth: int) -> Iterator[Place]:
        """What walking a call gives: views of a dict, numbered items, the items of several side by side."""
        owner = call.function.value if isinstance(call.function, code.Attribute) else None
        column = path[1] if len(path) > 1 else ""
        if last == "values" and owner is not None:
            yield from self.through(owner, (INSIDE, *path[1:]), depth)
        elif last == "items" and owner is not None and column in ("[1]", INSIDE):
            yield from self.through(owner, (INSIDE, *path[2:]), depth)
        elif last == "enumerate" and column in ("[1]", INSIDE):
            yield from self._any(call.arguments[:1], (INSIDE, *path[2:]), depth)
        elif last == "zip":
            chosen = [a for number, a in enumerate(call.arguments) if column in (f"[{number}]", INSIDE)]
            yield from self._any(chosen, (INSIDE, *path[2:]), depth)

    def _given(self, call: code.Call, cls: str, path: Path, depth: int) -> Iterator[Place]:
        """What an object of class `cls` keeps of what it was made with."""
        index = self.ask.index
        called = [m for build in _BUILDS for m in self.ask.methods(Value("instance", cls), build)]
        for each in self.ask.lineage(cls)[0]:
            for binding in index.attributes.get(each, {}).get(path[0], ()):
                info, value = index.functions[binding.where], _given_value(binding)
                if value is None or info.name.rpartition(".")[2] not in _BUILDS:
                    continue
                for place in self._within(info.id)._parts.below(value, path[1:], depth):
                    yield from self._handed_up(call, called, info.id, place, depth)
        known = any(path[0] in index.attributes.get(each, {}) for each in self.ask.lineage(cls)[0])
        if not known and any(map(self._sets_any, called)):
            yield from self._parts._any((k.value for k in call.keywords if k.name == path[0]), path[1:], depth)
        field = None if called else _field(self.ask, call, cls, path[0])
        if field is not None:
            yield from self._parts.below(field, path[1:], depth)
        elif not called:
            yield from self._from_factory(cls, path, depth)

    def _from_factory(self, cls: str, path: Path, depth: int) -> Iterator[Place]:
        """What a field holds that nothing was passed for: `bus: list = field(default_factory=lambda: BUS)`."""
        for each in self.ask.lineage(cls)[0]:
            for binding in self.ask.index.attributes.get(each, {}).get(path[0], ()):
                if not isinstance(binding.expression, code.Call):
                    continue
                made_by = next((k.value for k in binding.expression.keywords if k.name == "default_factory"), None)
                search = self._within(binding.where)
                if isinstance(made_by, code.Lambda):
                    yield from search.below(made_by.body, path[1:], depth)
                for value in in_order(self.ask.values(binding.where, made_by)) if made_by is not None else ():
                    for place in self.known.returned(value.name) if value.kind == "function" else ():
                        if place.root.kind in _LASTING:
                            yield place.below(*path[1:])

    def _sets_any(self, builder: str) -> bool:
        """Does it set attributes by names that are worked out: `setattr(self, key, value)`, `self.__dict__.update(options)`?"""
        calls = self.ask.index.functions[builder].calls
        return any(dotted(c.function) in ("setattr", "self.__dict__.update") or _is_update_of_vars(c) for c in calls)

    def _handed_up(
        self, call: code.Call, called: Iterable[str], builder: str, place: Place, depth: int
    ) -> Iterator[Place]:
        """A place that `builder` knows, which `call` runs itself or by way of `super().__init__(…)`."""
        for method in called:
            if method == builder:
                yield from self._passed(call, builder, place, depth)
                continue
            search = self._within(method)
            for where, inner in self.ask.index.calls.get("__init__", ()):
                if where == method and _is_super(inner):
                    for given in search._passed(inner, builder, place, depth):
                        yield from self._passed(call, method, given, depth)

    def _passed(self, call: code.Call, function: str, place: Place, depth: int) -> Iterator[Place]:
        """A place that the called `function` knows: of what it was passed, or of what outlives it."""
        if place.root.kind in _LASTING:
            yield place
        elif place.root.kind is RootKind.SELF:
            yield from self.known.translate(self.function, call, Target("function", function), place, self.frame)
        elif place.root.kind is RootKind.PARAM:
            found = self.known.translate(self.function, call, Target("function", function), place, self.frame)
            yield from found
            given = argument(self.ask, function, call, place.root.index) if not found and place.path else None
            if given is not None:
                yield from self.held(given, place.path, depth - 1)


def _put_by_methods(ask: Ask, owner: str, name: str) -> Iterator[Put]:
    lineage, index = ask.lineage(owner)[0], ask.index
    for cls in lineage:
        for binding in index.attributes.get(cls, {}).get(name, ()):
            value = _given_value(binding)
            if isinstance(value, _MADE):
                yield Put(binding.where, value)
    for store in index.stored_by_attribute.get(name, ()):
        by = index.functions[store.where].owner
        if by in lineage and isinstance(store.receiver, code.Attribute) and not store.nested:
            yield Put(store.where, store.value, entry=True, many=store.many)


def _given_value(binding: Binding) -> code.Expr | None:
    """What a name or attribute is set to, also as one of several: `self.a, self.b = 1, rows`."""
    match binding.expression:
        case code.Display(items=items) if len(binding.place) == 1:
            return items[binding.place[0]] if 0 <= binding.place[0] < len(items) else None
    return None if binding.place else binding.expression


def _is_entry(part: str) -> bool:
    return part.startswith("[")


def _items(display: code.Display, part: str) -> Iterable[code.Expr]:
    """What stands in a display under an entry: the item with that key, or at that place; all, where it is not told."""
    if display.kind == "dict":
        if any(isinstance(item, code.Starred) for item in display.items):
            return display.items
        keys, values = display.items[::2], display.items[1::2]
        return [v for k, v in zip(keys, values, strict=True) if part == INSIDE or entry(k) in (part, INSIDE)]
    if part == INSIDE or any(isinstance(item, code.Starred) for item in display.items):
        return display.items
    return [item for number, item in enumerate(display.items) if part == f"[{number}]"] or display.items


def _is_update_of_vars(call: code.Call) -> bool:
    match call.function:
        case code.Attribute(value=code.Call(function=code.Name(id="vars")), name="update"):
            return True
    return False


def _is_super(call: code.Call) -> bool:
    match call.function:
        case code.Attribute(value=code.Call(function=code.Name(id="super"))):
            return True
    return False


def _of_record(call: code.Call, names: list[str], part: str) -> Iterable[code.Expr]:
    """What a named tuple was given for a part of it: by name, or by its number; all, where that is not told."""
    if part == INSIDE:
        return (*call.arguments, *(keyword.value for keyword in call.keywords))
    at = names.index(part) if part in names else int(part[1:-1]) if part[1:-1].isdigit() else len(names)
    named = [k.value for k in call.keywords if at < len(names) and k.name == names[at]]
    return named or call.arguments[at : at + 1]


def _field(ask: Ask, call: code.Call, cls: str, name: str) -> code.Expr | None:
    """What is passed for a field of a data class, or of a named tuple."""
    classes = [ask.index.classes[each] for each in reversed(ask.lineage(cls)[0])]
    if not any(map(is_dataclass, classes)) and "typing.NamedTuple" not in ask.lineage(cls)[1]:
        return None
    fields = list(dict.fromkeys(field for each in classes for field in each.annotated))
    if name not in fields:
        return None
    named = next((keyword.value for keyword in call.keywords if keyword.name == name), None)
    position = fields.index(name)
    if named is None and position < len(call.arguments):
        return call.arguments[position]
    return named
