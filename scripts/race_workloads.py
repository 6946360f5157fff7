"""Race each of a folder of measured workloads, unattended, and say whether what wins is among the models that were measured as good.

    python scripts/race_workloads.py WORKLOADS [NAME...] [--results FILE] [--python PYTHON] [--rounds N] [--limit S] [--quiet LOAD]

A workload is a folder with `app.py` and `truth.json`, beside a `measure.py` that starts the services it needs. Each result is
added to FILE, and what is there already is not raced again, so that the script can be ended and begun again at any time. Each
workload has LIMIT seconds. With --quiet it waits, before each one and for ten minutes at the most, for a load below LOAD.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 600  # seconds
EACH_RUN = """\
import os, sys, tempfile, uuid
if "RUN_ID" not in os.environ and "advisor" not in sys.orig_argv:  # what it starts belongs to the same run
    os.environ["RUN_ID"] = uuid.uuid4().hex
    os.environ["SCRATCH"] = tempfile.mkdtemp()
"""  # servers tell runs apart by their names; as `sitecustomize`, which each interpreter imports first


def main() -> int:
    parser = argparse.ArgumentParser(description="Race measured workloads.")
    parser.add_argument("workloads", type=Path)
    parser.add_argument("names", nargs="*", help="only those that begin so")
    parser.add_argument("--results", type=Path, default=Path("race-workloads.jsonl"))
    parser.add_argument("--python", default=sys.executable, help="an interpreter with what the workloads import")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--limit", type=float, default=240.0, help="seconds for each workload")
    parser.add_argument("--quiet", type=float, default=0.0, help="wait for a load below this")
    options = parser.parse_args()
    if not (options.workloads / "measure.py").is_file():
        print(f"{options.workloads}: no workloads here", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # not without the race that goes on
    done = {each["name"]: each for each in _read(options.results)}
    measure = _module(options.workloads / "measure.py")
    for folder in sorted(file.parent for file in options.workloads.glob("*/truth.json")):
        if folder.name in done or (options.names and not folder.name.startswith(tuple(options.names))):
            continue
        _wait_for_quiet(options.quiet)
        result = race(folder, measure, options)
        done[folder.name] = result
        with options.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
        print(told(result), flush=True)
    print(summary(list(done.values())))
    return 0


def race(folder: Path, measure: ModuleType, options: argparse.Namespace) -> dict[str, Any]:
    """`model` is what won, or how the place runs now where nothing did; "" where there is no verdict, and `why` says why."""
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    result: dict[str, Any] = {"name": folder.name, "acceptable": truth["acceptable"], "model": "", "why": ""}
    own, sys.executable = sys.executable, options.python  # with which services are started and data are made
    try:
        with measure.prepared(folder, truth) as environment:
            sys.executable = own
            report = _run(folder, truth["site"], environment, options)
    except (OSError, subprocess.SubprocessError, RuntimeError, IndexError) as error:
        return {**result, "why": f"not raced: {error}"[:300]}
    finally:
        sys.executable = own
    if isinstance(report, str):
        return {**result, "why": report}
    standings = {each["name"]: [each["standing"], each["speedup"], each["difference"]] for each in report["variants"]}
    result |= {"verdict": report["verdict"], "load": report["load"], "variants": standings, "rounds": report["rounds"]}
    if report["ending"] in ("won", "stays"):
        winner = report["winner"] or "original"
        result["model"] = next(each["model"] for each in report["variants"] if each["name"] == winner)
    else:
        result["why"] = report["verdict"]
    return result


def _run(folder: Path, site: dict[str, Any], environment: dict[str, str], options: argparse.Namespace) -> Any:
    """The report of the race in a copy of the workload; a string where there is none."""
    with tempfile.TemporaryDirectory(prefix="workload-") as elsewhere:
        project, hooks = Path(elsewhere, folder.name), Path(elsewhere, "hooks")
        ignored = shutil.ignore_patterns("truth.json", "variants.py", "fixture.py", "__pycache__")
        shutil.copytree(folder, project, ignore=ignored, copy_function=shutil.copy)
        for each in (project, *(inner for inner in project.rglob("*") if inner.is_dir())):
            each.chmod(0o755)
        (project / "pyproject.toml").touch()
        hooks.mkdir()
        (hooks / "sitecustomize.py").write_text(EACH_RUN, encoding="utf-8")
        command = [
            sys.executable, "-m", "advisor", "race", f"{site['path']}:{site['line']}", "--format", "json",
            "-n", str(options.rounds), "--timeout", str(options.limit / 4), "--python", options.python, "--", "app.py",
        ]  # fmt: skip
        given = {
            **os.environ, **environment, "ADVISOR_CACHE": f"{elsewhere}/cache",
            "PYTHONPATH": os.pathsep.join([str(hooks), str(ROOT)]),
        }  # fmt: skip
        racing = subprocess.Popen(
            command, cwd=project, env=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            out, errors = racing.communicate(timeout=options.limit)
        except subprocess.TimeoutExpired:
            return f"not done within {options.limit:g} s"
        finally:
            if racing.poll() is None:
                racing.send_signal(signal.SIGINT)  # it ends what it started
                racing.communicate(timeout=30)
    return json.loads(out) if racing.returncode == 0 else errors.strip()[-300:]


def right(result: dict[str, Any]) -> bool:
    return result["model"] in result["acceptable"]


def told(result: dict[str, Any]) -> str:
    found = result["model"] or "no verdict"
    mark = "right" if right(result) else "WRONG"
    return f"{mark}  {result['name']:34} {found:16} acceptable: {', '.join(result['acceptable'])}  {result['why']}"


def summary(results: list[dict[str, Any]]) -> str:
    raced = [each for each in results if each["model"]]
    good = sum(map(right, raced))
    share = f"{good / len(raced):.0%}" if raced else "none"
    return f"{len(results)} workloads, {len(raced)} with a verdict, {good} of these right ({share})"


def _wait_for_quiet(load: float) -> None:
    deadline = time.monotonic() + PATIENCE
    while load and os.getloadavg()[0] >= load and time.monotonic() < deadline:
        time.sleep(5)


def _read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def _module(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
