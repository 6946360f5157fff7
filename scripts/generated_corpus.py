"""The generator over whole repositories: how many findings it rewrites, why it refuses the rest, and what it gets wrong.

    python scripts/generated_corpus.py FOLDER [FOLDER ...] [--model advised|threading|multiprocessing|asyncio] [--save DIR]

Every advised finding is rewritten by itself, also work that prints (what the lines of several rounds look like is for the
reader to accept). The result must compile, and must draw no complaint from ruff's default
rules that the original file did not draw. Exit code 1 when one does not hold. `--save` keeps the diffs for reading.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from advisor.model.concurrency import Level, Model
from advisor.model.refactor import Outcome, Refusal
from advisor.pipeline import Examined, examine
from advisor.refactoring import ACCEPTABLE, ChangedFile, Wanted, combined, diff, orders
from advisor.rewriting import Original, read_original
from advisor.settings import Settings
from advisor.stages.generate import generate, parse
from advisor.stages.generate.carry import Read
from advisor.stages.generate.source import Source


@dataclass
class Counts:
    """What the run has seen so far."""

    findings: int = 0
    made: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--model", default="advised", help="advised, or the name of a model for every finding")
    parser.add_argument("--low", action="store_true", help="also findings of low confidence")
    parser.add_argument("--save", type=Path, help="a folder for the diffs")
    wish = parser.parse_args()
    warnings.simplefilter("ignore")
    total = Counts()
    for folder in wish.folders:
        counts = _over(folder, wish.model, wish.save, Level.LOW if wish.low else Level.MEDIUM)
        print(
            f"{folder.name:30s} {counts.findings:4d} findings, {counts.made:4d} generated, {len(counts.wrong)} wrong",
            flush=True,
        )
        total.findings += counts.findings
        total.made += counts.made
        total.refused += counts.refused
        total.wrong += counts.wrong
    print(f"{'all':30s} {total.findings:4d} findings, {total.made:4d} generated, {len(total.wrong)} wrong")
    for reason, number in total.refused.most_common():
        print(f"  {number:4d} refused: {reason}")
    for line in total.wrong:
        print(f"  wrong: {line}")
    return 1 if total.wrong else 0


def _over(folder: Path, model: str, save: Path | None, least: Level) -> Counts:
    settings = Settings(confidence=least)
    examined = examine((folder,), settings)
    sources: dict[str, tuple[Original, Source | None]] = {}

    def read(path: str) -> Source | None:
        if path not in sources:
            original = read_original(examined.project.root / path)
            parsed = parse(original.text)
            sources[path] = original, parsed if isinstance(parsed, Source) else None
        return sources[path][1]

    counts = Counts()
    for outcome in _outcomes(folder, examined, model, read, settings):
        counts.findings += 1
        place = f"{folder.name}/{outcome.order.site.path}:{outcome.order.site.line} {outcome.order.model}"
        if outcome.refusal is not None:
            counts.refused[f"{outcome.order.site.rule}: {outcome.refusal.hazard}"] += 1
            _keep(save, place, f"refused: {outcome.refusal.because} (line {outcome.refusal.line})\n")
            continue
        known: dict[str, tuple[Original, Source | Refusal]] = {
            path: (original, source) for path, (original, source) in sources.items() if source is not None
        }
        files, notes, _ = combined(known, [outcome])
        counts.made += 1
        counts.wrong += [f"{place}: {each}" for file in files for each in _complaints(file)]
        _keep(save, place, "".join([*(f"# {note}\n" for note in notes), *(diff(file, file.path) for file in files)]))
    return counts


def _outcomes(folder: Path, examined: Examined, model: str, read: Read, settings: Settings) -> Iterator[Outcome]:
    wish = Wanted(folder, None, None if model == "advised" else Model(model), accept=ACCEPTABLE)
    for order in orders(wish, examined, settings):
        source = read(order.site.path)
        if source is not None:
            yield generate(order, source, read)


def _complaints(file: ChangedFile) -> Iterator[str]:
    """What does not compile, and what ruff says of the new text and did not say of the old."""
    try:
        compile(file.text, file.path, "exec")
    except (SyntaxError, ValueError) as error:
        yield f"does not compile: {error}"
        return
    new = _style(file.text) - _style(file.original.text)
    yield from (f"ruff {code} {number} times more" for code, number in new.items())


def _style(text: str) -> Counter[str]:
    ran = subprocess.run(["ruff", "check", "--isolated", "--no-cache", "--output-format", "json", "-"],
                         input=text, capture_output=True, text=True)  # fmt: skip
    return Counter(str(each["code"]) for each in json.loads(ran.stdout or "[]"))


def _keep(save: Path | None, place: str, text: str) -> None:
    if save is not None:
        save.mkdir(parents=True, exist_ok=True)
        (save / (place.replace("/", "+").replace(" ", "+") + ".diff")).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
