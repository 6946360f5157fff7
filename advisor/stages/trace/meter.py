"""Meter: what a block costs and which effects it has, by adding up what it calls and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from advisor.model import code, tree
from advisor.model.catalog import CallEntry, Catalog
from advisor.model.effect import SECONDS, CostClass, Effect, Range
from advisor.model.program import Program, Target
from advisor.model.summary import Cost, Proof, Summary
from advisor.stages.trace.seldom import gives_up, is_remembered, is_stub, rarely_true, seldom_called

USUAL = {
    Effect.NETWORK: CostClass.LARGE,
    Effect.DATABASE: CostClass.MEDIUM,
    Effect.DISK: CostClass.SMALL,
    Effect.SUBPROCESS: CostClass.LARGE,
    Effect.SLEEP: CostClass.LARGE,
    Effect.LOCK: CostClass.TINY,
    Effect.CPU_PYTHON: CostClass.SMALL,
    Effect.CPU_NATIVE: CostClass.SMALL,
    Effect.CPU_NATIVE_NOGIL: CostClass.MEDIUM,
    Effect.PARALLEL_NATIVE: CostClass.MEDIUM,
    Effect.ASYNC: CostClass.LARGE,
    Effect.TERMINAL: CostClass.TINY,
    Effect.NONE: CostClass.INSTANT,
}
_STEP = Range(2e-8, 4e-8, 2e-7)  # one operation of the interpreter
_UNKNOWN_CALL = Range(1e-7, 2e-6, 1e-2)
_ONCE = Range.exactly(1.0)
_SOMETIMES = Range(0.0, 0.5, 1.0)
_RARELY = Range(0.0, 0.02, 1.0)
_ONCE_A_RUN = Range(0.0, 1e-4, 1.0)
# Rounds of a loop whose length the source does not tell: counting loops tend to be longer than walks over collections.
_ROUNDS = Range(1.0, 20.0, 2e3)
_COUNTED = Range(1.0, 100.0, 1e5)
_PROOFS = 10
GUESSED_COMPUTING = 0.05  # seconds: loops of unknown length are never believed to compute longer than this
_GUESSED_WAITING = 2.0  # nor to wait longer than this
_MOMENT = 2e-4  # seconds
_NOT_WORK = ("error", "exception", "warning", "exit")  # how names of exception classes end
_GUESS = 0.3  # what a guess weighs beside a proof
_WORTH = 1e-6  # seconds: effects below are not worth a word


@dataclass(slots=True)
class Tally:
    """What has been added up so far."""

    cost: Cost = field(default_factory=Cost)
    proofs: dict[tuple[Effect, str], Proof] = field(default_factory=dict)
    unresolved: int = 0
    parallel_native: bool = False
    guessed_rounds: bool = False

    def add(self, proof: Proof) -> None:
        known = self.proofs.get((proof.effect, proof.api))
        if known is None or (known.guessed, known.conditional) > (proof.guessed, proof.conditional):
            self.proofs[proof.effect, proof.api] = (
                proof if known is None else replace(proof, seconds=known.seconds + proof.seconds)
            )
        else:
            self.proofs[proof.effect, proof.api] = replace(known, seconds=known.seconds + proof.seconds)

    def best(self) -> tuple[Proof, ...]:
        """The proofs that weigh most, heaviest first."""
        proofs = self.proofs.values() if not self.guessed_rounds else map(_tempered, self.proofs.values())
        ranked = sorted(proofs, key=lambda p: (-p.seconds.expected * (_GUESS if p.guessed else 1.0), p.effect, p.api))
        first_of_each = {proof.effect: proof for proof in reversed(ranked)}
        kept = {id(proof) for proof in (*ranked[:_PROOFS], *first_of_each.values())}
        return tuple(proof for proof in ranked if id(proof) in kept)

    def total(self) -> Cost:
        """The cost; where it rests on loops of unknown length, not more than a guess is worth."""
        if not self.guessed_rounds:
            return self.cost
        cost = self.cost
        return Cost(
            at_most(cost.interpreter, GUESSED_COMPUTING),
            at_most(cost.native, GUESSED_COMPUTING),
            at_most(cost.waiting, _GUESSED_WAITING),
            at_most(cost.child, _GUESSED_WAITING),
        )


def at_most(seconds: Range, most: float) -> Range:
    return Range(min(seconds.low, most), min(seconds.expected, most), seconds.high)


def _tempered(proof: Proof) -> Proof:
    most = GUESSED_COMPUTING if proof.effect.value.startswith(("cpu", "parallel")) else _GUESSED_WAITING
    return replace(proof, seconds=at_most(proof.seconds, most))


class Meter:
    """Measures blocks of one function; `summary` gives what is known of the functions it calls, and
    with `handed_over` what it hands to pools and threads counts as well."""

    def __init__(
        self,
        program: Program,
        catalog: Catalog,
        function: str,
        summary: Callable[[str], Summary],
        *,
        handed_over: bool = False,
    ) -> None:
        self.program = program
        self.catalog = catalog
        self.function = function
        self.summary = summary
        self.handed_over = handed_over
        self.counts = ("", "here", "thread", "process", "loop") if handed_over else ("", "here")
        self.tally = Tally()

    def block(self, block: tree.Block, times: Range = _ONCE, *, sometimes: bool = False) -> None:
        """Add `times` runs of `block`; `sometimes` when a condition stands before it."""
        for statement in block:
            self._statement(statement, times, sometimes)

    def _statement(self, statement: code.Stmt, times: Range, sometimes: bool) -> None:
        match statement:
            case code.Function() | code.Class() | code.Import() | code.Scope():
                return
            case code.For(iterable=iterable, body=body, orelse=orelse):
                self.expression(iterable, times, sometimes, awaited=statement.is_async)
                rounds = self._rounds(rounds_of_for(self.program, self.function, statement))
                self.block(body, times * rounds, sometimes=sometimes)
                self.block(orelse, times, sometimes=True)
            case code.While(test=test, body=body, orelse=orelse):
                rounds = self._rounds(_once_or_more(body) or _COUNTED)
                self.expression(test, times * rounds, sometimes)
                self.block(body, times * rounds, sometimes=sometimes)
                self.block(orelse, times, sometimes=True)
            case code.If(test=test, body=body, orelse=orelse):
                self.expression(test, times, sometimes)
                rare = rarely_true(test) or gives_up(body)
                self.block(body, times * (_RARELY if rare else _SOMETIMES), sometimes=True)
                self.block(orelse, times * (_RARELY if gives_up(orelse) else _SOMETIMES), sometimes=True)
            case code.Try(body=body, handlers=handlers, orelse=orelse, final=final):
                self.block(body, times, sometimes=sometimes)
                for handler in handlers:
                    self.block(handler.body, times * _RARELY, sometimes=True)
                self.block(orelse, times, sometimes=sometimes)
                self.block(final, times, sometimes=sometimes)
            case code.Match(subject=subject, cases=cases):
                self.expression(subject, times, sometimes)
                for case in cases:
                    self.block(case.body, times * Range(0.0, 1.0 / max(1, len(cases)), 1.0), sometimes=True)
            case code.With(items=items, body=body, is_async=is_async):
                for context, _ in items:
                    self.expression(context, times, sometimes, awaited=is_async)
                self.block(body, times, sometimes=sometimes)
            case code.Return(value=value):
                if value is not None:  # what a function returns unawaited, its caller awaits
                    self.expression(value, times, sometimes, within=True)
            case code.Raise(value=value):
                if value is not None:
                    self.expression(value, times * _RARELY, True)
            case _:
                for head in tree.heads(statement):
                    self.expression(head, times, sometimes)
                for inner in tree.blocks(statement):
                    self.block(inner, times, sometimes=sometimes)

    def expression(
        self, expression: code.Expr, times: Range, sometimes: bool, *, awaited: bool = False, within: bool = False
    ) -> None:
        """Add `times` evaluations of `expression`; `within` the arguments of a call that is awaited, coroutines run too."""
        match expression:
            case code.Name() | code.Literal() | code.Lambda():
                return
            case code.Call():
                self._call(expression, times, sometimes, awaited, within)
            case code.Comprehension(clauses=clauses, element=element):
                for clause in clauses:
                    self.expression(clause.iterable, times, sometimes, awaited=clause.is_async)
                    times = times * self._rounds(rounds_of(self.program, self.function, clause.iterable))
                    for condition in clause.conditions:
                        self.expression(condition, times, sometimes)
                self._step(times)
                self.expression(element, times, sometimes, within=within)
            case code.Await(value=value):
                self.expression(value, times, sometimes, awaited=True)
            case code.Operation(operator="if", operands=(body, test, orelse)):
                self.expression(test, times, sometimes)
                self.expression(body, times * _SOMETIMES, True)
                self.expression(orelse, times * _SOMETIMES, True)
            case _:
                self._step(times)
                for part in tree.parts(expression):
                    self.expression(part, times, sometimes, within=within)

    def _rounds(self, rounds: Range) -> Range:
        self.tally.guessed_rounds |= rounds in (_ROUNDS, _COUNTED)
        return rounds

    def _step(self, times: Range) -> None:
        self.tally.cost = self.tally.cost + Cost(interpreter=_STEP * times)

    def _call(self, call: code.Call, times: Range, sometimes: bool, awaited: bool, within: bool = False) -> None:
        self._step(times)
        if seldom_called(call):
            times, sometimes = times * _RARELY, True
        for part in tree.parts(call):
            self.expression(part, times, sometimes, within=awaited or within)
        if not (awaited or within or self.handed_over) and self._only_makes_a_coroutine(call):
            return
        targets = [t for t in self.program.targets(self.function, call) if t.callback in self.counts]
        if not targets:
            self._unresolved(call, times, awaited)
            return
        alternatives = sum(t.conditional for t in targets) or 1
        for target in targets:
            share = times if not target.conditional else times * Range(0.0, 1.0 / alternatives, 1.0)
            if target.callback == "here":
                share = share * _ROUNDS
            if target.kind == "function":
                self._project_call(call, target, share, sometimes, awaited)
            else:
                self._external_call(call, target, share, sometimes, awaited)

    def _only_makes_a_coroutine(self, call: code.Call) -> bool:
        """A call that nothing awaits here makes a coroutine, which runs where it is awaited, if anywhere."""
        targets = [t for t in self.program.targets(self.function, call) if not t.callback]
        return bool(targets) and all(self._makes_a_coroutine(target) for target in targets)

    def _makes_a_coroutine(self, target: Target) -> bool:
        if target.kind == "function":
            info = self.program.functions[target.name]
            return info.is_async and not info.is_generator
        known = self.catalog.call(target.name)
        return known is not None and known[1].effect is Effect.ASYNC

    def _unresolved(self, call: code.Call, times: Range, awaited: bool, api: str = "") -> None:
        """A call of unknown target: its name may tell, and what is awaited most likely waits."""
        named = tree.callee(call)
        if not isinstance(call.function, code.Attribute) or call.function.name not in self.catalog.builtin_methods:
            self.tally.unresolved += 1
        known_package = api.partition(".")[0] in self.catalog.packages  # what it leaves out is not worth a guess
        guess = None if known_package or named.lower().endswith(_NOT_WORK) else self.catalog.guess(named)
        # a plain local name is a callback: whatever it does, its own function or caller is charged for it
        waits = awaited and not isinstance(call.function, code.Name)
        if guess is not None:
            effect, usual = guess.effect, guess.cost or USUAL[guess.effect]
        elif waits:
            effect, usual = Effect.ASYNC, CostClass.LARGE
        else:
            self.tally.cost = self.tally.cost + Cost(interpreter=_UNKNOWN_CALL * times)
            return
        seconds = SECONDS[usual] * times
        self.tally.cost = self.tally.cost + _as_cost(effect, seconds)
        weak = guess is not None and guess.weak
        self.tally.add(Proof(effect, api or named, call.line, None, True, weak, seconds, awaited, call.uid))

    def _project_call(self, call: code.Call, target: Target, times: Range, sometimes: bool, awaited: bool) -> None:
        inner = self.summary(target.name)
        if is_remembered(self.program.functions[target.name], call):
            times = times * _ONCE_A_RUN
        if is_stub(self.program.functions[target.name]) or (
            inner.unresolved and not inner.proofs and self.catalog.guess(tree.callee(call)) is not None
        ):
            self._unresolved(call, times, awaited)
            return
        self.tally.cost = self.tally.cost + inner.cost * times
        self.tally.parallel_native |= inner.parallel_native
        self.tally.guessed_rounds |= inner.guessed_rounds
        self.tally.unresolved += min(inner.unresolved, 1)
        for proof in inner.proofs:
            self.tally.add(
                replace(
                    proof,
                    line=call.line,
                    callee=target.name,
                    guessed=proof.guessed or target.guessed,
                    conditional=proof.conditional or target.conditional or sometimes,
                    seconds=proof.seconds * times,
                    awaited=awaited,
                    uid=call.uid,
                )
            )

    def _external_call(self, call: code.Call, target: Target, times: Range, sometimes: bool, awaited: bool) -> None:
        known = self.catalog.call(target.name)
        if known is None:
            if target.name in self.catalog.objects:
                self.tally.cost = self.tally.cost + Cost(interpreter=SECONDS[CostClass.TINY] * times)
            else:
                self._unresolved(call, times, awaited, target.name if not target.name.startswith("builtins.") else "")
            return
        api, entry = known
        if self.handed_over and entry.callback is not None:
            return  # what starting a thread or a task costs is the machine's business, not the work's
        once = self._seconds(call, entry)
        if entry.effect is Effect.SLEEP and sometimes:
            times = times * _RARELY  # a sleep that hangs on a condition waits for better days: not what a run does
        seconds = once * times
        moment = _seems_interpreted(entry.effect, once)
        self.tally.cost = self.tally.cost + (Cost(interpreter=seconds) if moment else _as_cost(entry.effect, seconds))
        self.tally.parallel_native |= entry.effect is Effect.PARALLEL_NATIVE
        if entry.effect is not Effect.NONE and (seconds.expected >= _WORTH or entry.effect is Effect.TERMINAL):
            self.tally.add(
                Proof(entry.effect, target.name if api.endswith(".*") else api, call.line, None, target.guessed,
                      sometimes or target.conditional, seconds, awaited, call.uid)
            )  # fmt: skip

    def _seconds(self, call: code.Call, entry: CallEntry) -> Range:
        if entry.effect is Effect.SLEEP and call.arguments:
            told = self.program.number(self.function, call.arguments[0])
            if told is not None and told >= 0:
                return Range.exactly(told)
        usual = SECONDS[entry.cost or USUAL[entry.effect]]
        if entry.per_byte is None:
            return usual
        size = self._size(call, entry)
        if size is None:
            return usual
        seconds = size * entry.per_byte
        return Range(seconds / 3 + usual.low / 10, seconds, seconds * 3)

    def _size(self, call: code.Call, entry: CallEntry) -> float | None:
        """The bytes that the call works on, where the source tells."""
        if isinstance(entry.sized_by, str):
            of = next((keyword.value for keyword in call.keywords if keyword.name == entry.sized_by), None)
        elif entry.sized_by < 0:
            of = call.function.value if isinstance(call.function, code.Attribute) else None
        else:
            of = call.arguments[entry.sized_by] if entry.sized_by < len(call.arguments) else None
        return None if of is None else self.program.weight(self.function, of)


def _as_cost(effect: Effect, seconds: Range) -> Cost:
    match effect:
        case Effect.NETWORK | Effect.DATABASE | Effect.SLEEP | Effect.LOCK | Effect.ASYNC:
            return Cost(waiting=seconds)
        case Effect.SUBPROCESS:
            return Cost(child=seconds)
        case Effect.DISK | Effect.CPU_NATIVE_NOGIL | Effect.PARALLEL_NATIVE:
            return Cost(native=seconds)
    return Cost(interpreter=seconds)


def _seems_interpreted(effect: Effect, once: Range) -> bool:
    """Calls over in a moment spend their time at the GIL's hand-over, whatever they do without it.

    Small reads end in the page cache, and small arrays behave like plain Python.
    """
    return effect in (Effect.DISK, Effect.CPU_NATIVE_NOGIL) and once.expected < _MOMENT


def rounds_of_for(program: Program, function: str, loop: code.For) -> Range:
    """How often the body of `loop` runs."""
    return _once_or_more(loop.body) or rounds_of(program, function, loop.iterable)


def rounds_of(program: Program, function: str, iterable: code.Expr) -> Range:
    """How many elements `iterable` has: exactly, where the source tells, else a guess."""
    known = program.length(function, iterable)
    if known is not None:
        return Range.exactly(known)
    counting = isinstance(iterable, code.Call) and (tree.dotted(iterable.function) or "").rpartition(".")[2] in (
        "range",
        "arange",
        "trange",
    )
    return _COUNTED if counting else _ROUNDS


def _once_or_more(body: tree.Block) -> Range | None:
    """A loop that ends as soon as its try succeeds is a retry: it usually runs once."""
    for statement in body:
        if isinstance(statement, code.Try) and statement.handlers:
            leaves = [*statement.body, *statement.orelse]
            if any(isinstance(s, code.Return) or (isinstance(s, code.Jump) and s.kind == "break") for s in leaves):
                return Range(1.0, 1.1, 10.0)
    if body and isinstance(body[-1], code.Return | code.Jump) and getattr(body[-1], "kind", "break") == "break":
        return Range(1.0, 1.1, 10.0)
    return None
