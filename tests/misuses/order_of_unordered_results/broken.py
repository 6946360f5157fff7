# fault: order-of-unordered-results
# shows: prints slow took 0.0
# mended: slow took 0.3, quick took 0.0
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

NAPS = {"slow": 0.3, "quick": 0.0}


def nap(name):
    time.sleep(NAPS[name])
    return NAPS[name]


def main():
    names = ["slow", "quick"]
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(nap, name) for name in names]
        took = [task.result() for task in as_completed(tasks)]  # here
    print(", ".join(f"{name} took {seconds}" for name, seconds in zip(names, took, strict=True)))


main()
