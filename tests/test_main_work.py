"""Who asks about a small program has one that runs for a while: its main work counts as long where it may be."""

from __future__ import annotations

from pathlib import Path

from advisor.model.report import Finding
from tests.running import analyse

COUNTS = """
import re

WORD = re.compile(r"[a-z]+")


def count(path):
    found = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            for word in WORD.findall(line.lower()):
                found[word] = found.get(word, 0) + 1
    return found


def main(paths):
    return [count(path) for path in paths]
"""
PULLS = """
import requests


def pull(urls):
    return [requests.get(url, timeout=10).text for url in urls]
"""
ADDS = """
def main(rows):
    return [row["price"] * row["number"] for row in rows]
"""


def finding(folder: Path, **sources: str) -> Finding:
    """What is said of the last loop of `app.py`."""
    for name, text in sources.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")
    return [each for each in analyse(folder).findings if each.path == "app.py"][-1]


def test_the_main_work_of_a_small_program_counts_as_long(tmp_path: Path) -> None:
    found = finding(tmp_path, app=COUNTS)
    assert (found.model, found.confidence) == ("multiprocessing", "medium")


def test_beside_work_that_takes_much_longer_it_does_not(tmp_path: Path) -> None:
    assert finding(tmp_path, app=COUNTS, pulls=PULLS).confidence == "low"


def test_in_a_larger_program_it_does_not(tmp_path: Path) -> None:
    others = {f"part{number}": "import app\n" for number in range(20)}
    assert finding(tmp_path, app=COUNTS, **others).confidence == "low"


def test_what_can_hardly_take_so_long_does_not(tmp_path: Path) -> None:
    assert finding(tmp_path, app=ADDS).model == "sequential"


def test_beside_other_small_programs_it_does(tmp_path: Path) -> None:
    others = {f"script{number}": "print(1)\n" for number in range(20)}
    runs = "\n\nif __name__ == '__main__':\n    main(sys.argv[1:])\n"
    assert finding(tmp_path, app=f"import sys\n{COUNTS}{runs}", **others).confidence == "medium"
    assert finding(tmp_path, app=COUNTS, **others).confidence == "low"  # which nothing runs
