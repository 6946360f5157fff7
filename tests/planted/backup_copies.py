# kind: late-bound-loop-variable
# fault: none
# why: The lambda takes the loop variables as defaults, so each keeps its own.
# seen: 3.11 and 3.13: the copies hold 0 to 7
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def mirror(source, target):
    target.mkdir(parents=True, exist_ok=True)
    futures = []
    with ThreadPoolExecutor(max_workers=4) as pool:
        for path in sorted(source.rglob("*.dat")):
            goal = target / path.name
            futures.append(pool.submit(lambda path=path, goal=goal: shutil.copyfile(path, goal)))
    return [future.result() for future in futures]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        home.mkdir()
        for n in range(8):
            (home / f"{n}.dat").write_bytes(bytes([n]) * 1_000_000)
        copies = mirror(home, Path(folder, "copy"))
        print([copy.read_bytes()[0] for copy in copies])
