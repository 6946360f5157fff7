# kind: lost-process-state
# fault: 29 | 22 | 31 | 34
# why: Each child fills its own copy of `self.summary`; the parent's stays empty.
# seen: 3.11: "0 tiles indexed" of 6
import multiprocessing
import tempfile
from pathlib import Path


class TileIndexer:
    def __init__(self, root, workers=2):
        self.root = Path(root)
        self.workers = workers
        self.summary = {}

    def _scan(self, tiles):
        for tile in tiles:
            data = tile.read_bytes()
            self._remember(tile.name, sum(data) / max(len(data), 1))

    def _remember(self, name, mean):
        self.summary[name] = mean

    def build(self):
        tiles = sorted(self.root.glob("*.tile"))
        procs = []
        for i in range(self.workers):
            share = tiles[i::self.workers]
            procs.append(multiprocessing.Process(target=self._scan, args=(share,)))
        for proc in procs:
            proc.start()
        for proc in procs:
            proc.join()
        return self.summary


def main():
    with tempfile.TemporaryDirectory() as folder:
        for n in range(6):
            Path(folder, f"{n:02}.tile").write_bytes(bytes([n * 10]) * 4096)
        summary = TileIndexer(folder).build()
        print(f"{len(summary)} tiles indexed")


if __name__ == "__main__":
    main()
