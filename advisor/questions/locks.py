"""Locks: what keeps others out while it is held, and what lets in only so many."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import structs

from advisor.model import code, tree
from advisor.model.catalog import Catalog, ObjectEntry, Waiter
from advisor.model.program import FunctionInfo, Program, Value
from advisor.model.site import Site
from advisor.model.state import Piece, State, Use
from advisor.model.summary import Summaries
from advisor.model.words import Group, is_named
from advisor.questions.interference import view

Kind = Callable[[ObjectEntry], Waiter | None]


def is_lock(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Does `with expression:`, written in `function`, keep out all others: a lock or a condition, not a semaphore?"""
    return _is(program, catalog, function, expression, lambda known: known.lock, catalog.words.locks)


def is_limit(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Does `with expression:` let in only so many at a time: a semaphore?"""
    return _is(program, catalog, function, expression, lambda known: known.limit, catalog.words.limits)


def is_guard(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Is what `with expression:` runs one that others may have to wait for: is it a lock or a semaphore?"""
    return is_lock(program, catalog, function, expression) or is_limit(program, catalog, function, expression)


def is_own(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Does nobody but the very run of `function` that takes a lock know of it, since that run made it: `with Lock():`, or a
    variable that is used in no other way? Such a lock keeps nobody out."""
    if _is_new(program, catalog, function, expression):
        return True
    if not isinstance(expression, code.Name) or program.objects.home(function, expression.id) != function:
        return False
    values = program.objects.values_of(function, expression.id)
    info = program.functions[function]
    if not values or info.is_module or not all(_is_new(program, catalog, function, value) for value in values):
        return False
    inner = (each for each in program.files[info.path] if each.id.startswith(f"{function}."))
    return not _is_passed_on(info, expression.id) and not any(expression.id in each.names_read for each in inner)


def _is_new(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Is it a call that makes a lock or semaphore which no name, file or other lock ties to another one?"""
    if not isinstance(expression, code.Call) or expression.keywords:
        return False
    if not all(isinstance(given, code.Literal) and given.kind == "int" for given in expression.arguments):
        return False
    targets = program.targets(function, expression)
    return bool(targets) and all(t.kind == "external" and lock_type(catalog, t.name) is not None for t in targets)


def _is_passed_on(info: FunctionInfo, name: str) -> bool:
    """Is a variable used as anything but a block's lock, or the object of a method?"""
    taken = {id(context) for s in info.statements if isinstance(s, code.With) for context, _ in s.items}
    taken |= {id(call.function.value) for call in info.calls if isinstance(call.function, code.Attribute)}
    taken |= {id(target) for s in info.statements if isinstance(s, code.Assign) for target in s.targets}
    names = (each for each in tree.expressions(info.body) if isinstance(each, code.Name) and each.id == name)
    return any(id(each) not in taken for each in names)


def held(
    program: Program, catalog: Catalog, info: FunctionInfo, first: int, last: int
) -> Iterator[tuple[code.Expr, int]]:
    """The locks that `info` holds around its lines `first` to `last`, each with the line that takes it."""
    for statement in info.withs_around(first, last):
        for item, _ in statement.items:
            if is_lock(program, catalog, info.id, item):
                yield item, statement.line


def held_again(
    program: Program, catalog: Catalog, summaries: Summaries, site: Site, iteration: State
) -> Iterator[tuple[Use, int]]:
    """The locks that are held around a site and that an iteration takes as well, by whatever names and through whatever calls,
    each with the line that takes it first."""
    seen = view(program, site)
    taken = [(use, seen.names(use.place)) for use in iteration.uses if _is_of_lock(catalog, use, "acquire")]
    if not taken:
        return
    around: FunctionInfo | None = program.functions[site.function]
    while around is not None:  # a function in a block is most likely called there
        for use in _held(catalog, summaries, around, site):
            names = seen.names(use.place)
            yield from ((again, use.where.line) for again, others in taken if names & others)
        around = program.functions.get(around.parent) if around.parent is not None else None


def _held(catalog: Catalog, summaries: Summaries, info: FunctionInfo, site: Site) -> Iterator[Use]:
    """How the locks are taken that `info` holds around a site: by blocks, or by calls before it without a release."""
    around = tuple(structs.replace(block, body=()) for block in info.withs_around(site.line, site.end_line))
    before = tuple(s for s in info.statements if isinstance(s, code.Evaluate) and s.line < site.line)
    for statements, blocks in ((around, True), (before, False)):
        uses = summaries.state(Piece(info.id, statements)).uses if statements else ()
        released = {use.place for use in uses if not blocks and _is_of_lock(catalog, use, "release")}
        yield from (use for use in uses if _is_of_lock(catalog, use, "acquire") and use.place not in released)


def _is_of_lock(catalog: Catalog, use: Use, method: str) -> bool:
    return use.api.endswith(f".{method}") and any(known.lock is not None for known in catalog.lineage(use.type))


def lock_type(catalog: Catalog, name: str) -> Waiter | None:
    """Whom the locks and semaphores of class `name` keep out; None where that is no class of these."""
    return next((who for known in catalog.lineage(name) if (who := known.lock or known.limit) is not None), None)


def _is(program: Program, catalog: Catalog, function: str, expression: code.Expr, kind: Kind, words: Group) -> bool:
    values = program.values(function, expression)
    told = [answer for value in values if (answer := _told(program, catalog, value, kind, words)) is not None]
    if told:
        return any(told)
    match expression:
        case code.Call(function=code.Attribute(value=receiver)) if not is_named(tree.callee(expression), words):
            return _is(program, catalog, function, receiver, kind, words)  # `lock.acquire(timeout=1)`
        case code.Call():
            return is_named(tree.callee(expression), words)
        case code.Subscript(value=value):
            return is_named(tree.dotted(value) or "", words)  # `locks[key]`
    return is_named(tree.dotted(expression) or "", words)


def _told(program: Program, catalog: Catalog, value: Value, kind: Kind, words: Group) -> bool | None:
    """What the type of a value says; None where nothing is known of it."""
    match value.kind:
        case "object":
            known = tuple(catalog.lineage(value.name))
            return any(kind(each) is not None for each in known) if known else is_named(value.name, words) or None
        case "instance" | "some":
            return is_named(program.classes[value.name].name, words) or None
    return None
