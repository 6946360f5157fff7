"""Questions about a syntax node that the analysis of the whole program can answer."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from msgspec import structs

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.program import Value
from advisor.model.refactor import Order
from advisor.model.state import Access, Piece, State
from advisor.model.summary import Summary
from advisor.questions.flow import flow_of, iteration
from advisor.questions.transactions import is_batched, opens_transaction
from advisor.stages.generate.names import here

_NOTICED = 1e-4  # seconds from which a call is not taken for a mere look-up
_SHARE = 0.03  # share of a round's time from which a call belongs into the worker
_PURE = frozenset({Effect.NONE, Effect.CPU_PYTHON, Effect.CPU_NATIVE, Effect.CPU_NATIVE_NOGIL})
_SIZED = frozenset(
    "list tuple dict set frozenset str bytes range deque dict_keys dict_values dict_items ndarray DataFrame Series".split()
)
_IMMUTABLE = frozenset(
    "str bytes int float bool complex frozenset NoneType Path PurePath PosixPath date datetime".split()
)
_OPENS = frozenset({Effect.NETWORK, Effect.DISK, Effect.ASYNC})
_DATA = frozenset(
    f"builtins.{name}" for name in "str bytes int float bool complex NoneType list tuple dict set frozenset".split()
)
_GIVE_TEXT = frozenset(
    "format join strip lstrip rstrip lower upper replace encode decode title as_posix isoformat strftime".split()
)
_MULTIPLY = frozenset({"product", "combinations", "permutations", "combinations_with_replacement"})
_COMBINE = frozenset("product combinations permutations combinations_with_replacement pairwise batched".split())


class Inquiry:
    """Answers for the nodes of one site's function, matched by position with the tree the analysis made."""

    def __init__(self, order: Order, path_lines: Sequence[str]) -> None:
        self.order, self._lines = order, path_lines
        self.function = order.site.function
        self.opened: tuple[str, ...] = ()  # clients to open with the pool
        self.others: Callable[[], Iterator[str]] = lambda: iter(())  # the texts of the other files of the project

    # ---- matching

    @cached_property
    def _calls(self) -> dict[tuple[int, int], list[code.Call]]:
        """The calls of the function by position, outermost first."""
        info = self.order.program.functions[self.function]
        found: dict[tuple[int, int], list[code.Call]] = {}
        for call in (*info.calls, *_site_calls(self.order)):
            same = found.setdefault((call.line, call.column), [])
            if call not in same:
                same.append(call)
        for same in found.values():
            same.sort(key=lambda call: call.uid)
        return found

    def _column(self, node: ast.expr) -> int:
        text = self._lines[node.lineno - 1]
        return node.col_offset if text.isascii() else len(text.encode()[: node.col_offset].decode())

    def call(self, node: ast.Call) -> code.Call | None:
        """The same call in the tree of the analysis."""
        same = self._calls.get((node.lineno, self._column(node)), [])
        depth, inner = 0, node.func
        while isinstance(inner, ast.Attribute | ast.Subscript | ast.Call | ast.Await):
            depth += isinstance(inner, ast.Call)
            inner = inner.func if isinstance(inner, ast.Call) else inner.value
        return same[-1 - depth] if depth < len(same) else None

    def statements_at(self, line: int) -> list[code.Stmt]:
        """The statements that begin on a line, outermost ones only."""
        body = self.order.program.functions[self.function].body
        found = [s for s in tree.statements(body) if s.line == line]
        inner = {id(s) for each in found for block in tree.blocks(each) for s in tree.statements(block)}
        return [s for s in found if id(s) not in inner]

    def expression_around(self, calls: tuple[code.Call, ...]) -> code.Expr | None:
        """The smallest expression of the analysis that holds all these calls."""
        wanted = {call.uid for call in calls}
        if not wanted:
            return None
        best: tuple[int, code.Expr] | None = None
        heads = [*(head for s in self.order.program.functions[self.function].statements for head in tree.heads(s)),
                 *self.order.site.parts]  # fmt: skip
        for head in heads:
            for each in tree.every(head):
                held = {n.uid for n in tree.every(each) if isinstance(n, code.Call)} if _may_hold(each) else set()
                if wanted <= held and (best is None or len(held) <= best[0]):
                    best = len(held), each
        return None if best is None else best[1]

    # ---- costs

    @cached_property
    def _round(self) -> Summary:
        site = self.order.site
        parts = () if site.body else site.parts
        return self._measured(replace(self._iteration, expressions=parts, handed_over=site.kind.is_concurrent))

    @cached_property
    def _iteration(self) -> Piece:
        return iteration(self.order.site, flow_of(self.order.site))

    def _measured(self, piece: Piece) -> Summary:
        """What a part of an iteration does and costs, or of a run of the function where there are no iterations."""
        summaries = self.order.summaries
        return summaries.piece(piece) if self.order.site.kind.has_rounds else summaries.in_runs(piece)

    @cached_property
    def _heavy(self) -> dict[int, float]:
        total = self._round.cost.total.expected or 1e-9
        seconds: dict[int, float] = {}
        for proof in self._round.proofs:
            if proof.effect not in (Effect.TERMINAL, Effect.NONE):
                seconds[proof.uid] = seconds.get(proof.uid, 0.0) + proof.seconds.expected
        return {uid: spent / total for uid, spent in seconds.items() if spent >= _SHARE * total}

    def acts(self, node: ast.Call) -> bool:
        """Is the call known to wait, to compute for long or to do something outside the program?"""
        found = self.call(node)
        if found is None:
            return False
        summary = self._summary((found,))
        mine = [proof for proof in summary.ever if proof.uid == found.uid]
        return any(proof.effect is not Effect.NONE and proof.seconds.expected >= _NOTICED for proof in mine)

    def share(self, nodes: Iterable[ast.AST]) -> float:
        """The part of a round's time that some calls take, from 0 to 1."""
        found = tuple(call for node in nodes if isinstance(node, ast.Call) and (call := self.call(node)) is not None)
        return self._seconds(found) / (self._round.cost.total.expected or 1e-9)

    def constructs(self, value: ast.expr | None) -> bool:
        """Is the value a new object of a class?"""
        if not isinstance(value, ast.Call):
            return False
        made = self.order.program.values(self.function, self.as_code(value.func))
        return bool(made) and all(each.kind == "class" for each in made)

    def is_coroutine(self, node: ast.Call) -> bool:
        """Does the call only make a coroutine, to be awaited by somebody?"""
        found = self.call(node)
        targets = self.order.program.targets(self.function, found) if found is not None else ()
        functions = self.order.program.functions
        return any(t.kind == "function" and t.name in functions and functions[t.name].is_async for t in targets)

    def makes_task(self, node: ast.Call) -> str:
        """What makes a task of what a call gives, where it starts nothing by itself; empty where that is not known."""
        found = self.call(node)
        targets = self.order.program.targets(self.function, found) if found is not None else ()
        functions = self.order.program.functions
        if targets and all(t.kind == "function" and functions[t.name].is_async for t in targets):
            return "asyncio.create_task"
        entries = [self.order.catalog.call(target.name) for target in targets if target.kind == "external"]
        known = bool(targets) and len(entries) == len(targets)
        return "asyncio.ensure_future" if known and all(e and e[1].effect is Effect.ASYNC for e in entries) else ""

    def _computes(self, call: code.Call) -> bool:
        """Does the call itself, without those in its arguments, take a share of the round that is worth a worker?"""
        return self._seconds((call,)) - self._seconds(tree.parts(call)) >= _SHARE * (
            self._round.cost.total.expected or 1e-9
        )

    def _seconds(self, evaluated: tuple[code.Expr, ...]) -> float:
        return self._summary(evaluated).cost.total.expected

    def costly(self, nodes: Iterable[ast.AST]) -> list[ast.Call]:
        """The calls that take the time, among those evaluated when `nodes` are."""
        return [
            node
            for node in here(nodes)
            if isinstance(node, ast.Call)
            and (found := self.call(node)) is not None
            and (found.uid in self._heavy or self._computes(found))
            and not self.is_coroutine(node)
        ]

    def summary(self, node: ast.expr | ast.stmt) -> Summary:
        """What the calls in a node do and cost."""
        return self._summary(self.calls([node]))

    def state(self, node: ast.expr | ast.stmt) -> State:
        """The state that the calls in a node touch."""
        return self.order.summaries.state(Piece(self.function, expressions=self.calls([node])))

    def calls(self, nodes: Iterable[ast.AST]) -> tuple[code.Call, ...]:
        """The calls that are made when `nodes` are evaluated, as the analysis knows them."""
        made = (self.call(each) for each in here(nodes) if isinstance(each, ast.Call))
        return tuple(found for found in made if found is not None)

    def reached(self, nodes: Iterable[ast.AST]) -> list[str]:
        """The functions of the program that run when `nodes` are evaluated."""
        return sorted(self.order.summaries.reached(self.function, self.calls(nodes)))

    def reads_attribute(self, name: str) -> bool:
        """Does any function of the program read an attribute of this name?"""
        return any(name in info.attributes_read for info in self.order.program.functions.values())

    def _summary(self, evaluated: tuple[code.Expr, ...], *, handed_over: bool = False) -> Summary:
        return self._measured(replace(self._iteration, statements=(), expressions=evaluated, handed_over=handed_over))

    def pure(self, node: ast.stmt) -> bool:
        """Do the calls in a statement only work something out, in no time, with nothing that anybody else would notice?"""
        if any(isinstance(each, ast.Call) and self.call(each) is None for each in here([node])):
            return False
        summary, state = self.summary(node), self.state(node)
        touches = state.writes or state.uses or state.ambient or any(d.access is not Access.READ for d in state.deeds)
        if summary.unresolved or touches or summary.cost.total.expected > _NOTICED:
            return False
        return all(proof.effect in _PURE for proof in summary.ever)

    def only_reads(self, block: ast.With | ast.AsyncWith) -> bool:
        """Does entering a block open something outside to read from it, a file or a connection, and leaving it do no more than
        close that? Not where leaving it ends a transaction or sends what was noted."""
        program, catalog, site = self.order.program, self.order.catalog, self.order.site
        known = [each for each in self.statements_at(block.lineno) if isinstance(each, code.With)]
        contexts = [context for each in known for context, _ in each.items]
        if any(
            opens_transaction(program, catalog, self.function, each) or is_batched(program, catalog, site, each, None)
            for each in contexts
        ):
            return False
        empty = (structs.replace(w, items=tuple((context, None) for context, _ in w.items), body=()) for w in known)
        piece = replace(self._iteration, statements=tuple(empty), expressions=())
        state, effects = self.order.summaries.state(piece), {proof.effect for proof in self._measured(piece).ever}
        unknown = effects == {Effect.NETWORK}  # a request that may be of any kind, of which an answer is read
        reads = all(deed.access is Access.READ or (deed.access is None and unknown) for deed in state.deeds)
        return bool(state.deeds) and reads and not state.writes and effects <= _OPENS

    def started(self, node: ast.Call) -> Summary:
        """What the call does and costs once an event loop or a pool runs it."""
        found = self.call(node)
        return self._summary((found,) if found else (), handed_over=True)

    def handed_over(self, node: ast.Call) -> State:
        """The state that the call touches once an event loop or a pool runs it."""
        found = self.call(node)
        piece = Piece(self.function, expressions=(found,) if found else (), handed_over=True)
        return self.order.summaries.state(piece)

    def prints(self, nodes: Sequence[ast.AST]) -> bool:
        return any(
            proof.effect is Effect.TERMINAL
            for node in nodes
            if isinstance(node, ast.expr | ast.stmt)
            for proof in self.summary(node).ever
        )

    # ---- values

    def kinds(self, expression: ast.expr) -> frozenset[str]:
        """The short names of the types an expression may have (`list`, `range`, `generator`); empty when not known."""
        values = self.order.program.values(self.function, self.as_code(expression))
        return frozenset(
            value.name.rpartition(".")[2] if value.kind in ("container", "object") else value.kind for value in values
        )

    def is_apart(self, expression: ast.expr, bound: frozenset[str], assigned: Mapping[str, Sequence[ast.expr]]) -> bool:
        """Is the value complete in itself, as a text or a list of numbers is, or made without what a block has `bound`, and so
        no way to read further from that? `assigned` tells what further names have been given."""
        match expression:
            case ast.Constant() | ast.Compare() | ast.JoinedStr() | ast.UnaryOp(op=ast.Not()):
                return True
            case ast.Name(id=name) if name in assigned:
                others = {each: given for each, given in assigned.items() if each != name}
                return all(self.is_apart(given, bound, others) for given in assigned[name])
            case ast.Call() | ast.Await(value=ast.Call()) if self._is_complete(expression):
                return True
        if _all_data(self.order.program.values(self.function, self.as_code(expression))):
            return True
        if isinstance(expression, ast.Name):
            return expression.id not in bound
        parts = (each for each in ast.iter_child_nodes(expression) if isinstance(each, ast.expr | ast.keyword))
        values = (each.value if isinstance(each, ast.keyword) else each for each in parts)
        known = not isinstance(expression, ast.Yield | ast.YieldFrom | ast.Lambda | ast.NamedExpr | ast.GeneratorExp)
        return known and all(self.is_apart(each, bound, assigned) for each in values)

    def _is_complete(self, node: ast.Call | ast.Await) -> bool:
        called = node.value if isinstance(node, ast.Await) else node
        found = self.call(called) if isinstance(called, ast.Call) else None
        targets = self.order.program.targets(self.function, found) if found is not None else ()
        entries = [self.order.catalog.call(target.name) for target in targets if target.kind == "external"]
        return bool(targets) and len(entries) == len(targets) and all(each and each[1].complete for each in entries)

    def immutable(self, expression: ast.expr) -> bool:
        """Is the value of a type that nobody can change, as far as that is known?"""
        match expression:
            case ast.Constant() | ast.JoinedStr() | ast.Compare():
                return True
            case ast.Call(func=ast.Attribute(attr=name)) if name in _GIVE_TEXT:
                return True
            case ast.Call(func=ast.Name(id="str" | "int" | "float" | "bytes" | "len" | "bool" | "Path")):
                return True
        kinds = self.kinds(expression)
        return bool(kinds) and kinds <= _IMMUTABLE

    def sized(self, expression: ast.expr) -> bool:
        """Can the expression be walked twice, with the same elements? Only what surely can counts."""
        match expression:
            case ast.List() | ast.Tuple() | ast.ListComp() | ast.Set() | ast.Dict() | ast.Constant():
                return True
            case ast.Call(func=ast.Name(id="range" | "sorted" | "list" | "tuple" | "set" | "dict")):
                return True
            case ast.Call(func=ast.Name(id="enumerate" | "zip" | "reversed"), args=arguments) if not _counts(
                expression
            ):
                return all(self.sized(argument) for argument in arguments)
            case ast.Call(func=ast.Attribute(attr="items" | "keys" | "values"), args=[]):
                return self.kinds(expression) <= _SIZED  # a class may have a generator of this name
            case ast.Subscript(slice=ast.Slice(), value=value):
                return self.sized(value)
        kinds = self.kinds(expression)
        return bool(kinds) and kinds <= _SIZED

    def number(self, expression: ast.expr) -> float | None:
        """The number that an expression stands for, where the source tells."""
        if isinstance(expression, ast.Constant):
            return expression.value if isinstance(expression.value, int | float) else None
        return self.order.program.number(self.function, self.as_code(expression))

    def finite(self, expression: ast.expr) -> bool:
        """Is it one of the iterators of the standard library that only combine what is there already?"""
        match expression:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=arguments) if name in _COMBINE:
                return not _counts(expression) and all(
                    self.sized(a) or self.finite(a) or not self.lazy(a) for a in arguments
                )
        return False

    def lazy(self, expression: ast.expr) -> bool:
        """Is the expression one whose elements only come into being while it is walked?"""
        match expression:
            case ast.GeneratorExp():
                return True
            case ast.Call(func=ast.Name(id="map" | "filter" | "iter")):
                return True
            case ast.Call(func=ast.Name(id="enumerate" | "zip"), args=arguments):
                return _counts(expression) or any(self.lazy(argument) for argument in arguments)
        if self.finite(expression):
            return multiplies(expression)
        return bool(
            self.kinds(expression) & {"generator", "iterator", "Iterator", "map", "filter", "count", "TextIOWrapper"}
        )

    def as_code(self, expression: ast.expr) -> code.Expr:
        """The expression as the analysis knows it, as far as it is made of names, attributes and calls."""
        match expression:
            case ast.Name(id=name):
                return code.Name(name)
            case ast.Attribute(value=value, attr=attribute):
                return code.Attribute(self.as_code(value), attribute)
            case ast.Await(value=value):
                return code.Await(self.as_code(value), expression.lineno)
            case ast.Call():
                return self.call(expression) or code.Unknown("call", ())
        return code.Unknown(type(expression).__name__, ())


def _all_data(values: Iterable[Value]) -> bool:
    """Are all of the values, and what they hold, plain data; False where nothing is known of them."""
    known = list(values)
    return bool(known) and all(_is_data(value) for value in known)


def _is_data(value: Value) -> bool:
    if value.kind in ("row", "record", "any"):
        return all(map(_is_data, value.args))
    return value.kind in ("object", "container") and value.name in _DATA and all(map(_is_data, value.args))


def multiplies(expression: ast.expr | None) -> bool:
    """Does it give far more than it is given, `combinations(people, 5)`, so that a list of all would not fit into memory?"""
    function = getattr(expression, "func", None)
    return getattr(function, "attr", getattr(function, "id", "")) in _MULTIPLY


def _counts(expression: ast.expr) -> bool:
    """Does it fail behind the last item where one of its arguments is shorter: `zip(a, b, strict=True)`?"""
    given = next((k.value for k in getattr(expression, "keywords", ()) if k.arg == "strict"), None)
    return given is not None and not (isinstance(given, ast.Constant) and given.value is False)


def _may_hold(expression: code.Expr) -> bool:
    return not isinstance(expression, code.Name | code.Literal)


def _site_calls(order: Order) -> Iterator[code.Call]:
    for part in order.site.parts:
        yield from (node for node in tree.every(part) if isinstance(node, code.Call))
