"""Runs the advisor over code that is lying about, and tells what broke: crashes, files that were lost, bytes that differ.

    python scripts/attack_corpora.py FOLDER...          # the standard library and this environment's packages, if none is given

Each folder is analysed with one worker and with two, without a cache, then with an empty one and with what that left. Every
Python file must be in the report's count or under `skipped`, standard error must be empty, and all runs must give the same
bytes. `--refactors N` also rewrites up to N
findings of each folder: every changed file must compile, and its difference, applied backwards, must give the old file
byte for byte.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIMIT = 3_600  # seconds for one folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--refactors", type=int, default=0, metavar="N", help="findings of each folder to rewrite")
    parser.add_argument(
        "--jobs", type=int, nargs="+", default=[1, 2], metavar="N", help="numbers of workers to compare"
    )
    options = parser.parse_args()
    paths = sysconfig.get_paths()
    wrong = 0
    for folder in options.folders or [Path(paths["stdlib"]), Path(paths["purelib"])]:
        for line in attack(folder, options.jobs):
            wrong += 1
            print(f"{folder}: {line}", flush=True)
        for line in rewrite(folder, options.refactors) if options.refactors else ():
            wrong += 1
            print(f"{folder}: {line}", flush=True)
    print(f"{wrong} faults")
    sys.exit(bool(wrong))


def attack(folder: Path, jobs: list[int]) -> Iterator[str]:
    """What is wrong with the reports on `folder`, a line each."""
    reports = []
    with tempfile.TemporaryDirectory() as cache:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "ADVISOR_CACHE": cache}
        ways = [*(f"--no-cache --jobs {number}" for number in jobs), "--jobs 2", "--jobs 1"]
        for way, kept in zip(ways, [*("no cache" for _ in jobs), "an empty cache", "what that left"], strict=True):
            begun = time.monotonic()
            command = [sys.executable, "-P", "-m", "advisor", "analyze", "--format", "json", *way.split(), str(folder)]
            try:
                ran = subprocess.run(command, env=environment, capture_output=True, timeout=LIMIT)
            except subprocess.TimeoutExpired:
                yield f"{way}: did not end within {LIMIT} s"
                return
            seconds = time.monotonic() - begun
            if ran.returncode or ran.stderr:
                yield f"{way}: exit code {ran.returncode}: {ran.stderr[-300:].decode(errors='replace')}"
                return
            reports.append(ran.stdout)
            report = json.loads(ran.stdout)
            summary, skipped = report["summary"], report["skipped"]
            told = (
                f"{summary['files']} files, {summary['lines']} lines, {summary['sites']} sites, {len(skipped)} skipped"
            )
            print(f"{folder}: {way} ({kept}): {told}, {len(report['findings'])} findings, {seconds:.0f} s", flush=True)
            if (expected := _files(folder)) != (seen := summary["files"] + len(skipped)):
                yield f"{expected} Python files, of which {seen} are accounted for"
    if len(set(reports)) > 1:
        yield "the bytes depend on the number of workers or on the cache"


def _files(folder: Path) -> int:
    """How many Python files the advisor should have seen, found by means of its own walk without reading any."""
    sys.path.insert(0, str(ROOT))
    from advisor.inputs.discover import discover
    from advisor.inputs.project import Project

    return sum(1 for _ in discover((folder,), Project.around((folder,))))


def rewrite(folder: Path, most: int) -> Iterator[str]:
    """What is wrong with the rewrites of findings in `folder`, a line each."""
    sys.path.insert(0, str(ROOT))
    from advisor.errors import AdvisorError
    from advisor.pipeline import examine
    from advisor.refactoring import Wanted, combined, diff, orders, read_original
    from advisor.settings import Settings
    from advisor.stages.generate import generate, parse
    from advisor.stages.generate.source import Source

    settings = Settings(confidence="low", jobs=1)
    examined = examine((folder,), settings)
    tried = made = 0
    sources = {}

    def source_of(path: str) -> Source | None:
        if path not in sources:
            original = read_original(examined.project.root / path)
            sources[path] = original, parse(original.text)
        return sources[path][1] if isinstance(sources[path][1], Source) else None

    for order in orders(Wanted(folder, None), examined, settings)[:most]:
        tried += 1
        try:
            source = source_of(order.site.path)
            outcome = generate(order, source, source_of) if source is not None else None
        except AdvisorError:
            continue
        if outcome is None or outcome.rewrite is None:
            continue
        files, _, _ = combined(sources, [outcome])
        for changed in files:
            made += 1
            try:
                with warnings.catch_warnings(action="ignore"):
                    compile(changed.text, changed.path, "exec")
            except SyntaxError as error:
                yield f"{order.site.path}:{order.site.line}: does not compile: {error}"
            if not _reverses(changed.original.text, changed.text, diff(changed, "file.py")):
                yield f"{order.site.path}:{order.site.line}: its difference does not give the old file back"
    print(f"{folder}: {tried} findings, {made} files rewritten", flush=True)


def _reverses(old: str, new: str, difference: str) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, "file.py")
        file.write_bytes(new.encode("utf-8", "surrogateescape"))
        command = ["patch", "--quiet", "--reverse", "--binary", "-p1", "--no-backup-if-mismatch"]
        ran = subprocess.run(
            command, input=difference.encode("utf-8", "surrogateescape"), cwd=scratch, capture_output=True
        )
        return ran.returncode == 0 and file.read_bytes() == old.encode("utf-8", "surrogateescape")


if __name__ == "__main__":
    main()
