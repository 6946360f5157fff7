import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

together = threading.Barrier(4)


def write(name):
    folder = Path(name).absolute()
    folder.mkdir(exist_ok=True)
    together.wait(10)
    (folder / f"{name}.txt").write_text(name)


def main():
    root = Path("mended").absolute()
    names = ["a", "b", "c", "d"]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, names))
    written = [path.name for name in names for path in (root.parent / name).glob(f"{name}.txt")]
    assert all((root.parent / name / f"{name}.txt").exists() for name in names), written
    print(written)


main()
