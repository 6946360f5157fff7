"""Meter: what a block costs and which effects it has, by adding up what it calls and how often."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from advisor.model import code, tree
from advisor.model.catalog import CallEntry, Catalog, Elements, Guess, Passes
from advisor.model.condition import ALWAYS, RARELY, Condition, ConditionKind, Terms, Under
from advisor.model.effect import BLOCKING, SECONDS, CostClass, Effect, Range
from advisor.model.program import Program, Target
from advisor.model.rounds import Walked
from advisor.model.state import Piece
from advisor.model.summary import Cost, Proof, Share, Summary
from advisor.questions.calls import entries, last_name
from advisor.questions.calls import walked as arguments_walked
from advisor.questions.commands import waits
from advisor.questions.guesses import guessed
from advisor.questions.pools import starts_coroutines
from advisor.questions.rounds import counted_up, once_or_more, rounds
from advisor.stages.trace.branches import Branches
from advisor.stages.trace.calling import Calling, Fate
from advisor.stages.trace.kept import Kept
from advisor.stages.trace.lazy import Lazy, Walk, is_lazy
from advisor.stages.trace.seldom import is_stub, seldom_called
from advisor.stages.trace.standing import Loop, Standing
from advisor.stages.trace.tally import Tally
from advisor.stages.trace.tested import tells_items_apart

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
_MOMENT = 2e-4  # seconds
_ELEMENT_BY_ELEMENT = (Passes.EACH, Passes.UNPACKED, Passes.ELEMENT)
_WORTH = 1e-6  # seconds: effects below are not worth a word
_UNKNOWN_TEST = Condition(ConditionKind.TEST)
_PLAINLY = Under()
_PLAIN_TERMS = Terms()
_FAILURE = Condition(ConditionKind.FAILURE, chance=RARELY)
_THIS_TARGET = Condition(ConditionKind.TARGET)
_AWAITED = Condition(ConditionKind.AWAITED, chance=ALWAYS)
_WALKED = Condition(ConditionKind.WALKED, chance=ALWAYS)


class Meter:
    """Measures one function or a `piece` of it, which runs again and again by itself, or `in_runs` of the function;
    `summary` gives what is known of the functions it calls."""

    def __init__(
        self,
        program: Program,
        catalog: Catalog,
        function: str,
        summary: Callable[[str], Summary],
        kept: Kept,
        piece: Piece | None = None,
        *,
        in_runs: bool = False,
    ) -> None:
        self.program = program
        self.catalog = catalog
        self.function = function
        self.summary = summary
        self.handed_over = piece is not None and piece.handed_over
        self.without = piece.without if piece is not None else frozenset()
        self.counts = ("", "here", "thread", "process", "loop") if self.handed_over else ("", "here")
        private, block = (None, ()) if piece is None else (piece.private | piece.targets, piece.statements)
        self.here = Standing(program, catalog, function, kept, private, block, in_runs)
        self.branches = Branches(self.here)
        self.lazy = Lazy(
            program, catalog, Piece(function, program.functions[function].body) if piece is None else piece
        )
        self.calling = Calling(self.here, self.lazy)
        self.dispatched: set[int] = set()  # ids of `elif`s that tell one item from another, as the branch before did
        self.started: set[int] = set()  # ids of the calls that make coroutines which run beside what goes on
        self.tally = Tally()
        self.stepped = _ONCE, Cost(interpreter=_STEP)

    def block(self, block: tree.Block, times: Range = _ONCE, under: Under = _PLAINLY) -> None:
        """Add `times` runs of `block`, which stands `under` certain conditions."""
        for position, statement in enumerate(block):
            rest = block[position + 1 :]
            match statement:
                case code.If():
                    times, under = self._if(statement, rest, times, under)
                case code.Try():
                    times, under = self._try(statement, rest, times, under)
                case _:
                    self._statement(statement, times, under)

    def _if(self, statement: code.If, rest: tree.Block, times: Range, under: Under) -> tuple[Range, Under]:
        """The branches; given back is how often and under what the `rest` of the block runs."""
        test, here = statement.test, self.here
        here.line = statement.line
        self.expression(test, times, under)
        dispatched = id(statement) in self.dispatched
        match statement.orelse:
            case (code.If(test=other) as following,) if tells_items_apart(test, other):
                self.dispatched.add(id(following))
                dispatched = True
        for block, truth in ((statement.body, True), (statement.orelse, False)):
            if block:
                here.line = statement.line
                self.block(block, *self.branches.branch(test, truth, block, times, under, dispatched=dispatched))
        here.line = statement.line
        return self.branches.after(statement, rest, times, under)

    def _try(self, statement: code.Try, rest: tree.Block, times: Range, under: Under) -> tuple[Range, Under]:
        """The same for a `try`."""
        self.block(statement.body, times, under)
        for handler in statement.handlers:
            self.here.line = handler.line
            self.block(handler.body, *self.branches.handler(statement, handler, rest, times, under))
        self.block(statement.orelse, times, under)
        self.block(statement.final, times, under)
        return self.branches.after_try(statement, rest, times, under)

    def _statement(self, statement: code.Stmt, times: Range, under: Under) -> None:
        self.here.line = statement.line
        if isinstance(statement, code.Function | code.Class | code.Import | code.Scope):
            return
        self._step(times, under)
        match statement:
            case code.For(target=target, iterable=iterable, body=body, orelse=orelse):
                self.expression(iterable, times, under, Fate.AWAITED if statement.is_async else Fate.LEFT)
                self._asked_while_walked(iterable, times, under)
                often = once_or_more(body) or self._rounds(iterable)
                with self._loop(Loop(body, frozenset(tree.bound_names(target)), often)):
                    self.block(body, times * often, under)
                self.block(orelse, times, under.given(_UNKNOWN_TEST))
            case code.While(test=test, body=body, orelse=orelse):
                often = once_or_more(body) or self._rounds_of_while(statement)
                with self._loop(Loop(body, frozenset(), often)):
                    self.expression(test, times * often, under)
                    self.block(body, times * often, under)
                self.block(orelse, times, under.given(_UNKNOWN_TEST))
            case code.Match(subject=subject, cases=cases):
                self.expression(subject, times, under)
                chance = Range(0.0, 1.0 / max(1, len(cases)), 1.0)
                for case in cases:
                    self.block(case.body, times * chance, under.given(_UNKNOWN_TEST))
            case code.With(items=items, body=body, is_async=is_async):
                for context, _ in items:
                    self.expression(context, times, under, Fate.AWAITED if is_async else Fate.LEFT)
                self.block(body, times, under)
            case code.Return(value=value):
                if value is not None:  # what a function returns unawaited, its caller awaits
                    self.expression(value, times, under, Fate.RETURNED)
            case code.Raise(value=value):
                if value is not None:
                    self.expression(value, times * RARELY, under.given(_FAILURE))
            case _:
                for head in tree.heads(statement):
                    self.expression(head, times, under)
                for inner in tree.blocks(statement):
                    self.block(inner, times, under)

    @contextmanager
    def _loop(self, loop: Loop) -> Iterator[None]:
        """What is added meanwhile stands in `loop`."""
        self.here.loops.append(loop)
        yield
        self.here.loops.pop()

    def expression(self, expression: code.Expr, times: Range, under: Under, fate: Fate = Fate.LEFT) -> None:
        """Add `times` evaluations of `expression`; `fate` is that of a coroutine that it makes."""
        if id(expression) in self.without:
            return
        match expression:
            case code.Name() | code.Literal() | code.Lambda():
                return
            case code.Call():
                self._call(expression, times, under, fate)
            case code.Comprehension():
                self._comprehension(expression, times, under, fate)
            case code.Await(value=value):
                self.expression(value, times, under, Fate.AWAITED)
            case code.Operation(operator="if", operands=(body, test, orelse)):
                self.expression(test, times, under)
                for operand, truth in ((body, True), (orelse, False)):
                    self.expression(operand, *self.branches.branch(test, truth, (), times, under), fate)
            case code.Operation(operator="and" | "or" as operator, operands=(first, *others)):
                self._step(times, under)
                self.expression(first, times, under, fate)
                under = self.branches.other_operand(first, operator == "and", under)
                for operand in others:
                    self.expression(operand, times, under, fate)
            case _:
                self._step(times, under)
                within = fate.of_arguments
                for part in tree.parts(expression):
                    self.expression(part, times, under, within)

    def _comprehension(self, expression: code.Comprehension, times: Range, under: Under, fate: Fate) -> None:
        if expression.kind == "generator":
            walked = self._walked(expression, under)
            if walked is None:  # all that is done when it is made
                self.expression(expression.clauses[0].iterable, times, under)
                return
            under = walked
        with ExitStack() as loops:
            for clause in expression.clauses:
                self.expression(clause.iterable, times, under, Fate.AWAITED if clause.is_async else Fate.LEFT)
                self._asked_while_walked(clause.iterable, times, under)
                often = self._rounds(clause.iterable)
                loops.enter_context(self._loop(Loop((), frozenset(tree.bound_names(clause.target)), often)))
                times = times * often
                for condition in clause.conditions:
                    self.expression(condition, times, under)
                    times, under = self.branches.filtered(condition, times, under)
            self._step(times, under)
            self.expression(expression.element, times, under, fate)

    def _walked(self, made: code.Expr, under: Under) -> Under | None:
        """Under what the generator that is `made` here is walked; None where this code does not walk it."""
        match self.lazy.walk(made):
            case Walk.HERE:
                return under
            case Walk.BY_CALLER:
                return under.tested(_WALKED)
        return None

    def _asked_while_walked(self, iterable: code.Expr, times: Range, under: Under) -> None:
        """A result whose pages are only asked for while it is walked: one page at least."""
        for value in sorted(self.program.values(self.function, iterable)):
            known = self.catalog.lineage(value.name) if value.kind == "object" else ()
            effect = next((entry.iterates for entry in known if entry.iterates is not None), None)
            if effect is Effect.NETWORK:
                seconds = SECONDS[USUAL[effect]] * times
                self.tally.pay(under, _as_cost(effect, seconds, waits=True))
                self.tally.add(under, Proof(effect, value.name, self.here.line, None, False, (), seconds))

    def _rounds(self, iterable: code.Expr) -> Range:
        return rounds(self.program, self.catalog, self.function, iterable)

    def _rounds_of_while(self, loop: code.While) -> Range:
        counted = counted_up(self.program, self.function, loop)
        return self._usual(Walked.TEST) if counted is None else Range.exactly(counted)

    def _usual(self, kind: Walked) -> Range:
        return self.catalog.rounds.of(kind)

    def _times_called(self, call: code.Call) -> Range:
        """How often `call` calls the function that it is handed: as often as there are elements in what it walks; once, where
        it is that walk which is measured round by round."""
        if any(id(given) in self.without for given in call.arguments):
            return _ONCE
        for _, entry in entries(self.program, self.catalog, self.function, call):
            over = arguments_walked(call, entry) if entry.passes in _ELEMENT_BY_ELEMENT else ()
            if over:
                return self._rounds(over[0])
        return self._usual(Walked.OTHER)

    def _step(self, times: Range, under: Under) -> None:
        if times is not self.stepped[0]:  # a block runs as often as its last statement did, and most of it is steps
            self.stepped = times, Cost(interpreter=_STEP * times)
        self.tally.pay(under, self.stepped[1])

    def _call(self, call: code.Call, times: Range, under: Under, fate: Fate) -> None:
        self._step(times, under)
        if seldom_called(call):
            times, under = times * RARELY, under.given(_FAILURE)
        within = fate.of_arguments
        if last_name(call) in self.catalog.starting:
            self._starts(call)
        for part in tree.parts(call):
            self.expression(part, times, under, within)
        if not self.handed_over and self._only_makes_a_coroutine(call):
            if fate is Fate.LEFT:
                return
            under = under.tested(_AWAITED) if fate is Fate.RETURNED else under
        if self.lazy.only_makes(call):
            walked = self._walked(call, under)
            if walked is None:
                return
            under = walked
        targets = [t for t in self.program.targets(self.function, call) if t.callback in self.counts]
        if not targets and id(call) in self.started:
            self.tally.unresolved += 1  # a coroutine, whatever its name sounds like: it runs beside what goes on
            return
        if not targets:
            self._unresolved(call, times, under, fate is Fate.AWAITED)
            return
        alternatives = sum(t.conditional for t in targets) or 1
        for target in targets:
            share, stands = times, under
            callback = self.calling.callback(call, target, alternatives if target.conditional else 1)
            if callback is not None:
                stands = stands.tested(callback)
            elif target.conditional:
                share, stands = share * Range(0.0, 1.0 / alternatives, 1.0), stands.given(_THIS_TARGET)
            if target.callback == "here":
                share = share * self._times_called(call)
            elif target.callback and target.kind == "function" and is_lazy(self.program.functions[target.name]):
                continue  # a worker that calls it makes the generator, and gives it back
            if target.kind == "function":
                self._project_call(call, target, share, stands, fate)
            else:
                self._external_call(call, target, share, stands, fate is Fate.AWAITED)

    def _starts(self, call: code.Call) -> None:
        """Notes the calls that make the coroutines which `call` runs beside what goes on, where it is one that does."""
        if not starts_coroutines(self.program, self.catalog, self.function, call):
            return
        for given in call.arguments:
            match given:
                case code.Call():
                    self.started.add(id(given))
                case code.Starred(value=code.Comprehension(element=code.Call() as made)):
                    self.started.add(id(made))

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

    def _unresolved(self, call: code.Call, times: Range, under: Under, awaited: bool, api: str = "") -> None:
        """A call of unknown target: its name may tell, and what is awaited most likely waits."""
        named = tree.callee(call)
        if not isinstance(call.function, code.Attribute) or call.function.name not in self.catalog.builtin_methods:
            self.tally.unresolved += 1
        known_package = api.partition(".")[0] in self.catalog.packages  # what it leaves out is not worth a guess
        guess = None if known_package else self._guessed(call)
        # a plain local name is a callback: whatever it does, its own function or caller is charged for it
        waits = awaited and not isinstance(call.function, code.Name)
        if guess is not None:
            effect, usual = guess.effect, guess.cost or USUAL[guess.effect]
            if (
                awaited and effect in BLOCKING
            ):  # its name sounds like a call that blocks; that it is awaited proves more
                effect = Effect.ASYNC
        elif waits:
            effect, usual = Effect.ASYNC, CostClass.LARGE
        else:
            self.tally.pay(under, Cost(interpreter=_UNKNOWN_CALL * times))
            return
        seconds = SECONDS[usual] * times
        self.tally.pay(under, _as_cost(effect, seconds, waits=False))
        under = under.given(_UNKNOWN_TEST) if guess is not None and guess.weak else Under(under.memory, under.tests)
        self.tally.add(under, Proof(effect, api or named, call.line, None, True, (), seconds, awaited, call.uid))

    def _guessed(self, call: code.Call) -> Guess | None:
        return guessed(self.program, self.catalog, self.function, call)

    def _project_call(self, call: code.Call, target: Target, times: Range, under: Under, fate: Fate) -> None:
        inner, awaited = self.summary(target.name), fate is Fate.AWAITED
        if self.handed_over and fate is Fate.LEFT:
            fate = Fate.HANDED
        if is_stub(self.program.functions[target.name]) or (
            inner.unresolved and not (inner.proofs or inner.once) and self._guessed(call) is not None
        ):
            self._unresolved(call, times, under, awaited)
            return
        self.tally.parallel_native |= inner.parallel_native
        self.tally.unresolved += min(inner.unresolved, 1)
        for share in inner.shares or (Share(_PLAIN_TERMS, inner.cost, inner.proofs),):
            often, stands = times, under
            if share.terms != _PLAIN_TERMS:
                met = self.calling.met(call, target, share.terms, times, fate)
                if met is None:
                    continue
                often, more = met
                stands = under.kept(more.memory).tested(*more.tests).given(*more.conditions)
            self.tally.pay(stands, share.cost * often)
            for proof in share.proofs:
                guessed, seconds = proof.guessed or target.guessed, proof.seconds * often
                self.tally.add(stands, Proof(proof.effect, proof.api, call.line, target.name, guessed, proof.conditions,
                                             seconds, awaited, call.uid, terms=share.terms))  # fmt: skip

    def _external_call(self, call: code.Call, target: Target, times: Range, under: Under, awaited: bool) -> None:
        known = self.catalog.call(target.name)
        if known is None:
            if target.name in self.catalog.objects:
                self.tally.pay(under, Cost(interpreter=SECONDS[CostClass.TINY] * times))
            else:
                name = target.name if not target.name.startswith("builtins.") else ""
                self._unresolved(call, times, under, awaited, name)
            return
        api, entry = known
        if entry.starts or (self.handed_over and entry.callback is not None):
            return  # what starting a thread or a task costs is the machine's business, not the work's
        if entry.elements in (Elements.PASSED, Elements.SAME) and not entry.lazy:
            for given in arguments_walked(call, entry):
                self._asked_while_walked(given, times, under)
        once = self._seconds(call, entry)
        if entry.effect is Effect.SLEEP and under.sometimes:
            times = times * RARELY  # a sleep that hangs on a condition waits for better days: not what a run does
        seconds = once * times
        self.tally.pay(under, self._as_cost(call, entry.effect, seconds, once))
        self.tally.parallel_native |= entry.effect is Effect.PARALLEL_NATIVE
        if entry.effect is not Effect.NONE and (seconds.expected >= _WORTH or entry.effect is Effect.TERMINAL):
            name = target.name if api.endswith(".*") else api
            self.tally.add(
                under, Proof(entry.effect, name, call.line, None, target.guessed, (), seconds, awaited, call.uid)
            )

    def _as_cost(self, call: code.Call, effect: Effect, seconds: Range, once: Range) -> Cost:
        """What so many `seconds` of calls are spent on, each of which takes as long as `once` says."""
        if _seems_interpreted(effect, once):
            return Cost(interpreter=seconds)
        waiting = effect is Effect.SUBPROCESS and waits(self.program, self.catalog, self.function, call)
        return _as_cost(effect, seconds, waits=waiting)

    def _seconds(self, call: code.Call, entry: CallEntry) -> Range:
        if entry.lasts is not None and entry.lasts < len(call.arguments):
            told = self.program.number(self.function, call.arguments[entry.lasts])
            if told is not None and told >= 0:
                return Range.exactly(told)
        usual = SECONDS[entry.cost or USUAL[entry.effect]]
        if entry.per_byte is None:
            return usual
        size = self._size(call, entry)
        if size is None:
            return usual
        seconds, least = size * entry.per_byte, SECONDS[CostClass.TINY]
        return Range(seconds / 3, seconds, seconds * 3) + least

    def _size(self, call: code.Call, entry: CallEntry) -> float | None:
        """The bytes that the call works on, where the source tells."""
        if isinstance(entry.sized_by, str):
            of = next((keyword.value for keyword in call.keywords if keyword.name == entry.sized_by), None)
        elif entry.sized_by < 0:
            of = call.function.value if isinstance(call.function, code.Attribute) else None
        else:
            of = call.arguments[entry.sized_by] if entry.sized_by < len(call.arguments) else None
        return None if of is None else self.program.weight(self.function, of)


def _as_cost(effect: Effect, seconds: Range, *, waits: bool) -> Cost:
    match effect:
        case Effect.SUBPROCESS if waits:
            return Cost(waiting=seconds)
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
