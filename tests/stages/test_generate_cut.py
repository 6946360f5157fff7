"""Where a round is cut: what the worker takes along, what it leaves to the caller, and what must not change places."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module, refusal
from tests.sampling import sampled
from tests.stages.test_generate import HEAD

LOOPS = {
    "a value set under a test": """
def subject(xs):
    out = []
    for x in xs:  # here
        step = 0
        if x > 2:
            step = 100
        out.append(slow(x + step))
    return out
""",
    "arguments gathered under a test": """
def subject(xs):
    out = []
    for x in xs:  # here
        options = {}
        if x > 2:
            options["more"] = x
        out.append(priced(x, **options))
    return out


def priced(x, more=0):
    return slow(x) + more
""",
    "a text worked out in no time, shown before the work": """
def subject(xs):
    out = []
    for x in xs:  # here
        name = label(x)
        print("now", name)
        out.append((name, slow(x), len(name)))
    return out


def label(x):
    return "x" * x + "."
""",
    "a set to which the caller adds as well": """
def subject(xs):
    names = set()
    for x in xs:  # here
        names.update({x, x + 1})
        for step in range(2):
            names.add(slow(x) + step)
    return sorted(names)
""",
    "an object asked before the work that changes it": """
class Job:
    def __init__(self, x):
        self.x = x

    def forget(self):
        slow(self.x)


def subject(xs):
    out = []
    for x in xs:  # here
        job = Job(x)
        if job is not None:
            job.forget()
        out.append(x)
    return out
""",
    "a value that the outer loop sets": """
def subject(xs):
    out = []
    for a in xs:
        b = a + 1
        for x in xs:  # here
            c = x + 1
            result = slow(a * b + c)
            print(a, x)
            out.append(result)
    return out
""",
    "a test that waits and ends the iteration": """
def subject(xs):
    out = []
    for x in xs:  # here
        if slow(x) == 2:
            continue
        print(x)
        out.append(slow(x + 1))
    return out
""",
    "a test that waits before work that gives nothing back": """
def subject(xs):
    for x in xs:  # here
        if slow(x) == 2:
            continue
        slow(x + 1)
    return len(xs)
""",
    "a generator used up at once": """
def subject(xs):
    out = []
    for x in xs:  # here
        if not any(slow(x + i) > 5 for i in range(2)):
            continue
        out.append(x)
    return out
""",
    "a copy that only what comes back needs": """
def subject(xs):
    out, missed = [], []
    for x in xs:  # here
        title = str(x)
        query = title
        if x > 2:
            query += "!"
        found = slow(x)
        if found > 4:
            missed.append(query)
            continue
        out.append(found)
    return out, missed
""",
    "values set before, and again under a test": """
def subject(xs):
    out = []
    for x in xs:  # here
        nearest, best = None, 99
        for other in range(4):
            found = slow(abs(x - other))
            if found < best:
                nearest, best = other, found
        out.append((x, nearest, best))
    return out
""",
    "what rests on a moved statement": """
def subject(xs):
    out, missed = [], []
    for x in xs:  # here
        title = str(x)
        if x > 2:
            title = title.strip()
        query = f"{title}!"
        found = slow(x)
        if found > 4:
            missed.append(query)
            continue
        out.append(len(query) + slow(len(query)))
    return out, missed
""",
    "work under a test that gives nothing back": """
def subject(xs):
    for x in xs:  # here
        if not slow(x) > 100:
            slow(x + 1)
    return len(xs)
""",
}


@pytest.mark.parametrize("model", ["threading", "multiprocessing", "asyncio"])
@pytest.mark.parametrize("construct", sampled(LOOPS, 8))
def test_a_round_cut_in_two_does_what_it_did(construct: str, model: str, tmp_path: Path) -> None:
    text = HEAD + LOOPS[construct]
    made = generated(tmp_path, text, model)
    assert made != text
    assert not lint(made) - lint(text)
    before, after = module(tmp_path, text), module(tmp_path, made)
    for xs in ([], [3, 1, 2, 5], [1, 13, 2]):
        assert did(after, (xs,)) == did(before, (xs,)), made


FILES = """\
import subprocess
import sys


def subject(folder, xs):
    told = []
    for x in xs:  # here
        path = folder / f"{x}.txt"
        if path.is_file():
            old = path.read_text()
        else:
            old = ""
        write = "import sys; open(sys.argv[1], 'w').write(sys.argv[2])"
        subprocess.run([sys.executable, "-c", write, str(path), str(x)], stdout=subprocess.DEVNULL)
        told.append((old, path.read_text()))
    return told
"""


def test_a_file_is_read_before_the_work_writes_it_anew(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for x in range(3):
        (folder / f"{x}.txt").write_text("old")
    made = module(tmp_path, generated(tmp_path, FILES, "threading"))
    assert made.subject(folder, [0, 1, 2, 3]) == [("old", "0"), ("old", "1"), ("old", "2"), ("", "3")]


TWO_STEPS = """\
import subprocess
import sys

ADD = "import sys; open(sys.argv[1], 'a').write(sys.argv[2])"


def subject(folder, xs):
    for x in xs:  # here
        path = str(folder / f"{x}.txt")
        print("first", x)
        subprocess.check_call([sys.executable, "-c", ADD, path, "1"], stdout=subprocess.DEVNULL)
        if x == 1:
            continue
        print("second", x)
        subprocess.check_call([sys.executable, "-c", ADD, path, "2"], stdout=subprocess.DEVNULL)
"""


def test_work_before_the_test_that_ends_a_round_is_done_all_the_same(tmp_path: Path) -> None:
    made = module(tmp_path, generated(tmp_path, TWO_STEPS, "threading"))
    folder = tmp_path / "data"
    folder.mkdir()
    told = did(made, (folder, [0, 1, 2]))
    assert told.printed.split("\n") == ["first 0", "second 0", "first 1", "first 2", "second 2", ""]
    assert [(folder / f"{x}.txt").read_text() for x in range(3)] == ["12", "1", "12"]


def test_what_the_work_needs_is_not_worked_out_twice(tmp_path: Path) -> None:
    """Near-miss of a text worked out in no time: here it waits, and is shown before the work."""
    text = (
        HEAD
        + """
def subject(xs):
    out = []
    for x in xs:  # here
        name = slow(x)
        print("now", name)
        out.append(slow(name))
    return out
"""
    )
    made = generated(tmp_path, text, "threading")
    assert made.count("slow") == text.count("slow")
    assert did(module(tmp_path, made), ([1, 2],)) == did(module(tmp_path, text), ([1, 2],))


SCRIPT = """\
#!/usr/bin/env python3
# What this is.
import shutil
import subprocess

out = []
for name in ("a", "b", "c"):  # here
    out.append(subprocess.check_output(["echo", name]))
print(shutil, out)
"""


def test_imports_stay_below_the_first_line_of_a_script(tmp_path: Path) -> None:
    made = generated(tmp_path, SCRIPT, "threading")
    assert made.startswith("#!/usr/bin/env python3\n# What this is.\n")
    assert not lint(made)


def test_a_collection_that_the_caller_reads_is_shared(tmp_path: Path) -> None:
    text = HEAD + """
def subject(xs):
    names = set()
    for x in xs:  # here
        if x in names:
            print(x)
        for step in range(2):
            names.add(slow(x) + step)
            names.discard(step)
    return sorted(names)
"""  # fmt: skip
    assert "shared-write" in refusal(tmp_path, text) or "carried-dependence" in refusal(tmp_path, text)


STATE = """\
import time


def price(row, table, factor):
    time.sleep(0.002)
    return table[row % len(table)] * factor


def subject(rows, table, factor: float):
    out = []
    for row in rows:  # here
        out.append(price(row, table, factor))
    return out


def both(rows, table, other):
    out = []
    for row in rows:  # both
        out.append(sum(table[(row + i) % 3] + other[i % 2] for i in range(5000)))
    return out
"""


def test_what_is_large_is_sent_to_a_process_once(tmp_path: Path) -> None:
    made = generated(tmp_path, STATE, "multiprocessing")
    assert "initializer=_start_subject_row, initargs=(table,)" in made
    assert "partial(_subject_row, factor)" in made, "a number goes along with each item"
    assert not lint(made)
    arguments = (range(20), [1, 2, 3], 1.5)
    assert did(module(tmp_path, made), arguments) == did(module(tmp_path, STATE), arguments)


def test_one_initializer_sets_all_that_is_large(tmp_path: Path) -> None:
    line = 1 + next(i for i, row in enumerate(STATE.splitlines()) if row.endswith("# both"))
    made = generated(tmp_path, STATE, "multiprocessing", line=line)
    assert made.count("initializer=") == 1
    arguments = (range(20), [1, 2, 3], [5, 7])
    assert did(module(tmp_path, made), arguments, "both") == did(module(tmp_path, STATE), arguments, "both")


def test_an_iterable_that_reads_a_file_is_asked_once(tmp_path: Path) -> None:
    text = (
        HEAD
        + """
import json


def subject(path):
    with open(path) as file:
        return {name: slow(value) for name, value in json.load(file).items()}  # here


def lines(path):
    out = []
    with open(path) as file:
        for line in file.readlines():  # lines
            out.append((slow(len(line)), line))
    return out
"""
    )
    data = tmp_path / "data.json"
    data.write_text('{"a": 1,\n "b": 2}')
    before = module(tmp_path, text)
    after = module(tmp_path, generated(tmp_path, text, "threading"))
    assert did(after, (data,)) == did(before, (data,))
    line = 1 + next(i for i, row in enumerate(text.splitlines()) if row.endswith("# lines"))
    after = module(tmp_path, generated(tmp_path, text, "threading", line=line))
    assert did(after, (data,), "lines") == did(before, (data,), "lines")


def test_a_name_that_the_module_imports_from_elsewhere_is_not_taken(tmp_path: Path) -> None:
    text = """
import subprocess
import sys
from collections import abc as os


def subject(xs: list[int]):
    out = []
    for x in xs:  # here
        out.append(subprocess.check_output([sys.executable, "-c", f"print({x})"]))
        print(os.Sized)
    return out
"""
    made = generated(tmp_path, text, "threading")
    assert not lint(made)
    assert did(module(tmp_path, made), ([1, 2],)) == did(module(tmp_path, text), ([1, 2],))
    early = text.replace("print(os.Sized)", "if not isinstance(out[-1], os.Sized):\n            break")
    early = early.replace("in xs:", "in iter(xs):")  # which is drawn from with the help of a count of cores
    assert "`os` of its own" in refusal(tmp_path, early, "multiprocessing")


SEARCH = """
import hashlib


def digest(text, x):
    if x == 700:
        raise ValueError(x)
    return hashlib.sha256(f"{text}:{x}".encode()).hexdigest()


def subject(text, limit, prefix):
    for x in range(limit):  # here
        if digest(text, x).startswith(prefix):
            return x
    return None


def every(text, limit, prefix):
    out = []
    for number, x in enumerate(range(limit)):  # every
        if digest(text, x).startswith(prefix):
            # kept in order
            out.append((number, x))
            print(x)
    return out
"""


@pytest.mark.parametrize("name", ["subject", "every"])
def test_processes_send_back_only_what_passes_the_test(name: str, tmp_path: Path) -> None:
    mark = "# here" if name == "subject" else "# every"
    line = 1 + next(i for i, row in enumerate(SEARCH.splitlines()) if row.endswith(mark))
    made = generated(tmp_path, SEARCH, "multiprocessing", line=line)
    assert " in _hits(pool, " in made
    assert not lint(made)
    before, after = module(tmp_path, SEARCH), module(tmp_path, made)
    for arguments in (("a", 600, "00"), ("a", 600, "00000"), ("a", 900, "0000"), ("a", 0, "")):
        assert did(after, arguments, name) == did(before, arguments, name), made


def test_what_is_done_for_every_item_stays_with_the_caller(tmp_path: Path) -> None:
    """Near-miss: every item is told, whether it passes the test or not."""
    text = SEARCH.replace(
        "        if digest(text, x).startswith(prefix):\n            #",
        "        print(x)\n        if digest(text, x).startswith(prefix):\n            #",
    )
    line = 1 + next(i for i, row in enumerate(text.splitlines()) if row.endswith("# every"))
    made = generated(tmp_path, text, "multiprocessing", line=line)
    assert " in _hits(pool, " not in made
    arguments = ("a", 90, "0")
    assert did(module(tmp_path, made), arguments, "every") == did(module(tmp_path, text), arguments, "every")


PAIRS = """
def distance(a, b):
    if (a, b) == (13, 13):
        raise ValueError(a)
    return sum(i * a % (b + 1) for i in range(60))


def subject(xs):
    return [(a, distance(a, b)) for a in xs for b in xs if a <= b]  # here
"""


def test_short_items_of_a_comprehension_go_to_processes_in_chunks(tmp_path: Path) -> None:
    made = generated(tmp_path, PAIRS, "multiprocessing")
    assert " in _chunked(pool, " in made
    assert not lint(made)
    before, after = module(tmp_path, PAIRS), module(tmp_path, made)
    for xs in ([], [1, 2, 3], list(range(30)), [12, 14]):
        assert did(after, (xs,)) == did(before, (xs,)), made


TESTED = """
{start}def subject(xs):
    out = []
    for x in xs:  # here
        if {test}:
            y = {work}(x)
            # what came of it
            print(x, y)
            out.append(y)
    return out
"""


@pytest.mark.parametrize("model", sampled(["threading", "multiprocessing", "asyncio"], 3))
@pytest.mark.parametrize(
    ("test", "ahead"),
    [("x % 2 or x > 4", True), ("int(x) > 2", False), ("x not in out", False)],
)
def test_a_test_around_all_is_made_ahead_where_it_needs_the_item_alone(
    test: str, ahead: bool, model: str, tmp_path: Path
) -> None:
    start, work = ("async ", "await later") if model == "asyncio" else ("", "slow")
    text = HEAD + TESTED.format(start=start, test=test, work=work)
    if "out" in test:
        assert "whether an iteration does its work depends on `out`" in refusal(tmp_path, text, model)
        return
    made = generated(tmp_path, text, model)
    assert ("for x in xs if " in made) is ahead
    assert not lint(made) - lint(text)
    before, after = module(tmp_path, text), module(tmp_path, made)
    for xs in ([], [3, 1, 2, 5, 8], [1, 13, 2], [0, 6, 3]):
        assert did(after, (xs,)) == did(before, (xs,)), made


ENDS = """
import time


def ask(folder, x):
    (folder / f"asked-{{x}}").touch()
    time.sleep(0.01)
    if x == 1:
        raise KeyError(x)
    return x


def subject(folder, xs):
    out = []
    for x in xs:  # here
        try:
            out.append(ask(folder, x))
        except KeyError:
            {handler}
    return out
"""


@pytest.mark.parametrize(("handler", "most"), [("raise", 60), ("out.append(0)", 100)])
def test_what_has_not_begun_when_a_handler_raises_is_cancelled(handler: str, most: int, tmp_path: Path) -> None:
    text = ENDS.format(handler=handler)
    made = module(tmp_path, generated(tmp_path, text, "threading", accept=["later-effects"]))
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
    before = did(module(tmp_path, text), (tmp_path / "before", range(1, 101)))
    assert did(made, (tmp_path / "after", range(1, 101))) == before
    assert len(list((tmp_path / "after").iterdir())) <= most


BLOCKS = """
def longest(low, high):
    best = 0
    for n in range(low, high):
        steps = 0
        while n > 1:
            n, steps = (n // 2 if n % 2 == 0 else 3 * n + 1), steps + 1
        best = max(best, steps)
    return best


def subject(limit):
    found = []
    for low in range(1, limit, 1000):  # here
        found.append(longest(low, min(low + 1000, limit)))
    return found
"""


def test_few_items_are_shared_out_though_each_was_taken_for_short(tmp_path: Path) -> None:
    made = generated(tmp_path, BLOCKS, "multiprocessing")
    assert "pool.map(" in made
    assert "_chunked" not in made
    assert did(module(tmp_path, made), (5500,)) == did(module(tmp_path, BLOCKS), (5500,))


def test_what_combines_items_is_not_made_a_list(tmp_path: Path) -> None:
    text = BLOCKS.replace("range(1, limit, 1000)", "itertools.permutations(range(1, limit))").replace(
        "longest(low, min(low + 1000, limit))", "longest(low[0], low[0] + 50)"
    )
    made = generated(tmp_path, f"import itertools\n{text}", "multiprocessing")
    assert "list(itertools" not in made
    assert did(module(tmp_path, made), (4,)) == did(module(tmp_path, f"import itertools\n{text}"), (4,))


CAUGHT = """
def inverse(number):
    return sum(i % 7 for i in range(3000)) / number


def subject(numbers):
    out = []
    try:
        for number in numbers:  # here
            out.append(inverse(number))
    except ZeroDivisionError as error:
        out.append(repr(error))
    return out
"""


def test_of_a_chunk_that_fails_what_came_before_is_not_lost(tmp_path: Path) -> None:
    made = generated(tmp_path, CAUGHT, "multiprocessing")
    assert "chunksize" not in made
    numbers = [*range(1, 100), 0, 7]
    assert did(module(tmp_path, made), (numbers,)) == did(module(tmp_path, CAUGHT), (numbers,))
    outside = CAUGHT.replace("    try:\n        for", "    for").replace(
        "            out.append(i", "        out.append(i"
    )
    assert "chunksize" in generated(
        tmp_path, f"{outside.partition('    except')[0]}    return out\n", "multiprocessing"
    )
