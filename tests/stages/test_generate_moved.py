"""Pools that get workers of another kind, or keep their workers: what the work leaves in them, and what came as a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

HEAD = """\
import contextlib
import copyreg
import decimal
import functools
import io
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from multiprocessing import Pool

RATES = {"std": 10}
FACTOR = 3
LOCAL = threading.local()


class Team:
    def __init__(self, name):
        self.name = name


class Point:
    def __init__(self, x):
        self.x = x

    def __reduce__(self):
        return Point, (round(self.x, 2),)


class Curve:
    def __init__(self, points):
        self.points = points


def thinned(curve):
    return Curve, (curve.points[::10],)


def mixed(x):
    total = x
    for row in range(1_000_000):
        total = (total * 31 + row) % 1000003
    return total


"""
TO_THREADS = {
    "the work moves to a folder": ("process-state", """
def work(x):
    os.chdir(f"/tmp/{x}")
    return mixed(x)


def subject(xs):
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(work, xs))  # here
"""),
    "the work catches what it prints": ("process-state", """
def work(x):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        print(mixed(x))
    return out.getvalue()


def subject(xs):
    with ProcessPoolExecutor(2) as pool:
        futures = [pool.submit(work, x) for x in xs]  # here
        return [future.result() for future in futures]
"""),
    "the work sets a timer": ("process-state", """
def work(x):
    signal.setitimer(signal.ITIMER_REAL, 2)
    return mixed(x)


def subject(xs):
    with Pool(2) as pool:
        return pool.map(work, xs)  # here
"""),
    "each process begins elsewhere": ("process-state", """
def begin(folder):
    os.environ["FOLDER"] = folder


def subject(xs):
    with Pool(2, begin, ("a",)) as pool:
        return pool.map(mixed, xs)  # here
"""),
    "each process begins in another folder, by the library itself": ("process-state", """
def subject(xs):
    with ProcessPoolExecutor(2, initializer=os.chdir, initargs=("/tmp",)) as pool:
        return list(pool.map(mixed, xs))  # here
"""),
    "each process has a client of its own": ("shared-write", """
def begin():
    global FACTOR
    FACTOR = os.urandom(1)[0]


def work(x):
    return mixed(x) * FACTOR


def subject(xs):
    with ProcessPoolExecutor(2, initializer=begin) as pool:
        return list(pool.map(work, xs))  # here
"""),
    "a text is run": ("process-state", """
def work(x):
    exec(f"RATES['std'] = {x}", globals())
    return mixed(x) * RATES["std"]


def subject(xs):
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(work, xs))  # here
"""),
    "the work tells of its process": ("process-state", """
def work(x):
    return mixed(x), os.getpid()


def subject(xs):
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(work, xs))  # here
"""),
    "results are made anew in a way of their own": ("unpicklable-result", """
def work(x):
    return Point(mixed(x) / 7)


def subject(xs):
    with ProcessPoolExecutor(2) as pool:
        points = list(pool.map(work, xs))  # here
    return [point.x for point in points]
"""),
    "results are made anew by a function that was registered": ("unpicklable-result", """
def work(x):
    return x, Curve([mixed(x)] * 20)


def subject(xs):
    copyreg.pickle(Curve, thinned)
    with ProcessPoolExecutor(2) as pool:
        curves = list(pool.map(work, xs))  # here
    return [curve.points for x, curve in curves]
"""),
    "arguments are made anew in a way of their own": ("unpicklable-capture", """
def work(point):
    return mixed(point.x)


def subject(xs):
    with ProcessPoolExecutor(2) as pool:
        futures = [pool.submit(work, Point(x / 7)) for x in xs]  # here
        return [future.result() for future in futures]
"""),
    "a global is set after the processes began": ("shared-write", """
def work(x):
    return mixed(x) * RATES["std"]


def subject(xs):
    with ProcessPoolExecutor(2) as pool:
        first = list(pool.map(work, xs))
        RATES["std"] = 20
        return first + list(pool.map(work, xs))  # here
"""),
}  # fmt: skip
TABLES = """
TABLE = {}


def known(x):
    if x not in TABLE:
        TABLE[x] = mixed(x)
    return TABLE[x] + 1


@functools.lru_cache
def kept(x):
    return mixed(x)


def subject(xs):
    with ProcessPoolExecutor(2) as pool:
        results = list(pool.map(WORK, xs))  # here
    return results
"""
TO_THREADS |= {
    "a table that is looked at": ("shared-write", TABLES.replace("WORK", "known") + "\n\nprint(len(TABLE))\n"),
    "the hits of a cache": ("process-state", TABLES.replace("WORK", "kept") + "\n\nprint(kept.cache_info())\n"),
}
WRITTEN = {
    "a table that only spares work": ("threading", TABLES.replace("WORK", "known")),
    "a cache that only spares work": ("threading", TABLES.replace("WORK", "kept")),
    "the work reads what was set before": ("threading", """
def work(x):
    return mixed(x) * RATES["std"], os.environ.get("HOME")


def subject(xs):
    RATES["std"] = 20
    with ProcessPoolExecutor(2) as pool:
        return list(pool.map(work, xs))  # here
"""),
    "another class has a way of its own": ("threading", """
def work(x):
    return Team(mixed(x))


def subject(xs):
    with Pool(2) as pool:
        teams = pool.map(work, xs)  # here
    return [Point(team.name).x for team in teams]
"""),
    "a new object each, found by its name": ("multiprocessing", """
def work(x):
    return Team(mixed(x))


def subject(xs):
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(work, x) for x in xs]  # here
    return {future.result().name: True for future in futures}
"""),
    "a new pool of threads each iteration": ("threading", """
def subject(xs):
    out = []
    for x in xs:
        with ThreadPoolExecutor(2) as pool:  # here
            out.extend(pool.map(mixed, [x, x + 1]))
    return out
"""),
    "a new pool of processes each iteration, which leave nothing": ("multiprocessing", """
def work(x):
    return mixed(x) * RATES["std"]


def subject(xs):
    out = []
    for x in xs:
        with ProcessPoolExecutor(2) as pool:  # here
            out.extend(pool.map(work, [x, x + 1]))
    return out
"""),
}  # fmt: skip
TO_PROCESSES = {
    "who is found again": """
def work(team):
    return team, mixed(3)


def subject(teams):
    rows = {team: row for row, team in enumerate(teams)}
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(work, team) for team in teams]  # here
        return [rows.get(future.result()[0]) for future in as_completed(futures)]


print(subject([Team("a"), Team("b")]))
""",
    "who is the same": """
def work(team):
    mixed(3)
    return team


def subject(teams):
    best = teams[0]
    with ThreadPoolExecutor(2) as pool:
        return [team is best for team in pool.map(work, teams)]  # here
""",
    "who is changed afterwards": """
def work(team):
    mixed(3)
    return team


def subject():
    teams = [Team("a"), Team("b")]
    with ThreadPoolExecutor(2) as pool:
        for team in pool.map(work, teams):  # here
            team.name = "done"
    return [team.name for team in teams]
""",
}
AGAIN = {
    "a text is run": ("process-state", """
def work(x):
    exec(f"RATES['std'] = {x}")
    return RATES["std"]


def subject(xs):
    out = []
    for x in xs:
        with ProcessPoolExecutor(1) as pool:  # here
            out.append(pool.submit(work, x).result())
    return out
"""),
    "the work counts in its process": ("shared-write", """
def work(x):
    RATES["std"] += x
    return RATES["std"]


def subject(xs):
    out = []
    for x in xs:
        pool = ProcessPoolExecutor(1)  # here
        out.append(pool.submit(work, x).result())
        pool.shutdown()
    return out
"""),
    "the iteration sets what its processes read": ("carried-dependence", """
def work(x):
    return RATES["std"] * x


def subject(xs):
    out = []
    for x in xs:
        RATES["std"] = x
        with ProcessPoolExecutor(1) as pool:  # here
            out.extend(pool.map(work, [1, 2]))
    return out
"""),
    "the thread keeps something": ("thread-state", """
def work(x):
    LOCAL.seen = getattr(LOCAL, "seen", 0) + x
    return LOCAL.seen


def subject(xs):
    out = []
    for x in xs:
        with ThreadPoolExecutor(1) as pool:  # here
            out.extend(pool.map(work, [1, 2]))
    return out
"""),
}  # fmt: skip


@pytest.mark.parametrize("case", TO_THREADS)
def test_what_processes_have_for_themselves_threads_would_share(case: str, tmp_path: Path) -> None:
    hazard, code = TO_THREADS[case]
    assert f"({hazard})" in refusal(tmp_path, HEAD + code, "threading")


@pytest.mark.parametrize("case", TO_PROCESSES)
def test_from_a_process_comes_a_copy(case: str, tmp_path: Path) -> None:
    assert "(identity)" in refusal(tmp_path, HEAD + TO_PROCESSES[case], "multiprocessing")


@pytest.mark.parametrize("case", AGAIN)
def test_a_worker_that_serves_again_must_be_as_new(case: str, tmp_path: Path) -> None:
    hazard, code = AGAIN[case]
    assert f"({hazard})" in refusal(tmp_path, HEAD + code, "threading")


@pytest.mark.parametrize("case", WRITTEN)
def test_what_leaves_nothing_behind_is_moved(case: str, tmp_path: Path) -> None:
    model, code = WRITTEN[case]
    assert "Pool" in generated(tmp_path, HEAD + code, model)


EACH = """
LOCAL = threading.local()


def count(x):
    LOCAL.seen = getattr(LOCAL, "seen", 0) + 1
    RATES[x] = LOCAL.seen * mixed(x)


def named(x):
    RATES[x] = threading.current_thread().name


def text(x):
    exec(f"RATES['std'] += {x}")
    print(RATES, mixed(x))


def plain(x):
    print(mixed(x))


def subject(xs):
    workers = []
    for x in xs:
        worker = KIND(target=WORK, args=(x,))  # here
        worker.start()
        workers.append(worker)
    for worker in workers:
        worker.join()


if __name__ == "__main__":
    subject([1, 2])
"""
EACH_HEAD = HEAD.replace("from multiprocessing import Pool", "from multiprocessing import Pool, Process")


@pytest.mark.parametrize(
    ("kind", "work", "model", "hazard"),
    [
        ("threading.Thread", "count", "threading", "thread-state"),
        ("threading.Thread", "named", "threading", "thread-state"),
        ("Process", "text", "multiprocessing", "process-state"),
        ("threading.Thread", "plain", "threading", ""),
        ("Process", "plain", "multiprocessing", ""),
    ],
)
def test_workers_of_a_pool_are_not_new_for_each_item(
    kind: str, work: str, model: str, hazard: str, tmp_path: Path
) -> None:
    text = EACH_HEAD + EACH.replace("KIND", kind).replace("WORK", work)
    if hazard:
        assert f"({hazard})" in refusal(tmp_path, text, model)
    else:
        assert "pool.submit(plain, x)" in generated(tmp_path, text, model)
