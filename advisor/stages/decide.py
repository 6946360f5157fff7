"""Decide: one case, its forecast and the judgements in; one verdict with all its reasons out.

Every judgement that fires says one of three things: advise a model, veto some, or caution (ask this first, be no surer
than that). The strongest advice that is not vetoed wins; of equals the one that gains clearly more, of those the
simplest. Nothing is advised that would not pay, and where a veto kept the best advice back, the verdict says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from advisor.model.case import Case, holds
from advisor.model.concurrency import DEFAULT_EXECUTOR, Executor, Level, Model
from advisor.model.confidence import Calibration, Fact
from advisor.model.effect import Effect
from advisor.model.estimate import Forecast, Target
from advisor.model.rule import PLACEHOLDER, Rule
from advisor.model.site import Detail
from advisor.model.verdict import ONE_CAUSE, UNEXAMINED, Alternative, Rejected, Sureness, Verdict
from advisor.questions.confidence import facts
from advisor.questions.thresholds import A_PART, CLEARLY_MORE, HARDLY_EVER, SURELY

GAIN_TOO_SMALL = "gain-too-small"
NO_REASON = "no-reason-to-change"

_QUOTED = frozenset({GAIN_TOO_SMALL, NO_REASON, ONE_CAUSE, UNEXAMINED})  # never tested
_STRENGTHS = ("weak", "fair", "strong")
_SIMPLEST_FIRST = tuple(Model)
_LEVELS = tuple(Level)
_IN_WORDS = {
    Model.SEQUENTIAL: "a plain loop",
    Model.THREADING: "threads",
    Model.MULTIPROCESSING: "processes",
    Model.ASYNCIO: "asyncio",
}


@dataclass(frozen=True, slots=True)
class _Advice:
    rule: Rule
    model: Model
    gain: float
    odds: float  # that it gains enough

    @property
    def strength(self) -> int:
        return _STRENGTHS.index(self.rule.strength)

    @property
    def pays(self) -> bool:
        return self.model is Model.SEQUENTIAL or self.rule.whatever_the_gain or self.odds >= HARDLY_EVER


def decide(
    case: Case, forecast: Forecast, target: Target, rules: tuple[Rule, ...], calibration: Calibration
) -> Verdict:
    """The verdict on one site. `rules` must hold the two that speak for silence, `gain-too-small` and
    `no-reason-to-change`; they are never tested, only quoted."""
    fired = _fired(case, forecast, target, rules)
    verdict = _weighed(case, forecast, fired, rules, calibration)
    lead = next((rule for rule in sorted(fired, key=_strongest_first) if rule.leads), None)
    return verdict if lead is None else _led(verdict, lead, case, calibration)


def may_change(case: Case, forecast: Forecast, target: Target, rules: Iterable[Rule]) -> bool:
    """Might the verdict be to change the place, whatever binds its rounds to each other?

    Else it stays as it is, and only the reasons told would differ.
    """
    if case.kind.is_concurrent:
        return True

    def may(rule: Rule) -> bool:
        if rule.advise is Model.SEQUENTIAL or (rule.advise is None and not rule.leads):
            return False
        if not holds(rule.whatever_binds, case, forecast, target, rule.advise):
            return False
        if rule.leads or rule.whatever_the_gain:
            return True
        speedup = None if rule.advise is None else forecast.by_model.get(rule.advise)  # dear, so asked last
        return speedup is not None and speedup.pays >= HARDLY_EVER

    return any(may(rule) for rule in rules if rule.id not in _QUOTED)


def may_be_sure(case: Case, forecast: Forecast, calibration: Calibration, least: Level) -> bool:
    """Might advice on the case be of this level, whatever binds its rounds to each other?"""
    if least is Level.LOW or case.kind.is_concurrent or Fact.MAIN_PART in case.facts:
        return True
    told = (facts(case, speedup) for speedup in (None, *forecast.by_model.values()))
    best = max(calibration.probability(each - {Fact.UNPROVEN}) for each in told)
    return _LEVELS.index(calibration.level(best)) >= _LEVELS.index(least)


def rows_may_be_sure(calibration: Calibration, least: Level, *, small: bool) -> bool:
    """Might advice on statements in a row be of this level, with all in its favour that may be said of them? They walk nothing,
    and are the main part only of a `small` program."""
    never = {Fact.NAMED_FEW, Fact.NAMED_MANY, Fact.HOLDS_UP} | (set() if small else {Fact.MAIN_PART})
    best = calibration.probability({fact for fact, weight in calibration.weights.items() if weight > 0} - never)
    return _LEVELS.index(calibration.level(best)) >= _LEVELS.index(least)


def unexamined(case: Case, rules: Iterable[Rule]) -> Verdict:
    """The verdict on a place where advice would be less sure than what was asked for: it stays as it is."""
    return _leave(next(rule for rule in rules if rule.id == UNEXAMINED), (), case, Level.LOW)


def _led(verdict: Verdict, lead: Rule, case: Case, calibration: Calibration) -> Verdict:
    """What gains more than any model is said first; where nothing else is advised, it is the advice."""
    first = _clause(lead, case)
    if verdict.change:
        clause = f"{verdict.message[:1].lower()}{verdict.message[1:]}"
        ask_first = dict.fromkeys([*(_filled(text, lead, case) for text in lead.ask_first), *verdict.ask_first])
        return replace(verdict, message=_sentence(f"{first}; if not: {clause}"), ask_first=tuple(ask_first))
    if case.kind.is_concurrent:
        return verdict
    told = facts(case, None)
    probability = calibration.probability(told)
    level = _at_most(calibration.level(probability), [lead])
    return replace(
        verdict,
        rule=lead.id,
        change=True,
        confidence=level,
        probability=calibration.within(level, probability),
        facts=told,
        message=_sentence(first),
        why=_filled(lead.why, lead, case),
        ask_first=tuple(_filled(text, lead, case) for text in lead.ask_first),
        rejected=(Rejected(Model.THREADING, verdict.rule, verdict.message), *verdict.rejected),
    )


def _weighed(
    case: Case, forecast: Forecast, fired: tuple[Rule, ...], rules: tuple[Rule, ...], calibration: Calibration
) -> Verdict:
    """The verdict between the models."""
    advice = _advice(fired, forecast)
    vetoes = _vetoes(fired)
    wanted = _best([each for each in advice if each.pays])
    free = _best([each for each in advice if each.pays and each.model not in vetoes])
    if free is not None and (free is wanted or free.model is not Model.SEQUENTIAL):
        return _advise(free, advice, fired, case, forecast, calibration)
    if wanted is not None:
        return _hold_back(vetoes[wanted.model], wanted.model, fired, case)
    by_id = {rule.id: rule for rule in rules}
    if advice:
        return _leave(by_id[GAIN_TOO_SMALL], fired, case, _gain_level(forecast))
    if len(vetoes) == len(Model) - 1 and not case.kind.is_concurrent:
        return _hold_back(min(vetoes.values(), key=_strongest_first), None, fired, case)
    return _leave(by_id[NO_REASON], fired, case, Level.MEDIUM)


def _fired(case: Case, forecast: Forecast, target: Target, rules: Iterable[Rule]) -> tuple[Rule, ...]:
    def fires(rule: Rule) -> bool:
        model = rule.advise or (rule.veto[0] if rule.veto else None)
        if not holds(rule.when, case, forecast, target, model):
            return False
        return rule.unless is None or not holds(rule.unless, case, forecast, target, model)

    return tuple(rule for rule in rules if rule.id not in _QUOTED and fires(rule))


def _advice(fired: Iterable[Rule], forecast: Forecast) -> list[_Advice]:
    def forecast_of(rule: Rule, model: Model) -> _Advice:
        speedup = forecast.by_model.get(model)
        return (
            _Advice(rule, model, 1.0, 0.0) if speedup is None else _Advice(rule, model, speedup.expected, speedup.pays)
        )

    return [forecast_of(rule, rule.advise) for rule in fired if rule.advise is not None]


def _vetoes(fired: Iterable[Rule]) -> dict[Model, Rule]:
    """For each vetoed model the strongest rule against it."""
    vetoes: dict[Model, Rule] = {}
    for rule in sorted(fired, key=_strongest_first):
        for model in rule.veto:
            vetoes.setdefault(model, rule)
    return vetoes


def _strongest_first(rule: Rule) -> tuple[int, str]:
    return -_STRENGTHS.index(rule.strength), rule.id


def _best(advice: list[_Advice]) -> _Advice | None:
    """The strongest; of equals leaving it alone, then what gains clearly more, then the simplest, then by slug."""
    if not advice:
        return None
    strongest = max(each.strength for each in advice)
    equals = [each for each in advice if each.strength == strongest]
    top = max(each.gain for each in equals)
    near = [each for each in equals if each.model is Model.SEQUENTIAL or each.gain * CLEARLY_MORE >= top]
    return min(near, key=lambda each: (_SIMPLEST_FIRST.index(each.model), each.rule.id))


def _advise(
    winner: _Advice,
    advice: list[_Advice],
    fired: tuple[Rule, ...],
    case: Case,
    forecast: Forecast,
    calibration: Calibration,
) -> Verdict:
    rule, model = winner.rule, winner.model
    cautions = tuple(
        caution for caution in fired if caution.cautions and (not caution.concerns or model in caution.concerns)
    )
    change = model is not Model.SEQUENTIAL
    if case.kind.is_concurrent:
        change = bool(rule.when.found_by) or model is not case.model_now
    else:
        cautions = cautions if change else ()
    stays = "" if change or model is not Model.SEQUENTIAL else "stay sequential: "
    cautions = tuple(sorted(cautions, key=lambda each: not each.breaks))
    questions = [_filled(text, each, case) for each in (*cautions, rule) for text in each.ask_first]
    breaking = " and ".join(_clause(each, case) for each in cautions if each.breaks)
    said = f"; but {breaking}" if breaking else ""
    told = facts(case, forecast.by_model.get(model))
    certain = model is Model.SEQUENTIAL or rule.whatever_the_gain

    def limited(level: Level) -> Level:
        return level if _is_settled(case, winner) else _at_most(level, (rule, *cautions))

    def sure(odds: float) -> Sureness:
        probability = calibration.probability(told)
        if rule.judges_what_stands and rule.confidence is not None and Fact.SOMETIMES not in told:
            # somebody found the place worth it: whether another model suits it is right as often as this rule was
            probability = max(probability, calibration.misuse(rule.id, rule.confidence))
        probability = probability if certain else min(probability, odds)  # nobody takes what does not pay
        level = calibration.level(probability)
        if _rests_on_names(case) and (Fact.SOMETIMES in told or Fact.PAYS not in told):
            level = Level.LOW  # nothing was read that says what is called, nor that it is worth a change
        level = limited(level)
        return Sureness(calibration.within(level, probability), level)

    usual = sure(winner.odds) if change else None
    return Verdict(
        rule=rule.id,
        model=model,
        executor=_executor(rule, model, case),
        change=change,
        confidence=limited(Level.HIGH) if usual is None else usual.confidence,
        probability=None if usual is None else usual.probability,
        facts=told if change else frozenset(),
        if_long=sure(odds) if change and (odds := _odds_if_long(winner, told, forecast)) is not None else None,
        message=_sentence(stays + _clause(rule, case) + said),
        why=_filled(rule.why, rule, case),
        ask_first=tuple(dict.fromkeys(questions)),
        answered=frozenset(_filled(text, each, case) for each in cautions if each.seen_to for text in each.ask_first),
        alternatives=_alternatives(winner, advice, fired, case),
        rejected=_rejected(fired, advice, case),
    )


def _odds_if_long(winner: _Advice, told: frozenset[Fact], forecast: Forecast) -> float | None:
    """How likely the advice pays in those runs of a small program that take a while, where nothing was measured."""
    speedup = forecast.by_model.get(winner.model)
    if Fact.MAIN_PART not in told or speedup is None or speedup.basis != "static" or speedup.pays_if_long is None:
        return None
    return speedup.pays_if_long if speedup.pays_if_long > winner.odds else None


def _hold_back(rule: Rule, wanted: Model | None, fired: tuple[Rule, ...], case: Case) -> Verdict:
    would = f"not recommended: {_IN_WORDS[wanted]} would fit, but " if wanted is not None else "stay sequential: "
    model = case.model_now
    return Verdict(
        rule=rule.id,
        model=model,
        executor=DEFAULT_EXECUTOR[model],
        change=False,
        confidence=rule.confidence or Level.HIGH,
        message=_sentence(would + _clause(rule, case)),
        why=_filled(rule.why, rule, case),
        rejected=_rejected(fired, [], case),
    )


def _leave(rule: Rule, fired: tuple[Rule, ...], case: Case, confidence: Level) -> Verdict:
    model = case.model_now
    leave = "stay sequential: " if model is Model.SEQUENTIAL else "leave it as it is: "
    return Verdict(
        rule=rule.id,
        model=model,
        executor=DEFAULT_EXECUTOR[model],
        change=False,
        confidence=confidence,
        message=_sentence(leave + _clause(rule, case)),
        why=_filled(rule.why, rule, case),
        rejected=_rejected(fired, [], case),
    )


def _executor(rule: Rule, model: Model, case: Case) -> Executor:
    """The rule's own, else the usual one; a coroutine that calls what has no async form hands it to a thread."""
    if rule.executor is not None:
        return rule.executor
    awaitable = case.async_counterpart is not None or Effect.ASYNC in case.effect_kinds
    return Executor.TO_THREAD if model is Model.ASYNCIO and not awaitable else DEFAULT_EXECUTOR[model]


def _rests_on_names(case: Case) -> bool:
    """Is all that is known of the work what the names of things sound like?"""
    told = [effect for effect in case.effects if effect.effect is not Effect.TERMINAL]
    return case.evidence is None and bool(told) and all(effect.guessed for effect in told)


def _is_settled(case: Case, winner: _Advice) -> bool:
    """Has a profile seen that much of the run goes here, and enough of it would be saved? Then no doubt about that is left."""
    return case.evidence is not None and case.evidence.share >= A_PART and winner.odds >= SURELY


def _at_most(level: Level, rules: Iterable[Rule]) -> Level:
    """The level, where none of the rules that bear on the advice allows less."""
    return min([level, *(rule.confidence for rule in rules if rule.confidence)], key=_LEVELS.index)


def _gain_level(forecast: Forecast) -> Level:
    """Surely too small only when no model would gain enough even at best."""
    return Level.HIGH if not any(speedup.pays for speedup in forecast.by_model.values()) else Level.MEDIUM


def _alternatives(
    winner: _Advice, advice: list[_Advice], fired: tuple[Rule, ...], case: Case
) -> tuple[Alternative, ...]:
    """Other advice that would also pay, best first, then what the firing judgements for this model name beside it."""
    vetoed = _vetoes(fired)
    chosen = (winner.model, _executor(winner.rule, winner.model, case))
    found: dict[tuple[Model, Executor], str] = {}
    ranked = sorted(advice, key=lambda a: (-a.strength, -a.gain, _SIMPLEST_FIRST.index(a.model), a.rule.id))
    for each in ranked:
        if each.pays and each.model is not winner.model and each.model is not Model.SEQUENTIAL:
            found.setdefault(
                (each.model, _executor(each.rule, each.model, case)), _filled(each.rule.why, each.rule, case)
            )
    for each in ranked:
        if each.model is winner.model:
            for other in each.rule.also:
                executor = other.executor or DEFAULT_EXECUTOR[other.model]
                found.setdefault((other.model, executor), _filled(other.because, each.rule, case))
    return tuple(
        Alternative(model, executor, because)
        for (model, executor), because in found.items()
        if model not in vetoed and (model, executor) != chosen
    )


def _rejected(fired: tuple[Rule, ...], advice: list[_Advice], case: Case) -> tuple[Rejected, ...]:
    """Each vetoed model with every rule against it, simplest model first, then advice that would not pay."""
    against = [
        Rejected(model, rule.id, _sentence(_clause(rule, case)))
        for model in _SIMPLEST_FIRST
        for rule in sorted(fired, key=_strongest_first)
        if model in rule.veto
    ]
    known = {rejected.model for rejected in against}
    small = {each.model: each.gain for each in advice if not each.pays and each.model not in known}
    return (
        *against,
        *(
            Rejected(model, GAIN_TOO_SMALL, f"It would make this {gain:.1f} times as fast.")
            for model, gain in small.items()
        ),
    )


def _clause(rule: Rule, case: Case) -> str:
    return _filled(rule.message or rule.title, rule, case)


def _sentence(clause: str) -> str:
    text = clause[:1].upper() + clause[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _filled(text: str, rule: Rule, case: Case) -> str:
    """The text with what it names in braces: reading a rule makes sure that only what can be filled is named."""
    proof = _proof_of(rule, case)
    words = {
        "name": proof.name,
        "line": str(proof.line),
        "because": proof.because if "line " in proof.because else f"{proof.because} (line {proof.line})",
        "api": _api_of(rule, case),
        "called": _called(case),
        "items": f"about {case.work.items.expected:.0f}" if case.work.items_known else "an unknown number of",
        "batch": case.batch or "one batched call",
        "async_counterpart": case.async_counterpart or "its async form",
        "blast_radius": _functions(case.blast_radius),
    }
    unquoted = text.replace("`{api}`", "{api}")  # the rule quotes a name; where none is known, words stand in its place
    return " ".join(PLACEHOLDER.sub(lambda match: words[match[1]], unquoted).split())


def _called(case: Case) -> str:
    """What the place itself calls, beside the call that the effect is known of: that one, or a function that leads there."""
    steps = case.effects[0].trace if case.effects else ()
    return f"`{steps[1].function}`, which leads there," if len(steps) > 1 else "it"


def _functions(number: int) -> str:
    """How many functions would become async; code of a module is in none."""
    return f"{number} function{'s' if number > 1 else ''} of this project" if number else "the code around it"


def _proof_of(rule: Rule, case: Case) -> Detail:
    """The first hazard that the rule tests, else the first detail of the dependence, with a reason in any case."""
    tested = rule.when.hazards
    kinds = (*tested.any_of, *tested.all_of) if tested is not None else ()
    found = [Detail(hazard.name, hazard.line, hazard.because) for hazard in case.barriers if hazard.kind in kinds]
    nameless = Detail(case.function, case.line, "")
    proof = next(iter((*found, *case.dependence.details)), nameless)
    return proof if proof.because else replace(proof, because="something that is called here could not be followed")


def _api_of(rule: Rule, case: Case) -> str:
    """The call that proves an effect that the rule tests, else the case's main effect, else any."""
    tested = rule.when.effects
    wanted = (*tested.any_of, *tested.all_of) if tested is not None else ()
    ranked = sorted(case.effects, key=lambda trace: (trace.effect not in wanted, trace.effect.value != case.work_kind))
    return f"`{ranked[0].api}`" if ranked else "what it calls"
