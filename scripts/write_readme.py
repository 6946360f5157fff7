"""Write the sample in README.md anew from what the advisor really prints; with `--check` only tell whether it is stale."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
FOLDER = ROOT / "fixtures" / "projects" / "users"
COMMAND = "advisor analyze report.py --target-python 3.12 --cores 4"
SAMPLE = re.compile(r"(?<=<!-- sample: begin -->\n).*?(?=<!-- sample: end -->)", re.DOTALL)


def main() -> int:
    text = README.read_text(encoding="utf-8")
    fresh = SAMPLE.sub(lambda _: sample(), text)
    if fresh == text:
        return 0
    if "--check" in sys.argv:
        print("the sample in README.md is stale: run scripts/write_readme.py", file=sys.stderr)
        return 1
    README.write_text(fresh, encoding="utf-8")
    print("README.md written")
    return 0


def sample() -> str:
    command = [sys.executable, "-m", *shlex.split(COMMAND)]
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
    with tempfile.TemporaryDirectory() as elsewhere:  # no part of this project, and no calibration of this machine
        environment["ADVISOR_CACHE"] = f"{elsewhere}/cache"
        program = shutil.copytree(FOLDER, f"{elsewhere}/program")
        ran = subprocess.run(command, cwd=program, env=environment, capture_output=True, encoding="utf-8", check=True)
    return (
        "A finding looks like this; `Client.user` is in another file:\n\n"
        f"```console\n$ {COMMAND}\n{ran.stdout.rstrip()}\n```\n"
    )


if __name__ == "__main__":
    sys.exit(main())
