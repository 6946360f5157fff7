"""A Python file as a small tree: the part of the syntax that decides how work may run.

The tree is made once per file from ast-grep's, whose nodes cannot leave their
process; these can: every node is a frozen msgspec struct that encodes to a few
bytes, so files are read in a pool and remembered between runs.

Lines count from 1, columns from 0 in code points. `uid` numbers calls,
comprehensions, loops, functions and classes within one file, in source order of
their first character (outermost first), so that later stages can speak of a
node by `(path, uid)`.
"""

from __future__ import annotations

from typing import TypeAlias, Union

from msgspec import Struct


class Node(Struct, frozen=True, array_like=True, gc=False):
    """What all nodes share: immutable, compact, decodable without a schema of its own."""


# ---- expressions


class Name(Node, frozen=True, tag=True):
    """`id`: a name that is read, or bound where it stands as a target."""

    id: str


class Literal(Node, frozen=True, tag=True):
    """A constant: number, bool, None, Ellipsis (as the string kind) or text.

    `kind` is `int`, `float`, `complex`, `bool`, `none`, `ellipsis`, `str` or `bytes`;
    text longer than 400 characters is cut, and `size` is its full length (for numbers 0).
    """

    kind: str
    value: Union[int, float, str, bool, None]
    size: int = 0


class Text(Node, frozen=True, tag=True):
    """An f-string or implicitly joined text with holes: `parts` are the expressions inside, `text` what stands outside them,
    `holes` where in that each of the parts stands, as far as it is known."""

    text: str
    parts: tuple[Expr, ...]
    holes: tuple[int, ...] = ()


class Attribute(Node, frozen=True, tag=True):
    """`value.name`"""

    value: Expr
    name: str


class Subscript(Node, frozen=True, tag=True):
    """`value[index]`; several indices come as one tuple display, a slice as `Operation("slice", …)`."""

    value: Expr
    index: Expr


class Keyword(Node, frozen=True, tag=True):
    """`name=value` in a call; `name` is None for `**value`."""

    name: Union[str, None]
    value: Expr


class Call(Node, frozen=True, tag=True):
    """`function(arguments, keywords)`; a bare generator argument comes as a `Comprehension` in `arguments`."""

    uid: int
    function: Expr
    arguments: tuple[Expr, ...]
    keywords: tuple[Keyword, ...]
    line: int
    column: int
    end_line: int


class Await(Node, frozen=True, tag=True):
    """`await value`"""

    value: Expr
    line: int


class Yield(Node, frozen=True, tag=True):
    """`yield value` or, with `delegates`, `yield from value`."""

    value: Union[Expr, None]
    delegates: bool
    line: int


class Starred(Node, frozen=True, tag=True):
    """`*value` in a call, display or target."""

    value: Expr


class Display(Node, frozen=True, tag=True):
    """A `list`, `tuple` or `set` written out; for `dict`, keys and values alternate (a `**other` stands as `Starred` alone)."""

    kind: str
    items: tuple[Expr, ...]


class Operation(Node, frozen=True, tag=True):
    """Anything computed from operands by syntax: `+`, `and`, `not`, `<`, `in`, `if` (body, test, else), `slice`, `~` …

    A chained comparison has the operators joined by a space (`< <=`).
    """

    operator: str
    operands: tuple[Expr, ...]


class Clause(Node, frozen=True, tag=True):
    """`[async] for target in iterable if conditions` of a comprehension."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]
    is_async: bool


class Comprehension(Node, frozen=True, tag=True):
    """`kind` is `list`, `set`, `dict` or `generator`; a dict's `element` is a `Display("tuple", (key, value))`."""

    uid: int
    kind: str
    element: Expr
    clauses: tuple[Clause, ...]
    line: int
    column: int
    end_line: int


class Lambda(Node, frozen=True, tag=True):
    """`lambda parameters: body`"""

    parameters: tuple[Parameter, ...]
    body: Expr
    line: int


class Walrus(Node, frozen=True, tag=True):
    """`(name := value)`"""

    name: str
    value: Expr


class Unknown(Node, frozen=True, tag=True):
    """Syntax this tree has no word for; whatever expressions it holds are kept so that no call is lost."""

    kind: str
    parts: tuple[Expr, ...]


Expr: TypeAlias = Union[
    Name,
    Literal,
    Text,
    Attribute,
    Subscript,
    Call,
    Await,
    Yield,
    Starred,
    Display,
    Operation,
    Comprehension,
    Lambda,
    Walrus,
    Unknown,
]

# ---- statements


class Parameter(Node, frozen=True, tag=True):
    """`kind` is `positional` (also positional-only), `keyword` (after `*`), `*` or `**`."""

    name: str
    annotation: Union[Expr, None]
    default: Union[Expr, None]
    kind: str


class Assign(Node, frozen=True, tag=True):
    """`targets = value`, `target: annotation = value`, or with `operator` an augmented assignment (`+` for `+=`)."""

    targets: tuple[Expr, ...]
    value: Union[Expr, None]
    annotation: Union[Expr, None]
    operator: Union[str, None]
    line: int


class Evaluate(Node, frozen=True, tag=True):
    """An expression that stands as a statement."""

    value: Expr
    line: int


class Return(Node, frozen=True, tag=True):
    value: Union[Expr, None]
    line: int


class Raise(Node, frozen=True, tag=True):
    value: Union[Expr, None]
    line: int


class Jump(Node, frozen=True, tag=True):
    """`kind` is `break`, `continue` or `pass`."""

    kind: str
    line: int


class Delete(Node, frozen=True, tag=True):
    targets: tuple[Expr, ...]
    line: int


class Assert(Node, frozen=True, tag=True):
    parts: tuple[Expr, ...]
    line: int


class Scope(Node, frozen=True, tag=True):
    """`global names` or `nonlocal names`."""

    kind: str
    names: tuple[str, ...]
    line: int


class Imported(Node, frozen=True, tag=True):
    """One name an import binds: `import a.b as name` has module `a.b` and no attribute; `from a import b as name` has both.

    `import a.b` without `as` binds `a`: name `a`, module `a.b`, `plain` true. `from a import *` has attribute and name `*`.
    `level` counts the leading dots of a relative import.
    """

    name: str
    module: str
    attribute: Union[str, None]
    level: int
    plain: bool


class Import(Node, frozen=True, tag=True):
    names: tuple[Imported, ...]
    line: int


class If(Node, frozen=True, tag=True):
    """`elif` stands as an `If` alone in `orelse`."""

    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    line: int


class For(Node, frozen=True, tag=True):
    uid: int
    target: Expr
    iterable: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    is_async: bool
    line: int
    column: int
    end_line: int


class While(Node, frozen=True, tag=True):
    uid: int
    test: Expr
    body: tuple[Stmt, ...]
    orelse: tuple[Stmt, ...]
    line: int
    column: int
    end_line: int


class Handler(Node, frozen=True, tag=True):
    """`except caught as name: body`"""

    caught: Union[Expr, None]
    name: Union[str, None]
    body: tuple[Stmt, ...]
    line: int


class Try(Node, frozen=True, tag=True):
    body: tuple[Stmt, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Stmt, ...]
    final: tuple[Stmt, ...]
    line: int


class With(Node, frozen=True, tag=True):
    """`items` pairs each context expression with its `as` target or None."""

    uid: int
    items: tuple[tuple[Expr, Union[Expr, None]], ...]
    body: tuple[Stmt, ...]
    is_async: bool
    line: int
    column: int
    end_line: int


class MatchCase(Node, frozen=True, tag=True):
    """`binds` are the names the pattern binds."""

    binds: tuple[str, ...]
    guard: Union[Expr, None]
    body: tuple[Stmt, ...]


class Match(Node, frozen=True, tag=True):
    subject: Expr
    cases: tuple[MatchCase, ...]
    line: int


class Function(Node, frozen=True, tag=True):
    """`line` is that of `def` (decorators stand above it)."""

    uid: int
    name: str
    parameters: tuple[Parameter, ...]
    decorators: tuple[Expr, ...]
    returns: Union[Expr, None]
    body: tuple[Stmt, ...]
    is_async: bool
    is_generator: bool
    line: int
    column: int
    end_line: int


class Class(Node, frozen=True, tag=True):
    uid: int
    name: str
    bases: tuple[Expr, ...]
    decorators: tuple[Expr, ...]
    body: tuple[Stmt, ...]
    line: int
    column: int
    end_line: int


Stmt: TypeAlias = Union[
    Assign,
    Evaluate,
    Return,
    Raise,
    Jump,
    Delete,
    Assert,
    Scope,
    Import,
    If,
    For,
    While,
    Try,
    With,
    Match,
    Function,
    Class,
]
