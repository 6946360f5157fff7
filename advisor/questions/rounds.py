"""Rounds: what a loop walks, which tells how often it runs where the source does not."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.catalog import CallEntry, Catalog, Elements, Length
from advisor.model.effect import Effect, Range
from advisor.model.program import Origin, Program
from advisor.model.rounds import Walked
from advisor.model.state import Access
from advisor.questions.bars import bar_named
from advisor.questions.bounds import at_most
from advisor.questions.calls import entries, last_name, reads_on, receiver
from advisor.questions.calls import walked as arguments_walked
from advisor.questions.guesses import guessed

_USUALLY_ONCE = Range(1.0, 1.1, 10.0)
_PIECES_VARY = 3.0  # in nine texts of ten, lines and words are less than so many times longer or shorter than `every`
_DEEPEST = 5  # names that stand for names, calls around calls
_ORIGINS = 4  # of one name, which are looked at
_PASSES_ON = (Elements.PASSED, Elements.SAME, Elements.AWAITED)
_TEXTS = frozenset({"builtins.str", "builtins.bytes", "builtins.bytearray"})


def rounds(program: Program, catalog: Catalog, function: str, iterable: code.Expr) -> Range:
    """How many elements `iterable` has: exactly, where the source tells; by the size of a text, where that is told; else as
    many as its like usually has."""
    known = program.length(function, iterable)
    if known is not None:
        return Range.exactly(known)
    pieces = _pieces(program, catalog, function, iterable)
    usual = catalog.rounds.of(walked(program, catalog, function, iterable)) if pieces is None else pieces
    most = at_most(program, function, iterable)
    return usual if most is None else Range(min(usual.low, most), min(usual.expected, most), min(usual.high, most))


def _pieces(program: Program, catalog: Catalog, function: str, iterable: code.Expr) -> Range | None:
    """How many lines, rows or words a text of known size has."""
    if not isinstance(iterable, code.Call):
        return None
    for _, entry in entries(program, catalog, function, iterable):
        for text in arguments_walked(iterable, entry) if entry.every is not None else ():
            size = program.weight(function, text)
            if size is not None and entry.every is not None:
                return Range(1 / _PIECES_VARY, 1.0, _PIECES_VARY).scaled(max(1.0, size / entry.every))
    return None


def walked(program: Program, catalog: Catalog, function: str, iterable: code.Expr, depth: int = 0) -> Walked:
    """What a loop in `function` over `iterable` walks: through wrappers, and names that stand for it."""
    if depth > _DEEPEST:
        return Walked.OTHER
    match iterable:
        case code.Comprehension(clauses=(clause,)):
            return walked(program, catalog, function, clause.iterable, depth + 1)
        case code.Await(value=inner) | code.Walrus(value=inner) | code.Starred(value=inner):
            return walked(program, catalog, function, inner, depth + 1)
        case code.Operation(operator="or" | "and" | "+" | "|" | "if", operands=(inner, *_)):
            return walked(program, catalog, function, inner, depth + 1)
        case code.Call():
            return _of_call(program, catalog, function, iterable, depth)
        case code.Subscript(index=code.Operation(operator="slice")):
            return Walked.PART
    held = _of_values(program, catalog, function, iterable)
    if held is not None:
        return held
    match iterable:
        case code.Name(id=name):
            return _of_name(program, catalog, function, name, depth)
        case code.Attribute():
            return Walked.ATTRIBUTE
        case code.Subscript():
            return Walked.PART
    return Walked.OTHER


def once_or_more(body: tree.Block) -> Range | None:
    """How often a loop runs that ends as soon as its try succeeds, which usually is at once; None for any other loop."""
    for statement in body:
        if isinstance(statement, code.Try) and statement.handlers:
            leaves = [*statement.body, *statement.orelse]
            if any(isinstance(s, code.Return) or (isinstance(s, code.Jump) and s.kind == "break") for s in leaves):
                return _USUALLY_ONCE
    if body and isinstance(body[-1], code.Return | code.Jump) and getattr(body[-1], "kind", "break") == "break":
        return _USUALLY_ONCE
    return None


def counted_up(program: Program, function: str, loop: code.While) -> float | None:
    """How often a loop runs that counts up to a bound: `while i < 1000: i += 1`; None for any other. Where it begins is taken
    to be little beside a bound that is known."""
    match loop.test:
        case code.Operation(operator="<" | "<=" | "!=", operands=(code.Name(id=name), bound)):
            end = program.number(function, bound)
        case _:
            return None
    steps = [
        step.value
        for statement in loop.body
        if isinstance(statement, code.Assign) and statement.operator == "+" and code.Name(name) in statement.targets
        for step in [statement.value]
        if isinstance(step, code.Literal) and isinstance(step.value, int | float) and step.value > 0
    ]
    return end / steps[0] if end is not None and end > 0 and len(steps) == 1 else None


def _of_values(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> Walked | None:
    """What the object that is walked gives: a cursor its rows, an open file its lines."""
    for value in sorted(program.values(function, expression)):
        if value.kind != "object":
            continue
        if value.name in _TEXTS:
            return Walked.OTHER
        if value.is_used_up or any(entry.iterates is Effect.DATABASE for entry in catalog.lineage(value.name)):
            return Walked.RECORDS
    return None


# ---- names


def _of_name(program: Program, catalog: Catalog, function: str, name: str, depth: int) -> Walked:
    """What the name stands for: of several things the first that is anything."""
    origins = program.objects.origins(function, name)
    if any(origin.how == "parameter" for origin in origins):
        return Walked.OTHER
    kinds = (_of_origin(program, catalog, origin, name, depth) for origin in origins[:_ORIGINS])
    return next((kind for kind in kinds if kind is not Walked.OTHER), Walked.OTHER)


def _of_origin(program: Program, catalog: Catalog, origin: Origin, name: str, depth: int) -> Walked:
    match origin:
        case Origin(how="element"):
            return Walked.PART
        case Origin(how="value", expression=code.Name(id=same)) if same == name:
            return Walked.OTHER
        case Origin(how="value", expression=value) if value is not None:
            return walked(program, catalog, origin.where, value, depth + 1)
    return Walked.OTHER


# ---- calls


def _of_call(program: Program, catalog: Catalog, function: str, call: code.Call, depth: int) -> Walked:
    known = entries(program, catalog, function, call)
    for each in known:
        kind = _of_entry(program, catalog, function, call, each, depth)
        if kind is not None:
            return kind
    held = _of_values(program, catalog, function, call)
    if held is not None:
        return held
    read = any(t.kind == "function" and not t.callback for t in program.targets(function, call))
    return Walked.OTHER if known or read else _of_called_name(program, catalog, function, call, depth)


def _of_entry(
    program: Program, catalog: Catalog, function: str, call: code.Call, known: tuple[str, CallEntry], depth: int
) -> Walked | None:
    name, entry = known
    if entry.rounds is not None:
        return entry.rounds
    if entry.access is Access.LIST:
        return Walked.FOLDER
    if entry.effect is Effect.DATABASE or reads_on(catalog, name):
        return Walked.RECORDS
    if entry.length is Length.RANGE:
        return Walked.RANGE
    return _behind(program, catalog, function, call, entry, depth) if _is_wrapper(entry) else None


def _is_wrapper(entry: CallEntry) -> bool:
    """Does the call give what it is handed, or as many things: `sorted(xs)`, `enumerate(xs)`, `zip(xs, ys)`?"""
    return entry.elements in _PASSES_ON or entry.length in (Length.SAME, Length.SHORTEST)


def _behind(program: Program, catalog: Catalog, function: str, call: code.Call, entry: CallEntry, depth: int) -> Walked:
    inner = call.arguments if entry.length is Length.SHORTEST else arguments_walked(call, entry)
    return walked(program, catalog, function, inner[0], depth + 1) if inner else Walked.OTHER


def _of_called_name(program: Program, catalog: Catalog, function: str, call: code.Call, depth: int) -> Walked:
    """What the name says of a call of which nothing else is known."""
    last = last_name(call)
    if receiver(call) is not None and last in catalog.walked_by_name:
        return catalog.walked_by_name[last]
    if last in catalog.words.file_walks:
        return Walked.FOLDER
    guess = guessed(program, catalog, function, call)
    if reads_on(catalog, last) or (guess is not None and guess.effect is Effect.DATABASE):
        return Walked.RECORDS
    likely = bar_named(catalog, last) or (catalog.of_builtins.get(last) if receiver(call) is not None else None)
    if likely is None:
        return Walked.OTHER
    if likely.length is Length.RANGE:
        return Walked.RANGE
    return _behind(program, catalog, function, call, likely, depth)
