# kind: pool-for-microseconds
# fault: 19 | 18
# why: One multiplication per task: handing a task over costs hundreds of times the work.
# seen: 3.11: pool 5.5 s, plain 0.002 s (busy box)
import time
from concurrent import futures


def to_fahrenheit(celsius):
    return celsius * 9 / 5 + 32


class Readings:
    def __init__(self, values):
        self.values = values

    def convert(self, executor=futures.ProcessPoolExecutor, workers=2):
        with executor(workers) as pool:
            return list(pool.map(to_fahrenheit, self.values))


if __name__ == "__main__":
    values = [n / 100 for n in range(10_000)]
    start = time.perf_counter()
    pooled = Readings(values).convert()
    first = time.perf_counter() - start
    start = time.perf_counter()
    plain = [to_fahrenheit(value) for value in values]
    print(pooled == plain, f"pool {first:.2f} s, plain {time.perf_counter() - start:.4f} s")
