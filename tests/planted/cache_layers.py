# kind: lock-taken-twice
# fault: none
# why: Each layer has a lock of its own; the outer one holds its lock while the inner one takes another.
# seen: 3.11: INDEX
import threading


class Layer:
    def __init__(self, below):
        self._below = below
        self._guard = threading.Lock()
        self._known = {}

    def get(self, name):
        with self._guard:
            if name not in self._known:
                self._known[name] = self._below.get(name)
            return self._known[name]


class Source:
    def get(self, name):
        return name.upper()


if __name__ == "__main__":
    print(Layer(Layer(Source())).get("index"))
