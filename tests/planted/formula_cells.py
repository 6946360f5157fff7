# kind: process-wide-setting-in-threads
# fault: 21 | 22 | 26 | 27 | 34 | 42
# why: Signal handlers belong to the process and can be set in the main thread only; signal.signal() raises in the pool's threads.
# seen: 3.11: works in the main thread, then ValueError: signal only works in main thread
import functools
import signal
from concurrent.futures import ThreadPoolExecutor


class TooSlow(Exception):
    pass


def within(seconds):
    def on_alarm(signum, frame):
        raise TooSlow(f"more than {seconds} s")

    def decorate(function):
        @functools.wraps(function)
        def limited(*args):
            before = signal.signal(signal.SIGALRM, on_alarm)
            signal.setitimer(signal.ITIMER_REAL, seconds)
            try:
                return function(*args)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                signal.signal(signal.SIGALRM, before)

        return limited

    return decorate


@within(0.5)
def fetch_cell(name):
    with open("/etc/hostname", "rb") as source:
        return name, len(source.read())


def fetch_cells(names):
    with ThreadPoolExecutor(max_workers=4) as pool:
        return dict(pool.map(fetch_cell, names))


if __name__ == "__main__":
    print(fetch_cell("A0"))
    print(fetch_cells(["A1", "B7", "C3"]))
