# fault: timeout-undone-by-its-pool
# shows: prints waited for 2 s
# mended: gave up in time
import time
from concurrent.futures import ThreadPoolExecutor


def slow(name):
    time.sleep(2)
    return name.upper()


def limited(name):
    with ThreadPoolExecutor(max_workers=1) as pool:
        future = pool.submit(slow, name)
        try:
            return future.result(timeout=0.2)  # here
        except TimeoutError:
            return None


begun = time.perf_counter()
assert limited("report") is None
took = time.perf_counter() - begun
print("gave up in time" if took < 1 else f"waited for {took:.0f} s")
