"""An alarm of the process ends what takes too long: its handler runs in the main thread, wherever that is."""
# refuse threading: process-state
# refuse multiprocessing: process-state
# refuse asyncio: process-state

import signal
import time


class TooLate(Exception):
    pass


def ring(number, frame):
    raise TooLate


def answer(seconds):
    time.sleep(seconds)
    return f"after {seconds}"


def answers(waits):
    found = []
    for seconds in waits:  # here
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        try:
            found.append(answer(seconds))
        except TooLate:
            found.append("none")
        signal.setitimer(signal.ITIMER_REAL, 0)
    return found


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, ring)
    print(answers([0.01, 0.2, 0.001]))
