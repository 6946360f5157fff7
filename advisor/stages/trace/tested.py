"""Tests: what a condition in the source says about when the code behind it runs, and what the arguments of a call decide."""

from __future__ import annotations

from ast import literal_eval

from msgspec.structs import replace

from advisor.model import code, tree
from advisor.model.bindings import Bindings
from advisor.model.catalog import Catalog
from advisor.model.condition import SOMETIMES, Condition, ConditionKind
from advisor.model.program import Program
from advisor.model.state import Access, Ambient

_LONGEST = 40  # characters of a test that are quoted
_OPPOSITE = {"==": "!=", "!=": "==", "is": "is not", "is not": "is", "in": "not in", "not in": "in",
             "<": ">=", ">=": "<", ">": "<=", "<=": ">"}  # fmt: skip


def of_parameter(test: code.Expr, truth: bool, bindings: Bindings, line: int) -> Condition | None:
    """The condition on a parameter that the single test `test` is, where it is one that a call may decide."""
    wanted, holds = "", truth
    name: code.Expr = test
    match test:
        case code.Operation(operator="==" | "is" | "!=" | "is not" as operator, operands=(name, constant)):
            found = _constant(constant)
            if found is None:
                return None
            wanted, holds = found, (operator in ("==", "is")) is truth
    position = bindings.parameter(name.id, line) if isinstance(name, code.Name) else None
    if position is None:
        return None
    return Condition(ConditionKind.PARAMETER, words(test, truth), SOMETIMES, position, wanted, holds)


def of_one_item(test: code.Expr, truth: bool) -> str | None:
    """The name that `test`, where it is `truth`, says to be one certain constant: `key == "admin"`."""
    match test:
        case code.Operation(operator="==" | "is" | "!=" | "is not" as operator, operands=(one, other)) if (
            operator in ("==", "is")
        ) is truth:
            for name, constant in ((one, other), (other, one)):
                if isinstance(name, code.Name) and isinstance(constant, code.Literal) and constant.kind != "none":
                    return name.id
    return None


def tells_items_apart(one: code.Expr, other: code.Expr) -> bool:
    """Do both tests compare the same name with a constant, as in a chain of `elif`s?"""
    name = of_one_item(one, True)
    return name is not None and name == of_one_item(other, True)


def of_setting(program: Program, catalog: Catalog, function: str, place: code.Expr, bindings: Bindings) -> bool:
    """Is `place` a setting: read from the environment, or a name in capitals, as constants and settings are written?"""
    if isinstance(place, code.Call):
        return _reads_environment(program, catalog, function, place)
    if isinstance(place, code.Name) and (values := bindings.bound.get(place.id)) and place.id not in bindings.declared:
        return any(isinstance(v, code.Call) and _reads_environment(program, catalog, function, v) for _, v in values)
    return (tree.dotted(place) or "").rpartition(".")[2].isupper()


def _reads_environment(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    entries = (catalog.call(t.name) for t in program.targets(function, call) if t.kind == "external")
    return any(e is not None and e[1].state.get(Ambient.ENVIRONMENT) is Access.READ for e in entries)


def decided(condition: Condition, argument: code.Expr) -> bool | None:
    """Does `condition` hold where its parameter is `argument`? None where that cannot be seen."""
    if condition.wanted:
        same = _same(argument, condition.wanted)
        return None if same is None else same is condition.holds
    match argument:
        case code.Literal(value=value, kind=kind):
            return (kind == "ellipsis" or bool(value)) is condition.holds
        case code.Display(items=items) if not any(isinstance(item, code.Starred) for item in items):
            return bool(items) is condition.holds
        case code.Lambda():
            return condition.holds
    return None


def _same(argument: code.Expr, wanted: str) -> bool | None:
    found = _constant(argument)
    if found is not None:
        both_literals = isinstance(argument, code.Literal) and _is_literal(wanted)
        if found == wanted or not both_literals:
            return True if found == wanted else None
        numbers = _is_number(found) and _is_number(wanted)
        return None if numbers and literal_eval(found) == literal_eval(wanted) else False  # `1 == True`, but not `is`
    made_here = isinstance(argument, code.Display | code.Text | code.Lambda | code.Comprehension)
    return False if made_here and wanted == "None" else None


def _is_number(literal: str) -> bool:
    return literal in ("True", "False") or literal[:1].isdigit() or literal[:1] == "-"


def _is_literal(wanted: str) -> bool:
    return not wanted.replace(".", "").isidentifier() or wanted in ("None", "True", "False")


def _constant(expression: code.Expr) -> str | None:
    """A literal or a dotted name such as `Mode.FULL`, as text."""
    if isinstance(expression, code.Literal):
        return None if expression.size > _LONGEST else repr(expression.value)
    return tree.dotted(expression) if isinstance(expression, code.Attribute) else None


def passed_on(condition: Condition, argument: code.Expr, bindings: Bindings, line: int) -> Condition | None:
    """`condition` in terms of the caller, where it passes on a parameter of its own."""
    if not isinstance(argument, code.Name):
        return None
    position = bindings.parameter(argument.id, line)
    return None if position is None else replace(condition, parameter=position)


def words(test: code.Expr, truth: bool) -> str:
    """`test`, or its opposite, as a reader writes it; empty where that is long."""
    text = _text(test)
    if not truth:
        match test:
            case code.Operation(operator=operator, operands=(one, other)) if operator in _OPPOSITE:
                text = _joined(_text(one), _OPPOSITE[operator], _text(other))
            case code.Operation(operator="not", operands=(inner,)):
                text = _text(inner)
            case code.Operation():
                text = f"not ({text})" if text else ""
            case _:
                text = f"not {text}" if text else ""
    return text if len(text) <= _LONGEST else ""


def _text(expression: code.Expr) -> str:
    match expression:
        case code.Name() | code.Attribute():
            return tree.dotted(expression) or ""
        case code.Literal(kind="str" | "bytes" | "int" | "float" | "bool" | "none", value=value):
            return repr(value)
        case code.Operation(operator="not", operands=(inner,)):
            return f"not {text}" if (text := _text(inner)) else ""
        case code.Operation(operator=operator, operands=(one, other)) if operator in (*_OPPOSITE, "and", "or", "%"):
            return _joined(_text(one), operator, _text(other))
        case code.Call(function=function, arguments=arguments, keywords=()):
            named, given = tree.dotted(function), [_text(argument) for argument in arguments]
            return f"{named}({', '.join(given)})" if named and all(given) else ""
        case code.Subscript(value=container, index=index):
            held, key = _text(container), _text(index)
            return f"{held}[{key}]" if held and key else ""
    return ""


def _joined(one: str, operator: str, other: str) -> str:
    return f"{one} {operator} {other}" if one and other else ""
