# kind: lock-taken-twice
# fault: 20 | 24
# why: get() holds the plain lock when a page is missing, and refill() takes the same lock again.
# seen: 3.11: hangs at the first missing page
import threading
import time


class Pages:
    def __init__(self, load):
        self._load = load
        self._guard = threading.Lock()
        self._known = {}
        self._age = {}

    def get(self, name):
        with self._guard:
            page = self._known.get(name)
            if page is None or time.monotonic() - self._age[name] > 60:
                page = self.refill(name)
            return page

    def refill(self, name):
        with self._guard:
            self._known[name] = self._load(name)
            self._age[name] = time.monotonic()
            return self._known[name]


if __name__ == "__main__":
    print(Pages(str.upper).get("index"))
