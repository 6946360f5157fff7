"""Runs the advisor over files that nobody wrote: mutated ones and made-up ones. Tells what crashed, hung or got lost.

    python scripts/attack_mutants.py 5000 --seed 1 --keep DIR

Files of the fixtures and of the standard library are cut, spliced, shuffled, mis-indented and sprinkled with what may
stand in Python and what may not. Where hypothesmith is installed, every tenth program is one of its own. They are analysed
in batches; a batch that breaks the promise is kept in DIR, and its files are tried one by one.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).parents[1]
BATCH = 100
LIMIT = 30  # seconds a file, at most
PIECES = [
    "(", ")", "[", "]", "{", "}", ":", ",", "=", "*", "**", "@", "->", ":=", "...", "\\\n", "\t", "\f", "\r", "\0", "\x1b[31m",
    "'", '"', "'''", "f'{", "}'", "await ", "async ", "yield ", "lambda: ", "def f():\n", "class A:\n", "for a in b:\n", "if a:\n",
    "while True:\n", "try:\n", "except* E:\n", "finally:\n", "with a as b:\n", "match a:\n", "case b:\n", "return", "global a\n",
    "nonlocal a\n", "import a\n", "from . import *\n", "# coding: punycode\n", "type X = int\n", "é", "\u202e", "\ud800", "\U0001d431",
]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("number", nargs="?", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where to put what broke something")
    options = parser.parse_args()
    wrong, counts = 0, {"read": 0, "skipped": 0}
    seeds = list(originals(Path(sysconfig.get_path("stdlib"))))
    for start in range(0, options.number, BATCH):
        with tempfile.TemporaryDirectory() as scratch:
            names = write_batch(
                Path(scratch), seeds, options.seed * 1_000_000 + start, min(BATCH, options.number - start)
            )
            for fault in attack(Path(scratch), names, counts):
                wrong += 1
                print(fault, flush=True)
                if options.keep is not None:
                    shutil.copytree(scratch, options.keep / f"{options.seed}-{start}", dirs_exist_ok=True)
        print(
            f"{start + len(names)} files: {counts['read']} read, {counts['skipped']} skipped, {wrong} faults",
            flush=True,
        )
    sys.exit(bool(wrong))


def originals(library: Path | None = None) -> Iterator[str]:
    """Texts to begin with: our fixtures, and small modules of the standard library."""
    yield from (file.read_text(encoding="utf-8") for file in sorted((ROOT / "fixtures").rglob("*.py")))
    yield from (file.read_text(encoding="utf-8") for file in sorted((ROOT / "tests/programs").glob("*.py")))
    for file in sorted(library.glob("*.py")) if library else ():
        if file.stat().st_size < 20_000:
            yield file.read_text(encoding="utf-8", errors="replace")


def write_batch(folder: Path, seeds: list[str], seed: int, number: int) -> list[str]:
    """So many files in `folder`; their names."""
    names = []
    for index in range(number):
        draw = random.Random(seed + index)
        text = _made_up(seed + index) if index % 10 == 9 else ""
        names.append(f"m{index}.py")
        (folder / names[-1]).write_bytes((text or mutant(draw, seeds)).encode("utf-8", "surrogatepass"))
    return names


def mutant(draw: random.Random, seeds: list[str]) -> str:
    """One of the texts, changed a few times."""
    text = draw.choice(seeds)
    for _ in range(draw.randint(1, 3)):
        text = draw.choice(_MUTATIONS)(draw, text, draw.choice(seeds))
    return text[:60_000]


def _sprinkle(draw: random.Random, text: str, _: str) -> str:
    at = draw.randint(0, len(text))
    return text[:at] + draw.choice(PIECES) * draw.choice([1, 1, 1, 2, 30]) + text[at:]


def _cut(draw: random.Random, text: str, _: str) -> str:
    at = draw.randint(0, len(text))
    return text[:at] + text[at + draw.choice([1, 3, 20, 400]) :]


def _splice(draw: random.Random, text: str, other: str) -> str:
    ours, theirs = text.split("\n"), other.split("\n")
    at, start = draw.randint(0, len(ours)), draw.randint(0, len(theirs))
    return "\n".join([*ours[:at], *theirs[start : start + draw.randint(1, 30)], *ours[at:]])


def _indent(draw: random.Random, text: str, _: str) -> str:
    lines = text.split("\n")
    at = draw.randrange(len(lines))
    lines[at] = draw.choice([" ", "    ", "\t"]) + lines[at] if draw.random() < 0.5 else lines[at].lstrip()
    return "\n".join(lines)


def _shuffle(draw: random.Random, text: str, _: str) -> str:
    lines = text.split("\n")
    start = draw.randrange(len(lines))
    part = lines[start : start + 8]
    draw.shuffle(part)
    return "\n".join([*lines[:start], *part, *lines[start + 8 :]])


def _rename(draw: random.Random, text: str, _: str) -> str:
    words = [word for word in text.replace("(", " ").replace(".", " ").split() if word.isidentifier()]
    return text.replace(draw.choice(words), draw.choice(words)) if words else text


_MUTATIONS: list[Callable[[random.Random, str, str], str]] = [_sprinkle, _cut, _splice, _indent, _shuffle, _rename]


def _made_up(seed: int) -> str:
    """A program of hypothesmith, which follows Python's grammar; empty where it is not installed."""
    try:
        import hypothesis
        import hypothesmith
    except ImportError:
        return ""
    made: list[str] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(max_examples=3, database=None, deadline=None, phases=[hypothesis.Phase.generate],
                         suppress_health_check=list(hypothesis.HealthCheck))  # fmt: skip
    @hypothesis.given(hypothesmith.from_grammar())
    def collect(text: str) -> None:
        made.append(text)

    collect()
    return "\n".join(made)


class _TooLong(BaseException):
    """Not one that the advisor would catch."""


def attack(folder: Path, names: list[str], counts: dict[str, int]) -> Iterator[str]:
    """What is wrong with the report on `folder`, a line each; `counts` are added to."""
    wrong = _tried(folder, [folder], names, counts)
    if wrong:
        found = [(name, why) for name in names if (why := _tried(folder, [folder / name], [name], {}))]
        yield from (f"{name}: {why}" for name, why in found or [("the batch", wrong)])


def _tried(folder: Path, paths: list[Path], names: list[str], counts: dict[str, int]) -> str:
    sys.path.insert(0, str(ROOT)) if str(ROOT) not in sys.path else None
    from advisor.outputs.formats import FORMATS
    from advisor.outputs.view import View
    from advisor.pipeline import advise
    from advisor.settings import Settings

    before = signal.signal(signal.SIGALRM, _stop)
    signal.alarm(LIMIT * max(1, len(names) // 4))
    try:
        report = advise(tuple(paths), Settings(all=True, project=folder, jobs=1, target_python="3.12", cores=4))
        for form in FORMATS.values():
            form.render(report, View())
    except _TooLong:
        return "it takes too long"
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        return f"{type(error).__name__}: {error}"
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    skipped = {each.path for each in report.skipped}
    if report.summary.files + len(skipped) != len(names):
        return f"{len(names)} files, of which {report.summary.files + len(skipped)} are accounted for"
    counts["read"] = counts.get("read", 0) + report.summary.files
    counts["skipped"] = counts.get("skipped", 0) + len(skipped)
    return ""


def _stop(_: int, __: FrameType | None) -> None:
    raise _TooLong


if __name__ == "__main__":
    main()
