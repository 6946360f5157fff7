"""What comes back from a process: results, which are copies."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Program
from advisor.model.refactor import Order
from advisor.model.site import SiteKind
from advisor.model.state import Place, RootKind
from advisor.questions.calls import entries
from advisor.questions.flow import drawn_from
from advisor.questions.lineage import is_exception
from advisor.questions.pickling import is_dict_view, is_not_remade
from advisor.stages.generate.again import equal_only_to_itself, gives_nan, names_asked, nan_found_again
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.sent import unsendable
from advisor.stages.generate.shared import check_held
from advisor.stages.generate.work import Cut

_UNSEEDED = frozenset({"builtins.int", "builtins.float", "builtins.bool", "builtins.complex"})  # hashed by their value
_SINGLE = frozenset({"none", "bool", "ellipsis"})  # literals of which there is one in every process


def check_results(draft: Draft, made: Cut) -> None:
    """What the work gives must survive being sent, and nobody may ask whether it is the very object that was there before."""
    program, function = draft.order.program, draft.order.site.function
    _check_identity(draft, made)
    compares = identity_tests(draft.order)
    for given in _given(draft, made):
        values = program.values(function, given)
        stuck = next((why for value in sorted(values) if (why := unsendable(draft.order, value))), "")
        stuck = stuck or ("a view of a dict" if is_dict_view(program, function, given) else "")
        if stuck:
            because = f"the work gives {stuck}, which cannot be sent back from a process"
            raise Refused("unpicklable-result", because, draft.loop)
        _check_shared(draft, given)
        check_held(draft, given)
    if made.expression is None and not made.live:
        return
    for call in draft.inquiry.calls(made.nodes):
        if not _is_walked(draft, call):
            _check_givers(draft, call, compares)


def check_given_back(draft: Draft, made: Cut) -> None:
    """The same of what a call hands to a pool, whose own result is another thing."""
    program, function = draft.order.program, draft.order.site.function
    _check_identity(draft, made)
    for call in draft.inquiry.calls(made.nodes)[:1]:
        for giver in sorted(_givers(program, function, call)):
            for value in (v for each in program.functions[giver].statements for v in _returned_values(each)):
                stuck = next((w for v in sorted(program.values(giver, value)) if (w := unsendable(draft.order, v))), "")
                if stuck:
                    because = f"the work gives {stuck}, which a process sends back and a thread gives as it is"
                    raise Refused("unpicklable-result", because, draft.loop)
        _check_givers(draft, call, identity_tests(draft.order))


def _returned_values(statement: code.Stmt) -> tuple[code.Expr, ...]:
    """What a `return` gives: the parts of a tuple or list that is written out."""
    match statement:
        case code.Return(value=code.Display(items=items)):
            return items
        case code.Return(value=value) if value is not None:
            return (value,)
    return ()


def _chained(program: Program, giver: str) -> str:
    """A name that a function returns and that holds its own last value, once more in every iteration: `node = (n, node)`."""
    every = program.functions[giver].statements
    given = {s.value.id for s in every if isinstance(s, code.Return) and isinstance(s.value, code.Name)}
    loops = [each for each in every if isinstance(each, code.For | code.While)] if given else []
    for statement in (each for loop in loops for each in tree.statements(loop.body)):
        match statement:
            case code.Assign(targets=(code.Name(id=name),), value=code.Display(items=parts)):
                pass
            case code.Assign(targets=(code.Name(id=name),), value=code.Call(function=made, arguments=parts)) if any(
                value.kind == "class" for value in program.values(giver, made)
            ):
                pass
            case _:
                continue
        if name in given and any(isinstance(part, code.Name) and part.id == name for part in parts):
            return name
    return ""


def _check_givers(draft: Draft, call: code.Call, compares: int | None) -> None:
    """What the functions give that a call runs."""
    program, function = draft.order.program, draft.order.site.function
    for giver in sorted(_givers(program, function, call)):
        shared = next(iter(sorted(program.objects.returned_places(giver, changeable=True))), None)
        if shared is not None:
            because = f"the work gives `{shared.label}` itself, and from a process comes a copy, which others would not see changed"
            raise Refused("identity", because, draft.loop)
        if _returns_lambda(program, giver):
            raise Refused(
                "unpicklable-result",
                "the work gives a lambda, or what holds one, which cannot be sent back",
                draft.loop,
            )
        if any(is_dict_view(program, giver, each) for each in _returned(program, giver)):
            because = "the work gives a view of a dict, which cannot be sent back from a process"
            raise Refused("unpicklable-result", because, draft.loop)
        if _makes_class(program.functions[giver]):
            because = f"`{program.functions[giver].name}` makes a class, which cannot be sent back from a process"
            raise Refused("unpicklable-result", because, draft.loop)
        chained = _chained(program, giver)
        if chained:
            because = f"the work gives `{chained}`, which is nested once more in every iteration, and may lie too deep to be sent back"
            raise Refused("unpicklable-result", because, draft.loop)
        stuck = next(_unsendable_parts(draft.order, giver), "")
        if stuck:
            because = f"the work gives an object made of {stuck}, which cannot be sent back from a process"
            raise Refused("unpicklable-result", because, draft.loop)
        held = _held_results(draft.order, giver)
        if gives_nan(program, giver) and (line := nan_found_again(program)):
            because = f"the work gives the NaN that others have too, and line {line} looks for it, not for a copy"
            raise Refused("identity", because, draft.loop)
        if held is not None and _equal_only_to_itself(program, giver, held) and (line := _comparing(program)):
            because = f"the work gives `{held.label}` itself, and line {line} compares: a copy from a process would not be equal"
            raise Refused("identity", because, draft.loop)
        if compares is not None and held is not None:
            because = f"the work gives `{held.label}` itself, and line {compares} asks which object it is: from a process comes a copy"
            raise Refused("identity", because, draft.loop)


def _check_shared(draft: Draft, given: code.Expr) -> None:
    """A shallow copy holds what its original does, of which a process would make another one."""
    program, here = draft.order.program, draft.order.site.function
    set_to = program.objects.values_of(here, given.id) if isinstance(given, code.Name) else (given,)
    made = [(here, call) for value in set_to or () for call in tree.every(value) if isinstance(call, code.Call)]
    made += [
        (giver, c) for _, call in made for giver in _givers(program, here, call) for c in _returned(program, giver)
    ]
    for function, call in made:
        for name, entry in entries(program, draft.order.catalog, function, call):
            if entry.shares:
                because = (
                    f"`{name}` gives what shares its parts with another object, and from a process comes a copy of all"
                )
                raise Refused("identity", because, draft.loop)


def _given(draft: Draft, made: Cut) -> Iterator[code.Expr]:
    """What the work gives: the names that the caller goes on with, or the parts of an expression."""
    yield from (code.Name(name) for name in made.live)
    if draft.order.site.kind is SiteKind.MAP:
        mapped = (call for call in draft.inquiry.calls(made.nodes) if call is not draft.order.site.node)
        yield from (call for call in mapped if not _is_walked(draft, call))
    elif made.expression is not None:
        yield from (draft.inquiry.as_code(part) for part in _parts(made.expression))


def _is_walked(draft: Draft, call: code.Call) -> bool:
    """Is it a call that makes what `map` draws its items from? The caller does that."""
    if draft.order.site.kind is not SiteKind.MAP:
        return False
    return any(
        call is each for walked in drawn_from(draft.order.program, draft.order.site) for each in tree.every(walked)
    )


def _parts(value: ast.expr) -> Iterator[ast.expr]:
    """The values that an expression may have, or holds where it makes a collection."""
    match value:
        case ast.Tuple(elts=inner) | ast.List(elts=inner) | ast.Set(elts=inner) | ast.BoolOp(values=inner):
            held: list[ast.expr] = inner
        case ast.Dict(values=inner):
            held = inner
        case ast.IfExp(body=body, orelse=orelse):
            held = [body, orelse]
        case ast.ListComp(elt=inner_value) | ast.SetComp(elt=inner_value) | ast.DictComp(value=inner_value):
            held = [inner_value]
        case ast.NamedExpr(value=inner_value) | ast.Starred(value=inner_value):
            held = [inner_value]
        case _:
            yield value
            return
    for each in held:
        yield from _parts(each)


def _givers(program: Program, function: str, call: code.Call, depth: int = 8) -> set[str]:
    """The functions that make what a call gives: those it calls, and those whose result they hand on."""
    found: set[str] = set()
    for target in program.targets(function, call):
        if target.kind != "function":
            continue
        found.add(target.name)
        for given in _returned(program, target.name) if depth else ():
            found |= _givers(program, target.name, given, depth - 1)
    return found


def _returned(program: Program, function: str) -> Iterator[code.Call]:
    """The calls whose results a function returns, at once or through a name."""
    for statement in program.functions[function].statements:
        if isinstance(statement, code.Return) and statement.value is not None:
            value = statement.value
            held = program.objects.values_of(function, value.id) if isinstance(value, code.Name) else (value,)
            for each in held or ():
                inner = each.value if isinstance(each, code.Await) else each
                if isinstance(inner, code.Call):
                    yield inner


def _unsendable_parts(order: Order, giver: str) -> Iterator[str]:
    """What of the arguments of the objects that a function gives cannot be sent, in words; an exception given as a value is
    made anew from arguments of its own."""
    program = order.program
    for call in _returned(program, giver):
        made = [v.name for v in program.values(giver, call.function) if v.kind == "class"]
        for cls in made:
            if is_exception(program, program.classes[cls]) and is_not_remade(
                program, program.classes[cls], named=bool(call.keywords)
            ):
                yield f"the arguments of `{program.classes[cls].name}`, which is not made anew from them"
        for given in (*call.arguments, *(k.value for k in call.keywords)) if made else ():
            yield from filter(None, (unsendable(order, value) for value in sorted(program.values(giver, given))))


def _makes_class(info: FunctionInfo) -> bool:
    """Does a function make classes as it runs, by a statement or by `type`?"""
    if any(isinstance(statement, code.Class) for statement in info.statements):
        return True
    return any(tree.dotted(call.function) == "type" and len(call.arguments) == 3 for call in info.calls)


def _returns_lambda(program: Program, function: str) -> bool:
    """Is a lambda written in what a function returns, or in what the returned name was set to?"""
    for statement in program.functions[function].statements:
        if isinstance(statement, code.Return) and statement.value is not None:
            values = [statement.value]
            if isinstance(statement.value, code.Name):
                values += program.objects.values_of(function, statement.value.id) or ()
            if any(
                isinstance(node, code.Lambda) for value in values for node in tree.every(value) if not _is_key(value)
            ):
                return True
    return False


def _is_key(value: code.Expr) -> bool:
    """`sorted(rows, key=lambda …)`: the lambda only serves to make the result."""
    return isinstance(value, code.Call) and any(isinstance(k.value, code.Lambda) for k in value.keywords)


def _check_identity(draft: Draft, made: Cut) -> None:
    """The work must not ask which object it was given: in a process it gets a copy."""
    program, inside = draft.order.program, frozenset(draft.inquiry.reached(made.nodes))
    for function, call in program.objects.calls_named("id"):
        here = function in inside or any(call is each for each in draft.inquiry.calls(made.nodes))
        if here and isinstance(call.function, code.Name):
            raise Refused(
                "identity", f"line {call.line} asks which object it has, and a process has a copy", draft.loop
            )
    _check_hashes(draft, made, inside)
    _check_looked_up(draft, made)
    for compare in (node for part in made.nodes for node in ast.walk(part) if isinstance(node, ast.Compare)):
        sides = (compare.left, *compare.comparators)
        if any(isinstance(o, ast.Is | ast.IsNot) for o in compare.ops) and not any(
            isinstance(side, ast.Constant) for side in sides
        ):
            because = f"line {compare.lineno} asks which object it has, and a process has a copy"
            raise Refused("identity", because, draft.loop)
    for name in sorted(inside):
        line = _identity_line(program.functions[name])
        if line is not None:
            raise Refused("identity", f"line {line} asks which object it has, and a process has a copy", draft.loop)


def _check_looked_up(draft: Draft, made: Cut) -> None:
    """The work must not look for an object that it is given and that is equal only to itself."""
    program, here = draft.order.program, draft.order.site.function
    lines = {line for node in made.nodes for line in range(*_lines(node))}
    asked = [(here, line, name) for line, name in names_asked(program, here) if line in lines and name in made.needed]
    for call in draft.inquiry.calls(made.nodes):
        for target in (t.name for t in program.targets(here, call) if t.kind == "function"):
            given = {parameter.name for parameter in program.functions[target].parameters}
            asked += [(target, line, name) for line, name in names_asked(program, target) if name in given]
    for function, line, name in asked:
        for value in program.values(function, code.Name(name)):
            if value.kind in ("instance", "some") and equal_only_to_itself(program.classes[value.name]):
                because = f"line {line} looks for `{name}`, which is equal only to itself, and a process has a copy"
                raise Refused("identity", because, draft.loop)


def _lines(node: ast.AST) -> tuple[int, int]:
    first = getattr(node, "lineno", 1)
    return first, (getattr(node, "end_lineno", None) or first) + 1


def _check_hashes(draft: Draft, made: Cut, inside: frozenset[str]) -> None:
    """Each process has a seed of its own by which texts are hashed: what the work gives would not agree with others."""
    program, own = draft.order.program, draft.inquiry.calls(made.nodes)
    for function, call in program.objects.calls_named("hash"):
        here = function in inside or any(call is each for each in own)
        if not here or not isinstance(call.function, code.Name) or program.functions[function].name.endswith("__"):
            continue
        kinds = {value.name for given in call.arguments for value in program.values(function, given)}
        if not kinds or kinds - _UNSEEDED:
            because = f"line {call.line} takes a hash, which in another process is another one"
            raise Refused("identity", because, draft.loop)


def identity_tests(order: Order) -> int | None:
    """The line of a test whether two names are one object (not of None and its like), or of a call of `id`."""
    for call_place in order.program.objects.calls_named("id"):
        if isinstance(call_place[1].function, code.Name):
            return call_place[1].line
    return next((line for info in order.program.functions.values() if (line := _identity_line(info)) is not None), None)


def _identity_line(info: FunctionInfo) -> int | None:
    """The line on which a function asks whether two names are one object, not of None and its like."""
    for statement in info.statements:
        for head in tree.heads(statement):
            for node in tree.every(head):
                match node:
                    case code.Operation(operator="is" | "is not", operands=operands):
                        if not any(isinstance(o, code.Literal) and o.kind in _SINGLE for o in operands):
                            return statement.line
    return None


def _equal_only_to_itself(program: Program, function: str, place: Place) -> bool:
    """Is it a thing that no copy equals: an object without `__eq__`, a bare one, or a float, which may be NaN?"""
    for value in program.values(function, code.Name(place.root.name)):
        if value.kind in ("instance", "some") and equal_only_to_itself(program.classes[value.name]):
            return True
        if value.name == "builtins.float":
            return True
    made = (origin.expression for origin in program.objects.origins(function, place.root.name))
    return any(isinstance(each, code.Call) and each.function == code.Name("object") for each in made)


def _comparing(program: Program) -> int | None:
    """The first line on which something is looked for in a collection."""
    for info in program.functions.values():
        for expression in info.expressions:
            if isinstance(expression, code.Operation) and expression.operator in ("in", "not in"):
                return max(info.line, 1)
            if isinstance(expression, code.Attribute) and expression.name in ("index", "count", "remove"):
                return max(info.line, 1)
    return None


def _held_results(order: Order, function: str) -> Place | None:
    """A place of an object that outlives the function and that it returns, itself or within what it returns."""
    places = order.program.objects.returned_places(function)
    kinds = (RootKind.GLOBAL, RootKind.PARAM, RootKind.SELF, RootKind.CLASS, RootKind.LOCAL, RootKind.DEFAULT)
    return next((place for place in sorted(places) if place.root.kind in kinds), None)
