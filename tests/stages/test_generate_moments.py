"""Work that goes another way by when it runs, by who else is at work, or by what a process has not been told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import generated, refusal

TIMED = """\
import threading
import time

LONGEST = 5.0


class Shop:
    def __init__(self):
        self.end = time.monotonic() + 1
        self.lock = threading.Lock()

    def serve(self, item, grace=0.5):
        {test}
        time.sleep(0.1)
        return item


def subject(items):
    shop = Shop()
    served = []
    for item in items:  # here
        served.append(shop.serve(item))
    return served
"""
CLOCK, LOCK = "holds the clock against a moment", "asks whether `self.lock` is free"


@pytest.mark.parametrize("model", ["threading", "asyncio"])
@pytest.mark.parametrize(
    ("test", "told"),
    [
        ("if time.monotonic() > self.end: return None", CLOCK),
        ("if self.end - time.monotonic() < grace: return None", CLOCK),
        ("if not self.lock.acquire(blocking=False): return None", LOCK),
        ("if not self.lock.acquire(timeout=0.01): return None", LOCK),
        ("if time.monotonic() - item > LONGEST: return None", CLOCK),  # what is given may be one moment for all
    ],
)
def test_who_comes_late_or_finds_it_taken_goes_another_way(tmp_path: Path, model: str, test: str, told: str) -> None:
    assert told in refusal(tmp_path, TIMED.format(test=test), model)


@pytest.mark.parametrize(
    "test",
    [
        "began = time.monotonic(); took = time.monotonic() - began",
        "if time.monotonic() > LONGEST * 1e9: return None",
        "began = time.monotonic(); late = time.monotonic() - began > self.end",
        "took = time.monotonic() - self.end",  # to be told, not to be held against anything
        "with self.lock: pass",
    ],
)
def test_how_long_the_work_itself_takes_is_its_own_affair(tmp_path: Path, test: str) -> None:
    assert "ThreadPoolExecutor" in generated(tmp_path, TIMED.format(test=test), "threading")


IN_THE_LOOP = """\
import hashlib
import time


def work(item):
    return hashlib.pbkdf2_hmac("sha256", bytes([item]), b"x", 100_000).hex()


def subject(items):
    end = time.monotonic() + 1
    results = []
    for item in items:  # here
        began = time.monotonic()
        if {test}:
            continue
        results.append(work(item))
    return results


if __name__ == "__main__":
    print(subject([1, 2]))
"""


@pytest.mark.parametrize("model", ["threading", "multiprocessing", "asyncio"])
def test_a_moment_that_the_loop_looks_at_is_one_for_all_rounds(tmp_path: Path, model: str) -> None:
    assert CLOCK in refusal(tmp_path, IN_THE_LOOP.format(test="time.monotonic() > end"), model)


SENT = """\
import functools
import hashlib
import sys
import threading


def plain(function):
    {wraps}
    def inner(*arguments):
        return function(*arguments)
    return inner


@functools.singledispatch
def weight(item):
    return 1


{decorator}
def work(item):
    return hashlib.pbkdf2_hmac("sha256", bytes([item]), b"x", 100_000 * weight(item)).hex()


class Known:
    names = []

    @classmethod
    def register(cls, name):
        cls.names.append(name)


class Guarded:
    def __init__(self):
        self.guard = {guard}


class Engine(Guarded):
    def __init__(self):
        super().__init__()

    def run(self, item):
        return work(item)


def configure():
    {configure}


def subject(items):
    configure()
    engine = Engine()
    results = []
    for item in items:  # here
        results.append({call})
    return results


if __name__ == "__main__":
    print(subject([1, 2]))
"""
FINE = {"wraps": "", "decorator": "", "guard": "None", "configure": "pass", "call": "work(item)"}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"decorator": "@plain"}, "puts a function within a function in the place of `work`"),
        ({"guard": "threading.Lock()", "call": "engine.run(item)"}, "an object that holds a `threading.Lock`"),
        ({"configure": "weight.register(int, abs)"}, "registers something with `weight` while the program runs"),
        (
            {"configure": 'setattr(sys.modules[__name__], "work", len)'},
            "sets what a module holds while the program runs",
        ),
    ],
)
def test_a_process_does_not_find_what_was_made_as_the_program_ran(
    tmp_path: Path, parts: dict[str, str], told: str
) -> None:
    assert told in refusal(tmp_path, SENT.format(**{**FINE, **parts}), "multiprocessing")


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"decorator": "@plain", "wraps": "@functools.wraps(function)"},
        {"call": "engine.run(item)"},
        {"configure": 'setattr(sys, "answer", 42)'},
        {"configure": 'Known.register("work")'},
    ],
)
def test_a_process_finds_what_a_module_makes(tmp_path: Path, parts: dict[str, str]) -> None:
    assert "ProcessPoolExecutor" in generated(tmp_path, SENT.format(**{**FINE, **parts}), "multiprocessing")


HELD = """\
SETTINGS = {{"rounds": 100_000}}


class Mixer:
    def __init__(self, settings={default}):
        self.settings = settings

    def mix(self, text):
        value = 7
        for step in range(self.settings["rounds"]):
            value = (value * 131 + len(text) + step) % 1_000_003
        return value


MIXER = Mixer()


def sign(text):
    return MIXER.mix(text)


def subject(texts):
    found = []
    for text in texts:  # here
        found.append(sign(text))
    return found


if __name__ == "__main__":
    SETTINGS["rounds"] = 300_000
    print(subject(["a", "b"]))
"""


def test_what_the_main_guard_sets_is_missed_also_by_who_has_it_by_default(tmp_path: Path) -> None:
    told = refusal(tmp_path, HELD.format(default="SETTINGS"), "multiprocessing")
    assert "changes while the program runs" in told
    own = HELD.format(default='{"rounds": 100_000}')
    assert "ProcessPoolExecutor" in generated(tmp_path, own, "multiprocessing", accept=["too-little-work"])


STOPPED = """\
import asyncio


async def fetch(item):
    await asyncio.sleep(0.1)
    return item


async def gather(results, items):
    for item in items:  # here
        {fill}


async def subject(items):
    results = []
    task = asyncio.create_task(gather(results, items))
    {stop}
    await asyncio.wait([task])
    return results
"""


@pytest.mark.parametrize(
    ("stop", "fill", "refused"),
    [
        ("task.cancel()", "results.append(await fetch(item))", True),
        ("await asyncio.wait_for(asyncio.shield(task), 1)", "results[item] = await fetch(item)", True),
        ("await asyncio.sleep(0)", "results.append(await fetch(item))", False),
        ("task.cancel()", "await fetch(item)", False),
    ],
)
def test_what_is_collected_until_a_task_is_stopped_is_there(
    tmp_path: Path, stop: str, fill: str, refused: bool
) -> None:
    text = STOPPED.format(stop=stop, fill=fill)
    if refused:
        told = refusal(tmp_path, text, "asyncio")
        assert "may stop this half-way: what it has collected in `results`" in told
        assert "asyncio.create_task(" in generated(tmp_path, text, "asyncio", accept=["later-effects"])
    else:
        assert "asyncio.create_task(" in generated(tmp_path, text, "asyncio")


AROUND = """\
import asyncio


async def fetch(item):
    return await asyncio.wait_for(asyncio.sleep(0.1, item), 5)


async def subject(items):
    results = []
    async with {around}:
        for item in items:  # here
            results.append(await fetch(item))
    return results
"""


def test_a_time_limit_around_a_loop_keeps_it_and_no_other_context_does(tmp_path: Path) -> None:
    assert "may stop this half-way" in refusal(tmp_path, AROUND.format(around="asyncio.timeout(9)"), "asyncio")
    assert "asyncio.create_task(" in generated(tmp_path, AROUND.format(around="asyncio.Semaphore(9)"), "asyncio")


LIMITED = """\
import asyncio


async def fetch(item):
    await asyncio.sleep(0.1)
    return item


class Camera:
    def __init__(self):
        self.shots = 0

    async def shoot(self):
        await asyncio.sleep(0.1)
        self.shots += 1
        return self.shots


class Album:
    def __init__(self):
        self.items = {{}}

    async def fill(self, items):
        for item in items:  # here
            {round}

    async def all(self, items):
        await self.fill(items)
        return 1


async def subject(items):
    album = Album()
    {limit}
    return album.items


async def elsewhere(event):
    await asyncio.wait_for(event.wait(), 1)
"""
KEEPS = "self.items[item] = await fetch(item)"


@pytest.mark.parametrize(
    ("limit", "round", "refused"),
    [
        ("await asyncio.wait_for(album.all(items), 2)", KEEPS, True),
        ("async with asyncio.timeout(2):\n        await album.fill(items)", KEEPS, True),
        ("task = asyncio.create_task(album.fill(items))\n    task.cancel()", KEEPS, True),
        ("await asyncio.wait_for(album.fill([Camera(), Camera()]), 2)", "await item.shoot()", True),
        ("await asyncio.wait_for(album.fill(items), 2)", "await fetch(item)", False),
        ("await album.all(items)", KEEPS, False),
        ("await asyncio.wait_for(fetch(1), 2)\n    await album.all(items)", KEEPS, False),
    ],
)
def test_what_rounds_leave_in_an_object_tells_how_far_they_came(
    tmp_path: Path, limit: str, round: str, refused: bool
) -> None:
    text = LIMITED.format(limit=limit, round=round)
    if refused:
        assert "would show that later iterations had begun" in refusal(tmp_path, text, "asyncio")
    else:
        assert "asyncio" in generated(tmp_path, text, "asyncio")


ROWS = """\
import hashlib
import sqlite3


def work(row):
    return hashlib.pbkdf2_hmac("sha256", bytes([row[0]]), b"x", 100_000).hex()


def subject(path):
    db = sqlite3.connect(path)
    {factory}
    results = []
    for row in {rows}:  # here
        results.append(work(row))
    return results


if __name__ == "__main__":
    print(subject("numbers.db"))
"""


@pytest.mark.parametrize("rows", ["db.execute('select n from t')", "db.execute('select n from t').fetchall()"])
def test_rows_of_a_class_of_their_own_are_not_sent(tmp_path: Path, rows: str) -> None:
    told = refusal(tmp_path, ROWS.format(factory="db.row_factory = sqlite3.Row", rows=rows), "multiprocessing")
    assert "rows of a factory (line 11)" in told
    assert "ProcessPoolExecutor" in generated(tmp_path, ROWS.format(factory="", rows=rows), "multiprocessing")


BESIDE = """\
import asyncio
import threading
import time


class Tariff:
    def __init__(self):
        self.cents = 30
        self.seen = 0

    def night(self):
        self.cents = 20

    def look(self):
        self.seen = 1


def cost(tariff, kwh):
    time.sleep(0.01)
    return kwh * tariff.cents


async def later(tariff, kwh):
    await asyncio.sleep(0.01)
    return kwh * tariff.cents


def subject(items):
    tariff = Tariff()
    threading.Timer(0.02, tariff.{does}).start()
    return [cost(tariff, kwh) for kwh in items]  # here


async def tasks(items):
    tariff = Tariff()
    asyncio.get_running_loop().call_later(0.02, tariff.{does})
    return [await later(tariff, kwh) for kwh in items]{here}
"""


def test_what_a_timer_changes_is_seen_by_those_whose_turn_comes_later(tmp_path: Path) -> None:
    told = "the work reads `tariff.cents`"
    awaited = BESIDE.replace("# here", "").replace("{here}", "  # here")
    for text, model in ((BESIDE.replace("{here}", ""), "threading"), (awaited, "asyncio")):
        assert told in refusal(tmp_path, text.replace("{does}", "night"), model)
        generated(tmp_path, text.replace("{does}", "look"), model)


UNKNOWN = """\
import time


def work(store, name):
    time.sleep(0.01)
    {call}
    return len(name)


def subject(names, store):
    return [work(store, name) for name in names]  # here
"""


@pytest.mark.parametrize("model", ["threading", "asyncio"])
def test_what_is_called_for_what_it_does_and_not_known_may_change_what_all_share(tmp_path: Path, model: str) -> None:
    assert "nothing is known of `store.note`" in refusal(tmp_path, UNKNOWN.format(call="store.note(name)"), model)
    generated(tmp_path, UNKNOWN.format(call="size = store.size(name)"), model)


ENDS = """\
import itertools
import time


def work(item):
    time.sleep(0.1)
    return item


def subject(source):
    numbers = [1, 2, 3, 4]
    for item in {walked}:  # here
        if work(item) == 2:
            break
    return list(source)
"""


@pytest.mark.parametrize(
    ("walked", "refused"),
    [
        ("itertools.islice(source, 4)", True),
        ("itertools.takewhile(bool, itertools.islice(source, 4))", True),
        ("itertools.islice(numbers, 4)", False),
        ("itertools.takewhile(bool, reversed(numbers))", False),
    ],
)
def test_what_an_early_end_leaves_in_an_iterator_is_still_there(tmp_path: Path, walked: str, refused: bool) -> None:
    text = ENDS.format(walked=walked)
    if refused:
        assert "(early-exit)" in refusal(tmp_path, text)
    else:
        assert "ThreadPoolExecutor" in generated(tmp_path, text)


LEFT = """\
import asyncio
import time


class Budget:
    def __init__(self, seconds):
        self.end = time.monotonic() + seconds
        self.start = time.monotonic()

    def rest(self):
        left = self.end - time.monotonic()
        return left if left > 0 else 0.0

    def each(self):
        return 2.5

    def told(self):
        return f"{{time.monotonic() - self.start:.0f}} s"


class Desk:
    def __init__(self, budget):
        self.budget = budget

    async def fetch(self, item):
        await asyncio.sleep(0.1)
        return item

    async def ask(self, item):
        {ask}


async def subject(items):
    desk = Desk(Budget(5))
    answers = []
    for item in items:  # here
        answers.append(await desk.ask(item))
    return answers
"""


@pytest.mark.parametrize(
    "ask",
    [
        "return await asyncio.wait_for(self.fetch(item), self.budget.rest())",
        "return await asyncio.wait_for(self.fetch(item), timeout=max(0, self.budget.end - time.monotonic()))",
        "left = 5 - (time.monotonic() - self.budget.start); return await asyncio.wait_for(self.fetch(item), left)",
        "now = time.monotonic(); return await asyncio.wait_for(self.fetch(item), self.budget.end - now)",
        "now = time.monotonic(); return await self.fetch(item) if now < self.budget.end else None",
        "await asyncio.sleep(self.budget.end - time.monotonic()); return await self.fetch(item)",
    ],
)
def test_what_is_left_for_one_hangs_on_those_before_it(tmp_path: Path, ask: str) -> None:
    assert CLOCK in refusal(tmp_path, LEFT.format(ask=ask), "asyncio")


@pytest.mark.parametrize(
    "ask",
    [
        "return await asyncio.wait_for(self.fetch(item), self.budget.each())",
        "return await asyncio.wait_for(self.fetch(item), timeout=2 * item)",
        "return await asyncio.wait_for(self.fetch(item), 3), self.budget.told()",
        "end = time.monotonic() + 3; return await asyncio.wait_for(self.fetch(item), end - time.monotonic())",
    ],
)
def test_a_limit_of_its_own_is_the_same_side_by_side(tmp_path: Path, ask: str) -> None:
    assert "asyncio.create_task(" in generated(tmp_path, LEFT.format(ask=ask), "asyncio")


HALFWAY = """\
import time


class Parcel:
    def __init__(self, weight):
        self.weight, self.stamped = weight, False


class Post:
    def stamp(self, parcel):
        time.sleep(0.1)
        {stamps}
        {fails}
        return parcel.weight * 2


def all_stamped(post, parcels):
    return [post.stamp(parcel) for parcel in parcels]  # here


def handled(weights):
    parcels = [Parcel(weight) for weight in weights]
    try:
        return all_stamped(Post(), parcels)
    except {handler}


def subject(weights):
    return handled(weights)
"""
HEAVY = "if parcel.weight > 9: raise ValueError(parcel.weight)"
TELLS = "ValueError: return [parcel.stamped for parcel in parcels]"


@pytest.mark.parametrize("model", ["threading", "asyncio"])
@pytest.mark.parametrize(
    ("stamps", "fails", "handler"),
    [
        ("parcel.stamped = True", HEAVY, TELLS),
        ("parcel.stamped = parcel.weight * 3", HEAVY, "(KeyError, ValueError): return parcels"),
        ("parcel.__dict__['stamped'] = True", HEAVY, TELLS),
    ],
)
def test_what_was_marked_until_the_failure_tells_how_far_it_came(
    tmp_path: Path, model: str, stamps: str, fails: str, handler: str
) -> None:
    text = HALFWAY.format(stamps=stamps, fails=fails, handler=handler)
    assert "(later-effects)" in refusal(tmp_path, text, model)


@pytest.mark.parametrize(
    ("stamps", "fails", "handler"),
    [
        ("pass", HEAVY, TELLS),
        ("parcel.stamped = True", "pass", TELLS),
        ("parcel.stamped = True", HEAVY, "ValueError as error: raise KeyError(1) from error"),
        ("stamped = [parcel.weight]", HEAVY, TELLS),
    ],
)
def test_without_marks_or_where_nobody_goes_on_nothing_is_told(
    tmp_path: Path, stamps: str, fails: str, handler: str
) -> None:
    text = HALFWAY.format(stamps=stamps, fails=fails, handler=handler)
    assert "ThreadPoolExecutor" in generated(tmp_path, text, "threading")
