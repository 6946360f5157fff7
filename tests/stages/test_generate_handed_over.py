"""What would newly run side by side, or somewhere else, is held against the same facts as a loop: pools, threads, gathers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

HEAD = """\
import asyncio
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import weasyprint

SEEN = []
BY_KEY = {}
LOCAL = threading.local()


def size(x):
    time.sleep(0.1)
    return os.stat(x).st_size


def note(x):
    time.sleep(0.1)
    SEEN.append(x)
    return len(SEEN)


def keep(x):
    time.sleep(0.1)
    BY_KEY[x] = x * 2


def store(x):
    time.sleep(0.1)
    Path(f"{x}.txt").write_text(str(x))


def drawn(x):
    time.sleep(0.1)
    return x + random.random()


def told(x):
    time.sleep(0.1)
    print(x)


def mine(x):
    time.sleep(0.1)
    return getattr(LOCAL, "user", x)


def mixed(x):
    total = x
    for row in range(1_000_000):
        total = (total * 31 + row) % 1000003
    return total


def guessed(x):
    return mixed(x) + random.random()


def rendered(x):
    return weasyprint.HTML(string=x).write_pdf()


def signed(x):
    return weasyprint.HTML(string=x + str(random.random())).write_pdf()


def first(rows):
    time.sleep(0.1)
    return next(rows)

"""

SUBMITTED = """
def subject(xs):
    random.seed(3)
    out = []
    with ThreadPoolExecutor() as pool:
        for x in xs:  # here
            out.append(pool.submit({work}, x).result())
    return out
"""

JOINED = """
def subject(xs):
    for x in range(xs):  # here
        thread = threading.Thread(target={work}, args=(x,))
        thread.start()
        thread.join()
"""

STARTED = """
def subject(xs):
    threads = []
    for x in xs:
        thread = threading.Thread(target={work}, args=(x,))  # here
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
"""

LOOPED = """
async def later(x):
    await asyncio.sleep(0.1)
    return {work}


def subject(xs):
    random.seed(3)
    out = []
    for x in xs:  # here
        out.append(asyncio.run(later(x)))
    return out
"""

COLLECTED = """
async def later(x):
    await asyncio.sleep(0.1)
    return {work}


def subject(xs):
    return [asyncio.run(later(x)) for x in xs]  # here
"""

GATHERED = """
async def work(x):
    return {work}


async def subject(xs):
    random.seed(3)
    return await asyncio.gather(*(work(x) for x in xs))  # here
"""

BLOCKED = """
async def subject(x):
    random.seed(3)
    return {work}(x)  # here
"""

HITS = {
    "a pool is asked in turn, and the work counts": (SUBMITTED, "note", "threading", "carried-dependence"),
    "a pool is asked in turn, and the work draws": (SUBMITTED, "drawn", "threading", "random-draw"),
    "a pool is asked in turn, and the work prints": (SUBMITTED, "told", "threading", "ordered-output"),
    "threads in turn that count": (JOINED, "note", "threading", "carried-dependence"),
    "threads in turn that fill a dict, in order": (JOINED, "keep", "threading", "shared-write"),
    "threads in turn that print": (JOINED, "told", "threading", "ordered-output"),
    "an event loop for each, which counts": (LOOPED, "note(x)", "asyncio", "carried-dependence"),
    "an event loop for each, which draws": (LOOPED, "drawn(x)", "asyncio", "random-draw"),
    "collected by an event loop for each, which counts": (COLLECTED, "note(x)", "asyncio", "carried-dependence"),
    "gathered without a wait, drawing": (GATHERED, "guessed(x)", "multiprocessing", "random-draw"),
    "a blocking call that asks for its thread's own": (BLOCKED, "mine", "asyncio", "thread-state"),
    "a blocking call that may stop an iteration": (BLOCKED, "first", "asyncio", "unpicklable-error"),
    "a computing call that draws": (BLOCKED, "signed", "multiprocessing", "random-draw"),
}

NEAR_MISSES = {
    "a pool is asked in turn, and the work reads": (SUBMITTED, "size", "threading"),
    "threads in turn that write a file each": (JOINED, "store", "threading"),
    "threads that fill a dict, but ran side by side before": (STARTED, "keep", "threading"),
    "threads that count, but ran side by side before": (STARTED, "note", "threading"),
    "threads that print, but ran side by side before": (STARTED, "told", "threading"),
    "an event loop for each, which reads": (LOOPED, "size(x)", "asyncio"),
    "collected by an event loop for each, which reads": (COLLECTED, "size(x)", "asyncio"),
    "gathered without a wait, computing": (GATHERED, "mixed(x)", "multiprocessing"),
    "a blocking call that draws keeps its turn": (BLOCKED, "drawn", "asyncio"),
    "a blocking call that counts keeps its turn": (BLOCKED, "note", "asyncio"),
    "a computing call that only computes": (BLOCKED, "rendered", "multiprocessing"),
}


@pytest.mark.parametrize("case", HITS)
def test_what_would_come_in_another_order_is_refused(case: str, tmp_path: Path) -> None:
    text, work, model, hazard = HITS[case]
    assert f"({hazard})" in refusal(tmp_path, HEAD + text.format(work=work), model)


@pytest.mark.parametrize("case", NEAR_MISSES)
def test_what_stays_the_same_is_written(case: str, tmp_path: Path) -> None:
    text, work, model = NEAR_MISSES[case]
    assert generated(tmp_path, HEAD + text.format(work=work), model)


NOISE = """\
import time

import numpy as np


def noisy(x):
    time.sleep(0.1)
    return x + np.random.rand()


def subject(xs):
    return [noisy(x) for x in xs]  # here
"""


def test_unseeded_numbers_may_come_from_threads_but_not_from_copies_of_their_generator(tmp_path: Path) -> None:
    assert generated(tmp_path, NOISE, "threading")
    assert "(random-draw)" in refusal(tmp_path, NOISE, "multiprocessing")
    seeded = NOISE.replace("    return [", "    np.random.seed(3)\n    return [")
    assert "(random-draw)" in refusal(tmp_path, seeded, "threading")


DRAWN = """\
import weasyprint


def page(text):
    return weasyprint.HTML(string=text)


async def subject({given}):
    {before}
    return {work}.write_pdf()  # here
"""


def test_a_method_of_what_is_made_in_the_same_step_runs_in_a_process(tmp_path: Path) -> None:
    made = generated(tmp_path, DRAWN.format(given="order", before="pass", work="page(order.html)"), "multiprocessing")
    assert "def _subject_order(order):\n    return page(order.html).write_pdf()\n" in made
    assert "run_in_executor(_processes(), _subject_order, order)" in made


def test_what_starts_processes_is_put_under_a_main_guard(tmp_path: Path) -> None:
    script = DRAWN.format(given="order", before="pass", work="page(order.html)") + "\n\nsubject(None)\n"
    made = generated(tmp_path, script, "multiprocessing")
    assert made.endswith('if __name__ == "__main__":\n    subject(None)\n')


@pytest.mark.parametrize(
    ("before", "work"),
    [
        ("make = lambda text: weasyprint.HTML(string=text)", "make(order.html)"),
        ("pass", "page((text := order.html))"),
        ("pass", "page(await order.html())"),
    ],
)
def test_what_only_the_coroutine_can_work_out_does_not(before: str, work: str, tmp_path: Path) -> None:
    assert "unpicklable" in refusal(tmp_path, DRAWN.format(given="order", before=before, work=work), "multiprocessing")


CONVERTED = """\
import threading

RATE = 1


def work(x):
    total = x
    for row in range(1_000_000):
        total = (total * 31 + row) % 1000003
    print(total * RATE)


def subject(xs):
    {before}
    threads = [threading.Thread(target=work, args=(x,)) for x in xs]  # here
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""


def test_threads_become_processes_where_these_find_what_the_work_reads(tmp_path: Path) -> None:
    assert generated(tmp_path, CONVERTED.format(before="pass"), "multiprocessing")
    late = CONVERTED.format(before="global RATE\n    RATE = len(xs)")
    assert "(process-state)" in refusal(tmp_path, late, "multiprocessing")


FILLING = """\
import threading
from concurrent.futures import ThreadPoolExecutor


def work(x, out):
    total = x
    for row in range(1_000_000):
        total = (total * 31 + row) % 1000003
    {kept}


def subject(xs):
    out = {{}}
{threads}
    return out
"""
ONE_BY_ONE = """\
    threads = []
    for x in xs:
        thread = threading.Thread(target=work, {given})  # here
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()"""
POOLED = """\
    with ThreadPoolExecutor(4) as pool:
        for x in xs:
            pool.submit(work, {given})  # here"""


@pytest.mark.parametrize(
    ("threads", "given"),
    [
        (ONE_BY_ONE, "args=(x, out)"),
        (ONE_BY_ONE, "args=[x], kwargs={'out': out}"),
        (POOLED, "x, out"),
        (POOLED, "x, out=out"),
    ],
)
def test_what_threads_put_into_an_object_they_were_handed_would_be_lost(
    threads: str, given: str, tmp_path: Path
) -> None:
    code = FILLING.format(kept="out[x] = total", threads=threads.format(given=given))
    assert "(shared-write)" in refusal(tmp_path, code, "multiprocessing")
    read = FILLING.format(kept="print(total, out.get(x))", threads=threads.format(given=given))
    assert "Process" in generated(tmp_path, read, "multiprocessing")


JOBLIB = """\
from joblib import Parallel, delayed

SEEN = {{}}


def mixed(x):
    total = x
    for row in range(1_000_000):
        total = (total * 31 + row) % 1000003
    return total


def kept(x):
    SEEN[x] = mixed(x)


def subject(xs):
    return Parallel({options})(delayed({work})(x) for x in xs)  # here
"""


def test_joblib_is_asked_for_its_processes_or_for_threads(tmp_path: Path) -> None:
    for asked in ('prefer="threads"', 'backend="threading"'):
        made = generated(tmp_path, JOBLIB.format(options=f"n_jobs=4, {asked}", work="mixed"), "multiprocessing")
        assert "Parallel(n_jobs=4)(" in made
    made = generated(tmp_path, JOBLIB.format(options="n_jobs=4", work="mixed"), "threading")
    assert 'Parallel(n_jobs=4, prefer="threads")(' in made


@pytest.mark.parametrize(
    ("options", "work", "model", "hazard"),
    [
        ('n_jobs=4, prefer="threads"', "kept", "multiprocessing", "shared-write"),
        ("n_jobs=4", "kept", "threading", "shared-write"),
        ('n_jobs=4, prefer="threads", require="sharedmem"', "mixed", "multiprocessing", "layout"),
        ('n_jobs=4, backend="dask"', "mixed", "threading", "layout"),
        ("n_jobs=4", "mixed", "multiprocessing", "nothing-to-change"),
    ],
)
def test_joblib_is_left_where_its_backend_decides(
    options: str, work: str, model: str, hazard: str, tmp_path: Path
) -> None:
    assert f"({hazard})" in refusal(tmp_path, JOBLIB.format(options=options, work=work), model)
