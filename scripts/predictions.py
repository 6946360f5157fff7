"""Hold predicted speed-ups against measured ones: `predictions.py FOLDER [NAME…] [--profiles DIR] [--measure RUNS]`.

FOLDER holds workloads: a folder each, with `app.py`, `truth.json` (its site and the measured speed-up of each model) and,
beside them, `measure.py`, which prepares what they need and measures them again. Each is profiled in a real run, analysed
with that profile, and the gain forecast for the advised model is compared with the measured one. The error factor is the
greater of the two divided by the lesser. `--profiles` keeps the profiles, and takes those that are there already.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

ADVISOR = (sys.executable, "-m", "advisor")


class Row(NamedTuple):
    name: str
    model: str
    predicted: float
    low: float
    high: float
    measured: float

    @property
    def error(self) -> float:
        return max(self.predicted / self.measured, self.measured / self.predicted)


def main() -> int:
    options = _options()
    if options.profiles:
        options.profiles.mkdir(parents=True, exist_ok=True)
    rows, silent = [], []
    for folder in sorted(path.parent for path in options.folder.glob("*/truth.json")):
        if options.names and not any(folder.name.startswith(name) for name in options.names):
            continue
        if options.measure:
            command = [sys.executable, options.folder / "measure.py", "--runs", str(options.measure), folder.name]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
        finding = _advised(_findings(folder, truth, options), truth["site"])
        if finding is None or not truth["speedup"].get(finding["model"]):
            silent.append(folder.name)
            continue
        gain = finding["speedup"]
        measured = truth["speedup"][finding["model"]]
        rows.append(Row(folder.name, finding["model"], gain["expected"], gain["low"], gain["high"], measured))
        print(_line(rows[-1]), flush=True)
    if not rows:
        print("no advice that could be compared")
        return 1
    errors = [row.error for row in rows]
    print(f"{len(rows)} compared, {len(silent)} left sequential: {', '.join(silent)}")
    print(f"error factor: median {statistics.median(errors):.2f}, worst {max(errors):.2f}")
    return int(statistics.median(errors) > options.median or max(errors) > options.worst)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="only workloads whose names begin so")
    parser.add_argument("--profiles", type=Path, help="keep profiles there, take those that are there")
    parser.add_argument("--measure", type=int, metavar="RUNS", help="measure each anew, so many runs")
    parser.add_argument("--median", type=float, default=1.3, help="fail above this median error factor")
    parser.add_argument("--worst", type=float, default=3.0, help="fail above this error factor")
    options = parser.parse_intermixed_args()
    options.folder = options.folder.resolve()
    return options


def _line(row: Row) -> str:
    gains = f"{row.predicted:6.2f} ({row.low:.1f}–{row.high:.1f})"
    return f"{row.name:34} {row.model:15} predicted {gains:20} measured {row.measured:6.2f}  error {row.error:.2f}"


def _findings(folder: Path, truth: dict[str, Any], options: argparse.Namespace) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as scratch:
        profile = (options.profiles or Path(scratch)).resolve() / f"{folder.name}.json"
        if not profile.exists():
            _record(folder, truth, profile, scratch)
        known = ["--profile", str(profile)] if profile.exists() else []
        command = [*ADVISOR, "analyze", "--all", "--format", "json", "--project", ".", *known, truth["site"]["path"]]
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    findings: list[dict[str, Any]] = json.loads(ran.stdout)["findings"]
    return findings


def _record(folder: Path, truth: dict[str, Any], profile: Path, scratch: str) -> None:
    sys.path.insert(0, str(folder.parent))
    prepared = importlib.import_module("measure").prepared
    with prepared(folder, truth) as environment:
        environment = {**os.environ, **environment, "SCRATCH": scratch, "RUN_ID": "profile"}
        command = [*ADVISOR, "profile", "-o", str(profile), "--", "app.py"]
        ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if not profile.exists():
        print(f"{folder.name}: no profile: {ran.stderr.strip().splitlines()[-2:]}", file=sys.stderr)


def _advised(findings: list[dict[str, Any]], site: dict[str, Any]) -> dict[str, Any] | None:
    """The finding that advises a change at the site's lines: the one that begins nearest."""
    here = [
        finding
        for finding in findings
        if finding["path"] == site["path"]
        and finding["model"] != "sequential"
        and finding["line"] <= site["end_line"]
        and finding["end_line"] >= site["line"]
    ]
    return min(here, key=lambda finding: abs(finding["line"] - site["line"]), default=None)


if __name__ == "__main__":
    sys.exit(main())
