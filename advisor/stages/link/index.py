"""Index: all definitions and bindings of a program, and where callables of a given name are called or handed over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec import Struct

from advisor.model import code
from advisor.model.program import ClassInfo, FunctionInfo


class Binding(Struct, frozen=True, gc=False):
    """One way a name or attribute comes by its value.

    | kind | what it is |
    | --- | --- |
    | value | `expression` |
    | augment | what `name += expression` and its kin leave |
    | element | an element of `expression` |
    | enter | what `with expression as name` binds |
    | import | `imported` |
    | function, class | the definition with id `target` |
    | parameter | the parameter at index `position` of its function, `expression` its default |
    | caught | an exception of the class `expression` |

    `where` is the function in which it is written. `place` is the path of positions in an unpacked target:
    `a, (b, c) = …` gives c the place (1, 1); -1 stands for a starred one.
    """

    kind: str
    where: str
    expression: code.Expr | None = None
    place: tuple[int, ...] = ()
    imported: code.Imported | None = None
    target: str = ""
    position: int = -1
    annotation: code.Expr | None = None


class Store(Struct, frozen=True, gc=False):
    """`receiver[…] = value`, `receiver.append(value)` and their kin; with `many`, `value` holds the elements stored.

    `nested` when they are stored in a list inside it: `receiver[…].append(value)`.
    For `receiver.attribute = value` outside the class that owns the attribute, it is that assignment; `place` is then the
    path of positions in an unpacked value, as that of a binding.
    """

    where: str
    receiver: code.Expr
    value: code.Expr
    many: bool = False
    nested: bool = False
    place: tuple[int, ...] = ()


class Decorated(Struct, frozen=True, gc=False):
    """The function or class (`kind`) with this id, above which `decorator` is written in the function `where`."""

    kind: str
    id: str
    decorator: code.Expr
    where: str


Scope: TypeAlias = dict[str, list[Binding]]
CallPlace: TypeAlias = tuple[str, code.Call]


@dataclass(slots=True)
class Index:
    """All definitions by id, scopes by function id, and what is known of calls, stores and results by name.

    `declared` gives for a function the names it declares `global` or `nonlocal`; what it binds to them stands in the
    scope they belong to. `attributes` gives for a class what its attributes are bound to, in its body or through
    `self`. `calls` and `handed` list by last name where a callable is called, and where it is an argument of a call
    that takes callables, `decorating` what a decorator of that last name is written above. `renamed` gives
    other names under which something is imported.
    """

    functions: dict[str, FunctionInfo] = field(default_factory=dict)
    classes: dict[str, ClassInfo] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)  # path -> id of its top level
    by_node: dict[int, str] = field(default_factory=dict)  # id(node) of a Lambda -> its id
    scopes: dict[str, Scope] = field(default_factory=dict)
    declared: dict[str, dict[str, str]] = field(default_factory=dict)
    attributes: dict[str, Scope] = field(default_factory=dict)
    calls: dict[str, list[CallPlace]] = field(default_factory=dict)
    handed: dict[str, list[CallPlace]] = field(default_factory=dict)
    decorating: dict[str, list[Decorated]] = field(default_factory=dict)
    renamed: dict[str, list[str]] = field(default_factory=dict)
    yields: dict[str, list[code.Yield]] = field(default_factory=dict)
    returned: dict[str, list[code.Expr]] = field(default_factory=dict)
    methods_named: dict[str, list[str]] = field(default_factory=dict)
    stored_by_name: dict[tuple[str, str], list[Store]] = field(default_factory=dict)  # (path, name)
    stored_by_attribute: dict[str, list[Store]] = field(default_factory=dict)
    set_from_outside: dict[str, list[Store]] = field(default_factory=dict)
    _homes: dict[tuple[str, str], str | None] = field(default_factory=dict)

    def scope_of(self, function: str, name: str) -> str | None:
        """The function (or module) whose variable `name` is, where `function` reads it."""
        if (function, name) not in self._homes:
            self._homes[function, name] = self._scope_of(function, name)
        return self._homes[function, name]

    def _scope_of(self, function: str, name: str) -> str | None:
        where: str | None = function
        while where is not None:
            if name in self.scopes[where]:
                return where
            if self.declared.get(where, {}).get(name) == "global":
                top = self.modules[self.functions[where].path]
                return top if name in self.scopes[top] else None
            where = self.functions[where].parent
        return None
