"""Keys: what names the thing outside that a call acts on, worked out from the expressions that its arguments come from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.effect import Effect
from advisor.model.program import Program, Target
from advisor.model.state import HANDED, NOWHERE, Ambient, Frame, How, Key, Place, Places, Root, RootKind
from advisor.questions.nesting import beginning
from advisor.questions.pools import passed
from advisor.stages.trace.shell import HOLE, is_script, tokens

_PERCENT = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]")
_BRACES = re.compile(r"\{\w*\}|\{\w*:[^{}]*\}")
_DEEPEST = 6  # variables behind variables
NAMED = frozenset({"module", "package", "external", "class"})  # kinds of values that a name of the program stands for


_NOBODY_ELSES = frozenset({"/dev/null", ":memory:"})  # nobody else sees what goes there


@dataclass(slots=True)
class _Parts:
    texts: list[str] = field(default_factory=list)
    places: set[Place] = field(default_factory=set)
    fresh: bool = False
    shifted: bool = False
    partial: bool = False
    nested: bool = False
    lossy: bool = False
    merged: bool = False
    seen: set[str] = field(default_factory=set)
    leaving: code.Expr | None = None

    def key(self) -> Key:
        return Key(
            "|".join(sorted(self.texts)), frozenset(self.places), self.fresh, self.shifted, self.partial, self.nested,
            self.lossy, self.merged,
        )  # fmt: skip

    def add(self, key: Key) -> None:
        self.texts += key.text.split("|") if key.text else []
        self.places |= key.places
        self.fresh |= key.fresh
        self.shifted |= key.shifted
        self.lossy |= key.lossy
        self.merged |= key.merged
        self.partial |= key.partial
        self.nested |= key.nested


class Keys:
    """The keys of one function, or of a piece of it."""

    def __init__(
        self, program: Program, catalog: Catalog, function: str, frame: Frame | None, calls: tuple[code.Expr, ...] = ()
    ) -> None:
        """`calls` are those that the piece is made of: what one hands over is called with one item in each iteration."""
        self.program, self.catalog, self.calls = program, catalog, calls
        self.function, self.frame = function, frame
        self.info = program.functions[function]
        self.parameters = {p.name: position for position, p in enumerate(self.info.parameters)}

    def of(self, expressions: Iterable[code.Expr], leaving: code.Expr | None = None) -> Key:
        """The key that these arguments make together, but for what an expression written like `leaving` adds to it."""
        parts = _Parts(leaving=leaving)
        for expression in expressions:
            self._visit(expression, parts, _DEEPEST)
        return parts.key()

    def words(self, expression: code.Expr) -> tuple[Key, ...]:
        """The words of a command line, each by itself, as far as they are written out; what they come from where not."""
        match expression:
            case code.Display(items=items):
                return self._listed(items)
            case code.Literal() | code.Text() | code.Operation() if (text := filled(expression)) is not None:
                return tuple(self._in_text(*text))
            case code.Operation(operands=(first, *others)):
                return (*self.words(first), self.of(others))
            case code.Call(function=code.Attribute(name="format")) if (text := filled(expression)) is not None:
                return tuple(self._in_text(*text))
            case code.Call(function=code.Attribute(name="join" | "split"), arguments=(inner, *_)):
                return self.words(inner)
            case code.Call() if (listed := self._listed_by(expression)) is not None:
                return listed
            case code.Name(id=name):
                values = self.program.objects.values_of(self.function, name)
                if values is not None and len(values) == 1:
                    return self.words(values[0])
        return (self.of([expression]),)

    def _listed_by(self, call: code.Call) -> tuple[Key, ...] | None:
        """The words that a function of the project puts together: those of the one list that it returns."""
        targets = [target for target in self.program.targets(self.function, call) if not target.callback]
        if len(targets) != 1 or targets[0].kind != "function":
            return None
        info = self.program.functions[targets[0].name]
        match [statement.value for statement in info.statements if isinstance(statement, code.Return)]:
            case [code.Display() as made] if not info.is_async and not info.is_generator:
                words = Keys(self.program, self.catalog, info.id, None).words(made)
                return self.translated_words(call, targets[0], words)
        return None

    def _listed(self, items: tuple[code.Expr, ...]) -> tuple[Key, ...]:
        """The words of a list: each item is one, but for what a shell is handed, which is a line of its own."""
        words: tuple[Key, ...] = ()
        for item in items:
            words += self.words(item) if is_script(self.catalog, words) else (self.of([item]),)
        return words

    def _in_text(self, text: str, parts: list[code.Expr]) -> Iterator[Key]:
        """The words of a text in which `parts` stand, one at each hole."""
        rest = iter(parts)
        for word in tokens(text):
            inside = tuple(islice(rest, word.count(HOLE)))
            yield self.of([code.Text(word.replace(HOLE, ""), inside)]) if inside else Key(word)

    def translated_words(self, call: code.Call, target: Target, words: tuple[Key, ...]) -> tuple[Key, ...]:
        """The same for words that the called function was given."""
        found: tuple[Key, ...] = ()
        for word in words:
            given = self._whole(call, target, word) if len(words) == 1 or is_script(self.catalog, found) else None
            found += self.words(given) if given is not None else (self.translated(call, target, word),)
        return found

    def _whole(self, call: code.Call, target: Target, word: Key) -> code.Expr | None:
        """What a call passes for the parameter that a word is, and nothing else."""
        match sorted(word.places):
            case [Place(root=Root(kind=RootKind.PARAM, index=index), path=())] if not word.text and not target.callback:
                return self.program.argument(target.name, call, index)
        return None

    def translated(self, call: code.Call, target: Target, key: Key) -> Key:
        """A key that the called function tells in terms of its parameters, told in those of this function."""
        if not any(self._is_theirs(place) for place in key.places):
            return key
        parts = _Parts(
            [key.text] if key.text else [],
            set(),
            key.fresh,
            key.shifted,
            key.partial,
            key.nested,
            key.lossy,
            key.merged,
        )
        objects = self.program.objects
        for place in key.places:
            root = place.root
            taken = self.program.functions[target.name].parameters
            if root.kind is RootKind.PARAM and target.callback and root.index < len(taken):
                handed = passed(self.program, self.catalog, self.function, call, target, root.index)
                if handed is not None:
                    if handed[1] and any(call is each for each in self.calls):
                        parts.places.add(Place(Root(RootKind.ITEM, HANDED, self.function), place.path))
                    else:
                        self._passed(handed[0], place.path, parts)
                    continue
            elif root.kind is RootKind.PARAM and root.index < len(taken):
                given = self.program.argument(target.name, call, root.index)
                if given is not None:
                    self._passed(given, place.path, parts)
                    continue
                usual = taken[root.index].default
                if usual is not None and not _unpacks(call):
                    self._visit_literal(usual, parts)
                    continue
            if self._is_theirs(place):
                found = objects.translate(self.function, call, target, place, self.frame)
                parts.places |= found
                if not found:  # an object made for this call: what it was made of tells
                    for argument in (call.function, *call.arguments, *(k.value for k in call.keywords)):
                        self._visit(argument, parts, _DEEPEST)
            else:
                parts.places.add(place)
        return parts.key()

    def item(self, call: code.Call, target: Target, place: Place) -> Places:
        """What a function that one of `calls` hands over knows as its parameter, where that is an item of the iteration."""
        root = place.root
        if not target.callback or root.kind is not RootKind.PARAM or not any(call is each for each in self.calls):
            return NOWHERE
        if root.index >= len(self.program.functions[target.name].parameters):
            return NOWHERE
        handed = passed(self.program, self.catalog, self.function, call, target, root.index)
        if handed is None or not handed[1]:
            return NOWHERE
        return frozenset({Place(Root(RootKind.ITEM, HANDED, self.function), place.path)})

    def _is_theirs(self, place: Place) -> bool:
        """Does a place mean something else to the caller than to the called function?"""
        root = place.root
        here = root.kind is RootKind.LOCAL and root.owner == self.function
        return here or root.kind in (RootKind.SELF, RootKind.PARAM)

    def _passed(self, given: code.Expr, path: tuple[str, ...], parts: _Parts) -> None:
        held = self.program.objects.places(self.function, given, self.frame) if path else frozenset()
        if held:
            parts.places |= {place.below(*path) for place in held}
        else:
            self._visit(given, parts, _DEEPEST)

    def _visit(self, expression: code.Expr, parts: _Parts, depth: int) -> None:
        if parts.leaving is not None and expression == parts.leaving:
            return
        parts.nested |= self._grows(expression, parts.seen, depth)
        match expression:
            case code.Literal():
                self._visit_literal(expression, parts)
            case code.Text(text=text, parts=inner):
                parts.texts.append(text)
                for each in inner:
                    self._visit(each, parts, depth)
            case code.Name(id=name):
                self._name(name, parts, depth)
            case code.Attribute(value=value, name=name):
                held = self.program.objects.places(self.function, expression, self.frame)
                parts.merged |= self._is_part(value, name)
                if held:
                    parts.places |= held
                elif any(v.kind == "external" and not v.args for v in self.program.values(self.function, value)):
                    parts.texts.append(name)  # `sys.executable`
                    parts.fresh |= name == "devnull"
                else:
                    parts.texts.append(name)
                    parts.fresh |= name == "devnull"
                    parts.partial |= name != "devnull"
                    self._visit(value, parts, depth)
            case code.Subscript(index=code.Literal(kind="int")) if held := self._entry(expression):
                parts.places |= held
            case code.Call():
                self._call(expression, parts, depth)
            case code.Operation(operator=operator, operands=operands):
                numbers = any(isinstance(o, code.Literal) and o.kind == "int" for o in operands)
                parts.shifted |= operator in ("+", "-", "//", "%") and numbers
                parts.lossy |= operator in ("//", "%") and numbers
                for operand in operands:
                    self._visit(operand, parts, depth)
            case _:
                for part in tree.parts(expression):
                    self._visit(part, parts, depth)

    def _is_part(self, owner: code.Expr, attribute: str) -> bool:
        """Is it an attribute that several objects may have alike: `path.name`?"""
        types = (self.catalog.object(v.name) for v in self.program.values(self.function, owner) if v.kind == "object")
        return any(known is not None and attribute in known.merges for known in types)

    def _entry(self, expression: code.Subscript) -> Places:
        """The entry of an item: `row[0]`."""
        return frozenset(
            place
            for place in self.program.objects.places(self.function, expression, self.frame)
            if place.root.kind is RootKind.ITEM
        )

    def _call(self, call: code.Call, parts: _Parts, depth: int) -> None:
        for target in self.program.targets(self.function, call):
            known = self.catalog.call(target.name) if target.kind == "external" else None
            parts.fresh |= known is not None and known[1].unique
            if known is not None and Ambient.PROCESS_ID in known[1].state:
                parts.texts.append(target.name)  # the same for all that this process does
                return
            if known is not None and known[1].acts_on:  # an open file is the file that was named
                for argument in named_arguments(call, call.function, known[1].acts_on):
                    self._visit(argument, parts, depth)
                if known[1].effect is not Effect.DISK and not known[1].connects:
                    parts.places |= self._asked_with(call, parts, depth)
                return
        if self._takes(call):
            parts.places.add(Place(Root(RootKind.ITEM, HANDED, self.function)))
            return
        receiver = call.function.value if isinstance(call.function, code.Attribute) else None
        if isinstance(call.function, code.Attribute):
            parts.texts.append(call.function.name)
            parts.merged |= call.function.name in self.catalog.merging
        if receiver is not None and any(v.kind in NAMED for v in self.program.values(self.function, receiver)):
            receiver = None  # `os.path.join`: the same wherever it stands
        if receiver is not None:
            self._visit(receiver, parts, depth)
        given = (*call.arguments, *(k.value for k in call.keywords))
        parts.partial |= receiver is None and not given
        for argument in given:
            self._visit(argument, parts, depth)

    def _asked_with(self, call: code.Call, parts: _Parts, depth: int) -> Places:
        """The places of all that a call is given: on these rests what the other side answers, whatever it acts on."""
        asked = _Parts(seen=set(parts.seen))
        for argument in (*call.arguments, *(k.value for k in call.keywords)):
            self._visit(argument, asked, depth)
        return frozenset(asked.places)

    def _visit_literal(self, expression: code.Expr, parts: _Parts) -> None:
        """What is written out names something; None does not: whoever is given it finds a name of his own."""
        value = expression.value if isinstance(expression, code.Literal) else None
        if value is None:
            parts.partial = True
        else:
            parts.texts.append(str(value))

    def _grows(self, expression: code.Expr, seen: set[str], depth: int) -> bool:
        """Is it a beginning of what all iterations share, how long the item tells: `parts[:n]`?"""
        found = beginning(expression)
        if found is None or isinstance(found[1], code.Literal):
            return False
        differs = []
        for part in found:
            parts = _Parts(seen=set(seen))
            self._visit(part, parts, depth)
            differs.append(any(place.root.kind is RootKind.ITEM for place in parts.places))
        return differs == [False, True]

    def _takes(self, call: code.Call) -> bool:
        """Does it take an item out of a collection, another one each time: `jobs.popleft()`, `next(rows)`?"""
        match call:
            case code.Call(function=code.Attribute(name=name), arguments=arguments):
                taken = self.catalog.changing_methods.get(name) is How.TAKE
                return taken and all(isinstance(each, code.Literal) for each in arguments)
            case code.Call(function=code.Name(id="next" | "anext")):
                return True
        return False

    def _name(self, name: str, parts: _Parts, depth: int) -> None:
        if name in parts.seen:
            return
        parts.seen.add(name)
        frame, objects = self.frame, self.program.objects
        if frame is not None and name in frame.targets:
            parts.places.add(Place(Root(RootKind.ITEM, name, self.function)))
            parts.nested |= objects.nests(self.function, name, frame)
            return
        values = objects.values_of(self.function, name)
        if values is None:
            cell = objects.cell(self.function, name)
            if name in self.parameters and cell is None:
                parts.places |= objects.places(self.function, code.Name(name), frame)
            elif cell is not None:
                self._outer(cell, parts)
            else:
                parts.partial = True
            return
        inside = frame is None or name in frame.private
        if not inside and frame is not None and not (len(values) == 1 and self._is_fixed(values[0])):
            parts.places.add(Place(Root(RootKind.LOCAL, name, self.function)))
            parts.nested |= objects.nests(self.function, name, frame)
            return
        here = [v for v in values if frame is None or name not in frame.private or id(v) in frame.inside]
        parts.partial |= not here or not depth
        for value in here if depth else ():
            self._visit(value, parts, depth - 1)

    def _is_fixed(self, value: code.Expr) -> bool:
        """Is it written out, or a file that is opened by a name that is?"""
        match value:
            case code.Call(arguments=(code.Literal(), *_)):
                entries = [self.catalog.call(target.name) for target in self.program.targets(self.function, value)]
                return bool(entries) and all(each is not None and each[1].mode is not None for each in entries)
        return _written_out(value)

    def _outer(self, cell: Place, parts: _Parts) -> None:
        """A variable of the module, or of a function around: the text it is set to once, else the variable itself."""
        where = self.program.modules.get(cell.root.owner, cell.root.owner)
        values = self.program.objects.values_of(where, cell.root.name) if where in self.program.functions else None
        parts.partial |= cell.root.kind is RootKind.LOCAL  # another one for each call of the function around
        if values is not None and len(values) == 1 and _written_out(values[0]):
            parts.texts.append(str(getattr(values[0], "value", "")))
        else:
            parts.places.add(cell)


def is_nobody_elses(key: Key | None) -> bool:
    """Is it a thing outside that nobody else can see: what is thrown away, or a database in memory?"""
    alone = key is not None and not (key.places or key.partial)
    return key is not None and alone and bool(key.text) and _NOBODY_ELSES.issuperset(key.text.split("|"))


def filled(expression: code.Expr) -> tuple[str, list[code.Expr]] | None:
    """A text that is put together, with a mark at each hole, and what stands in these; None for other expressions."""
    match expression:
        case code.Literal(value=str(text)):
            return text, []
        case code.Text(text=text, parts=parts, holes=holes) if len(holes) == len(parts):
            for place in reversed(holes):
                text = f"{text[:place]}{HOLE}{text[place:]}"
            return text, list(parts)
        case code.Operation(operator="+", operands=operands):
            pieces = [filled(each) or (HOLE, [each]) for each in operands]
            if any(text != HOLE for text, _ in pieces):
                return "".join(text for text, _ in pieces), [part for _, parts in pieces for part in parts]
        case code.Operation(operator="%", operands=(code.Literal(value=str(text)), given)):
            each = given.items if isinstance(given, code.Display) else (given,)
            return _placed(_PERCENT.sub(HOLE, text), list(each))
        case code.Call(function=code.Attribute(value=code.Literal(value=str(text)), name="format")):
            filling = [*expression.arguments, *(keyword.value for keyword in expression.keywords)]
            return _placed(_BRACES.sub(HOLE, text), filling)
    return None


def _placed(text: str, parts: list[code.Expr]) -> tuple[str, list[code.Expr]] | None:
    """Each part in its hole; in every hole all of them where they do not go one by one."""
    holes = text.count(HOLE)
    if not holes:
        return None
    together = code.Display("tuple", tuple(parts)) if parts else None
    return text, parts if holes == len(parts) or together is None else [together] * holes


def named_argument(call: code.Call, method: code.Expr, argument: int | str) -> code.Expr | None:
    """The argument that the catalog means: by index, by keyword, or the object of a method."""
    if argument == "receiver":
        return method.value if isinstance(method, code.Attribute) else None
    if isinstance(argument, int):
        return call.arguments[argument] if argument < len(call.arguments) else None
    return next((k.value for k in call.keywords if k.name == argument), None)


def named_arguments(call: code.Call, method: code.Expr, arguments: Iterable[int | str]) -> list[code.Expr]:
    """Those of the arguments that are given."""
    found = (named_argument(call, method, argument) for argument in arguments)
    return [expression for expression in found if expression is not None]


def _written_out(value: code.Expr) -> bool:
    return isinstance(value, code.Literal)


def _unpacks(call: code.Call) -> bool:
    """May the call pass more than is written out: `f(*given)`, `f(**options)`?"""
    return any(isinstance(each, code.Starred) for each in call.arguments) or any(not k.name for k in call.keywords)
