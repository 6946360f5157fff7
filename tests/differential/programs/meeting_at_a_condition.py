"""A round that waits for a condition which a later round brings about, with a time limit."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import threading
import time

turn = threading.Condition()
done = []


def part(number):
    with turn:
        came = turn.wait_for(lambda: 2 in done, timeout=0.03 if number == 1 else 0)
        done.append(number)
        turn.notify_all()
    time.sleep(0.001)
    return number, came


def main():
    parts = []
    for number in (1, 2, 3):  # here
        parts.append(part(number))
    print(parts)


if __name__ == "__main__":
    main()
