# kind: timeout-undone-by-its-pool
# fault: 13 | 10
# why: The plug-in that is too slow is given up after a tenth of a second, and waited for at the end of the block.
# seen: 3.11: 1.0 s instead of 0.1 s
import time
from concurrent.futures import ThreadPoolExecutor


def ask(plugin, page, seconds=0.1):
    with ThreadPoolExecutor(max_workers=1) as pool:
        answer = pool.submit(plugin, page)
        try:
            return answer.result(seconds)
        except TimeoutError:
            return "too slow"


def slow(page):
    time.sleep(1)
    return page


if __name__ == "__main__":
    begun = time.perf_counter()
    print(ask(slow, "index"), round(time.perf_counter() - begun, 1))
