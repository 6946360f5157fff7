"""What the advisor costs beside its peers, measured in one run and held to targets.

    python tests/benchmarks/bench_peers.py [--rounds 3] [--edits 5] [--peers PYTHON] [--everything FOLDER] [TREE ...]

Each figure is the median over whole processes, CPU and wall time, taken in turns so that a busy machine slows all of
them. A TREE is copied first and only the copy is edited; without one it is the standard library without tests.
`--peers` is a Python that has mypy, bandit and flake8, with `ast-grep` beside it; what is missing is told. `--everything` is a
folder of millions of lines, whose memory is held to a limit. Code of extreme shapes is made here. Exit code 0
whatever is missed: the table says pass or miss.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from json import loads
from pathlib import Path
from statistics import median

LEFT_OUT = (
    "test", "tests", "idle_test", "lib2to3", "site-packages", "__pycache__", ".git", ".venv", "node_modules",
)  # fmt: skip
RULE = "{id: for, language: python, rule: {kind: for_statement}}"
EMPTY_PROGRAM = "import typer\n\napp = typer.Typer()\n\n\n@app.command()\ndef main() -> None:\n    pass\n\n\napp()\n"
HOOK_FILES = 300


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one process with those it started: seconds of CPU and on the clock, and the bytes it held at most."""

    cpu: float
    wall: float
    memory: int


@dataclass(slots=True)
class Table:
    """The targets with what was seen, in the order in which they were measured."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def hold(self, target: str, figure: float | None, most: float, said: str = "") -> None:
        """A figure that may be `most` at most."""
        self._add(target, figure, said, figure is not None and figure <= most)

    def reach(self, target: str, figure: float | None, least: float, said: str = "") -> None:
        """A figure that is `least` at least."""
        self._add(target, figure, said, figure is not None and figure >= least)

    def _add(self, target: str, figure: float | None, said: str, held: bool) -> None:
        row = (target, "-" if figure is None else f"{figure:.2f}", "missing" if figure is None else said)
        verdict = "-" if figure is None else "pass" if held else "miss"
        self.rows.append((row[0], row[1], verdict))
        print(f"  {row[0]:58} {row[1]:>7}  {verdict:4}  {row[2]}", flush=True)


class Bench:
    """Runs the advisor and its peers in a scratch folder of its own."""

    def __init__(self, scratch: Path, peers: str, rounds: int) -> None:
        self.scratch, self.peers, self.rounds = scratch, peers, rounds
        self.cache = scratch / "cache"

    def advisor(self, *words: object) -> list[str]:
        return [sys.executable, "-m", "advisor", *map(str, words)]

    def peer(self, module: str, *words: object) -> list[str] | None:
        """The command of a peer; None where it is not installed."""
        if module == "ast-grep":
            found = shutil.which(str(Path(self.peers).parent / module)) or shutil.which(module)
            return None if found is None else [found, *map(str, words)]
        there = subprocess.run([self.peers, "-c", f"import {module}"], capture_output=True, check=False)
        return [self.peers, "-m", module, *map(str, words)] if there.returncode == 0 else None

    def cost(self, command: Sequence[str], *, cold: bool = False, good: Iterable[int] = (0, 1)) -> Cost:
        """One run of a command; `cold` with nothing kept of earlier runs."""
        if cold:
            shutil.rmtree(self.cache, ignore_errors=True)
        environment = {**os.environ, "ADVISOR_CACHE": str(self.cache), "MYPY_CACHE_DIR": os.devnull}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else each process compiles all that it imports
        begun = time.perf_counter()
        with open(self.scratch / "errors", "w+b") as errors:
            program = subprocess.Popen(
                command, stdout=subprocess.DEVNULL, stderr=errors, env=environment, cwd=self.scratch
            )
            try:
                _, status, used = os.wait4(program.pid, 0)
            except BaseException:
                program.kill()
                raise
            program.returncode = os.waitstatus_to_exitcode(status)
            wall = time.perf_counter() - begun
            if program.returncode not in good:
                errors.seek(0)
                sys.exit(f"{' '.join(command)} failed: {errors.read().decode(errors='replace').strip()[-600:]}")
        return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))

    def in_turns(self, rounds: int, **runs: Callable[[], Cost] | None) -> dict[str, Cost | None]:
        """The medians of several runs, each round running each of them once."""
        taken: dict[str, list[Cost]] = {name: [] for name in runs}
        for _ in range(rounds):
            for name, run in runs.items():
                if run is not None:
                    taken[name].append(run())
        for name, costs in taken.items():
            print(f"    {name:24} {_said(_middle(costs))}", flush=True)
        return {name: _middle(costs) for name, costs in taken.items()}


def main() -> None:
    arguments = _arguments()
    table = Table()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench-peers-") as scratch:
        bench = Bench(Path(scratch), arguments.peers, arguments.rounds)
        start_up(bench, table)
        shapes(bench, table)
        if arguments.everything is not None:
            everything(bench, table, arguments.everything)
        for given in arguments.trees or [Path(sysconfig.get_path("stdlib"))]:
            tree = Path(scratch) / given.name
            shutil.copytree(given, tree, ignore=_all_but_python, symlinks=True, ignore_dangling_symlinks=True)
            if not (tree / "pyproject.toml").exists():
                (tree / "pyproject.toml").touch()  # so that all of it is one project
            files = sorted(tree.rglob("*.py"))
            lines = sum(file.read_bytes().count(b"\n") for file in files)
            print(f"\n{given.name}: {len(files):,} files, {lines:,} lines", flush=True)
            whole(bench, table, tree)
            warm(bench, table, tree, files, arguments.edits, random.Random(arguments.seed))
            hook(bench, table, tree, files)
            growth(bench, table, tree, files, lines)
            one_place(bench, table, tree)
            shutil.rmtree(tree)
    print(f"\n{sum(verdict == 'pass' for *_, verdict in table.rows)} of {len(table.rows)} targets are met")


def start_up(bench: Bench, table: Table) -> None:
    """The commands that do nothing, beside a program that does nothing."""
    empty = bench.scratch / "empty.py"
    empty.write_text(EMPTY_PROGRAM, encoding="utf-8")
    print("\nstart-up", flush=True)
    seen = bench.in_turns(
        3 * bench.rounds,
        empty_typer=lambda: bench.cost([sys.executable, str(empty)]),
        version=lambda: bench.cost(bench.advisor("--version")),
        help=lambda: bench.cost(bench.advisor("--help")),
    )
    table.hold("--version: CPU ≤ 1.5 × an empty typer program", _ratio(seen["version"], seen["empty_typer"]), 1.5)
    table.hold("--help: CPU ≤ 1.5 × an empty typer program", _ratio(seen["help"], seen["empty_typer"]), 1.5)


def whole(bench: Bench, table: Table, tree: Path) -> None:
    """A cold run over all of it, by one worker and by two, and the same by the peers."""
    mypy = bench.peer("mypy", "--check-untyped-defs", "--no-incremental", "--no-error-summary", tree)
    bandit = bench.peer("bandit", "-q", "-r", tree)
    grep = bench.peer("ast-grep", "scan", "--inline-rules", RULE, "--json=stream", tree)
    seen = bench.in_turns(
        bench.rounds,
        cold=lambda: bench.cost(bench.advisor("analyze", tree, "--format", "json", "--jobs", 1), cold=True),
        cold_two_workers=lambda: bench.cost(bench.advisor("analyze", tree, "--format", "json", "--jobs", 2), cold=True),
        mypy=None if mypy is None else lambda: bench.cost(mypy, good=(0, 1, 2)),
        bandit=None if bandit is None else lambda: bench.cost(bandit),
        ast_grep=None if grep is None else lambda: bench.cost(grep),
    )
    table.hold("cold, one worker: CPU ≤ 0.6 × mypy", _ratio(seen["cold"], seen["mypy"]), 0.6)
    table.hold("cold, one worker: CPU ≤ 0.5 × bandit", _ratio(seen["cold"], seen["bandit"]), 0.5)
    one, two = seen["cold"], seen["cold_two_workers"]
    table.reach(
        "cold: two workers ≥ 1.7 × faster on the clock",
        one.wall / two.wall if one and two else None,
        1.7,
        f"with {two.cpu / one.cpu:.2f} × the CPU" if one and two else "",
    )


def warm(bench: Bench, table: Table, tree: Path, files: Sequence[Path], edits: int, rolls: random.Random) -> None:
    """The same run again, with nothing changed and after one edit of one file."""
    analyze = bench.advisor("analyze", tree, "--format", "json", "--jobs", 1)
    cold = bench.cost(analyze, cold=True)
    print(f"    {'cold, to fill the cache':24} {_said(cold)}", flush=True)
    same = bench.in_turns(bench.rounds, warm=lambda: bench.cost(analyze))["warm"]
    table.hold("warm, nothing changed: CPU ≤ 0.08 × cold", _ratio(same, cold), 0.08)
    table.hold("warm, nothing changed: seconds on the clock ≤ 1", same.wall if same else None, 1.0)
    costs: dict[str, list[Cost]] = {}
    for number in range(edits):
        file, (kind, edit) = rolls.choice(files), EDITS[number % len(EDITS)]
        before = file.read_bytes()
        try:
            file.write_bytes(edit(before, rolls))
            costs.setdefault(kind, []).append(bench.cost(analyze))
        finally:
            file.write_bytes(before)
    for kind, each in costs.items():
        print(f"    {'after ' + kind:24} {_said(_middle(each))}", flush=True)
    edited = _middle([cost for each in costs.values() for cost in each])
    table.hold("warm, one file edited: CPU ≤ 0.2 × cold at the median", _ratio(edited, cold), 0.2)


def hook(bench: Bench, table: Table, tree: Path, files: Sequence[Path]) -> None:
    """What a commit waits for: one changed file of a project, of which a run before knew all."""
    project = bench.scratch / "project"
    shutil.copytree(tree, project)
    inside = [project / file.relative_to(tree) for file in files]
    for file in inside[HOOK_FILES:]:
        file.unlink()
    sizes = sorted(inside[:HOOK_FILES], key=lambda file: file.stat().st_size)
    file = sizes[len(sizes) // 2]
    check = bench.advisor("analyze", "--fail-on", "high", "--force-exclude", file)
    flake8 = bench.peer("flake8", "--isolated", file)
    bench.cost(bench.advisor("analyze", project, "--format", "json"), cold=True)
    bench.cost(check)

    def changed() -> Cost:
        before = file.read_bytes()
        file.write_bytes(EDITS[0][1](before, random.Random(time.perf_counter_ns())))
        return bench.cost(check)

    seen = bench.in_turns(bench.rounds, hook=changed, flake8=None if flake8 is None else lambda: bench.cost(flake8))
    table.hold("hook on one changed file, warm: CPU ≤ 1.2 × flake8", _ratio(seen["hook"], seen["flake8"]), 1.2)
    shutil.rmtree(project)


def growth(bench: Bench, table: Table, tree: Path, files: Sequence[Path], lines: int) -> None:
    """Half of the files against all of them, as if the half had half of the lines."""
    part = bench.scratch / "half"
    shutil.copytree(tree, part)
    for file in files[1::2]:
        (part / file.relative_to(tree)).unlink()
    left = sum(file.read_bytes().count(b"\n") for file in part.rglob("*.py"))
    seen = bench.in_turns(
        bench.rounds,
        half=lambda: bench.cost(bench.advisor("analyze", part, "--format", "json", "--jobs", 1), cold=True),
        whole=lambda: bench.cost(bench.advisor("analyze", tree, "--format", "json", "--jobs", 1), cold=True),
    )
    half, all_of_it = seen["half"], seen["whole"]
    more = lines / max(1, left) / 2  # times twice the lines
    if half and all_of_it:
        table.hold("growth: CPU ≤ 2.1 × for 2 × the lines", all_of_it.cpu / half.cpu / more, 2.1)
        table.hold("growth: memory ≤ 2.1 × for 2 × the lines", all_of_it.memory / half.memory / more, 2.1)
    shutil.rmtree(part)


def one_place(bench: Bench, table: Table, tree: Path) -> None:
    """`generate` of one place against `analyze` of the file it stands in."""
    told = subprocess.run(
        bench.advisor("analyze", tree, "--format", "json"),
        capture_output=True,
        env={**os.environ, "ADVISOR_CACHE": str(bench.cache)},
        check=False,
    )
    for finding in loads(told.stdout or b"{}").get("findings", []):
        file = tree / finding["path"]
        place = bench.advisor("generate", f"{file}:{finding['line']}", "--jobs", 1)
        analyze = bench.advisor("analyze", file, "--no-cache", "--jobs", 1)
        seen = bench.in_turns(
            bench.rounds,
            generate=lambda place=place: bench.cost(place, good=(0, 1)),  # type: ignore[misc]
            analyze=lambda analyze=analyze: bench.cost(analyze),  # type: ignore[misc]
        )
        table.hold(
            "generate of one place: CPU ≤ 1.2 × analyze of its file", _ratio(seen["generate"], seen["analyze"]), 1.2
        )
        return
    table.hold("generate of one place: CPU ≤ 1.2 × analyze of its file", None, 1.2)


# ---- shapes and sizes


def _long_file(folder: Path, count: int) -> None:
    body = "    total = 0\n    for row in rows:\n        total += row.value\n    return total\n"
    (folder / "long.py").write_text("".join(f"def f{n}(rows):\n{body}\n\n" for n in range(count // 7)))


def _tiny_files(folder: Path, count: int) -> None:
    for number in range(count):
        (folder / f"m{number}.py").write_text(f"def f{number}(xs):\n    return [x + {number} for x in xs]\n")


def _chain_of_calls(folder: Path, count: int) -> None:
    calls = "".join(f"def f{n}(url):\n    return f{n - 1}(url)\n" for n in range(1, count))
    head = "import requests\ndef f0(url):\n    return requests.get(url)\n"
    (folder / "chain.py").write_text(f"{head}{calls}def main(urls):\n    return [f{count - 1}(u) for u in urls]\n")


def _many_callers(folder: Path, count: int) -> None:
    head = "import requests\ndef fetch(url):\n    return requests.get(url).text\n"
    calls = "".join(f"def f{n}(urls):\n    return [fetch(url) for url in urls]\n" for n in range(count))
    (folder / "callers.py").write_text(head + calls)


def _deep_nest(folder: Path, count: int) -> None:
    (folder / "nest.py").write_text(f"x = {'[' * count}1{']' * count}\n")


def _chain_of_classes(folder: Path, count: int) -> None:
    below = "".join(f"class C{n}(C{n - 1}):\n    def m(self):\n        return super().m()\n" for n in range(1, count))
    head = "class C0:\n    def m(self):\n        return 1\n"
    (folder / "classes.py").write_text(f"{head}{below}for x in range(10):\n    C{count - 1}().m()\n")


def _circle_of_modules(folder: Path, count: int) -> None:
    for number in range(count):
        other = (number + 1) % count
        text = f"import m{other}\n\ndef f(xs):\n    return [m{other}.f(x) for x in xs]\n"
        (folder / f"m{number}.py").write_text(text)


SHAPES: tuple[tuple[str, Callable[[Path, int], None], int], ...] = (
    ("one file of 100,000 lines", _long_file, 100_000),
    ("10,000 tiny files", _tiny_files, 10_000),
    ("a chain of 5,000 calls", _chain_of_calls, 5_000),
    ("a function with 10,000 callers", _many_callers, 10_000),
    ("a nest of 2,000 brackets", _deep_nest, 2_000),
    ("a chain of 3,000 classes", _chain_of_classes, 3_000),
    ("500 modules in a circle", _circle_of_modules, 500),
)
NOT_QUADRATIC = 3.0  # times the work for twice the size: a quadratic step comes to four


def shapes(bench: Bench, table: Table) -> None:
    """Code of an extreme shape against half as much of it, less what a run costs at all."""
    print("\nshapes", flush=True)
    for name, make, count in SHAPES:
        costs = []
        for number in (2, count // 2, count):
            folder = bench.scratch / "shape"
            folder.mkdir()
            (folder / "pyproject.toml").touch()
            make(folder, number)
            analyze = bench.advisor("analyze", folder, "--format", "json", "--jobs", 1)
            costs.append(bench.cost(analyze, cold=True, good=(0, 1, 2)))  # what nests too deeply is left out, and said
            shutil.rmtree(folder)
        least, half, whole = costs
        print(f"    {name:32} {_said(whole)}", flush=True)
        ratio = (whole.cpu - least.cpu) / max(half.cpu - least.cpu, 0.05)
        table.hold(f"no quadratic step: {name}", ratio, NOT_QUADRATIC)


def everything(bench: Bench, table: Table, folder: Path) -> None:
    """Millions of lines in one run."""
    print(f"\neverything in {folder.name}", flush=True)
    cost = bench.cost(bench.advisor("analyze", folder, "--format", "json", "--jobs", 1), cold=True)
    print(f"    {'cold':24} {_said(cost)}", flush=True)
    table.hold("all of it: memory ≤ 2 GB", cost.memory / 1e9, 2.0)


# ---- edits


def _line_of_its_own(before: bytes, rolls: random.Random) -> bytes:
    """A comment at a random place, so that all behind it moves down."""
    lines = before.splitlines(keepends=True)
    lines.insert(rolls.randrange(len(lines) + 1), b"# edited %d\n" % rolls.randrange(10**9))
    return b"".join(lines)


def _new_function(before: bytes, rolls: random.Random) -> bytes:
    """A function at the end that others do not call."""
    number = rolls.randrange(10**9)
    return before.rstrip() + b"\n\n\ndef edited_%d(values):\n    return [value + 1 for value in values]\n" % number


def _new_statement(before: bytes, rolls: random.Random) -> bytes:
    """A statement in front of a `return` somewhere."""
    lines = before.splitlines(keepends=True)
    places = [number for number, line in enumerate(lines) if line.lstrip().startswith(b"return")]
    if not places:
        return _new_function(before, rolls)
    place = rolls.choice(places)
    indent = lines[place][: len(lines[place]) - len(lines[place].lstrip())]
    lines.insert(place, indent + b"edited = %d\n" % rolls.randrange(10**9))
    return b"".join(lines)


EDITS: tuple[tuple[str, Callable[[bytes, random.Random], bytes]], ...] = (
    ("a new statement", _new_statement),
    ("a new comment", _line_of_its_own),
    ("a new function", _new_function),
)


# ---- words and figures


def _middle(costs: Sequence[Cost]) -> Cost | None:
    if not costs:
        return None
    return Cost(
        median(cost.cpu for cost in costs), median(cost.wall for cost in costs), int(median(c.memory for c in costs))
    )


def _ratio(one: Cost | None, other: Cost | None) -> float | None:
    return None if one is None or other is None else one.cpu / other.cpu


def _said(cost: Cost | None) -> str:
    if cost is None:
        return "not installed"
    return f"{cost.cpu:8.2f} s CPU {cost.wall:8.2f} s wall {cost.memory / 1e6:8.0f} MB"


def _all_but_python(folder: str, names: list[str]) -> list[str]:
    return [
        name
        for name in names
        if name in LEFT_OUT or not (name.endswith((".py", ".toml")) or os.path.isdir(os.path.join(folder, name)))
    ]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", nargs="*", type=Path, metavar="TREE")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--edits", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--everything", type=Path, metavar="FOLDER")
    return parser.parse_args()


if __name__ == "__main__":
    main()
