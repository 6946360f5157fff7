"""Expressions: from ast-grep's nodes to those of `advisor.model.code`.

`expression` looks up the converter of a node's kind; each converter takes the
node and the state of the file's reading. Children are converted in source
order, so that the numbers they take are in source order too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import accumulate, pairwise

from advisor.model import code
from advisor.model.code import Expr
from advisor.stages.extract import literals
from advisor.stages.extract.reading import DEEPEST, Reading, TooDeep
from advisor.stages.extract.shapes import after_star, chain, parameter_parts, unwrapped
from advisor.stages.extract.syntax import EXTRAS, SgNode, children, identifier

NONE = code.Literal("none", None)
MISSING = code.Unknown("missing", ())
_CONSTANTS = {
    "true": code.Literal("bool", True),
    "false": code.Literal("bool", False),
    "none": NONE,
    "ellipsis": code.Literal("ellipsis", None),
}
_SWITCHES = 20
"""So many changes of operator in one chain are kept as nested operations."""


def expression(node: SgNode | None, reading: Reading) -> Expr:
    """The expression at `node`; parentheses are seen through."""
    if node is None:
        return MISSING
    kind = node.kind()
    if kind == "identifier":
        return code.Name(identifier(node))
    if kind == "parenthesized_expression":
        node, kind = unwrapped(node)
    reading.depth += 1
    if reading.depth > DEEPEST:
        raise TooDeep(node.range().start.line + 1)
    made = _CONVERTERS.get(kind, _unknown)(node, reading)
    reading.depth -= 1
    return made


def expressions(nodes: Iterable[SgNode], reading: Reading) -> tuple[Expr, ...]:
    """The expressions at `nodes`, comments left out."""
    return tuple([expression(node, reading) for node in nodes if node.kind() not in EXTRAS])


def one_or_tuple(nodes: list[SgNode], reading: Reading) -> Expr:
    """A single expression as it is, several as the tuple they form without parentheses."""
    if len(nodes) == 1:
        return expression(nodes[0], reading)
    return code.Display("tuple", expressions(nodes, reading))


def _unknown(node: SgNode, reading: Reading) -> Expr:
    parts = [child for child in children(node) if not child.kind().endswith(("_statement", "_definition", "block"))]
    return code.Unknown(node.kind(), expressions(parts, reading))


# ---- names, attributes, calls


def _name(node: SgNode, _: Reading) -> Expr:
    return code.Name(identifier(node))


def _attribute(node: SgNode, reading: Reading) -> Expr:
    """A chain `a.b.c` is read in one go from its text, by far the quickest way."""
    text = identifier(node)
    first, *rest = text.split(".")
    if not text.replace(".", "_").isidentifier() or first in {"None", "True", "False"}:
        value = expression(node.field("object"), reading)
        name = identifier(node.field("attribute"))
        if type(value) is code.Starred:
            return code.Starred(code.Attribute(value.value, name))
        return code.Attribute(value, name)
    if reading.depth + len(rest) > DEEPEST:
        raise TooDeep(node.range().start.line + 1)
    made: Expr = code.Name(first)
    for name in rest:
        made = code.Attribute(made, name)
    return made


def _call(node: SgNode, reading: Reading) -> Expr:
    """In `[*f(x)]` the grammar stars `f`, of attributes and subscripts too: the star belongs to the whole."""
    uid = reading.take_uid()
    function = expression(node.field("function"), reading)
    arguments, keywords = call_arguments(node.field("arguments"), reading)
    span = node.range()
    start, end_line = span.start, span.end.line + 1
    if type(function) is code.Starred:
        start = after_star(node).range().start
        call = code.Call(uid, function.value, arguments, keywords, start.line + 1, start.column, end_line)
        return code.Starred(call)
    return code.Call(uid, function, arguments, keywords, start.line + 1, start.column, end_line)


def call_arguments(node: SgNode | None, reading: Reading) -> tuple[tuple[Expr, ...], tuple[code.Keyword, ...]]:
    """Positional and keyword arguments of a call or class definition."""
    if node is None:
        return (), ()
    if node.kind() == "generator_expression":
        return (expression(node, reading),), ()
    arguments, keywords = [], []
    for child in node.named_children():
        kind = child.kind()
        if kind == "keyword_argument":
            name = identifier(child.field("name"))
            keywords.append(code.Keyword(name, expression(child.field("value"), reading)))
        elif kind == "dictionary_splat":
            keywords.append(code.Keyword(None, _only(child, reading)))
        elif kind not in EXTRAS:
            arguments.append(expression(child, reading))
    return tuple(arguments), tuple(keywords)


def _only(node: SgNode, reading: Reading) -> Expr:
    """The one expression inside a node that is only a sign before it."""
    inner = children(node)
    return expression(inner[-1] if inner else None, reading)


def _subscript(node: SgNode, reading: Reading) -> Expr:
    value, *rest = node.children()
    made = expression(value, reading)
    indices = [child for child in rest if child.is_named() and child.kind() not in EXTRAS]
    if len(indices) == 1 and any(child.kind() == "," for child in rest):
        index: Expr = code.Display("tuple", expressions(indices, reading))
    else:
        index = one_or_tuple(indices, reading)
    if type(made) is code.Starred:
        return code.Starred(code.Subscript(made.value, index))
    return code.Subscript(made, index)


def _slice(node: SgNode, reading: Reading) -> Expr:
    """Always three operands: lower, upper and step, None where they are left out."""
    operands: list[Expr] = [NONE, NONE, NONE]
    position = 0
    for child in node.children():
        kind = child.kind()
        if kind == ":":
            position += 1
        elif kind not in EXTRAS and position < 3:
            operands[position] = expression(child, reading)
    return code.Operation("slice", tuple(operands))


def _starred(node: SgNode, reading: Reading) -> Expr:
    return code.Starred(_only(node, reading))


# ---- constants and texts


def _number(node: SgNode, _: Reading) -> Expr:
    return literals.number(node.text())


def _constant(node: SgNode, _: Reading) -> Expr:
    return _CONSTANTS[node.kind()]


def _string(node: SgNode, reading: Reading) -> Expr:
    kind, text, holes = literals.text_parts(node)
    if holes:
        return _with_holes(text, holes, reading)
    return literals.text(text, kind)


def _strings(node: SgNode, reading: Reading) -> Expr:
    """Texts that stand side by side are one."""
    plain = literals.joined(node.text())
    if plain is not None:
        return plain
    kinds, texts, holes = zip(*map(literals.text_parts, children(node)), strict=True)
    starts = accumulate(map(len, texts), initial=0)
    moved = [(start + place, hole) for start, some in zip(starts, holes, strict=False) for place, hole in some]
    text = "".join(texts)
    if moved:
        return _with_holes(text, moved, reading)
    return literals.text(text, "bytes" if "bytes" in kinds else "str")


def _with_holes(text: str, holes: list[tuple[int, SgNode]], reading: Reading) -> Expr:
    places = tuple(min(place, literals.LONGEST) for place, _ in holes)
    return code.Text(text[: literals.LONGEST], expressions([hole for _, hole in holes], reading), places)


# ---- operations


def _binary(node: SgNode, reading: Reading) -> Expr:
    """`a + b + c` leans left in the source's tree, thousands deep in generated code: it becomes one flat operation.

    Where the operators of a chain change often, they are joined by a space as those of a comparison are.
    """
    operators, (first, *others) = chain(node)
    switches = sum(one != following for one, following in pairwise(operators))
    if switches > _SWITCHES:
        return code.Operation(" ".join(operators), expressions([first, *others], reading))
    reading.depth += switches
    current = operators[0]
    operands = [expression(first, reading)]
    for operator, other in zip(operators, others, strict=True):
        if operator != current:
            operands = [code.Operation(current, tuple(operands))]
            current = operator
        operands.append(expression(other, reading))
    reading.depth -= switches
    return code.Operation(current, tuple(operands))


def _unary(node: SgNode, reading: Reading) -> Expr:
    operator = node.field("operator")
    return code.Operation(operator.kind() if operator else "not", (expression(node.field("argument"), reading),))


_COMPARISONS = frozenset({"<", "<=", "==", "!=", ">=", ">", "<>", "in", "not in", "is", "is not"})


def _comparison(node: SgNode, reading: Reading) -> Expr:
    operators, operands = [], []
    for child in node.children():
        kind = child.kind()
        if kind in _COMPARISONS:
            operators.append(kind)
        elif kind not in EXTRAS:
            operands.append(expression(child, reading))
    return code.Operation(" ".join(operators), tuple(operands))


def _conditional(node: SgNode, reading: Reading) -> Expr:
    return code.Operation("if", expressions(node.named_children(), reading))


def _walrus(node: SgNode, reading: Reading) -> Expr:
    return code.Walrus(identifier(node.field("name")), expression(node.field("value"), reading))


def _await(node: SgNode, reading: Reading) -> Expr:
    return code.Await(_only(node, reading), node.range().start.line + 1)


def _yield(node: SgNode, reading: Reading) -> Expr:
    reading.yields = True
    inner = children(node)
    value = expression(inner[0], reading) if inner else None
    delegates = any(child.kind() == "from" for child in node.children())
    return code.Yield(value, delegates, node.range().start.line + 1)


# ---- displays and comprehensions


def _display(kind: str) -> Callable[[SgNode, Reading], Expr]:
    return lambda node, reading: code.Display(kind, expressions(node.named_children(), reading))


def _dictionary(node: SgNode, reading: Reading) -> Expr:
    items: list[Expr] = []
    for child in children(node):
        if child.kind() == "pair":
            items.append(expression(child.field("key"), reading))
            items.append(expression(child.field("value"), reading))
        else:
            items.append(expression(child, reading))
    return code.Display("dict", tuple(items))


def _pair(node: SgNode, reading: Reading) -> Expr:
    """The element of a dict comprehension."""
    key, value = node.field("key"), node.field("value")
    return code.Display("tuple", (expression(key, reading), expression(value, reading)))


def _comprehension(kind: str) -> Callable[[SgNode, Reading], Expr]:
    def convert(node: SgNode, reading: Reading) -> Expr:
        uid = reading.take_uid()
        element, *rest = children(node)
        made = expression(element, reading)
        clauses: list[code.Clause] = []
        for child in rest:
            if child.kind() == "for_in_clause":
                clauses.append(_clause(child, reading))
            elif clauses:
                last = clauses.pop()
                clauses.append(
                    code.Clause(last.target, last.iterable, (*last.conditions, _only(child, reading)), last.is_async)
                )
        span = node.range()
        start = span.start
        return code.Comprehension(uid, kind, made, tuple(clauses), start.line + 1, start.column, span.end.line + 1)

    return convert


def _clause(node: SgNode, reading: Reading) -> code.Clause:
    target = expression(node.field("left"), reading)
    iterable = one_or_tuple(node.field_children("right"), reading)
    return code.Clause(target, iterable, (), starts_async(node))


def starts_async(node: SgNode) -> bool:
    """Does the node start with the word `async`?"""
    first = node.child(0)
    return first is not None and first.kind() == "async"


# ---- functions without a name, and parameters of all functions


def _lambda(node: SgNode, reading: Reading) -> Expr:
    outer_yields = reading.yields
    made = code.Lambda(
        parameters(node.field("parameters"), reading),
        expression(node.field("body"), reading),
        node.range().start.line + 1,
    )
    reading.yields = outer_yields
    return made


def parameters(node: SgNode | None, reading: Reading) -> tuple[code.Parameter, ...]:
    """The parameters of a function or lambda."""
    made: list[code.Parameter] = []
    for name, kind, *nodes in parameter_parts(node):
        hint, default = [expression(part, reading) if part is not None else None for part in nodes]
        made.append(code.Parameter(name, hint, default, kind))
    return tuple(made)


# ---- type hints


def _generic(node: SgNode, reading: Reading) -> Expr:
    name, *rest = children(node)
    made = expression(name, reading)
    return code.Subscript(made, one_or_tuple([index for holder in rest for index in children(holder)], reading))


def _either_type(node: SgNode, reading: Reading) -> Expr:
    return code.Operation("|", expressions(node.named_children(), reading))


def _member_type(node: SgNode, reading: Reading) -> Expr:
    return code.Attribute(expression(children(node)[0], reading), identifier(children(node)[-1]))


_CONVERTERS: dict[str, Callable[[SgNode, Reading], Expr]] = {
    "identifier": _name,
    "attribute": _attribute,
    "call": _call,
    "subscript": _subscript,
    "slice": _slice,
    "list_splat": _starred,
    "list_splat_pattern": _starred,
    "dictionary_splat": _starred,
    "dictionary_splat_pattern": _starred,
    "splat_type": _starred,
    "integer": _number,
    "float": _number,
    "true": _constant,
    "false": _constant,
    "none": _constant,
    "ellipsis": _constant,
    "string": _string,
    "concatenated_string": _strings,
    "binary_operator": _binary,
    "boolean_operator": _binary,
    "not_operator": _unary,
    "unary_operator": _unary,
    "comparison_operator": _comparison,
    "conditional_expression": _conditional,
    "named_expression": _walrus,
    "await": _await,
    "yield": _yield,
    "list": _display("list"),
    "list_pattern": _display("list"),
    "tuple": _display("tuple"),
    "tuple_pattern": _display("tuple"),
    "pattern_list": _display("tuple"),
    "expression_list": _display("tuple"),
    "set": _display("set"),
    "dictionary": _dictionary,
    "pair": _pair,
    "list_comprehension": _comprehension("list"),
    "set_comprehension": _comprehension("set"),
    "dictionary_comprehension": _comprehension("dict"),
    "generator_expression": _comprehension("generator"),
    "lambda": _lambda,
    "type": _only,
    "constrained_type": _only,
    "as_pattern_target": _only,
    "generic_type": _generic,
    "union_type": _either_type,
    "member_type": _member_type,
}
