# kind: threads-on-computing
# fault: none
# why: zlib.compress() of large data releases the GIL, so the threads do run side by side.
# seen: 3.11: right result; during one compress() another thread ran 1.2 million loop rounds (the box was too busy to time the pool)
import time
import zlib
from concurrent.futures import ThreadPoolExecutor


def pack(blob):
    return zlib.compress(blob, level=9)


def pack_all(blobs, workers=2):
    with ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(pack, blobs))


if __name__ == "__main__":
    blobs = [bytes((n * k * k + k) % 251 for k in range(500_000)) * 8 for n in range(3, 9)]
    start = time.perf_counter()
    packed = pack_all(blobs)
    threaded = time.perf_counter() - start
    start = time.perf_counter()
    plain = [pack(blob) for blob in blobs]
    print(packed == plain, f"threads {threaded:.2f} s, plain {time.perf_counter() - start:.2f} s")
