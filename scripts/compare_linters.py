"""Hold the advisor and other linters against the planted faults of `tests/planted/`.

    python scripts/compare_linters.py [--tools DIR] [--semgrep-rules DIR] [--json FILE]

`--tools` is the folder of the commands `ruff`, `flake8` (with flake8-async), `pylint`, `mypy` and `semgrep`; those that are
not there are left out. `--semgrep-rules` is a checkout of semgrep's public rules, as they cannot be fetched here.

A fault counts as told when a tool says something on one of its lines that is of concurrency (`_ABOUT`), whatever it says;
a program without a fault as spoken of when it says any such thing in it. The comments at the head of the programs, which
tell the answer, are blanked before.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
from tests.test_planted import FOLDER, Planted, planted, told  # noqa: E402

Said = dict[str, list[tuple[int, int, str]]]  # by program: first and last line, and the code of what is said

_ABOUT = {
    "ruff": re.compile(r"ASYNC\d+|RUF006|RUF029|B023|PLE1142|PLW1508|PLW1509|S113|PERF203"),
    "flake8-async": re.compile(r"ASYNC\d+"),
    "pylint": re.compile(
        r"cell-var-from-loop|subprocess-popen-preexec-fn|missing-timeout|consider-using-with|await-outside-async|"
        r"not-async-context-manager|global-statement|using-constant-test"
    ),
    "mypy": re.compile(r"unused-coroutine|unused-awaitable|await-not-async|func-returns-value"),
    "semgrep": re.compile(r".*"),
}


def main() -> None:
    options = _options()
    programs = planted()
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for program in programs:
            (folder / f"{program.name}.py").write_text(_blanked(FOLDER / f"{program.name}.py"), encoding="utf-8")
        found: dict[str, Said] = {"advisor": {name: [each[:3] for each in said] for name, said in told().items()}}
        for tool, ask in _tools(options.tools, options.semgrep_rules):
            found[tool] = ask(folder)
    _show(programs, found)
    if options.json:
        options.json.write_text(json.dumps({tool: _score(programs, said) for tool, said in found.items()}, indent=1))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, help="the folder of the other commands; those on the path if left out")
    parser.add_argument("--semgrep-rules", type=Path)
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def _blanked(file: Path) -> str:
    """The program with its heading comments as empty lines, so that line numbers stay."""
    lines = file.read_text(encoding="utf-8").splitlines()
    end = next(at for at, line in enumerate(lines) if not line.startswith("#"))
    return "\n".join([""] * end + lines[end:]) + "\n"


def _tools(folder: Path | None, rules: Path | None) -> Iterator[tuple[str, Callable[[Path], Said]]]:
    """The tools that are there, each as what it says of the programs of a folder."""

    def command(name: str) -> str | None:
        return shutil.which(name, path=None if folder is None else str(folder))

    ruff, flake8, pylint, mypy, semgrep = map(command, ("ruff", "flake8", "pylint", "mypy", "semgrep"))
    if ruff:
        select = "ASYNC,RUF006,RUF029,B,PERF,PL,S113"
        yield "ruff", lambda at: _lines("ruff", [ruff, "check", "--no-cache", "--preview", "--select", select,
                                                 "--output-format", "concise", "."], at)  # fmt: skip
    if flake8:
        yield "flake8-async", lambda at: _lines("flake8-async", [flake8, "--select", "ASYNC", "."], at)
    if pylint:
        yield "pylint", lambda at: _lines("pylint", [pylint, "--msg-template", "{path}:{line}:{column}: {symbol}",
                                                     *sorted(each.name for each in at.glob("*.py"))], at)  # fmt: skip
    if mypy:
        codes = ["--enable-error-code", "unused-awaitable", "--check-untyped-defs", "--ignore-missing-imports"]
        yield "mypy", lambda at: _mypy(mypy, codes, at)
    if semgrep and rules:
        yield "semgrep", lambda at: _semgrep(semgrep, rules, at)


def _run(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def _lines(tool: str, command: list[str], folder: Path) -> Said:
    """What is said as `path:line:column: CODE …`."""
    said: Said = {}
    for name, line, code in re.findall(r"^(?:\./)?(\w+)\.py:(\d+):\d+: (\S+)", _run(command, folder), re.MULTILINE):
        if _ABOUT[tool].fullmatch(code):
            said.setdefault(name, []).append((int(line), int(line), code))
    return said


def _mypy(mypy: str, codes: list[str], folder: Path) -> Said:
    said: Said = {}
    for file in sorted(folder.glob("*.py")):
        out = _run([mypy, "--no-incremental", "--no-error-summary", *codes, file.name], folder)
        for line, code in re.findall(r"^\w+\.py:(\d+): error: .*\[([\w-]+)\]$", out, re.MULTILINE):
            if _ABOUT["mypy"].fullmatch(code):
                said.setdefault(file.stem, []).append((int(line), int(line), code))
    return said


def _semgrep(semgrep: str, rules: Path, folder: Path) -> Said:
    out = _run(
        [semgrep, "scan", "--metrics", "off", "--disable-version-check", "--json", "--config", str(rules), "."], folder
    )
    said: Said = {}
    for each in json.loads(out or "{}").get("results", ()):
        place = int(each["start"]["line"]), int(each["end"]["line"]), str(each["check_id"]).rpartition(".")[2]
        said.setdefault(Path(each["path"]).stem, []).append(place)
    return said


def _score(programs: tuple[Planted, ...], said: Said) -> dict[str, int]:
    """Of the faulty programs those told, of the sound ones those spoken of."""
    hits = [
        program
        for program in programs
        if any(first <= line <= last for line in program.lines for first, last, _ in said.get(program.name, ()))
    ]
    spoken = [program for program in programs if not program.lines and said.get(program.name)]
    return {"told": len(hits), "of": sum(bool(p.lines) for p in programs), "spoken of": len(spoken),
            "of sound": sum(not p.lines for p in programs)}  # fmt: skip


def _show(programs: tuple[Planted, ...], found: dict[str, Said]) -> None:
    print("| | faults told | sound programs spoken of |\n| --- | --- | --- |")
    for tool, said in found.items():
        score = _score(programs, said)
        print(f"| {tool} | {score['told']} of {score['of']} | {score['spoken of']} of {score['of sound']} |")


if __name__ == "__main__":
    main()
