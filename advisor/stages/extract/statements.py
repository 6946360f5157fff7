"""Statements: from ast-grep's nodes to those of `advisor.model.code`.

The end line of a compound statement is that of the last simple statement in it:
ast-grep's blocks also hold the comments that follow.
"""

from __future__ import annotations

from collections.abc import Callable

from advisor.model import code
from advisor.model.code import Expr, Stmt
from advisor.stages.extract.expressions import (
    call_arguments,
    expression,
    expressions,
    one_or_tuple,
    parameters,
    starts_async,
)
from advisor.stages.extract.imports import import_from, import_future, import_plain
from advisor.stages.extract.patterns import bound_names
from advisor.stages.extract.reading import DEEPEST, Reading, TooDeep
from advisor.stages.extract.syntax import EXTRAS, SgNode, children, identifier, parse

Block = tuple[Stmt, ...]

_LONGEST_ELIF = 50
"""So many `elif` nest as they should; generated code can have thousands, and these others then stand side by side."""


def block(node: SgNode | None, reading: Reading) -> Block:
    """The statements directly in a block or module; of valid code that ast-grep cannot read, what it did read."""
    if node is None:
        return ()
    reading.depth += 1
    if reading.depth > DEEPEST:
        raise TooDeep(node.range().start.line + 1)
    made: list[Stmt] = []
    for child in node.named_children():
        kind = child.kind()
        convert = _CONVERTERS.get(kind)
        if convert is not None:
            made.append(convert(child, reading))
        elif kind == "ERROR":
            made.extend(block(child, reading))
        elif kind not in EXTRAS:
            made.append(code.Evaluate(expression(child, reading), _line(child, reading)))
    reading.depth -= 1
    return tuple(made)


def _line(node: SgNode, reading: Reading) -> int:
    """The first line of a simple statement; its last one is noted as the end of the blocks around it."""
    span = node.range()
    reading.end = span.end.line + 1
    return span.start.line + 1


def _start(node: SgNode, reading: Reading) -> tuple[int, int]:
    """Line and column of a compound statement, which ends here should its block be empty."""
    start = node.range().start
    reading.end = start.line + 1
    return start.line + 1, start.column


def _clause_block(node: SgNode | None, reading: Reading) -> Block:
    """The block of an `else`, `except` or `finally`."""
    if node is None:
        return ()
    blocks = [child for child in node.named_children() if child.kind() == "block"]
    return block(blocks[-1], reading) if blocks else ()


# ---- simple statements


def _expression_statement(node: SgNode, reading: Reading) -> Stmt:
    inner = node.named_children()
    kind = inner[0].kind()
    if kind == "assignment":
        return _assignment(inner[0], reading)
    if kind == "augmented_assignment":
        return _augmented(inner[0], reading)
    value = one_or_tuple(inner if len(inner) == 1 else children(node), reading)
    return code.Evaluate(value, _line(node, reading))


def _assignment(node: SgNode, reading: Reading) -> Stmt:
    """`a = b = value` holds one assignment in another."""
    line = _line(node, reading)
    targets = [expression(node.field("left"), reading)]
    annotation = node.field("type")
    hint = expression(annotation, reading) if annotation is not None else None
    right = node.field("right")
    while right is not None and right.kind() == "assignment":
        targets.append(expression(right.field("left"), reading))
        right = right.field("right")
    value = expression(right, reading) if right is not None else None
    return code.Assign(tuple(targets), value, hint, None, line)


def _augmented(node: SgNode, reading: Reading) -> Stmt:
    line = _line(node, reading)
    target = expression(node.field("left"), reading)
    operator = node.field("operator")
    value = expression(node.field("right"), reading)
    return code.Assign((target,), value, None, operator.kind()[:-1] if operator is not None else "", line)


def _type_alias(node: SgNode, reading: Reading) -> Stmt:
    """`type Name[T] = value`: the type parameters are left out."""
    name, *rest = children(node)
    alias = name.text().partition("[")[0].strip()
    if not alias.isidentifier():
        return _assignment_to_type(node, reading)
    line = _line(node, reading)
    return code.Assign((code.Name(alias),), one_or_tuple(rest, reading), None, None, line)


def _assignment_to_type(node: SgNode, reading: Reading) -> Stmt:
    """The grammar takes `type(self).count = 0` for an alias; as the second target of an assignment it reads it well."""
    start = node.range().start
    above = "\n" * (start.line - 1) + "_ = \\\n" if start.line else "_ = "
    again = children(parse(above + " " * start.column + node.text()))
    statement = _expression_statement(again[0], reading)
    if isinstance(statement, code.Assign):
        return code.Assign(statement.targets[1:], statement.value, None, None, start.line + 1)
    return statement


def _print(node: SgNode, reading: Reading) -> Stmt:
    """Python 2's `print >>file, value` and `exec code`, as the calls they became."""
    line = _line(node, reading)
    start = node.range().start
    uid = reading.take_uid()
    arguments: list[Expr] = []
    keywords: list[code.Keyword] = []
    for child in children(node):
        if child.kind() == "chevron":
            keywords.append(code.Keyword("file", one_or_tuple(children(child), reading)))
        else:
            arguments.append(expression(child, reading))
    function = code.Name(node.kind().partition("_")[0])
    call = code.Call(uid, function, tuple(arguments), tuple(keywords), line, start.column, reading.end)
    return code.Evaluate(call, line)


def _return(node: SgNode, reading: Reading) -> Stmt:
    inner = children(node)
    return code.Return(one_or_tuple(inner, reading) if inner else None, _line(node, reading))


def _raise(node: SgNode, reading: Reading) -> Stmt:
    """`raise error from cause` comes as an operation."""
    line = _line(node, reading)
    values = expressions(node.named_children(), reading)
    if len(values) > 1:
        return code.Raise(code.Operation("from", values), line)
    return code.Raise(values[0] if values else None, line)


def _jump(node: SgNode, reading: Reading) -> Stmt:
    return code.Jump(node.kind().removesuffix("_statement"), _line(node, reading))


def _delete(node: SgNode, reading: Reading) -> Stmt:
    inner = children(node)
    if len(inner) == 1 and inner[0].kind() == "expression_list":
        inner = children(inner[0])
    return code.Delete(expressions(inner, reading), _line(node, reading))


def _assert(node: SgNode, reading: Reading) -> Stmt:
    return code.Assert(expressions(node.named_children(), reading), _line(node, reading))


def _scope(node: SgNode, reading: Reading) -> Stmt:
    names = tuple([identifier(child) for child in children(node)])
    return code.Scope(node.kind().removesuffix("_statement"), names, _line(node, reading))


def _import(read: Callable[[SgNode], tuple[code.Imported, ...]]) -> Callable[[SgNode, Reading], Stmt]:
    return lambda node, reading: code.Import(read(node), _line(node, reading))


# ---- compound statements


def _if(node: SgNode, reading: Reading) -> Stmt:
    """An `elif` is an `If` in the `orelse` of the one before it."""
    line, _ = _start(node, reading)
    branches = [(line, expression(node.field("condition"), reading), block(node.field("consequence"), reading))]
    orelse: Block = ()
    deeper = 0
    for clause in node.field_children("alternative"):
        kind = clause.kind()
        if kind == "elif_clause":
            nests = deeper < _LONGEST_ELIF
            deeper += nests
            reading.depth += nests
            elif_line, _ = _start(clause, reading)
            test = expression(clause.field("condition"), reading)
            branches.append((elif_line, test, block(clause.field("consequence"), reading)))
        elif kind == "else_clause":
            orelse = _clause_block(clause, reading)
    reading.depth -= deeper
    beside = branches[_LONGEST_ELIF:]
    if beside:
        *others, (at, test, body) = beside
        orelse = (
            *(code.If(its_test, its_body, (), its_line) for its_line, its_test, its_body in others),
            code.If(test, body, orelse, at),
        )
    for at, test, body in reversed(branches[:_LONGEST_ELIF]):
        orelse = (code.If(test, body, orelse, at),)
    return orelse[0]


def _for(node: SgNode, reading: Reading) -> Stmt:
    uid = reading.take_uid()
    line, column = _start(node, reading)
    target = expression(node.field("left"), reading)
    iterable = expression(node.field("right"), reading)
    body = block(node.field("body"), reading)
    orelse = _clause_block(node.field("alternative"), reading)
    return code.For(uid, target, iterable, body, orelse, starts_async(node), line, column, reading.end)


def _while(node: SgNode, reading: Reading) -> Stmt:
    uid = reading.take_uid()
    line, column = _start(node, reading)
    test = expression(node.field("condition"), reading)
    body = block(node.field("body"), reading)
    orelse = _clause_block(node.field("alternative"), reading)
    return code.While(uid, test, body, orelse, line, column, reading.end)


def _try(node: SgNode, reading: Reading) -> Stmt:
    line, _ = _start(node, reading)
    body = block(node.field("body"), reading)
    handlers: list[code.Handler] = []
    orelse: Block = ()
    final: Block = ()
    for clause in node.named_children():
        kind = clause.kind()
        if kind in {"except_clause", "except_group_clause"}:
            handlers.append(_handler(clause, reading))
        elif kind == "else_clause":
            orelse = _clause_block(clause, reading)
        elif kind == "finally_clause":
            final = _clause_block(clause, reading)
    return code.Try(body, tuple(handlers), orelse, final, line)


def _handler(node: SgNode, reading: Reading) -> code.Handler:
    """`except A, B:` catches both (Python 3.14; in Python 2 the second was the name, which harms no reader)."""
    line, _ = _start(node, reading)
    inner = [child for child in children(node) if child.kind() != "block"]
    caught: Expr | None = None
    name: str | None = None
    if len(inner) == 1 and inner[0].kind() == "as_pattern":
        inner, target = children(inner[0])[:1], children(inner[0])[-1]
        name = identifier(target)
    if inner:
        caught = one_or_tuple(inner, reading)
    return code.Handler(caught, name, _clause_block(node, reading), line)


def _with(node: SgNode, reading: Reading) -> Stmt:
    uid = reading.take_uid()
    line, column = _start(node, reading)
    items: list[tuple[Expr, Expr | None]] = []
    for clause in children(node):
        if clause.kind() == "with_clause":
            items += [_with_item(item, reading) for item in children(clause)]
    body = block(node.field("body"), reading)
    return code.With(uid, tuple(items), body, starts_async(node), line, column, reading.end)


def _with_item(node: SgNode, reading: Reading) -> tuple[Expr, Expr | None]:
    value = node.field("value") or node
    if value.kind() != "as_pattern":
        return expression(value, reading), None
    context, *target = children(value)
    made = expression(context, reading)
    return made, expression(target[0], reading) if target else None


def _match(node: SgNode, reading: Reading) -> Stmt:
    line, _ = _start(node, reading)
    *subjects, cases = children(node)
    subject = one_or_tuple(subjects, reading)
    made = [_case(clause, reading) for clause in children(cases) if clause.kind() == "case_clause"]
    return code.Match(subject, tuple(made), line)


def _case(node: SgNode, reading: Reading) -> code.MatchCase:
    inner = children(node)
    guard = next((child for child in inner if child.kind() == "if_clause"), None)
    return code.MatchCase(
        bound_names([child for child in inner if child.kind() == "case_pattern"]),
        one_or_tuple(children(guard), reading) if guard is not None else None,
        _clause_block(node, reading),
    )


# ---- definitions


def _decorated(node: SgNode, reading: Reading) -> Stmt:
    inner = children(node)
    signs = [children(child) for child in inner if child.kind() == "decorator"]
    decorators = tuple([one_or_tuple(sign, reading) for sign in signs])
    define = _class if inner[-1].kind() == "class_definition" else _function
    return define(inner[-1], reading, decorators)


def _function(node: SgNode, reading: Reading, decorators: tuple[Expr, ...] = ()) -> Stmt:
    uid = reading.take_uid()
    line, column = _start(node, reading)
    name = identifier(node.field("name"))
    made = parameters(node.field("parameters"), reading)
    result = node.field("return_type")
    returns = expression(result, reading) if result is not None else None
    outer_yields, reading.yields = reading.yields, False
    body = block(node.field("body"), reading)
    is_generator, reading.yields = reading.yields, outer_yields
    return code.Function(
        uid, name, made, decorators, returns, body,
        starts_async(node), is_generator, line, column, reading.end,
    )  # fmt: skip


def _class(node: SgNode, reading: Reading, decorators: tuple[Expr, ...] = ()) -> Stmt:
    """Keywords such as `metaclass=M` follow the bases, each as `Unknown("keyword", …)`."""
    uid = reading.take_uid()
    line, column = _start(node, reading)
    name = identifier(node.field("name"))
    bases, keywords = call_arguments(node.field("superclasses"), reading)
    others = [code.Unknown("keyword", (keyword.value,)) for keyword in keywords]
    body = block(node.field("body"), reading)
    return code.Class(uid, name, (*bases, *others), decorators, body, line, column, reading.end)


_CONVERTERS: dict[str, Callable[[SgNode, Reading], Stmt]] = {
    "expression_statement": _expression_statement,
    "type_alias_statement": _type_alias,
    "print_statement": _print,
    "return_statement": _return,
    "raise_statement": _raise,
    "break_statement": _jump,
    "continue_statement": _jump,
    "pass_statement": _jump,
    "delete_statement": _delete,
    "assert_statement": _assert,
    "global_statement": _scope,
    "nonlocal_statement": _scope,
    "import_statement": _import(import_plain),
    "import_from_statement": _import(import_from),
    "future_import_statement": _import(import_future),
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "try_statement": _try,
    "with_statement": _with,
    "match_statement": _match,
    "decorated_definition": _decorated,
    "function_definition": _function,
    "class_definition": _class,
}
