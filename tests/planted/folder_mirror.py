# kind: executor-leaked
# fault: 24 | 32
# why: sync() opens a process pool at each round of the watch loop and never closes it.
# seen: 3.11 -X dev: ResourceWarning: unclosed running multiprocessing pool
import multiprocessing
import tempfile
import zlib
from pathlib import Path


def fingerprint(path):
    data = Path(path).read_bytes()
    for _ in range(40):
        value = zlib.crc32(data)
    return str(path), value


class Mirror:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.known = {}

    def sync(self):
        pool = multiprocessing.Pool(processes=2)
        current = dict(pool.map(fingerprint, sorted(self.folder.glob("*.bin"))))
        changed = [path for path, value in current.items() if self.known.get(path) != value]
        self.known = current
        return changed

    def watch(self, times):
        for _ in range(times):
            changed = self.sync()
            print(len(changed), "changed")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for n in range(6):
            Path(folder, f"{n}.bin").write_bytes(bytes([n]) * 1_000_000)
        Mirror(folder).watch(4)
