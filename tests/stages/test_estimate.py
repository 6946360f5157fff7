"""The forecast: what each model gains on waits, computing and small work, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import pytest

from advisor.model.case import Case
from advisor.model.concurrency import DEFAULT_EXECUTOR, Executor, Model
from advisor.model.effect import Effect, EffectTrace, Range
from advisor.model.estimate import WORTHWHILE, Speedup, Speedups, Target
from advisor.model.evidence import Evidence
from advisor.model.site import Dependence, DependenceKind
from advisor.stages.estimate import curves, estimate, outlook
from tests.stages.cases import MACHINE, TWO_CORES, a_case, a_work, computing


def gains(case: Case, target: Target = TWO_CORES) -> Mapping[Model, Speedup]:
    return estimate(case, MACHINE, target).by_model


def pays_from(case: Case, model: Model) -> int | None:
    return outlook(case, model, DEFAULT_EXECUTOR[model], MACHINE, TWO_CORES).break_even


def test_threads_overlap_waits_and_processes_less() -> None:
    by_model = gains(a_case())
    assert by_model[Model.THREADING].expected > 8
    assert 2 < by_model[Model.MULTIPROCESSING].expected < by_model[Model.THREADING].expected


def test_threads_lose_a_little_on_pure_python_and_processes_use_the_cores() -> None:
    by_model = gains(computing())
    assert by_model[Model.THREADING].expected == pytest.approx(0.89, abs=0.02)
    assert 1.6 < by_model[Model.MULTIPROCESSING].expected <= 2
    assert by_model[Model.ASYNCIO].expected <= 1


def test_threads_compute_side_by_side_without_a_gil() -> None:
    target = Target(python=(3, 14), gil=False, cores=2)
    assert gains(computing(), target)[Model.THREADING].expected > 1.8


def test_native_work_that_frees_the_gil_scales_on_threads_up_to_the_cores() -> None:
    case = a_case(Effect.CPU_NATIVE_NOGIL, work=a_work(items=40, native=0.03))
    assert gains(case)[Model.THREADING].expected == pytest.approx(2, abs=0.1)
    assert gains(case, replace(TWO_CORES, cores=4))[Model.THREADING].expected == pytest.approx(4, abs=0.3)


def test_native_work_that_fills_all_cores_gains_nothing() -> None:
    work = replace(a_work(items=40, native=0.03), parallel_native=True)
    by_model = gains(a_case(Effect.PARALLEL_NATIVE, work=work))
    assert by_model[Model.THREADING].expected <= 1
    assert by_model[Model.MULTIPROCESSING].expected <= 1


def test_computing_of_started_programs_is_bounded_by_the_cores() -> None:
    case = a_case(Effect.SUBPROCESS, work=a_work(items=24, child=0.2))
    assert gains(case)[Model.THREADING].expected == pytest.approx(2, abs=0.1)


def test_tiny_work_loses_under_every_model() -> None:
    by_model = gains(a_case(work=a_work(items=37, interpreter=1.5e-5)))
    assert all(by_model[model].expected < 1 for model in Model if model is not Model.SEQUENTIAL)


def test_a_heavy_payload_eats_what_processes_gain() -> None:
    light, heavy = a_work(items=240, native=1.4e-3), a_work(items=240, native=1.4e-3, payload=2e6)
    assert gains(a_case(work=light))[Model.MULTIPROCESSING].expected > 1.2
    assert gains(a_case(work=heavy))[Model.MULTIPROCESSING].expected < 0.2


def test_processes_cost_more_to_start_from_python_3_14_on() -> None:
    case = computing(work=a_work(items=10, interpreter=0.02))
    before = gains(case, replace(TWO_CORES, python=(3, 13)))[Model.MULTIPROCESSING]
    after = gains(case, replace(TWO_CORES, python=(3, 14)))[Model.MULTIPROCESSING]
    assert before.expected > 1.2 > after.expected


def test_a_machine_that_cannot_fork_is_forecast_with_what_it_has() -> None:
    spawning = replace(MACHINE, process_start={"spawn": 0.2})
    forecast = estimate(computing(), spawning, TWO_CORES)
    assert forecast.by_model[Model.MULTIPROCESSING].expected < gains(computing())[Model.MULTIPROCESSING].expected


def test_asyncio_without_an_async_form_is_as_narrow_as_the_thread_pool_of_the_loop() -> None:
    case = a_case(work=a_work(items=100, waiting=0.05))
    native = gains(replace(case, async_counterpart="httpx.AsyncClient.get"))[Model.ASYNCIO]
    handed_over = gains(case)[Model.ASYNCIO]
    assert handed_over.workers == TWO_CORES.cores + 4
    assert handed_over.expected < 6 < native.expected


def test_hundreds_of_waits_gain_more_from_coroutines_than_from_threads() -> None:
    case = a_case(work=a_work(items=500, waiting=0.05), async_counterpart="httpx.AsyncClient.get")
    by_model = gains(case)
    assert by_model[Model.ASYNCIO].expected > 1.5 * by_model[Model.THREADING].expected


def test_unsure_inputs_widen_the_range_around_the_expected_gain() -> None:
    unsure = replace(a_work(waiting=0.05), items=Range(2, 30, 1000), waiting=Range(1e-3, 0.05, 0.5))
    sure, wide = gains(a_case(work=a_work(waiting=0.05))), gains(a_case(work=unsure))
    for model in Model:
        assert wide[model].low <= wide[model].expected <= wide[model].high
    assert wide[Model.THREADING].low < sure[Model.THREADING].low
    assert wide[Model.THREADING].high <= 32


def test_what_a_model_gains_is_worked_out_once_and_only_where_somebody_asks() -> None:
    asked: list[Model] = []

    def work(model: Model) -> Speedup:
        asked.append(model)
        return Speedup(1.0, 2.0, 3.0, "static", 8)

    by_model = Speedups(lambda: {model: partial(work, model) for model in Model})
    assert (list(by_model), len(by_model), asked) == ([*Model], len(Model), [])
    assert by_model[Model.THREADING] is by_model[Model.THREADING]
    assert asked == [Model.THREADING]


def test_break_even_is_the_first_number_of_items_that_pays() -> None:
    at = pays_from(a_case(work=a_work(interpreter=5e-4)), Model.MULTIPROCESSING)
    assert at is not None
    assert at > 2
    fewer, enough = (estimate(a_case(work=a_work(items=n, interpreter=5e-4)), MACHINE, TWO_CORES) for n in (at - 1, at))
    assert fewer.by_model[Model.MULTIPROCESSING].expected < 1.2 <= enough.by_model[Model.MULTIPROCESSING].expected


def test_there_is_no_break_even_for_work_smaller_than_its_hand_over() -> None:
    assert pays_from(a_case(work=a_work(interpreter=1e-7)), Model.MULTIPROCESSING) is None
    assert pays_from(a_case(work=a_work(interpreter=1e-3)), Model.THREADING) is None
    assert pays_from(a_case(work=a_work()), Model.THREADING) is None


def test_a_profile_bounds_the_program() -> None:
    evidence = Evidence(share=0.5, interpreter=0.05, native=0.0, waiting=0.45, seconds=6.0)
    threads = gains(a_case(evidence=evidence))[Model.THREADING]
    assert threads.basis == "profile"
    assert threads.program_low is not None
    assert threads.program_high is not None
    assert threads.program_low <= threads.program_high < 2  # half of the run is elsewhere


def test_without_a_profile_nothing_is_said_of_the_program() -> None:
    threads = gains(a_case())[Model.THREADING]
    assert threads.basis == "static"
    assert threads.program_low is None


def test_more_cores_help_computing_and_not_waits() -> None:
    cores = (1, 2, 4, 8)
    spread = outlook(computing(), Model.MULTIPROCESSING, Executor.PROCESS_POOL, MACHINE, TWO_CORES, cores).on_cores
    assert [spread[number].expected for number in cores] == sorted(spread[number].expected for number in cores)
    assert spread[1].expected < 1 < 3 < spread[4].expected
    waits = outlook(a_case(), Model.THREADING, Executor.THREAD_POOL, MACHINE, TWO_CORES, cores).on_cores
    assert waits[8].expected == pytest.approx(waits[1].expected, rel=0.05)


def test_the_curves_go_through_the_forecast_and_start_where_nothing_is_gained() -> None:
    case = computing()
    drawn = curves(case, Model.MULTIPROCESSING, Executor.PROCESS_POOL, MACHINE, TWO_CORES)
    forecast = gains(case)[Model.MULTIPROCESSING]
    items = round(case.work.items.expected)
    assert drawn.by_cores[TWO_CORES.cores] == forecast
    assert drawn.by_items[items].expected == pytest.approx(forecast.expected)
    assert drawn.by_items[1].expected < 1 < drawn.by_cores[2].expected < drawn.by_cores[64].expected
    for curve in (drawn.by_cores, drawn.by_items):
        assert list(curve) == sorted(curve)
        assert all(gain.low <= gain.expected <= gain.high for gain in curve.values())


def test_the_curve_of_items_goes_far_beyond_those_that_there_may_be() -> None:
    few = curves(a_case(work=a_work(items=4, waiting=0.05)), Model.THREADING, Executor.THREAD_POOL, MACHINE, TWO_CORES)
    many = curves(
        a_case(work=a_work(items=40_000, waiting=0.05)), Model.THREADING, Executor.THREAD_POOL, MACHINE, TWO_CORES
    )
    assert (max(few.by_items), max(many.by_items)) == (1_000, 200_000)
    assert (4 in few.by_items, 40_000 in many.by_items) == (True, True)


def test_cores_that_scale_badly_gain_less() -> None:
    hot = replace(MACHINE, core_scaling=0.5)
    assert estimate(computing(), hot, TWO_CORES).by_model[Model.MULTIPROCESSING].expected < 1.5


def test_interpreters_start_faster_than_processes_and_come_with_3_14() -> None:
    case, new = computing(), Target(python=(3, 14), gil=True, cores=2)
    found = outlook(case, Model.MULTIPROCESSING, Executor.PROCESS_POOL, MACHINE, new).interpreters
    assert found is not None
    assert found.expected > gains(case, new)[Model.MULTIPROCESSING].expected
    assert outlook(case, Model.MULTIPROCESSING, Executor.PROCESS_POOL, MACHINE, TWO_CORES).interpreters is None
    assert outlook(a_case(), Model.THREADING, Executor.THREAD_POOL, MACHINE, new).interpreters is None


def test_the_number_of_workers_comes_with_its_reason() -> None:
    waits, few = gains(a_case())[Model.THREADING], gains(a_case(work=a_work(items=4, waiting=0.05)))[Model.THREADING]
    assert (waits.workers, waits.because) == (16, "as many as usually may wait at once")
    assert (few.workers, few.because) == (4, "one for each item")
    assert gains(computing())[Model.MULTIPROCESSING].because == "one for each core"


def test_an_existing_pool_keeps_its_size_and_databases_serve_fewer_at_once() -> None:
    assert gains(a_case(workers=5))[Model.THREADING].workers == 5
    assert gains(a_case(Effect.DATABASE))[Model.THREADING].workers == 8


def test_programs_are_not_started_by_the_hundred_and_early_exits_ask_for_few_at_once() -> None:
    started = a_case(Effect.ASYNC, effects=(EffectTrace(Effect.ASYNC, "asyncio.create_subprocess_exec", ()),))
    many = replace(started, work=a_work(items=200, waiting=0.05))
    assert gains(many)[Model.ASYNCIO].workers == 16
    assert gains(a_case(dependence=Dependence(DependenceKind.EXIT)))[Model.THREADING].workers == 8


def test_texts_and_arrays_travel_faster_than_records() -> None:
    records = a_work(items=240, interpreter=1.4e-3, payload=8e4)
    slow, fast = gains(a_case(work=records)), gains(a_case(work=replace(records, flat=records.payload)))
    assert fast[Model.MULTIPROCESSING].expected > 1.2 * slow[Model.MULTIPROCESSING].expected


def test_how_likely_it_pays_is_the_share_of_the_runs_that_may_be() -> None:
    sure, unsure = computing(), computing()
    unsure = replace(
        unsure, work=replace(unsure.work, items=Range(1.0, 20.0, 2000.0), interpreter=Range(1e-6, 1e-3, 1.0))
    )
    assert gains(sure)[Model.MULTIPROCESSING].pays == 1.0
    assert 0.1 < gains(unsure)[Model.MULTIPROCESSING].pays < 0.9
    assert gains(sure)[Model.THREADING].pays == 0.0
    assert gains(unsure) == gains(unsure)  # the same runs each time


def test_what_an_item_must_take_decides_where_that_is_not_known() -> None:
    case = computing()
    seconds = outlook(
        case, Model.MULTIPROCESSING, DEFAULT_EXECUTOR[Model.MULTIPROCESSING], MACHINE, TWO_CORES
    ).break_even_seconds
    assert seconds is not None
    for factor, pays in ((1.1, True), (0.8, False)):
        work = replace(case.work, interpreter=Range.exactly(seconds * factor))
        gain = gains(replace(case, work=work))[Model.MULTIPROCESSING].expected
        assert (gain >= WORTHWHILE) is pays
    threads = outlook(case, Model.THREADING, DEFAULT_EXECUTOR[Model.THREADING], MACHINE, TWO_CORES)
    assert threads.break_even_seconds is None  # they never gain on interpreter work
