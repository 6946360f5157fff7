# kind: threads-on-computing
# fault: 31 | 24 | 29
# why: Every thread does nothing but Python arithmetic, so they do not run side by side under the GIL.
# seen: 3.11: 1 thread 0.39 s, 4 threads 0.51 s
import threading
import time


class RowPainter(threading.Thread):
    def __init__(self, canvas, rows, size):
        super().__init__()
        self.canvas, self.rows, self.size = canvas, rows, size

    def escape(self, c, limit=80):
        z = 0j
        for n in range(limit):
            if abs(z) > 2:
                return n
            z = z * z + c
        return limit

    def run(self):
        for y in self.rows:
            self.canvas[y] = [self.escape(complex(3 * x / self.size - 2, 2 * y / self.size - 1)) for x in range(self.size)]


def paint(size, threads):
    canvas = [None] * size
    painters = [RowPainter(canvas, range(n, size, threads), size) for n in range(threads)]
    for painter in painters:
        painter.start()
    for painter in painters:
        painter.join()
    return canvas


if __name__ == "__main__":
    for count in (1, 4):
        start = time.perf_counter()
        paint(220, count)
        print(count, "threads", f"{time.perf_counter() - start:.2f} s")
