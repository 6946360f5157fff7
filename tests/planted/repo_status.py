# kind: process-wide-setting-in-threads
# fault: 16 | 20 | 24 | 31
# why: The working directory belongs to the process; one thread's chdir moves the others while they list files.
# seen: 3.11: repo0 lists repo3.toml and so on
import contextlib
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


@contextlib.contextmanager
def inside(folder):
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def status(repo):
    with inside(repo):
        time.sleep(0.01)
        return Path(repo).name, sorted(os.listdir("."))


def status_all(repos, workers=4):
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return dict(pool.map(status, repos))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        repos = [Path(home, f"repo{n}") for n in range(6)]
        for repo in repos:
            repo.mkdir()
            (repo / f"{repo.name}.toml").touch()
        for name, files in status_all(repos).items():
            print(name, files)
        os.chdir("/")
