"""The judging itself, with judgements made for the purpose; those of `rules/decide/` have tests of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from advisor.model.case import Case
from advisor.model.concurrency import Executor, Level, Model
from advisor.model.confidence import Calibration, Fact
from advisor.model.effect import ZERO, Effect, EffectTrace, Range
from advisor.model.estimate import Forecast, Work
from advisor.model.evidence import Evidence
from advisor.model.rule import Rule
from advisor.model.site import Context, Dependence, DependenceKind, Hazard, HazardKind, SiteKind
from advisor.model.verdict import Verdict
from advisor.questions.confidence import facts
from advisor.stages.decide import decide
from tests.stages.cases import TWO_CORES, a_case, a_forecast, a_hazard, carried


def a_rule(slug: str, /, **given: Any) -> Rule:
    return Rule.model_validate({"id": slug, "title": slug.replace("-", " "), "why": "Because.", "when": {}, **given})


SILENCE = (
    a_rule("gain-too-small", advise="sequential", message="it would gain too little"),
    a_rule("no-reason-to-change", advise="sequential", message="nothing was found"),
)
WAITS = a_rule(
    "waits", advise="threading", strength="strong", message="the waits on `{api}` overlap", when={"work": ["network"]}
)
TIED = a_rule(
    "tied", veto=["threading", "multiprocessing", "asyncio"], when={"hazards": {"any_of": ["carried-dependence"]}},
    message="{because}",
)  # fmt: skip
GAIN = a_forecast(threading=9.0, multiprocessing=5.0, asyncio=9.5)


SOBER = Calibration(
    base=1.0,
    weights={
        Fact.NAMED_FEW: -2.0, Fact.SOMETIMES: -1.0, Fact.PAYS: 1.0, Fact.UNPROVEN: -0.5, Fact.MAIN_PART: 3.0,
    },
    high=0.8, medium=0.4,
)  # fmt: skip


def judged(*rules: Rule, case: Case | None = None, forecast: Forecast = GAIN) -> Verdict:
    return decide(case or a_case(), forecast, TWO_CORES, (*rules, *SILENCE), SOBER)


def test_advice_that_fires_and_pays_is_given() -> None:
    verdict = judged(WAITS)
    assert (verdict.rule, verdict.model, verdict.executor) == ("waits", Model.THREADING, Executor.THREAD_POOL)
    assert verdict.change
    assert verdict.message == "The waits on `requests.get` overlap."


def test_advice_that_does_not_fire_leaves_the_site_alone() -> None:
    verdict = judged(WAITS, case=a_case(Effect.DISK))
    assert (verdict.rule, verdict.model, verdict.change) == ("no-reason-to-change", Model.SEQUENTIAL, False)
    assert verdict.message == "Stay sequential: nothing was found."


def test_an_exception_keeps_a_rule_from_firing() -> None:
    outside_tests = WAITS.model_copy(update={"unless": WAITS.when})
    assert judged(outside_tests).rule == "no-reason-to-change"


def test_advice_that_would_not_pay_is_not_given() -> None:
    verdict = judged(WAITS, forecast=a_forecast(threading=1.19))
    assert (verdict.rule, verdict.model, verdict.change) == ("gain-too-small", Model.SEQUENTIAL, False)
    assert verdict.message == "Stay sequential: it would gain too little."


def test_advice_against_harm_is_given_whatever_the_gain() -> None:
    rule = a_rule("unblock", advise="asyncio", whatever_the_gain=True)
    assert judged(rule, forecast=a_forecast(asyncio=1.0)).model is Model.ASYNCIO


def test_a_veto_says_what_it_held_back_and_what_proves_it() -> None:
    verdict = judged(WAITS, TIED, case=a_case(dependence=carried()))
    assert (verdict.rule, verdict.model, verdict.change) == ("tied", Model.SEQUENTIAL, False)
    assert verdict.message == (
        "Not recommended: threads would fit, but each iteration reads `token` (line 31), which the previous iteration wrote (line 33)."
    )
    assert [(other.model, other.rule) for other in verdict.rejected] == [
        (Model.THREADING, "tied"),
        (Model.MULTIPROCESSING, "tied"),
        (Model.ASYNCIO, "tied"),
    ]


def test_a_veto_of_one_model_lets_the_next_best_win() -> None:
    veto = a_rule("no-threads", veto=["threading"])
    other = a_rule("processes-too", advise="multiprocessing", strength="weak")
    verdict = judged(WAITS, veto, other)
    assert (verdict.model, verdict.rule) == (Model.MULTIPROCESSING, "processes-too")
    assert [(each.model, each.rule) for each in verdict.rejected] == [(Model.THREADING, "no-threads")]


def test_a_veto_where_nothing_was_wanted_is_still_the_reason() -> None:
    verdict = judged(TIED, case=a_case(dependence=carried()))
    assert verdict.rule == "tied"
    assert verdict.message.startswith("Stay sequential: each iteration reads `token`")


def test_the_stronger_advice_wins_whatever_the_gain() -> None:
    weak = a_rule("coroutines", advise="asyncio", strength="weak")
    verdict = judged(WAITS, weak, forecast=a_forecast(threading=2.0, asyncio=20.0))
    assert verdict.model is Model.THREADING
    assert [other.model for other in verdict.alternatives] == [Model.ASYNCIO]


@pytest.mark.parametrize(("asyncio", "wins"), [(10.0, Model.THREADING), (14.0, Model.ASYNCIO)])
def test_of_equally_strong_advice_a_clear_gain_decides_else_simplicity(asyncio: float, wins: Model) -> None:
    equal = a_rule("coroutines", advise="asyncio", strength="strong")
    assert judged(WAITS, equal, forecast=a_forecast(threading=9.0, asyncio=asyncio)).model is wins


def test_a_reason_to_stay_beats_advice_of_the_same_strength() -> None:
    stay = a_rule("cached", advise="sequential", strength="strong", message="it comes from the cache")
    verdict = judged(WAITS, stay)
    assert (verdict.rule, verdict.change, verdict.message) == (
        "cached",
        False,
        "Stay sequential: it comes from the cache.",
    )
    assert judged(WAITS, stay.model_copy(update={"strength": "fair"})).model is Model.THREADING


def test_cautions_add_their_questions_and_limit_how_sure_the_advice_is() -> None:
    caution = a_rule("early", confidence="low", ask_first=["Is the hit early?"])
    verdict = judged(WAITS, caution)
    assert verdict.confidence is Level.LOW
    assert verdict.ask_first == ("Is the hit early?",)


def test_a_caution_about_another_model_is_not_raised() -> None:
    caution = a_rule("guard", confidence="low", ask_first=["Is there a guard?"], concerns=["multiprocessing"])
    verdict = judged(WAITS, caution)
    assert verdict.confidence is Level.HIGH
    assert verdict.ask_first == ()


def test_what_a_rule_names_beside_its_model_stands_among_the_alternatives_unless_vetoed() -> None:
    also = [{"model": "asyncio", "because": "It scales."}, {"model": "multiprocessing", "because": "It computes."}]
    named = WAITS.model_copy(update={"also": a_rule("x", ask_first=["?"], also=also).also})
    verdict = judged(named, a_rule("no-processes", veto=["multiprocessing"]))
    assert [(other.model, other.because) for other in verdict.alternatives] == [(Model.ASYNCIO, "It scales.")]


def test_another_executor_of_the_same_model_is_an_alternative() -> None:
    rule = a_rule(
        "compute", advise="multiprocessing", strength="strong",
        also=[{"model": "multiprocessing", "executor": "InterpreterPoolExecutor", "because": "One process."}],
    )  # fmt: skip
    verdict = judged(rule)
    assert verdict.executor is Executor.PROCESS_POOL
    assert [other.executor for other in verdict.alternatives] == [Executor.INTERPRETER_POOL]


def test_advice_that_would_not_pay_is_told_among_the_rejected() -> None:
    small = a_rule("processes-too", advise="multiprocessing")
    verdict = judged(WAITS, small, forecast=a_forecast(threading=9.0, multiprocessing=0.4))
    assert [(other.model, other.rule) for other in verdict.rejected] == [(Model.MULTIPROCESSING, "gain-too-small")]


def test_what_has_no_async_form_goes_to_a_thread() -> None:
    rule = a_rule("unblock", advise="asyncio")
    assert judged(rule).executor is Executor.TO_THREAD
    assert judged(rule, case=a_case(async_counterpart="httpx.get")).executor is Executor.TASK_GROUP


# ---- how sure


ONCE = Range.exactly(1.0)
COMPUTING = Work(ONCE, items_known=True, interpreter=ONCE, native=ZERO, waiting=ZERO)


def trace(guessed: bool = False, conditional: bool = False) -> EffectTrace:
    return EffectTrace(Effect.NETWORK, "requests.get", (), guessed, conditional)


@pytest.mark.parametrize(
    ("changed", "odds", "fact"),
    [
        ({"effects": (trace(conditional=True),)}, 1.0, Fact.SOMETIMES),
        ({"evidence": Evidence(0.9, 0.0, 0.0, 0.9, 5.0)}, 1.0, Fact.MAIN_PART),
        ({"dependence": Dependence(DependenceKind.UNKNOWN)}, 1.0, Fact.UNPROVEN),
        ({"work": COMPUTING}, 1.0, Fact.COMPUTES_ASIDE),
        ({"facts": frozenset({Fact.AT_IMPORT})}, 1.0, Fact.AT_IMPORT),  # what the place itself tells
    ],
)
def test_advice_tells_the_facts_that_it_rests_on(changed: dict[str, Any], odds: float, fact: Fact) -> None:
    plain, other = judged(WAITS), judged(WAITS, case=a_case(**changed), forecast=a_forecast(threading=9.0, pays=odds))
    assert fact not in plain.facts
    assert fact in other.facts


@pytest.mark.parametrize(
    ("changed", "odds", "level"),
    [
        ({}, 1.0, Level.HIGH),
        ({}, 0.4, Level.MEDIUM),  # might gain nothing
        ({"effects": (trace(conditional=True),)}, 1.0, Level.MEDIUM),
        ({"effects": (trace(conditional=True),), "evidence": Evidence(0.9, 0.0, 0.0, 0.9, 5.0)}, 1.0, Level.HIGH),
        ({"effects": (trace(conditional=True),), "evidence": Evidence(0.05, 0.0, 0.0, 0.05, 5.0)}, 1.0, Level.MEDIUM),
        ({"dependence": Dependence(DependenceKind.REDUCTION)}, 1.0, Level.HIGH),
        ({"effects": (trace(guessed=True),)}, 1.0, Level.HIGH),
        ({"effects": (trace(guessed=True),)}, 0.4, Level.LOW),  # nothing was read that says more
        ({"effects": (trace(guessed=True, conditional=True),)}, 1.0, Level.LOW),
        ({"effects": (trace(guessed=True), trace())}, 0.4, Level.MEDIUM),
    ],
)
def test_confidence_is_the_probability_in_a_word(changed: dict[str, Any], odds: float, level: Level) -> None:
    verdict = judged(WAITS, case=a_case(**changed), forecast=a_forecast(threading=9.0, pays=odds))
    assert verdict.confidence is level
    assert verdict.probability == SOBER.within(level, min(odds, SOBER.probability(verdict.facts)))
    assert SOBER.level(verdict.probability) is level


@pytest.mark.parametrize(
    ("share", "odds", "level"), [(0.9, 1.0, Level.HIGH), (0.05, 1.0, Level.LOW), (0.9, 0.6, Level.LOW)]
)
def test_what_a_profile_settles_no_rule_doubts(share: float, odds: float, level: Level) -> None:
    doubt = a_rule("early", confidence="low", ask_first=["Is the hit early?"])
    case = a_case(evidence=Evidence(share, 0.0, 0.0, share, 5.0))
    verdict = judged(WAITS, doubt, case=case, forecast=a_forecast(threading=9.0, pays=odds))
    assert verdict.confidence is level
    assert verdict.probability is not None
    assert SOBER.level(verdict.probability) is level  # nor is a word less than its figure
    assert verdict.ask_first == ("Is the hit early?",)


@pytest.mark.parametrize(
    ("work", "place", "aside"),
    [
        (COMPUTING, frozenset(), True),
        (COMPUTING, frozenset({Fact.MAIN_PART}), False),
        (replace(COMPUTING, waiting=Range.exactly(2.0)), frozenset(), False),
    ],
)
def test_computing_for_what_is_no_main_part_is_told(work: Work, place: frozenset[Fact], aside: bool) -> None:
    assert (Fact.COMPUTES_ASIDE in facts(a_case(facts=place, work=work), None)) == aside


def test_what_is_not_advised_has_no_probability() -> None:
    assert judged(WAITS, case=a_case(Effect.DISK)).probability is None


def test_a_gain_is_surely_too_small_only_if_no_model_gains_at_best() -> None:
    assert judged(WAITS, forecast=a_forecast(threading=1.1)).confidence is Level.HIGH
    assert judged(WAITS, forecast=a_forecast(threading=1.1, asyncio=3.0)).confidence is Level.MEDIUM


# ---- places that are concurrent already


def a_pool(**changed: Any) -> Case:
    return a_case(kind=SiteKind.POOL, concurrent_now=Model.THREADING, **changed)


def test_a_pool_that_is_right_keeps_its_model() -> None:
    verdict = judged(case=a_pool())
    assert (verdict.model, verdict.change) == (Model.THREADING, False)
    assert verdict.message.startswith("Leave it as it is:")


def test_a_pool_of_the_wrong_kind_is_a_change_and_even_to_a_plain_loop() -> None:
    assert judged(a_rule("compute", advise="multiprocessing"), case=a_pool()).change
    verdict = judged(a_rule("tiny", advise="sequential", message="the work is tiny"), case=a_pool())
    assert (verdict.model, verdict.change, verdict.message) == (Model.SEQUENTIAL, True, "The work is tiny.")


def test_a_misuse_is_a_change_though_the_model_stays() -> None:
    misuse = a_rule("in-turn", advise="threading", when={"found_by": ["submit-result-in-one-step"]})
    assert judged(misuse, case=a_pool(rule="submit-result-in-one-step")).change
    assert not judged(WAITS, case=a_pool()).change


# ---- what hazards amount to, and the words in braces


def test_surroundings_and_dependence_count_as_hazards() -> None:
    case = a_case(
        contexts=frozenset({Context.POOL_WORKER, Context.MODULE_LEVEL}),
        dependence=Dependence(DependenceKind.EXIT, also=frozenset({DependenceKind.ORDERED})),
    )
    assert {hazard.kind for hazard in case.barriers} == {
        HazardKind.EARLY_EXIT, HazardKind.ORDERED_OUTPUT, HazardKind.INSIDE_POOL, HazardKind.NO_MAIN_GUARD,
    }  # fmt: skip
    assert a_case().barriers == ()


def test_a_hazard_that_was_found_is_not_doubled_by_the_dependence() -> None:
    found = a_hazard(HazardKind.EARLY_EXIT, "break", 9)
    case = a_case(hazards=(found,), dependence=Dependence(DependenceKind.EXIT))
    assert case.barriers == (found,)


@pytest.mark.parametrize(
    ("hazard", "shown"),
    [
        (a_hazard(HazardKind.MEMO, "cache", 7, "`cache` is filled once"), "`cache` 7 `cache` is filled once (line 7)."),
        (
            a_hazard(HazardKind.MEMO, "cache", 7),
            "`cache` 7 something that is called here could not be followed (line 7).",
        ),
        (a_hazard(HazardKind.MEMO, "c", 7, "line 3 fills it"), "`c` 7 line 3 fills it."),
    ],
)
def test_words_in_braces_are_filled_from_the_hazard_that_the_rule_tests(hazard: Hazard, shown: str) -> None:
    rule = a_rule(
        "memo", advise="threading", when={"hazards": {"any_of": ["memo"]}}, message="`{name}` {line} {because}"
    )
    other = a_hazard(HazardKind.GLOBAL_WRITE, "elsewhere", 99)
    assert judged(rule, case=a_case(hazards=(other, hazard))).message == shown


def test_the_call_that_is_named_proves_the_main_effect() -> None:
    effects = (EffectTrace(Effect.DISK, "open", ()), trace())
    assert judged(WAITS, case=a_case(effects=effects)).message == "The waits on `requests.get` overlap."
    assert judged(WAITS, case=a_case(effects=())).message == "The waits on what it calls overlap."


@pytest.mark.parametrize("text", ["{nonsense}", "{name}", "{batch}", "{api}"])
def test_a_word_in_braces_that_the_conditions_do_not_promise_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="cannot be filled"):
        a_rule("wordy", advise="threading", why=text)
    assert a_rule("batched", advise="threading", when={"batch": True}, why="{batch} {items} {blast_radius}")


def test_a_rule_that_says_nothing_is_refused() -> None:
    with pytest.raises(ValidationError, match="must advise"):
        a_rule("mute")


def test_advice_is_never_more_likely_right_than_it_pays() -> None:
    verdict = judged(WAITS, forecast=a_forecast(threading=9.0, pays=0.5))
    assert verdict.probability == 0.5
    assert judged(WAITS, forecast=a_forecast(threading=9.0, pays=0.05)).rule == "gain-too-small"
    must = WAITS.model_copy(update={"whatever_the_gain": True})
    surer = judged(must, forecast=a_forecast(threading=9.0, pays=0.05)).probability
    assert surer is not None
    assert surer > 0.5
