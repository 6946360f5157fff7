# kind: pool-for-microseconds
# fault: 15 | 14
# why: Each thread task cleans one short line; the queue and the future cost far more than strip().
# seen: 3.11: threads 1.9 s, plain 0.04 s
import time
from concurrent.futures import ThreadPoolExecutor


def tidy(line):
    return line.strip().lower()


def tidy_lines(lines):
    with ThreadPoolExecutor(max_workers=8) as pool:
        pending = [pool.submit(tidy, line) for line in lines]
        return [future.result() for future in pending]


def main():
    lines = [f"  Line {n} \n" for n in range(50_000)]
    start = time.perf_counter()
    pooled = tidy_lines(lines)
    first = time.perf_counter() - start
    start = time.perf_counter()
    plain = [tidy(line) for line in lines]
    print(pooled == plain, f"threads {first:.2f} s, plain {time.perf_counter() - start:.3f} s")


if __name__ == "__main__":
    main()
