"""Kills a change of several files at every step, and the next start that settles it, and looks for what is torn or lost.

python scripts/attack_writing.py            # every step of changes of one to four files, with and without hard links
python scripts/attack_writing.py --real 100 # and so many kills of `advisor generate --all-in . --write` at random moments
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from advisor.journal import Replaced, replace_all, settle_left  # noqa: E402
from tests.test_journal import held, killed_at  # noqa: E402

LOOP = "import requests\n\n\ndef crawl(urls):\n    return [requests.get(url, timeout=10).text for url in urls]\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--real", type=int, default=0, metavar="N")
    options = parser.parse_args()
    kills = wrong = 0
    for count in range(1, 5):
        for linked in (False, True):
            killed, torn = at_every_step(count, linked)
            kills, wrong = kills + killed, wrong + torn
            print(f"{count} files{', with hard links' if linked else ''}: {killed} kills, {torn} torn", flush=True)
    if options.real:
        torn = for_real(options.real)
        kills, wrong = kills + options.real, wrong + torn
        print(f"advisor generate: {options.real} kills, {torn} torn", flush=True)
    print(f"{kills} kills, {wrong} torn")
    sys.exit(bool(wrong))


def at_every_step(count: int, linked: bool) -> tuple[int, int]:
    """How often a change was killed, and how often something was torn or left behind."""
    draw, kills, torn = random.Random(count), 0, 0
    while True:
        with tempfile.TemporaryDirectory() as scratch:
            journals, folder = Path(scratch, "journals"), Path(scratch, "src")
            folder.mkdir()
            old = {f"{n}.py": f"old {n}, and this is longer".encode() for n in range(count)}
            new = {name: b"new " + name.encode() for name in old}
            for name, data in old.items():
                (folder / name).write_bytes(data)
                if linked:
                    os.link(folder / name, Path(scratch, name))
            changes = [Replaced(folder / name, old[name], new[name], folder / name) for name in old]
            if not killed_at(kills + 1, lambda changes=changes, journals=journals: replace_all(changes, journals)):  # type: ignore[misc]
                return kills, torn
            kills += 1
            killed_at(draw.randint(1, 60), lambda journals=journals: settle_left(journals))  # type: ignore[misc]
            settle_left(journals)
            now = held(folder)
            left = list(journals.glob("*")) if journals.exists() else []
            whole = now in (old, new) and not left
            whole = whole and (not linked or all(Path(scratch, name).read_bytes() == now[name] for name in now))
            torn += not whole


def for_real(number: int) -> int:
    """How often files were torn when the command itself was killed at a random moment, and started again."""
    draw, torn = random.Random(0), 0
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-m", "advisor", "generate", "--all-in", ".", "--write", "--jobs", "1"]
    longest = 0.0
    for attempt in range(number + 1):
        with tempfile.TemporaryDirectory() as scratch:
            old = {f"{n}.py": LOOP.encode() for n in range(7)}
            for name, data in old.items():
                Path(scratch, name).write_bytes(data)
            begun = time.monotonic()
            run = subprocess.Popen(
                command, cwd=scratch, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            if attempt == 0:  # how long it takes
                run.wait()
                longest = time.monotonic() - begun
                continue
            time.sleep(draw.uniform(0.6, 1.05) * longest)
            run.send_signal(draw.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGHUP]))
            run.wait()
            again = [sys.executable, "-P", "-m", "advisor", "analyze", "--jobs", "1", "."]
            subprocess.run(again, cwd=scratch, env=environment, capture_output=True, check=True)
            changed = {name: data != old.get(name) for name, data in held(Path(scratch)).items()}
            torn += set(changed) != set(old) or len(set(changed.values())) != 1
    return torn


if __name__ == "__main__":
    main()
