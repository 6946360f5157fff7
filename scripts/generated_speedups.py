"""Generated against hand-written: how much of an expert's speed-up the generator reaches, and whether results are equal.

    python scripts/generated_speedups.py EVAL_DIR [NAME ...] [--runs 3] [--advisor "advisor"] [--model best|advised|threading|…]

EVAL_DIR holds one folder a workload: `app.py`, `truth.json` (where the site is, which model is best), `variants.py` (the
hand-written versions), and beside them `measure.py`, whose services and runner are used. Run it with the Python that has
what the workloads need; `--advisor` names the command to generate with. Numbers are medians of alternating runs.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple


class Row(NamedTuple):
    """What one workload gave; `refused` is the reason where nothing was generated."""

    name: str
    model: str
    hand: float
    generated: float
    equal: bool
    refused: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="only workloads whose names begin so")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--advisor", default="advisor")
    parser.add_argument("--model", default="advised", help="advised, best, or the name of a model")
    wish = parser.parse_args()
    measure = _load(wish.folder / "measure.py")
    rows = []
    for folder in sorted(path.parent for path in wish.folder.glob("[0-9]*/truth.json")):
        if wish.names and not any(folder.name.startswith(name) for name in wish.names):
            continue
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        model = _model(wish.model, truth, folder, shlex.split(wish.advisor))
        if model is not None:
            rows.append(_measured(measure, folder, truth, model, shlex.split(wish.advisor), wish.runs))
            print(_line(rows[-1]), flush=True)
    _print_summary(rows)


def _load(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location("measure", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _model(wanted: str, truth: dict[str, Any], folder: Path, advisor: list[str]) -> str | None:
    """The model to generate for; None where the workload is best left sequential."""
    if truth["best"] == "sequential":
        return None
    if wanted == "best":
        return str(truth["best"])
    if wanted != "advised":
        return wanted if wanted in truth["measured_seconds"] else None
    site = truth["site"]
    ran = subprocess.run(
        [*advisor, "analyze", str(folder / site["path"]), "--format", "json"], capture_output=True, check=True
    )
    for finding in json.loads(ran.stdout)["findings"]:
        if (
            finding["line"] <= site["end_line"]
            and site["line"] <= finding["end_line"]
            and finding["model"] != "sequential"
        ):
            return str(finding["model"])
    return str(truth["best"])


def _measured(measure: Any, folder: Path, truth: dict[str, Any], model: str, advisor: list[str], runs: int) -> Row:
    with tempfile.TemporaryDirectory(prefix="generated-") as scratch:
        copy = Path(scratch) / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
        site = truth["site"]
        place = f"{copy / site['path']}:{site['line']}"
        made = subprocess.run(
            [*advisor, "generate", place, "--model", model, "--write"], capture_output=True, text=True
        )
        if made.returncode:
            return Row(
                folder.name, model, 0.0, 0.0, False, made.stderr.splitlines()[0] if made.stderr else "no reason given"
            )
        with measure.prepared(folder, truth) as environment:
            names = measure.variant_names(folder, environment)
            base = "as_written" if "as_written" in names else "sequential"
            seconds: dict[str, list[float]] = {"base": [], "hand": [], "generated": []}
            digests = set()
            for _ in range(runs):
                for key, where, variant in (("base", folder, base), ("generated", copy, base), ("hand", folder, model)):
                    if variant in names:
                        ran = measure.run_variant(where, variant, environment)
                        seconds[key].append(ran["seconds"])
                        if key != "hand":
                            digests.add(ran["digest"])
    medians = {key: statistics.median(times) if times else float("nan") for key, times in seconds.items()}
    return Row(
        folder.name, model, medians["base"] / medians["hand"], medians["base"] / medians["generated"], len(digests) == 1
    )


def _line(row: Row) -> str:
    if row.refused:
        return f"{row.name:30s} {row.model:16s} refused: {row.refused}"
    equal = "equal" if row.equal else "RESULTS DIFFER"
    share = row.generated / row.hand
    return (
        f"{row.name:30s} {row.model:16s} hand {row.hand:6.2f}x  generated {row.generated:6.2f}x  {share:5.0%}  {equal}"
    )


def _print_summary(rows: list[Row]) -> None:
    made = [row for row in rows if not row.refused]
    shares = [row.generated / row.hand for row in made if row.hand == row.hand]
    print(f"\n{len(rows)} sites, {len(made)} generated, {sum(row.equal for row in made)} with equal results")
    if shares:
        print(
            f"generated speed-up as a share of the hand-written one: median {statistics.median(shares):.0%}, least {min(shares):.0%}"
        )


if __name__ == "__main__":
    sys.exit(main())
