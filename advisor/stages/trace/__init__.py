"""Trace: effects, costs and state changes spread from what is called to what calls it, with proof.

Functions are summarised bottom-up; functions that call each other in a circle are summarised together,
twice, so that each has seen what the others do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.condition import Under
from advisor.model.effect import EffectTrace, Range, Step
from advisor.model.program import Program, Target
from advisor.model.summary import Place, Proof, Summaries, Summary, Use, Write
from advisor.stages.trace.kept import Kept
from advisor.stages.trace.meter import Meter
from advisor.stages.trace.roots import Names, Roots
from advisor.stages.trace.state import Guard, Merge, State, look, look_at
from advisor.stages.trace.tally import often_repeated

__all__ = ["prove", "trace"]

_MOST_WRITES = 40
_DEEPEST = 3  # attributes of attributes that are told apart; recursion would make ever deeper ones
_RECURSION = Range(1.0, 10.0, 1e4)  # how often a function that calls itself runs for one call from outside


def trace(program: Program, catalog: Catalog) -> Summaries:
    """Summaries of the program's functions and of any block in them, worked out when asked."""
    tracer = _Tracer(program, catalog)
    return Summaries(
        function=tracer.function,
        block=tracer.block,
        expression=tracer.expressions,
        reached=tracer.reached,
    )


def prove(program: Program, summaries: Summaries, function: str, proof: Proof) -> EffectTrace:
    """The whole chain of calls behind `proof`, which stands in `function`."""
    steps: list[Step] = []
    seen: set[str] = set()
    where: str = function
    here: Proof = proof
    while True:
        info = program.functions[where]
        steps.append(Step(info.name, info.path, here.line))
        if here.callee is None or here.callee in seen:
            break
        seen.add(here.callee)
        below = summaries.function(here.callee)
        inner = [p for p in (*below.proofs, *below.once) if (p.effect, p.api) == (proof.effect, proof.api)]
        where = here.callee
        if not inner:
            break
        here = inner[0]
    return EffectTrace(proof.effect, proof.api, tuple(steps), proof.guessed, proof.conditional, proof.condition)


class _Tracer:
    def __init__(self, program: Program, catalog: Catalog) -> None:
        self.program = program
        self.catalog = catalog
        self.done: dict[str, Summary] = {}
        self.called: dict[str, tuple[str, ...]] = {}
        self.names: dict[str, Names] = {}
        self.kept = Kept(program, catalog)

    def function(self, function: str) -> Summary:
        """The summary of a function, after those of all it calls."""
        if function not in self.done:
            for group in self._groups(function):
                circular = len(group) > 1 or group[0] in self._callees(group[0])
                for _ in range(2 if circular else 1):
                    for member in group:
                        self.done[member] = self._summarise(member)
                if circular:
                    for member in group:
                        self.done[member] = often_repeated(self.done[member], _RECURSION)
        return self.done[function]

    def block(self, function: str, block: tree.Block, private: frozenset[str], handed_over: bool) -> Summary:
        """The summary of one run of `block`; places under `private` names are the block's own."""
        calls = tuple(tree.calls(block))
        self._prepare(function, calls)
        roots = self._roots(function, private)
        meter = self._meter(function, private, block, handed_over=handed_over)
        meter.block(block)
        return self._summary(meter, look(roots, block, self._merger(roots)))

    def expressions(
        self, function: str, expressions: tuple[code.Expr, ...], private: frozenset[str], handed_over: bool
    ) -> Summary:
        """The same for expressions evaluated once."""
        calls = [node for expression in expressions for node in tree.every(expression) if isinstance(node, code.Call)]
        self._prepare(function, calls)
        roots = self._roots(function, private)
        meter = self._meter(function, private, handed_over=handed_over)
        meter.here.line = next(iter(map(tree.line_of, expressions)), 0)
        for expression in expressions:
            meter.expression(expression, Range.exactly(1.0), Under())
        return self._summary(meter, look_at(roots, expressions, self._merger(roots)))

    def reached(self, function: str, calls: tuple[code.Call, ...]) -> frozenset[str]:
        """All functions that run when `calls` of `function` do."""
        targets = (target for call in calls for target in self.program.targets(function, call))
        found = {target.name for target in targets if target.kind == "function"}
        waiting = list(found)
        while waiting:
            new = set(self._callees(waiting.pop())) - found
            found |= new
            waiting.extend(new)
        return frozenset(found)

    def _prepare(self, function: str, calls: Iterable[code.Call]) -> None:
        for call in calls:
            for target in self.program.targets(function, call):
                if target.kind == "function":
                    self.function(target.name)

    def _roots(self, function: str, private: frozenset[str] | None) -> Roots:
        info = self.program.functions[function]
        if function not in self.names:
            self.names[function] = Names(info.body)
        return Roots(self.program, info, self.names[function], private)

    def _meter(
        self,
        function: str,
        private: frozenset[str] | None = None,
        piece: tree.Block = (),
        *,
        handed_over: bool = False,
    ) -> Meter:
        return Meter(
            self.program,
            self.catalog,
            function,
            self._known,
            self.kept,
            private=private,
            piece=piece,
            handed_over=handed_over,
        )

    def _known(self, function: str) -> Summary:
        return self.done.get(function, _NOTHING)

    def _summarise(self, function: str) -> Summary:
        body = self.program.functions[function].body
        roots = self._roots(function, None)
        meter = self._meter(function)
        meter.block(body, under=Under().kept(self.kept.memory(function)))
        return self._summary(meter, look(roots, body, self._merger(roots)))

    def _summary(self, meter: Meter, state: State) -> Summary:
        return replace(
            meter.tally.summary(),
            writes=tuple(dict.fromkeys(state.writes))[:_MOST_WRITES],
            reads=frozenset(state.reads),
            keyed=frozenset(state.keyed),
            uses=tuple(dict.fromkeys(state.uses))[:_MOST_WRITES],
        )

    def _merger(self, roots: Roots) -> Merge:
        """What the functions called do to state, told in terms of the caller's own places."""

        def merge(call: code.Call, state: State, guard: Guard) -> None:
            targets = [t for t in self.program.targets(roots.info.id, call) if t.kind == "function" and not t.guessed]
            for target in targets:
                if target.callback in ("", "here"):
                    sure = Guard(guard.tested, guard.sure and not target.conditional)
                    self._merge(roots, call, target, self._known(target.name), state, sure)

        return merge

    def _merge(self, roots: Roots, call: code.Call, target: Target, inner: Summary, state: State, guard: Guard) -> None:
        known: dict[Place, Place | None] = {}

        def here(place: Place) -> Place | None:
            if place not in known:
                known[place] = self._translate(roots, call, target.name, place)
            return known[place]

        for place in inner.reads:
            state.read(here(place))
        for place in inner.keyed:
            state.read(here(place), by_key=True)
        for write in inner.writes:
            changed = here(write.place)
            if changed is not None:
                guarded = write.guarded or guard.covers(changed)
                possible = write.possible or target.conditional
                state.write(Write(changed, write.how, write.function, write.line, guarded, possible), guard)
        for use in inner.uses:
            used = here(use.place)
            if used is not None:
                state.uses.append(Use(used, use.type, use.api, use.function, use.line))

    def _translate(self, roots: Roots, call: code.Call, callee: str, place: Place) -> Place | None:
        if place.root.startswith("global:"):
            return place
        info = self.program.functions[callee]
        argument: code.Expr | None = None
        if place.root == "self":
            if isinstance(call.function, code.Attribute):
                argument = self._receiver(roots, call, callee, call.function)
                if (
                    isinstance(argument, code.Call)
                    and isinstance(argument.function, code.Name)
                    and argument.function.id == "super"
                ):
                    return Place("self", place.path) if roots.info.owner is not None else None
            # a constructor makes a new object: what it does to itself is nobody else's business
        elif place.root.startswith("param:"):
            position = int(place.root.split(":")[1])
            argument = self.program.argument(callee, call, position) if position < len(info.parameters) else None
        if argument is None:
            return None
        outer = roots.of(argument)
        if outer is None:
            return None
        path = [part for part in (*outer.path.split("."), *place.path.split(".")) if part]
        return Place(outer.root, ".".join(path[:_DEEPEST]))

    def _receiver(self, roots: Roots, call: code.Call, callee: str, function: code.Attribute) -> code.Expr | None:
        """The object that a method works on: the first argument where it is called through its class."""
        through_class = any(value.kind == "class" for value in self.program.values(roots.info.id, function.value))
        if through_class and not isinstance(function.value, code.Call):
            return call.arguments[0] if call.arguments and self.program.functions[callee].owner is not None else None
        return function.value

    def _callees(self, function: str) -> tuple[str, ...]:
        if function not in self.called:
            body = self.program.functions[function].body
            found = [
                target.name
                for call in tree.calls(body)
                for target in self.program.targets(function, call)
                if target.kind == "function"
            ]
            self.called[function] = tuple(dict.fromkeys(found))
        return self.called[function]

    def _groups(self, start: str) -> Iterator[list[str]]:
        """The strongly connected groups of functions reachable from `start` and not yet summarised, callees first (Tarjan's algorithm)."""
        number: dict[str, int] = {}
        low: dict[str, int] = {}
        path: list[str] = []
        on_path: set[str] = set()
        work: list[tuple[str, Iterator[str]]] = []

        def enter(function: str) -> None:
            number[function] = low[function] = len(number)
            path.append(function)
            on_path.add(function)
            work.append((function, iter(self._callees(function))))

        enter(start)
        while work:
            function, callees = work[-1]
            for callee in callees:
                if callee in self.done:
                    continue
                if callee not in number:
                    enter(callee)
                    break
                if callee in on_path:
                    low[function] = min(low[function], number[callee])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[function])
                if low[function] == number[function]:
                    group: list[str] = []
                    while not group or group[-1] != function:
                        group.append(path.pop())
                        on_path.discard(group[-1])
                    yield group


_NOTHING = Summary()
