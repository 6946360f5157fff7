# kind: unpicklable-target
# fault: 28 | 12
# why: self.render is pickled with its object, whose lock cannot be pickled.
# seen: 3.11: TypeError: cannot pickle '_thread.lock' object
import threading
from concurrent.futures import ProcessPoolExecutor


class Renderer:
    def __init__(self, width):
        self.width = width
        self._lock = threading.Lock()
        self._rendered = 0

    def count(self):
        with self._lock:
            self._rendered += 1

    def render(self, rows):
        out = []
        for _ in range(200):
            out = ["|".join(str(cell).rjust(self.width) for cell in row) for row in rows]
        return "\n".join(out)

    def render_all(self, tables):
        with ProcessPoolExecutor(max_workers=2) as executor:
            pages = []
            for page in executor.map(self.render, tables):
                self.count()
                pages.append(page)
        return pages


if __name__ == "__main__":
    data = [[(r, r * c) for r in range(40)] for c in range(8)]
    print(len(Renderer(8).render_all(data)))
