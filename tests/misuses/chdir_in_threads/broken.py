# fault: process-state-changed-in-threads
# shows: fails AssertionError
# mended: ['a.txt', 'b.txt', 'c.txt', 'd.txt']
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

together = threading.Barrier(4)


def write(name):
    folder = Path(name).absolute()
    folder.mkdir()
    together.wait(10)
    os.chdir(folder)
    together.wait(10)
    Path(f"{name}.txt").write_text(name)


def main():
    root = Path.cwd()
    names = ["a", "b", "c", "d"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, names))  # here
    written = [path.name for name in names for path in (root / name).iterdir()]
    assert all((root / name / f"{name}.txt").exists() for name in names), written
    print(written)


main()
