# fault: signal-set-in-a-thread
# shows: fails signal only works in main thread
# mended: 10 results
import signal
import time
from concurrent.futures import ThreadPoolExecutor


def fetch(number):
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(5)
    time.sleep(0.01)
    signal.alarm(0)
    return number


def main():
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(fetch, range(10)))  # here
    print(len(results), "results")


main()
