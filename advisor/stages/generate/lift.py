"""Lift: a lambda or inner function becomes a function of the module, which another process can import."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from advisor.model.refactor import Edit, Needed
from advisor.stages.generate.names import binds, free, fresh, here, parameters, taken, yields
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import captured, check_public, importable, run_only
from advisor.stages.generate.source import Source

_PARTIAL = Needed("functools", "partial")


@dataclass(frozen=True, slots=True)
class Lifted:
    """`text` is the definition for the module, empty where none is needed; `handed` what to send instead, `edits` what becomes
    of the old definition."""

    text: str
    handed: str
    edits: tuple[Edit, ...]
    needs: frozenset[Needed]


def lift(source: Source, function: ast.expr) -> Lifted:
    """A function that stands in another one, at the level of the module; what it used from there is bound with `partial`."""
    check_public(source, [function], function)
    if isinstance(function, ast.Lambda):
        return _lambda(source, function)
    definition = _inner(source, function)
    if definition is None:
        raise Refused("unpicklable-function", f"`{source.segment(function)}` cannot be sent to a process", function)
    return _function(source, definition)


def _plain_call(source: Source, function: ast.Lambda) -> Lifted | None:
    """`partial(score, query)` for `lambda text: score(query, text)`: what is called may be sent as it is."""
    match function:
        case ast.Lambda(
            args=ast.arguments(posonlyargs=[], args=[parameter], vararg=None, kwonlyargs=[], kwarg=None, defaults=[]),
            body=ast.Call(func=ast.Name(id=name) as called, args=[*leading, ast.Name(id=last)], keywords=keywords),
        ) if last == parameter.arg and name in binds(source.tree.body) and importable(source, called, function):
            given = [*leading, *(keyword.value for keyword in keywords)]
            if any(k.arg is None for k in keywords) or not all(isinstance(g, ast.Name | ast.Constant) for g in given):
                return None
            if last in free([called, *given]):
                return None
            _extra(source, function, free([function]))
            bound = [source.segment(part) for part in (*leading, *keywords)]
            return Lifted("", _bound(name, bound), (), frozenset({_PARTIAL} if bound else ()))
    return None


def _lambda(source: Source, function: ast.Lambda) -> Lifted:
    plain = _plain_call(source, function)
    if plain is not None:
        return plain
    extra = _extra(source, function, free([function]))
    arguments = source.text[source.span(function)[0] + len("lambda") : source.span(function.body)[0]]
    inner = arguments.strip().removesuffix("(").rstrip().removesuffix(":").strip()
    around = source.function(function)
    wish = f"_{getattr(around, 'name', 'work').strip('_')}_{'_'.join(sorted(parameters(function.args))[:1]) or 'work'}"
    name = fresh(wish, taken(source.tree))
    given = ", ".join([*extra, *([inner] if inner else [])])
    body = source.segment(function.body)
    body = f"({body})" if "\n" in body else body
    text = f"def {name}({given}):\n{source.unit}return {body}\n"
    return Lifted(text, _bound(name, extra), (), frozenset({_PARTIAL} if extra else ()))


def _inner(source: Source, function: ast.expr) -> ast.FunctionDef | None:
    """The one definition of an inner function, in the function that hands it over."""
    if not isinstance(function, ast.Name):
        return None
    for around in source.above(function):
        if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
            found = [s for s in here(around.body) if isinstance(s, ast.FunctionDef) and s.name == function.id]
            if found:
                stores = [n for n in here(around.body) if isinstance(n, ast.Name) and n.id == function.id
                          and isinstance(n.ctx, ast.Store)]  # fmt: skip
                return found[0] if len(found) == 1 and not stores else None
    return None


def _function(source: Source, definition: ast.FunctionDef) -> Lifted:
    check_public(source, [definition], definition)
    odd = definition.decorator_list or yields(definition.body)
    odd = (
        odd
        or any(isinstance(n, ast.Nonlocal) for n in ast.walk(definition))
        or definition.name in free(definition.body)
    )
    if odd or not source.owns_its_lines([definition]) or len(source.block(definition)) == 1:
        raise Refused(
            "unpicklable-function", f"`{definition.name}` cannot be moved to the level of the module", definition
        )
    extra = _extra(source, definition, free([definition]))
    around = source.function(definition)
    outside = taken(source.tree) if extra else binds(source.tree.body) | run_only(source)
    name = fresh(f"_{definition.name}" if extra else definition.name, outside)
    start = source.span(definition)[0]
    opens = source.text.index("(", source.text.index(definition.name, start)) + 1
    some = bool(parameters(definition.args))
    edits = [Edit(opens, opens, ", ".join(extra) + (", " if some else ""))] if extra else []
    named = source.text.index(definition.name, start + len("def"))
    edits.append(Edit(named, named + len(definition.name), name))
    text = source.piece([definition], "", edits)
    place = source.whole_lines([definition])
    if extra:
        handed = definition.name
        old = [Edit(*place, f"{source.indent(definition)}{handed} = {_bound(name, extra)}\n")]
    else:
        handed = name
        end = place[1]
        while source.text[end : end + 1] == "\n":
            end += 1  # the empty line after it
        uses = [n for n in ast.walk(around or source.tree) if isinstance(n, ast.Name) and n.id == definition.name]
        old = [Edit(place[0], end, ""), *(Edit(*source.span(n), name) for n in uses if name != definition.name)]
    return Lifted(text, handed, tuple(old), frozenset({_PARTIAL} if extra else ()))


def _extra(source: Source, function: ast.FunctionDef | ast.Lambda, wanted: frozenset[str]) -> list[str]:
    """What the function takes from those around it, sorted; Refused where that changes after the function was made."""
    found = captured(source, function, wanted)
    arguments = function.args
    defaults: Iterable[ast.expr] = [*arguments.defaults, *(d for d in arguments.kw_defaults if d is not None)]
    if found & free(list(defaults)):
        raise Refused("unpicklable-function", "a default of the function needs what stands around it", function)
    around = source.function(function)
    for node in here(around.body if isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef) else []):
        if isinstance(node, ast.FunctionDef) and node.name in found:
            raise Refused(
                "unpicklable-function", f"the function calls `{node.name}`, which cannot be sent either", node
            )
        later = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.lineno > function.lineno
        if later and isinstance(node, ast.Name) and node.id in found and isinstance(function, ast.FunctionDef):
            raise Refused(
                "carried-dependence", f"line {node.lineno} changes `{node.id}`, which the function reads", node
            )
    return sorted(found)


def _bound(name: str, extra: list[str]) -> str:
    return f"partial({', '.join([name, *extra])})" if extra else name
