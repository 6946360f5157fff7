"""How long `advisor analyze` takes on the standard library without tests, beside ast-grep's own command line.

    python tests/benchmarks/bench_extract.py [--rounds 5] [advisor options after --]

Both read the same copy of the library, in turns, so that a busy machine slows
both; what counts is the ratio of the medians. ast-grep searches with one rule.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from statistics import median

LEFT_OUT = ("test", "tests", "idle_test", "site-packages", "__pycache__")
RULE = "{id: for, language: python, rule: {kind: for_statement}}"


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        library = Path(scratch) / "library"
        shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=_all_but_python, symlinks=True)
        lines = sum(file.read_bytes().count(b"\n") for file in library.rglob("*.py"))
        print(
            f"standard library of Python {sys.version.split()[0]} without tests: {lines:,} lines, {os.cpu_count()} cores"
        )
        advisor = [sys.executable, "-m", "advisor", "analyze", str(library), "--format", "json", *arguments.options]
        ast_grep = [_ast_grep(), "scan", "--inline-rules", RULE, "--json=stream", str(library)]
        times: dict[str, list[float]] = {"advisor analyze": [], "ast-grep scan": []}
        for _ in range(arguments.rounds):
            for (name, taken), command in zip(times.items(), (advisor, ast_grep), strict=True):
                taken.append(_seconds(name, command))
    for name, taken in times.items():
        print(f"{name:16} {median(taken):6.2f} s   ({min(taken):.2f} to {max(taken):.2f} in {len(taken)} rounds)")
    first, second = (median(taken) for taken in times.values())
    print(f"{'ratio':16} {first / second:6.2f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("options", nargs="*", help="options of advisor analyze, after --")
    return parser.parse_args()


def _all_but_python(folder: str, names: list[str]) -> list[str]:
    return [
        name
        for name in names
        if name in LEFT_OUT or not (name.endswith(".py") or os.path.isdir(os.path.join(folder, name)))
    ]


def _ast_grep() -> str:
    """The command beside this Python, else the one on the path; its short name `sg` belongs to another program on Linux."""
    beside = Path(sys.executable).parent / "ast-grep"
    command = str(beside) if beside.exists() else shutil.which("ast-grep")
    if command is None:
        sys.exit("ast-grep is missing: pip install ast-grep-cli")
    return command


def _seconds(name: str, command: list[str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    taken = time.perf_counter() - start
    if done.returncode not in (0, 1):
        sys.exit(f"{name} failed: {done.stderr.strip()[-400:]}")
    return taken


if __name__ == "__main__":
    main()
