# kind: task-waits-own-pool
# fault: 25 | 12 | 22
# why: walk() runs in self.pool and waits for walks of the subfolders in the same pool of 4; when all four threads wait, none is left to run them.
# seen: 3.11: hangs (killed after 8 s)
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor


class SizeWalker:
    def __init__(self, workers=4):
        self.pool = ThreadPoolExecutor(max_workers=workers)

    def _children(self, folder):
        with os.scandir(folder) as entries:
            return list(entries)

    def walk(self, folder):
        total, parts = 0, []
        for entry in self._children(folder):
            if entry.is_dir(follow_symlinks=False):
                parts.append(self.pool.submit(self.walk, entry.path))
            else:
                total += entry.stat().st_size
        return total + sum(part.result() for part in parts)

    def size(self, folder):
        try:
            return self.pool.submit(self.walk, folder).result()
        finally:
            self.pool.shutdown()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as root:
        deep = root
        for level in range(6):
            deep = os.path.join(deep, f"level{level}")
            os.mkdir(deep)
            with open(os.path.join(deep, "data.bin"), "wb") as out:
                out.write(b"x" * 100)
        print(SizeWalker().size(root))
