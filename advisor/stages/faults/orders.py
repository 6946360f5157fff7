"""Orders: results that come as they are ready, used as if they stood in the order of what was handed in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.questions import pools
from advisor.questions.bars import behind_bar
from advisor.questions.calls import entries, receiver
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written

_KEEPS = frozenset({"builtins.list", "builtins.tuple"})
_ZIPS = "builtins.zip"
_COUNTS = "builtins.enumerate"
_JOINS = "builtins.bytes.join"
_SAME_ORDER = frozenset({"builtins.list", "builtins.tuple", "builtins.iter", "builtins.enumerate"})
_VIEWS = frozenset({"keys", "values", "items", "copy"})  # what gives the entries of a mapping in its own order
_USES = frozenset({"zip", "enumerate", "join"})


@dataclass(frozen=True, slots=True, eq=False)
class _Mixed:
    """The call whose results come as they are ready, and what was handed in."""

    call: code.Call
    inputs: tuple[code.Expr, ...]


def _unordered(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`zip(items, results)` of results that came as they were ready, and the like."""
    if not any(_gives_unordered(sight, info, call) for call in info.calls) and info.called_names.isdisjoint(_USES):
        return
    lists = dict(_lists(sight, info))
    for node in info.expressions:
        if isinstance(node, code.Call) and _is(sight, info, node, _ZIPS):
            found = [(each, mixed) for each in node.arguments if (mixed := _mixed(sight, info, each, lists))]
            for each, mixed in found[:1]:
                other = next((o for o in node.arguments if o is not each and _is_input(o, mixed)), None)
                if other is not None:
                    because = f"`{written(node)}` puts them beside `{tree.dotted(_bare(other))}` in line {node.line}"
                    yield at(mixed.call, written(mixed.call), because, node.line)
        elif isinstance(node, code.Call) and node.arguments and _is(sight, info, node, _JOINS):
            joined = _mixed(sight, info, node.arguments[0], lists)
            if joined is not None and receiver(node) == code.Literal("bytes", "", 0):
                because = f"they are pieces of one whole, put together in line {node.line}"
                yield at(joined.call, written(joined.call), because, node.line)
    for statement in info.statements:
        mixed = _put_into_a_column(sight, info, statement, lists)
        if mixed is not None:
            because = f"line {statement.line} puts them into a column beside what was handed in"
            yield at(mixed.call, written(mixed.call), because, statement.line)
        yield from _by_number(sight, info, statement, lists)


def _gives_unordered(sight: Sight, info: FunctionInfo, call: code.Call) -> bool:
    return any(entry.unordered for _, entry in entries(sight.program, sight.catalog, info.id, call))


def _is(sight: Sight, info: FunctionInfo, call: code.Call, name: str) -> bool:
    return any(target.name == name for target in sight.program.targets(info.id, call))


def _source(sight: Sight, info: FunctionInfo, expression: code.Expr, *, direct: bool = False) -> _Mixed | None:
    """The call that gives unordered results, behind a progress bar or not: itself, or the function of the project that it
    runs."""
    awaited = expression.value if isinstance(expression, code.Await) else expression
    call = behind_bar(sight.program, sight.catalog, info.id, awaited)
    if not isinstance(call, code.Call):
        return None
    if not _gives_unordered(sight, info, call):
        return None if direct else _of_function(sight, info, call)
    found = pools.hand_over(sight.program, sight.catalog, info.id, call)
    given = pools.given(call, found) if found is not None else _walked(sight, info, call)
    return _Mixed(call, given)


def _walked(sight: Sight, info: FunctionInfo, call: code.Call) -> tuple[code.Expr, ...]:
    """What was walked to hand in the tasks of `as_completed(tasks)`."""
    tasks = call.arguments[0] if call.arguments else None
    values = sight.program.objects.values_of(info.id, tasks.id) if isinstance(tasks, code.Name) else None
    made = (*(values or ()), *((tasks,) if tasks is not None else ()))
    walked = [clause.iterable for value in made if isinstance(value, code.Comprehension) for clause in value.clauses]
    if isinstance(tasks, code.Name):
        walked += [
            loop.iterable
            for loop in info.statements
            if isinstance(loop, code.For)
            and any(tree.callee(each) == f"{tasks.id}.append" for each in tree.calls(loop.body))
        ]
    return tuple(walked)


def _of_function(sight: Sight, info: FunctionInfo, call: code.Call) -> _Mixed | None:
    """The same where the call runs one function for sure, which returns or yields what it gets in the order of coming."""
    targets = sight.program.targets(info.id, call)
    if len(targets) != 1 or targets[0].kind != "function":
        return None
    if targets[0].callback or targets[0].guessed or targets[0].conditional:
        return None
    inner = sight.program.functions[targets[0].name]
    if inner.id == info.id or inner.decorators or not any(_gives_unordered(sight, inner, each) for each in inner.calls):
        return None
    found = _yielded(sight, inner) if inner.is_generator else _returned(sight, inner)
    if found is None:
        return None
    names = [parameter.name for parameter in inner.parameters]
    given = (
        sight.program.argument(inner.id, call, names.index(bare.id))
        for each in found.inputs
        if isinstance(bare := _bare(each), code.Name) and bare.id in names
    )
    return _Mixed(call, tuple(each for each in given if each is not None))


def _returned(sight: Sight, info: FunctionInfo) -> _Mixed | None:
    values = [s.value for s in info.statements if isinstance(s, code.Return) and s.value is not None]
    lists = dict(_lists(sight, info, direct=True)) if values else {}
    return _mixed(sight, info, values[0], lists, direct=True) if len(values) == 1 else None


def _yielded(sight: Sight, info: FunctionInfo) -> _Mixed | None:
    """What a generator gives on as it comes, and holds nothing back to put it in order."""
    yields = [node for node in info.expressions if isinstance(node, code.Yield)]
    for loop in info.statements:
        if isinstance(loop, code.For) and len(yields) == 1:
            heads = (head for statement in _each_round(loop.body) for head in tree.heads(statement))
            own = any(node is yields[0] for head in heads for node in tree.every(head))
            found = _source(sight, info, loop.iterable, direct=True) if own else None
            if found is not None and yields[0].value is not None and _comes_of(loop, yields[0].value):
                return found
    only = yields[0].value if len(yields) == 1 and yields[0].delegates else None
    return None if only is None else _source(sight, info, only, direct=True) or _kept(sight, info, only, direct=True)


def _each_round(block: tree.Block) -> Iterator[code.Stmt]:
    """The statements that each round of a loop runs once."""
    for statement in block:
        yield statement
        if isinstance(statement, code.Try | code.With):
            yield from _each_round(statement.body)


def _comes_of(loop: code.For, value: code.Expr) -> bool:
    """Is the value made of what this very round of the loop got?"""
    got = set(tree.bound_names(loop.target))
    for statement in _each_round(loop.body):
        if isinstance(statement, code.Assign) and statement.value is not None and _names(statement.value) & got:
            got.update(name for target in statement.targets for name in tree.bound_names(target))
    return not _names(value).isdisjoint(got)


def _names(expression: code.Expr) -> frozenset[str]:
    return frozenset(node.id for node in tree.every(expression) if isinstance(node, code.Name))


def _lists(sight: Sight, info: FunctionInfo, *, direct: bool = False) -> Iterator[tuple[str, _Mixed]]:
    """The lists that hold such results in the order in which they came, and are not sorted afterwards."""
    callees = info.callees
    for statement in info.statements:
        match statement:
            case code.Assign(targets=(code.Name(id=name),), value=value, operator=None) if value is not None:
                found = _kept(sight, info, value, direct=direct)
                if found is not None and f"{name}.sort" not in callees:
                    yield name, found
            case code.For(iterable=iterable, body=body):
                found = _source(sight, info, iterable, direct=direct)
                for call in tree.calls(body) if found is not None else ():
                    owner, _, last = tree.callee(call).rpartition(".")
                    if last == "append" and found is not None and f"{owner}.sort" not in callees:
                        yield owner, found


def _kept(sight: Sight, info: FunctionInfo, value: code.Expr, *, direct: bool = False) -> _Mixed | None:
    """`list(pool.imap_unordered(…))` or `[… for each in as_completed(…)]`."""
    match value:
        case code.Call(arguments=(inner,)) if any(_is(sight, info, value, name) for name in _KEEPS):
            return _source(sight, info, inner, direct=direct) or _kept(sight, info, inner, direct=direct)
        case code.Comprehension(kind="list" | "generator", clauses=(only,)):
            return _source(sight, info, only.iterable, direct=direct)
    return None


def _mixed(
    sight: Sight, info: FunctionInfo, expression: code.Expr, lists: Mapping[str, _Mixed], *, direct: bool = False
) -> _Mixed | None:
    name = tree.dotted(expression)
    if name is not None:
        values = sight.program.objects.values_of(info.id, name) or ()
        return lists.get(name) if len(values) <= 1 else None
    return _source(sight, info, expression, direct=direct) or _kept(sight, info, expression, direct=direct)


def _is_input(expression: code.Expr, mixed: _Mixed) -> bool:
    """Is it what was handed in, by the same name?"""
    bare = _bare(expression)
    return tree.dotted(bare) is not None and any(bare == _bare(each) for each in mixed.inputs)


def _bare(expression: code.Expr) -> code.Expr:
    """What an expression walks in its own order: `table` for `list(table.values())`."""
    match expression:
        case code.Call(function=code.Attribute(value=value, name=name), arguments=(), keywords=()) if name in _VIEWS:
            return _bare(value)
        case code.Call(function=code.Name(id=name), arguments=(value, *_)) if f"builtins.{name}" in _SAME_ORDER:
            return _bare(value)
    return expression


def _put_into_a_column(
    sight: Sight, info: FunctionInfo, statement: code.Stmt, lists: Mapping[str, _Mixed]
) -> _Mixed | None:
    """`table["size"] = results`, where the tasks were given what the same table holds."""
    match statement:
        case code.Assign(
            targets=(code.Subscript(value=table, index=code.Literal(kind="str")),), value=value, operator=None
        ):
            mixed = _mixed(sight, info, value, lists) if value is not None else None
            root = tree.dotted(table)
            if mixed is not None and root is not None and any(_column_of(each) == root for each in mixed.inputs):
                return mixed
    return None


def _column_of(expression: code.Expr) -> str | None:
    match expression:
        case code.Subscript(value=value, index=code.Literal(kind="str")) | code.Attribute(value=value):
            return tree.dotted(value)
    return None


def _by_number(sight: Sight, info: FunctionInfo, loop: code.Stmt, lists: Mapping[str, _Mixed]) -> Iterator[Clue]:
    """`for i, result in enumerate(results): … items[i]`, or the other way round."""
    match loop:
        case code.For(
            target=code.Display(items=(code.Name(id=number), *_)),
            iterable=code.Call(arguments=(walked, *_)) as call,
            body=body,
        ) if _is(sight, info, call, _COUNTS):
            mixed = _mixed(sight, info, walked, lists)
            for node in tree.expressions(body):
                if not (isinstance(node, code.Subscript) and node.index == code.Name(number)):
                    continue
                name = tree.dotted(node.value) or ""
                other = mixed if mixed is not None and _is_input(node.value, mixed) else None
                if mixed is None and name in lists and _is_input(walked, lists[name]):
                    other = _mixed(sight, info, node.value, lists)
                if other is not None:
                    because = f"the loop in line {loop.line} takes what stands at the same place of both"
                    yield at(other.call, written(other.call), because, loop.line)
                    return


ORDER_FACTS: Mapping[str, Detector] = {Fact.ORDER_OF_UNORDERED: _unordered}
