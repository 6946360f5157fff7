"""Ways to walk the tree of `advisor.model.code`: the only functions that know which node holds which."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from advisor.model import code
from advisor.model.code import Expr, Stmt

Block = tuple[Stmt, ...]


def parts(expression: Expr) -> tuple[Expr, ...]:
    """The expressions directly inside `expression`, in the order in which they are evaluated; a lambda's body is not."""
    return _PARTS[type(expression)](expression)


def _nothing(_: Expr) -> tuple[Expr, ...]:
    return ()


def _call_parts(call: code.Call) -> tuple[Expr, ...]:
    if call.keywords:
        return (call.function, *call.arguments, *(keyword.value for keyword in call.keywords))
    return (call.function, *call.arguments)


def _comprehension_parts(comprehension: code.Comprehension) -> tuple[Expr, ...]:
    heads = [part for clause in comprehension.clauses for part in (clause.iterable, *clause.conditions)]
    return (*heads, comprehension.element)


# A table, because this is asked for every expression of every file.
_PARTS: dict[type, Callable[..., tuple[Expr, ...]]] = {
    code.Name: _nothing,
    code.Literal: _nothing,
    code.Lambda: _nothing,
    code.Attribute: lambda e: (e.value,),
    code.Await: lambda e: (e.value,),
    code.Starred: lambda e: (e.value,),
    code.Walrus: lambda e: (e.value,),
    code.Call: _call_parts,
    code.Subscript: lambda e: (e.value, e.index),
    code.Operation: lambda e: e.operands,
    code.Display: lambda e: e.items,
    code.Text: lambda e: e.parts,
    code.Unknown: lambda e: e.parts,
    code.Comprehension: _comprehension_parts,
    code.Yield: lambda e: () if e.value is None else (e.value,),
}
_LEAVES = (code.Name, code.Literal, code.Lambda)


def every(expression: Expr) -> Iterator[Expr]:
    """`expression` and all expressions below it (not into lambdas), outer before inner, without recursion."""
    stack = [expression]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, _LEAVES):
            stack.extend(parts(node)[::-1])


def collect(expression: Expr, found: list[Expr]) -> None:
    """Puts what `every` gives behind what was found, without a step of a generator for each."""
    stack = [expression]
    while stack:
        node = stack.pop()
        found.append(node)
        inner = _PARTS[type(node)](node)
        if inner:
            stack.extend(inner[::-1])


def heads(statement: Stmt) -> tuple[Expr, ...]:
    """The expressions a statement itself evaluates (the test of an `if`, the iterable of a `for`), not those of its blocks."""
    return _HEADS.get(type(statement), _no_heads)(statement)


def _no_heads(_: Stmt) -> tuple[Expr, ...]:
    return ()


def _value(statement: code.Return | code.Raise) -> tuple[Expr, ...]:
    return () if statement.value is None else (statement.value,)


# Tables, because these are asked for every statement of every file, again and again.
_HEADS: dict[type, Callable[..., tuple[Expr, ...]]] = {
    code.Assign: lambda s: s.targets if s.value is None else (s.value, *s.targets),
    code.Evaluate: lambda s: (s.value,),
    code.Return: _value,
    code.Raise: _value,
    code.Delete: lambda s: s.targets,
    code.Assert: lambda s: s.parts,
    code.If: lambda s: (s.test,),
    code.While: lambda s: (s.test,),
    code.For: lambda s: (s.iterable,),
    code.With: lambda s: tuple(context for context, _ in s.items),
    code.Match: lambda s: (s.subject,),
    code.Function: lambda s: (*s.decorators, *(p.default for p in s.parameters if p.default is not None)),
    code.Class: lambda s: (*s.decorators, *s.bases),
    code.Try: lambda s: tuple(handler.caught for handler in s.handlers if handler.caught is not None),
}
_BLOCKS: dict[type, Callable[..., tuple[Block, ...]]] = {
    code.If: lambda s: (s.body, s.orelse),
    code.For: lambda s: (s.body, s.orelse),
    code.While: lambda s: (s.body, s.orelse),
    code.With: lambda s: (s.body,),
    code.Class: lambda s: (s.body,),
    code.Try: lambda s: (s.body, *(handler.body for handler in s.handlers), s.orelse, s.final),
    code.Match: lambda s: tuple(case.body for case in s.cases),
}


def blocks(statement: Stmt) -> tuple[Block, ...]:
    """The blocks of a compound statement that run as part of it; not the bodies of functions (a class body does run)."""
    inside = _BLOCKS.get(type(statement))
    return () if inside is None else inside(statement)


def statements(block: Block) -> Iterator[Stmt]:
    """All statements of a block at any depth, in source order, not into functions or classes."""
    stack = list(reversed(block))
    while stack:
        statement = stack.pop()
        yield statement
        if not isinstance(statement, code.Class):
            for inner in reversed(blocks(statement)):
                stack.extend(reversed(inner))


def imports(block: Block) -> Iterator[code.Import]:
    """Every import in `block`, at any depth, in functions and classes as well."""
    for statement in statements(block):
        if isinstance(statement, code.Import):
            yield statement
        elif isinstance(statement, code.Function | code.Class):
            yield from imports(statement.body)


def expressions(block: Block) -> Iterator[Expr]:
    """Every expression evaluated in a block at any depth, outer before inner, in source order."""
    for statement in statements(block):
        for head in heads(statement):
            yield from every(head)


def calls(block: Block) -> Iterator[code.Call]:
    """Every call in a block at any depth."""
    for expression in expressions(block):
        if isinstance(expression, code.Call):
            yield expression


def bound_names(target: Expr) -> Iterator[str]:
    """The plain names that an assignment to `target` binds."""
    match target:
        case code.Name(id=name):
            yield name
        case code.Display(items=items):
            for item in items:
                yield from bound_names(item)
        case code.Starred(value=value):
            yield from bound_names(value)


def bound_by(statement: Stmt) -> Iterator[str]:
    """The names that a statement binds in the scope it stands in, those of its blocks left out."""
    match statement:
        case code.Assign(targets=targets):
            for target in targets:
                yield from bound_names(target)
        case code.For(target=target):
            yield from bound_names(target)
        case code.With(items=items):
            for _, bound in items:
                yield from bound_names(bound) if bound is not None else ()
        case code.Try(handlers=handlers):
            yield from (handler.name for handler in handlers if handler.name)
        case code.Import(names=names):
            yield from (imported.name for imported in names)
        case code.Function(name=name) | code.Class(name=name):
            yield name
        case code.Match(cases=cases):
            yield from (name for case in cases for name in case.binds)
    for head in heads(statement):
        yield from (node.name for node in every(head) if isinstance(node, code.Walrus))


def bound_in(block: Block) -> Iterator[str]:
    """The names that a block binds at any depth, those of functions and classes inside it left out."""
    return (name for statement in statements(block) for name in bound_by(statement))


def bound_each_round(loop: code.For | code.Comprehension) -> Iterator[str]:
    """The names to which a loop may give another value in each iteration."""
    if isinstance(loop, code.Comprehension):
        for clause in loop.clauses:
            yield from bound_names(clause.target)
    else:
        yield from bound_names(loop.target)
        yield from bound_in(loop.body)


def dotted(expression: Expr) -> str | None:
    """`a.b.c` as text where the expression is just that, else None."""
    names: list[str] = []
    while isinstance(expression, code.Attribute):
        names.append(expression.name)
        expression = expression.value
    if not isinstance(expression, code.Name):
        return None
    names.append(expression.id)
    return ".".join(reversed(names))


def by_name(expression: Expr) -> Expr:
    """`thing.run` for `getattr(thing, "run")`; anything else as it is."""
    match expression:
        case code.Call(
            function=code.Name(id="getattr"), arguments=(owner, code.Literal(kind="str", value=str(name)), *_)
        ):
            return code.Attribute(owner, name)
    return expression


def callee(call: code.Call) -> str:
    """The name of what is called as a reader says it: `Client.get` for `Client(url).get(…)`; empty where it has none."""
    names: list[str] = []
    expression: Expr = call.function
    while True:
        match expression:
            case code.Attribute(value=value, name=name):
                names.append(name)
                expression = value
            case code.Call(function=inner):
                expression = inner
            case code.Subscript(value=value) | code.Await(value=value):
                expression = value
            case code.Name(id=name):
                return ".".join((name, *reversed(names)))
            case _:
                return ".".join(reversed(names))


def root_name(expression: Expr) -> str | None:
    """The name at the bottom of `a.b[i].c` (attributes and subscripts only), else None."""
    while isinstance(expression, code.Attribute | code.Subscript):
        expression = expression.value
    return expression.id if isinstance(expression, code.Name) else None


def line_of(node: Expr | Stmt, default: int = 0) -> int:
    """The first line known at or below a node."""
    found = getattr(node, "line", None)
    if isinstance(found, int):
        return found
    if isinstance(node, code.Name | code.Literal):
        return default
    if type(node) not in _PARTS:
        return default
    return next((line for part in _PARTS[type(node)](node) if (line := line_of(part))), default)
