"""The linked program: every function and class of the project, and what each call in it leads to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from advisor.model import code


@dataclass(frozen=True, slots=True, eq=False)
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


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression may be, as far as reading tells.

    | kind | name | args |
    | --- | --- | --- |
    | module | path of the project's file | |
    | external | qualified name of something outside the project | the receiver, for a method |
    | object | qualified class of an instance from outside | |
    | class | id of a project class | |
    | instance | id of a project class | |
    | some | the same, but it may be a subclass (`self`, an annotated parameter) | |
    | function | id of a project function | the receiver, for a method |
    | awaitable | | what awaiting it gives |
    | container | `builtins.list`, `builtins.dict`, `generator` … | what its elements (a dict's values) may be |
    | row | | one `any` a position: a tuple whose places differ |
    | any | | the alternatives at one place |
    """

    kind: str
    name: str
    args: tuple[Value, ...] = ()


Values = frozenset[Value]
NOTHING: Values = frozenset()


@dataclass(frozen=True, slots=True)
class Target:
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


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Answers about linked code; `targets`, `values` and `callers` are worked out when first asked and then remembered.

    `targets(function_id, call)` is where a call may lead, `values(function_id, expression)` what an expression
    may be, `callers(function_id)` the calls that lead there with the functions they stand in, and
    `length(function_id, expression)` the number of elements, where it can be read from the source,
    `weight(function_id, expression)` about how many bytes it holds, `number(function_id, expression)` the number an expression stands for, and `argument(function_id, call, position)`
    the expression that a call passes for a parameter of the function it leads to. `workers()` are the functions that
    the program hands to pools, threads or processes.
    """

    functions: Mapping[str, FunctionInfo]
    classes: Mapping[str, ClassInfo]
    modules: Mapping[str, str]
    targets: Callable[[str, code.Call], tuple[Target, ...]]
    values: Callable[[str, code.Expr], Values]
    callers: Callable[[str], tuple[tuple[str, code.Call], ...]]
    length: Callable[[str, code.Expr], float | None]
    number: Callable[[str, code.Expr], float | None]
    weight: Callable[[str, code.Expr], float | None]
    argument: Callable[[str, code.Call, int], code.Expr | None]
    workers: Callable[[], frozenset[str]]
