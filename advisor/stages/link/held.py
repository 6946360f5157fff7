"""Held: what lies in an object or collection that is made here, `Box(rows).held`, `{"rows": rows}["rows"]`: it was made here,
and what it was given is others' as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from advisor.model import code
from advisor.model.program import Target, Value
from advisor.model.state import INSIDE, Frame, Place, Places, RootKind
from advisor.model.tree import dotted
from advisor.questions.calls import last_name
from advisor.stages.link.ask import Ask, in_order
from advisor.stages.link.index import Binding
from advisor.stages.link.parameters import argument

_BUILDS = ("__init__", "__post_init__")
_ENTERS = ("__enter__", "__aenter__")
_LASTING = frozenset({RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT})
_COPIES = frozenset("dict list tuple copy OrderedDict deque".split())
_IN_ANOTHER_ORDER = frozenset("sorted reversed set frozenset iter filter islice chain".split())
_DEEPEST = 6  # steps from what is asked about to what was given
_MOST = 200  # expressions that are looked at on the way
Path = tuple[str, ...]


class Known(Protocol):
    """What is asked of the places of other expressions."""

    ask: Ask

    def places(self, function: str, expression: code.Expr, frame: Frame | None = None) -> Places: ...

    def translate(
        self, function: str, call: code.Call, target: Target, place: Place, frame: Frame | None
    ) -> Places: ...

    def home(self, function: str, name: str) -> str | None: ...


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
    """A search in one function, whose own names may be those of a piece; `seen` is what was asked by all that belong together."""

    def __init__(self, known: Known, function: str, frame: Frame | None, seen: set[tuple[str, object, Path]]) -> None:
        self.known, self.ask, self.function, self.frame, self.seen = known, known.ask, function, frame, seen

    def _within(self, function: str) -> _Search:
        return _Search(self.known, function, None, self.seen)

    def below(self, value: code.Expr, path: Path, depth: int) -> Iterator[Place]:
        """Where `path` leads from `value`, whether or not that is made here."""
        yield from (place.below(*path) for place in self.known.places(self.function, value, self.frame))
        if path:
            yield from self.held(value, path, depth)

    def held(self, value: code.Expr, path: Path, depth: int) -> Iterator[Place]:
        asked = (self.function, value.uid if isinstance(value, code.Call) else value, path)
        if depth <= 0 or asked in self.seen or len(self.seen) > _MOST:
            return
        self.seen.add(asked)
        match value:
            case code.Attribute(value=inner, name=name):
                yield from self.held(inner, (name, *path), depth)
            case code.Subscript(value=inner, index=index):
                yield from self.held(inner, (entry(index), *path), depth)
            case code.Await(value=inner) | code.Starred(value=inner) | code.Walrus(value=inner):
                yield from self.below(inner, path, depth)
            case code.Operation(operator="and" | "or", operands=operands):
                yield from self._any(operands, path, depth)
            case code.Operation(operator="if", operands=(body, _, orelse)):
                yield from self._any((body, orelse), path, depth)
            case code.Display() if _is_entry(path[0]):
                for item in _items(value, path[0]):
                    rest = (INSIDE, *path[1:]) if isinstance(item, code.Starred) else path[1:]
                    yield from self.below(item, rest, depth - 1)
            case code.Call():
                yield from self._of_call(value, path, depth - 1)
            case code.Name(id=name) if self.known.home(self.function, name) == self.function:
                yield from self._of_name(value, path, depth - 1)

    def _any(self, values: Iterable[code.Expr], path: Path, depth: int) -> Iterator[Place]:
        for value in values:
            yield from self.below(value, path, depth)

    # ---- names

    def _of_name(self, name: code.Name, path: Path, depth: int) -> Iterator[Place]:
        frame, index = self.frame, self.ask.index
        if frame is not None and name.id in frame.targets:
            return  # each run of the piece has another one
        private = frame is not None and name.id in frame.private
        for binding in index.scopes[self.function][name.id]:
            inside = not private or (frame is not None and id(binding.expression) in frame.inside)
            if inside and binding.where == self.function and binding.expression is not None:
                yield from self._bound(binding, binding.expression, path, depth)
        if self.known.places(self.function, name, self.frame):
            return  # others know it too, and may see or change what is put there
        if _is_entry(path[0]):
            stores = index.stored_by_name.get((index.functions[self.function].path, name.id), ())
            for store in stores:
                if store.where == self.function and store.receiver == name and not store.nested:
                    yield from self.below(store.value, (*((INSIDE,) if store.many else ()), *path[1:]), depth)
        for store in index.set_from_outside.get(path[0], ()):
            if store.where == self.function and store.receiver == name and not store.place:
                yield from self.below(store.value, path[1:], depth)

    def _bound(self, binding: Binding, value: code.Expr, path: Path, depth: int) -> Iterator[Place]:
        position = binding.place[0] if len(binding.place) == 1 else None
        if binding.kind == "value" and not binding.place:
            yield from self.below(value, path, depth)
        elif binding.kind == "value" and position is not None:
            yield from self.below(value, (f"[{position}]", *path), depth)
        elif binding.kind == "element" and not binding.place:
            yield from self.below(value, (INSIDE, *path), depth)
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
                        yield from self.below(value, (*place.path, *path), depth)
                    elif place.root.kind in _LASTING:
                        yield place.below(*path)
        if not given:
            yield from self.below(value, path, depth)

    # ---- calls

    def _of_call(self, call: code.Call, path: Path, depth: int) -> Iterator[Place]:
        for value in in_order(self.ask.values(self.function, call.function)):
            if value.kind == "class":
                yield from self._given(call, value.name, path, depth)
            elif value.kind == "function":
                inner = self._within(value.name)
                for returned in self.ask.index.returned.get(value.name, ()):
                    for place in inner.below(returned, path, depth):
                        yield from self._passed(call, value.name, place, depth)
        last = last_name(call)
        if last in _COPIES | _IN_ANOTHER_ORDER and _is_entry(path[0]):
            path = path if last in _COPIES else (INSIDE, *path[1:])
            owner = call.function.value if isinstance(call.function, code.Attribute) else None
            copied = call.arguments[:1] or ((owner,) if owner is not None else ())
            yield from self._any(copied, path, depth)
            named = (k.value for k in call.keywords if path[0] in (INSIDE, f"[{k.name!r}]"))
            yield from self._any(named, path[1:], depth)

    def _given(self, call: code.Call, cls: str, path: Path, depth: int) -> Iterator[Place]:
        """What an object of class `cls` keeps of what it was made with."""
        index = self.ask.index
        called = [m for build in _BUILDS for m in self.ask.methods(Value("instance", cls), build)]
        for each in self.ask.lineage(cls)[0]:
            for binding in index.attributes.get(each, {}).get(path[0], ()):
                info = index.functions[binding.where]
                if binding.expression is None or binding.place or info.name.rpartition(".")[2] not in _BUILDS:
                    continue
                for place in self._within(info.id).below(binding.expression, path[1:], depth):
                    yield from self._handed_up(call, called, info.id, place, depth)
        field = None if called else _field(self.ask, call, cls, path[0])
        if field is not None:
            yield from self.below(field, path[1:], depth)

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
        elif place.root.kind is RootKind.PARAM:
            found = self.known.translate(self.function, call, Target("function", function), place, self.frame)
            yield from found
            given = argument(self.ask, function, call, place.root.index) if not found and place.path else None
            if given is not None:
                yield from self.held(given, place.path, depth - 1)


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


def _is_super(call: code.Call) -> bool:
    match call.function:
        case code.Attribute(value=code.Call(function=code.Name(id="super"))):
            return True
    return False


def _field(ask: Ask, call: code.Call, cls: str, name: str) -> code.Expr | None:
    """What is passed for a field of a data class."""
    classes = [ask.index.classes[each] for each in reversed(ask.lineage(cls)[0])]
    decorators = (d.function if isinstance(d, code.Call) else d for each in classes for d in each.decorators)
    if not any((dotted(each) or "").rpartition(".")[2] == "dataclass" for each in decorators):
        return None
    fields = list(dict.fromkeys(field for each in classes for field in each.annotated))
    if name not in fields:
        return None
    named = next((keyword.value for keyword in call.keywords if keyword.name == name), None)
    position = fields.index(name)
    if named is None and position < len(call.arguments):
        return call.arguments[position]
    return named
