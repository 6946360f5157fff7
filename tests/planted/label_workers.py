# kind: initializer-called
# fault: none
# why: name_worker(...) is called on purpose: it returns the function that initialises each thread.
# seen: 3.11 and 3.13: desk-1 to desk-3
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

state = threading.local()


def name_worker(prefix):
    numbers = itertools.count(1)

    def setup():
        state.label = f"{prefix}-{next(numbers)}"

    return setup


def handle(ticket):
    time.sleep(0.02)
    return ticket, state.label


def handle_all(tickets):
    with ThreadPoolExecutor(max_workers=3, initializer=name_worker("desk")) as desks:
        return list(desks.map(handle, tickets))


if __name__ == "__main__":
    print({label for _, label in handle_all(range(12))})
