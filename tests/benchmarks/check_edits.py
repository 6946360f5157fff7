"""Edits a copy of a tree again and again at random, and holds what a run with a cache says against one without.

    python -m tests.benchmarks.check_edits [--edits 500] [--seed 1] TREE

Files are edited, emptied, broken, removed, added and put back; some edits change nothing but white space or comments. The
first report that differs ends it with exit code 1 and the edits that led there.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from advisor.pipeline import advise
from advisor.recalling import advise_again
from advisor.settings import load_settings
from tests.benchmarks.bench_peers import EDITS, LEFT_OUT


def main() -> None:
    arguments = _arguments()
    rolls = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="check-edits-") as scratch:
        os.environ["ADVISOR_CACHE"] = str(Path(scratch) / "cache")
        tree = Path(scratch) / "tree"
        shutil.copytree(arguments.tree, tree, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
        (tree / "pyproject.toml").touch()
        before = {file: file.read_bytes() for file in sorted(tree.rglob("*.py")) if file.is_file()}
        settings = load_settings(tree, {"jobs": arguments.jobs, "all": True, "project": tree})
        done: list[str] = []
        for number in range(arguments.edits):
            done.append(_edit(rolls, before))
            if advise_again((tree,), settings).report != advise((tree,), settings):
                sys.exit("another report than that of a cold run after:\n" + "\n".join(done))
            print(f"\r{number + 1} of {arguments.edits} edits: the same", end="", flush=True)
    print()


def _edit(rolls: random.Random, before: dict[Path, bytes]) -> str:
    """One edit of one file, in words."""
    file, (name, edit) = rolls.choice(list(before)), rolls.choice([*EDITS, *_MORE])
    now = file.read_bytes() if file.exists() else before[file]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(edit(now, rolls))
    if name == "removed":
        file.unlink()
    elif name == "put back":
        file.write_bytes(before[file])
    return f"{file.name}: {name}"


def _same(now: bytes, _: random.Random) -> bytes:
    return now


_MORE: tuple[tuple[str, Callable[[bytes, random.Random], bytes]], ...] = (
    ("nothing", _same),
    ("removed", _same),
    ("put back", _same),
    ("emptied", lambda *_: b""),
    ("broken", lambda now, _: now + b"\ndef (:\n"),
    ("a blank line at the end", lambda now, _: now + b"\n"),
    ("half of it", lambda now, _: b"".join(now.splitlines(keepends=True)[: now.count(b"\n") // 2])),
)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path, metavar="TREE")
    parser.add_argument("--edits", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
