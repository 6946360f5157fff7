# fault: called-instead-of-passed
# shows: fails object is not callable
# mended: 4 sizes by 4 threads
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed


def measure(name):
    time.sleep(0.3)
    return len(name), threading.current_thread().name


def main():
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(measure(name)) for name in ("a", "bb", "ccc", "dddd")]  # here
        sizes = [future.result() for future in as_completed(futures)]
    print(f"{len(sizes)} sizes by {len({thread for _, thread in sizes})} threads")


main()
