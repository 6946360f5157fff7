# kind: unpicklable-target
# fault: none
# why: The object leaves its lock out of what is pickled and makes a new one, so its bound method can go to a process.
# seen: 3.11 and 3.13 with forkserver: works
import threading
from concurrent.futures import ProcessPoolExecutor


class Metrics:
    def __init__(self, widths):
        self.widths = widths
        self._lock = threading.Lock()

    def __getstate__(self):
        state = self.__dict__.copy()
        del state["_lock"]
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._lock = threading.Lock()

    def replace(self, widths):
        with self._lock:
            self.widths = widths

    def measure(self, page):
        width = 0
        for _ in range(60):
            width = max(sum(self.widths.get(c, 7) for c in line) for line in page)
        return width

    def measure_all(self, pages):
        with ProcessPoolExecutor(max_workers=2) as executor:
            return list(executor.map(self.measure, pages, chunksize=2))


if __name__ == "__main__":
    pages = [["the quick brown fox"] * 200 for _ in range(8)]
    print(Metrics({"i": 3, "m": 11}).measure_all(pages))
