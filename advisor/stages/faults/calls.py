"""Calls: those that lead where a rule says, in the surroundings that make it wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.fault import Around
from advisor.model.program import FunctionInfo, Program
from advisor.model.rule import CallTest, SiteRule
from advisor.questions.calls import looks_only
from advisor.stages.faults.failures import may_fail
from advisor.stages.faults.sending import unsendable
from advisor.stages.faults.sight import Clue, Sight, at, written
from advisor.stages.faults.spots import Spot

_PARTIAL = "functools.partial"
_IN_WORDS = {
    Around.COROUTINE: "it stands in a coroutine",
    Around.LOOP: "it runs anew each iteration",
    Around.WORKER: "the function runs in a pool or a thread of its own",
    Around.MODULE_LEVEL: "it runs when the file is imported",
}


class Matcher:
    """The rules by the names that their calls lead to, so that a call is held against few of them."""

    def __init__(self, sight: Sight, rules: Sequence[SiteRule]) -> None:
        self.sight = sight
        self.by_name: dict[str, list[tuple[SiteRule, CallTest]]] = {}
        for rule in rules:
            for name in rule.call.leads_to if rule.call is not None else ():
                assert rule.call is not None
                self.by_name.setdefault(sight.catalog.canonical(name), []).append((rule, rule.call))

    def clues(self, info: FunctionInfo) -> Iterator[tuple[SiteRule, Clue]]:
        """What the rules find in one function."""
        if not self.by_name:
            return
        for spot in self.sight.spots(info):
            for name in spot.names:
                for rule, test in self._tests(name):
                    bound = test.lacks and not _lacks(self.sight.program, test, spot)
                    if looks_only(spot.call) and self._waits_for_others(name):
                        continue
                    if (
                        _holds(test, spot, self._room(test, name))
                        and self._does(test, name)
                        and not (bound or self._is_settled(test, name))
                        and (not test.may_fail or self._may_fail(spot))
                    ):
                        yield from self._proven(rule, test, spot)
            for name in spot.handed:
                for rule, test in self._tests(name):
                    if Around.WORKER in test.inside and _lacks(self.sight.program, test, spot):
                        yield rule, at(spot.call, name, "it is handed to a pool as it is")

    def _waits_for_others(self, name: str) -> bool:
        known = self.sight.catalog.call(name)
        return known is not None and known[1].effect is Effect.LOCK

    def _room(self, test: CallTest, name: str) -> int | None:
        """How many arguments without a name a call may have, where the rule says so of this very callable."""
        canonical = self.sight.catalog.canonical
        return next((most for each, most in test.room.items() if canonical(each) == canonical(name)), None)

    def _tests(self, name: str) -> Iterator[tuple[SiteRule, CallTest]]:
        """The tests that speak of `name`, of the base class's method that it is, or of all methods of its class."""
        listed = self.sight.catalog.call(name)
        names = {name, f"{name.rpartition('.')[0]}.*"} | ({listed[0]} if listed is not None else set())
        for each in sorted(names):
            yield from self.by_name.get(each, ())

    def _does(self, test: CallTest, name: str) -> bool:
        known = self.sight.catalog.call(name) if test.effect else None
        return not test.effect or (known is not None and known[1].effect in test.effect)

    def _may_fail(self, spot: Spot) -> bool:
        """May one of the coroutines that are made in the call fail without catching that itself? Yes where one is not known."""
        for given in spot.call.arguments:
            targets = self.sight.program.targets(spot.function.id, given) if isinstance(given, code.Call) else ()
            inner = [self.sight.program.functions[t.name] for t in targets if t.kind == "function" and not t.guessed]
            if not inner or len(inner) < len(targets) or any(may_fail(self.sight, each) for each in inner):
                return True
        return not spot.call.arguments

    def _is_settled(self, test: CallTest, name: str) -> bool:
        """Does the program call something that makes this right everywhere: `socket.setdefaulttimeout(30)`?"""
        program, canonical = self.sight.program, self.sight.catalog.canonical
        return any(
            target.name == canonical(setter)
            for setter, covered in test.unless_called.items()
            if canonical(name) in map(canonical, covered)
            for function, call in program.objects.calls_named(setter.rpartition(".")[2])
            for target in program.targets(function, call)
        )

    def _proven(self, rule: SiteRule, test: CallTest, spot: Spot) -> Iterator[tuple[SiteRule, Clue]]:
        if not test.hands_over:
            because = next((_IN_WORDS[a] for a in test.inside if a in spot.around and a in _IN_WORDS), "")
            yield rule, at(spot.call, written(spot.call), because)
            return
        sent = next(unsendable(self.sight, spot, frozenset(test.hands_over)), None)
        if sent is not None:
            yield rule, at(spot.call, sent.name, sent.because, sent.line)


def _holds(test: CallTest, spot: Spot, room: int | None = None) -> bool:
    return (
        (not test.inside or not spot.around.isdisjoint(test.inside))
        and spot.around.isdisjoint(test.outside)
        and (not test.result or spot.fate in test.result)
        and (not test.each or _is_given_items(spot))
        and _arguments_hold(test, spot.call, room)
    )


def _is_given_items(spot: Spot) -> bool:
    """Does an argument name what the loop around the call gives another value each round?"""
    if spot.loop is None or isinstance(spot.loop, code.While):
        return False
    names = frozenset(tree.bound_each_round(spot.loop))
    given = (*spot.call.arguments, *(keyword.value for keyword in spot.call.keywords))
    return any(isinstance(node, code.Name) and node.id in names for each in given for node in tree.every(each))


def _arguments_hold(test: CallTest, call: code.Call, room: int | None) -> bool:
    """A `*` or `**` may hold anything: what is said of arguments is then not proven."""
    given = {keyword.name: keyword.value for keyword in call.keywords}
    spread = None in given or any(isinstance(argument, code.Starred) for argument in call.arguments)
    if (test.lacks or test.positional) and spread and not _only_items(call):
        return False
    if any(name in given for name in test.lacks):
        return False
    if room is not None and len(call.arguments) > room:
        return False
    if room is None and test.positional is not None and not test.positional.holds(len(call.arguments)):
        return False
    return all(_is(given.get(name), value) for name, value in test.given.items())


def _lacks(program: Program, test: CallTest, spot: Spot) -> bool:
    """Is nothing that the rule misses handed along with the function, or bound to it by `partial` before?"""
    calls = [spot.call]
    for given in (spot.call.function, *spot.call.arguments):
        home = program.objects.home(spot.function.id, given.id) if isinstance(given, code.Name) else None
        where = home or spot.function.id
        named = program.objects.values_of(where, given.id) if isinstance(given, code.Name) else None
        for value in named or (given,):
            calls += [value] if isinstance(value, code.Call) and _is_partial(program, where, value) else []
    names = {keyword.name for call in calls for keyword in call.keywords}
    return bool(test.lacks) and None not in names and names.isdisjoint(test.lacks)


def _is_partial(program: Program, function: str, call: code.Call) -> bool:
    return any(target.name == _PARTIAL for target in program.targets(function, call))


def _only_items(call: code.Call) -> bool:
    """`gather(*tasks)`: what is spread are items, not options."""
    return all(keyword.name is not None for keyword in call.keywords)


def _is(expression: code.Expr | None, value: bool | str) -> bool:
    return isinstance(expression, code.Literal) and expression.value == value
