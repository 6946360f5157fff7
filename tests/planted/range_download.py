# kind: as-completed-order
# fault: 23 | 24 | 28
# why: The parts are joined in the order in which they arrive, not in that of the file.
# seen: 3.11: "True False": right length, wrong bytes
import random
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

STORE = b"".join(n.to_bytes(4, "big") for n in range(4096))


def fetch_range(start, stop):
    time.sleep(random.random() / 20)
    return STORE[start:stop]


class Download:
    def __init__(self, size, part=1024):
        self.ranges = [(i, min(i + part, size)) for i in range(0, size, part)]

    def _parts(self, pool):
        pending = {pool.submit(fetch_range, *bounds) for bounds in self.ranges}
        for future in as_completed(pending, timeout=30):
            yield future.result()

    def read(self):
        with ThreadPoolExecutor(max_workers=4) as pool:
            return b"".join(self._parts(pool))


if __name__ == "__main__":
    data = Download(len(STORE)).read()
    print(len(data) == len(STORE), data == STORE)
