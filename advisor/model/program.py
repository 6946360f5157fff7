"""The linked program: every function and class of the project, and what each call in it leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeAlias

from msgspec import Struct

from advisor.model import code, tree
from advisor.model.state import Frame, Place, Places

Rows: TypeAlias = tuple[Mapping[str, code.Expr], ...]  # what a loop's target is bound to, in turn


@dataclass(frozen=True, eq=False)
class FunctionInfo:
    """A function, a lambda, or the top level of a module (`name` is then `<module>`).

    `id` is unique in the program, `name` as a reader says it (`Class.method`), `owner` the id of the
    class it is a method of, `parent` the id of the function or module it is written in.
    """

    id: str
    path: str
    name: str
    parameters: tuple[code.Parameter, ...]
    body: tuple[code.Stmt, ...]
    owner: str | None
    parent: str | None
    decorators: tuple[code.Expr, ...]
    returns: code.Expr | None
    is_async: bool
    is_generator: bool
    line: int
    end_line: int

    @property
    def is_module(self) -> bool:
        return self.parent is None

    @property
    def is_nested(self) -> bool:
        return "<locals>" in self.id

    @cached_property
    def statements(self) -> tuple[code.Stmt, ...]:
        """Every statement that it runs, at any depth."""
        return tuple(tree.statements(self.body))

    def withs_around(self, first: int, last: int) -> Iterator[code.With]:
        """The `with` statements in whose bodies its lines from `first` to `last` stand, outer before inner."""
        return (s for s in self._withs if s.line < first and last <= s.end_line)

    @cached_property
    def _withs(self) -> tuple[code.With, ...]:
        return tuple(s for s in self.statements if isinstance(s, code.With))

    @cached_property
    def expressions(self) -> tuple[code.Expr, ...]:
        """Every expression that it evaluates, at any depth, outer before inner, in source order: walked once for all who ask."""
        found: list[code.Expr] = []
        for statement in self.statements:
            for head in tree.heads(statement):
                tree.collect(head, found)
        return tuple(found)

    @cached_property
    def calls(self) -> tuple[code.Call, ...]:
        """Every call that it evaluates, at any depth."""
        return tuple([each for each in self.expressions if type(each) is code.Call])

    @cached_property
    def dropped(self) -> frozenset[int]:
        """The calls whose value nobody takes, by their `uid`: they are made for what they do."""
        values = (s.value for s in self.statements if isinstance(s, code.Evaluate))
        return frozenset(value.uid for value in values if isinstance(value, code.Call))

    @cached_property
    def names(self) -> dict[str, list[code.Name]]:
        """The plain names that stand in its expressions, each with where it does, in source order."""
        found: dict[str, list[code.Name]] = {}
        for each in self.expressions:
            if type(each) is code.Name:
                found.setdefault(each.id, []).append(each)
        return found

    @cached_property
    def defines_others(self) -> bool:
        """Does a function, class or lambda stand in it, which may see its variables?"""
        return any(isinstance(s, code.Function | code.Class) for s in self.statements) or any(
            type(each) is code.Lambda for each in self.expressions
        )

    @cached_property
    def names_read(self) -> frozenset[str]:
        """The plain names that stand in its expressions."""
        return frozenset(self.names)

    @cached_property
    def attributes_read(self) -> frozenset[str]:
        """The names of the attributes that stand in its expressions."""
        return frozenset(each.name for each in self.expressions if isinstance(each, code.Attribute))

    @cached_property
    def callees(self) -> frozenset[str]:
        """What it calls, by the names that a reader sees."""
        return frozenset(map(tree.callee, self.calls))

    @cached_property
    def called_names(self) -> frozenset[str]:
        """The last names of these."""
        return frozenset(name.rpartition(".")[2] for name in self.callees)


@dataclass(frozen=True, slots=True, eq=False)
class ClassInfo:
    """A class: `methods` by name, `assigned` the values given to class or instance attributes with the function that does it."""

    id: str
    path: str
    name: str
    bases: tuple[code.Expr, ...]
    decorators: tuple[code.Expr, ...]
    parent: str
    methods: dict[str, str] = field(default_factory=dict)
    assigned: dict[str, list[tuple[str, code.Expr]]] = field(default_factory=dict)
    annotated: dict[str, tuple[str, code.Expr]] = field(default_factory=dict)


class Value(Struct, frozen=True, order=True, gc=False, cache_hash=True):
    """What an expression may be, as far as reading tells.

    | kind | name | args |
    | --- | --- | --- |
    | module | path of the project's file | |
    | package | dotted name of a project's folder without `__init__.py` | the module that imports it |
    | external | qualified name of something outside the project | the receiver, for a method |
    | object | qualified class of an instance from outside | what a queue holds |
    | class | id of a project class | the `some` it makes, where it may be a subclass |
    | instance | id of a project class | |
    | some | the same, but it may be a subclass (`self`, an annotated parameter) | |
    | super | id of the project class above which methods are looked for | |
    | function | id of a project function | one `any` for each place that `partial` has filled |
    | awaitable | | what awaiting it gives |
    | future | | what its `result()` gives |
    | container | `builtins.list`, `builtins.dict`, `generator` … | what its elements (a dict's values) may be |
    | row | names of the places, where they have any | one `any` a position: a tuple whose places differ |
    | record | names of the fields of a named tuple's class | |
    | any | | the alternatives at one place |
    """

    kind: str
    name: str
    args: tuple[Value, ...] = ()

    @property
    def is_used_up(self) -> bool:
        """Is it gone once it has been walked: an iterator, an open file, what reads one?"""
        if self.kind == "container":
            return self.name in ("generator", "iterator")
        return self.kind == "object" and self.name.startswith(("io.", "csv."))


Values = frozenset[Value]
NOTHING: Values = frozenset()


class Target(Struct, frozen=True, order=True, gc=False):
    """Where a call may lead: a project `function` (its id) or an `external` API (its qualified name).

    `guessed` when the receiver's type is a guess; `conditional` when it is one of several possibilities.
    `callback` tells where a function runs that the call was handed: `here`, in a `thread`, in a `process`, or
    in the event `loop`; empty for what is called itself.
    """

    kind: str
    name: str
    guessed: bool = False
    conditional: bool = False
    callback: str = ""


class Origin(Struct, frozen=True, gc=False):
    """One way a name comes by its value: `how` (`value`, `element`, `parameter`, `enter`, `augment`, …) it comes from the
    `expression`, which is written in the function `where`, and at which `place` of what is unpacked."""

    how: str
    where: str
    expression: code.Expr | None
    place: tuple[int, ...] = ()


class Objects(Protocol):
    """Which object an expression names. `frame` tells places from within a piece of the function, else from the whole of it."""

    def places(self, function: str, expression: code.Expr, frame: Frame | None = None) -> Places:
        """The places of the object that `expression` gives; none for one that it makes itself."""

    def elements(self, function: str, expression: code.Expr, frame: Frame | None = None) -> Places:
        """The places of what lies in it."""

    def home(self, function: str, name: str) -> str | None:
        """The function or module whose variable `name` is."""

    def cell(self, function: str, name: str) -> Place | None:
        """The variable itself, if others than `function` may see it."""

    def translate(self, function: str, call: code.Call, target: Target, place: Place, frame: Frame | None) -> Places:
        """A place that the called function knows, as `function` knows it."""

    def receiver(self, function: str, call: code.Call, target: Target, frame: Frame | None) -> Places:
        """The object that a called method works on; none where the call makes it."""

    def bound_method(self, function: str, expression: code.Expr) -> code.Expr:
        """`add` as `out.append` where it was set so before."""

    def aliases(self, function: str, place: Place) -> Places:
        """`place` and the other places that may be the same object, as far as their names mean the same everywhere."""

    def is_constant(self, place: Place) -> bool:
        """Does a place lie in a variable that holds one thing for good, which nobody can change?"""

    def items(self, function: str, name: str, iterable: code.Expr) -> Places:
        """The places of what a loop over `iterable` binds to `name`."""

    def written(self, function: str, target: code.Expr, iterable: code.Expr) -> tuple[Rows, ...]:
        """What a loop's target is bound to, as far as it is written in the source; one by one for each collection it may walk."""

    def nests(self, function: str, name: str, frame: Frame) -> bool:
        """Do the values that a variable has in one run of a piece after the other lie in one another, as the folders of one
        path do?"""

    def values_of(self, function: str, name: str) -> tuple[code.Expr, ...] | None:
        """What a variable of `function` is bound to; None if it is a parameter, or not its own."""

    def origins(self, function: str, name: str) -> tuple[Origin, ...]:
        """All ways in which a name that `function` reads may come by its value."""

    def returned_places(self, function: str, *, changeable: bool = False) -> Places:
        """The places of what a function returns, or holds in what it returns, as it sees them itself; with `changeable`
        only of what is known to be an object that can be changed."""

    def calls_named(self, last: str) -> tuple[tuple[str, code.Call], ...]:
        """The calls of anything by this last name, each with the function it stands in."""

    def described(self, function: str, expression: code.Attribute, method: str) -> tuple[tuple[str, Place], ...]:
        """The descriptor's methods (`__get__`, `__set__`) that run for an attribute, each with the place of its object."""

    def specials(self, function: str, operand: code.Expr, method: str) -> tuple[str, ...]:
        """The functions of the project that Python runs for the special `method` of what `operand` gives."""

    def put_away(self) -> tuple[str, ...]:
        """The functions that the program puts into a collection, where others find and call them."""

    def puts_modules(self) -> bool:
        """Does the program put modules of its own making in `sys.modules`, for others to import?"""

    def defines(self, method: str) -> bool:
        """Does any class of the project define a method, or a property, of this name, or a module its `__getattr__`?"""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Answers about linked code, each worked out when first asked and then remembered. Functions are told by their ids.

    | question | answer |
    | --- | --- |
    | `targets(function, call)` | where a call may lead |
    | `values(function, expression)` | what an expression may be |
    | `callers(function)` | the calls that lead there, each with the function it stands in |
    | `argument(callee, call, position)` | the expression that a call passes for a parameter of the function it leads to |
    | `length(function, expression)` | the number of its elements, where the source tells |
    | `number(function, expression)` | the number it stands for |
    | `weight(function, expression)` | about how many bytes it holds |
    | `workers()` | the functions that the program hands to pools, threads or processes: do many of them run at once? |
    | `implied(function, expression, how)` | what runs without being called by name |
    | `objects` | which object an expression names, and under which other names it is known |
    | `small()` | the modules of programs that have half a dozen at most, in a project that consists of such |
    | `serves()` | does an event loop of the project serve many at once: requests, chats, devices? |

    `how` is `read` for what reading an attribute or subscript runs (property getters, `__getitem__`), `enter` for what
    `with expression` and `iterate` for what `for … in expression` does.
    """

    functions: Mapping[str, FunctionInfo]
    files: Mapping[str, tuple[FunctionInfo, ...]]
    classes: Mapping[str, ClassInfo]
    modules: Mapping[str, str]
    targets: Callable[[str, code.Call], tuple[Target, ...]]
    values: Callable[[str, code.Expr], Values]
    callers: Callable[[str], tuple[tuple[str, code.Call], ...]]
    length: Callable[[str, code.Expr], float | None]
    number: Callable[[str, code.Expr], float | None]
    weight: Callable[[str, code.Expr], float | None]
    argument: Callable[[str, code.Call, int], code.Expr | None]
    workers: Callable[[], Mapping[str, bool]]
    implied: Callable[[str, code.Expr, str], tuple[Target, ...]]
    objects: Objects
    small: Callable[[], frozenset[str]]
    serves: Callable[[], bool]
