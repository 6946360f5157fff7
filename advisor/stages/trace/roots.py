"""Roots: which place outside a block an expression in it names, through local aliases."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Program
from advisor.model.summary import Place

TAKES = frozenset(["pop", "popleft", "popitem", "remove", "get_nowait"])
KEYED_READS = frozenset(["get", "__getitem__", "__contains__"])
VIEWS = frozenset(["items", "values", "keys"])


class Names:
    """The names that a function binds, each with the expression it stands for where there is only one."""

    def __init__(self, body: tree.Block) -> None:
        self.declared: set[str] = set()
        self.aliases: dict[str, code.Expr | None] = {}
        self._bindings(body)

    def _bindings(self, block: tree.Block) -> None:
        for statement in tree.statements(block):
            match statement:
                case code.Scope(names=names):
                    self.declared.update(names)
                case code.Assign(targets=(code.Name(id=name),), value=value, operator=None):
                    self.aliases[name] = None if name in self.aliases else value
                case code.Assign(targets=targets):
                    for target in targets:
                        for name in tree.bound_names(target):
                            self.aliases.setdefault(name, None)
                case code.For(target=target, iterable=iterable):
                    for name in tree.bound_names(target):
                        self.aliases[name] = None if name in self.aliases else iterable
                case code.With(items=items):
                    for context, bound in items:
                        for name in tree.bound_names(bound) if bound is not None else ():
                            self.aliases[name] = None if name in self.aliases else context
                case code.Import(names=names):
                    for imported in names:
                        self.aliases.setdefault(imported.name, None)
                case code.Try(handlers=handlers):
                    for handler in handlers:
                        if handler.name is not None:
                            self.aliases.setdefault(handler.name, None)
                case code.Function(name=name) | code.Class(name=name):
                    self.aliases.setdefault(name, None)
            for head in tree.heads(statement):
                for node in tree.every(head):
                    if isinstance(node, code.Walrus):
                        self.aliases.setdefault(node.name, None)
                    elif isinstance(node, code.Comprehension):
                        for clause in node.clauses:
                            for name in tree.bound_names(clause.target):
                                self.aliases.setdefault(name, clause.iterable)


class Roots:
    """Where names lead to, for one function and the names private to the block in question (None: all its locals are private)."""

    def __init__(self, program: Program, info: FunctionInfo, names: Names, private: frozenset[str] | None) -> None:
        self.program = program
        self.info = info
        self.private = private
        self.parameters = {parameter.name: position for position, parameter in enumerate(self.info.parameters)}
        self.declared, self.aliases = names.declared, names.aliases

    def of(self, expression: code.Expr, depth: int = 0) -> Place | None:
        """The place that `expression` names, or None for a value that the block makes itself."""
        path: list[str] = []
        while True:
            match expression:
                case code.Attribute(value=value, name=name):
                    path.append(name)
                    expression = value
                case code.Subscript(value=value) | code.Starred(value=value) | code.Await(value=value):
                    path.clear()  # what lies inside a container counts as the container
                    expression = value
                case code.Call(function=code.Attribute(value=value, name=name)) if (
                    name in KEYED_READS or name in VIEWS or name in TAKES
                ):
                    path.clear()
                    expression = value
                case code.Call(
                    function=code.Name(id="enumerate" | "zip" | "sorted" | "reversed" | "iter" | "list"),
                    arguments=(first, *_),
                ):
                    path.clear()
                    expression = first
                case _:
                    break
        if not isinstance(expression, code.Name):
            return None
        return self._named(expression.id, ".".join(reversed(path)), depth)

    def _named(self, name: str, path: str, depth: int) -> Place | None:
        if (
            self.parameters
            and name == self.info.parameters[0].name
            and self.info.owner is not None
            and name not in self.aliases
        ):
            return Place("self", path)
        if (self.private is not None and name in self.private) or (
            self.private is None and name in self.aliases and name not in self.declared
        ):
            alias = self.aliases.get(name)
            if alias is None or depth > 4 or (isinstance(alias, code.Name) and alias.id == name):
                return None
            inner = self.of(alias, depth + 1)
            if inner is None:
                return None
            return Place(inner.root, ".".join(p for p in (inner.path, path) if p))
        if name in self.aliases and name not in self.declared and not self.info.is_module:
            return Place(f"local:{name}", path)
        if name in self.parameters:
            return Place(f"param:{self.parameters[name]}:{name}", path)
        if self.info.is_module and name in self.aliases:
            return Place(f"global:{self.info.path}:{name}", path)
        return self._outer(name, path)

    def _outer(self, name: str, path: str) -> Place | None:
        """A name of an enclosing function or of the module."""
        where = self.info.parent
        while where is not None:
            outer = self.program.functions[where]
            if outer.is_module:
                return Place(f"global:{outer.path}:{name}", path)
            where = outer.parent
        return None
