import time
from concurrent.futures import ThreadPoolExecutor


def slow(name):
    time.sleep(2)
    return name.upper()


def limited(name):
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        return pool.submit(slow, name).result(timeout=0.2)
    except TimeoutError:
        return None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


begun = time.perf_counter()
assert limited("report") is None
took = time.perf_counter() - begun
print("gave up in time" if took < 1 else f"waited for {took:.0f} s")
