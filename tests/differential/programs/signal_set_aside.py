"""Work that sets a signal aside for a while, which only the main thread may do."""
# refuse threading: process-state
# refuse multiprocessing: process-state
# refuse asyncio: process-state

import signal
import time


def undisturbed(number):
    before = signal.signal(signal.SIGUSR2, signal.SIG_IGN)
    time.sleep(0.003)
    signal.signal(signal.SIGUSR2, before)
    return number + 1


def main():
    results = []
    for number in (3, 6, 9):  # here
        results.append(undisturbed(number))
    print(results)


if __name__ == "__main__":
    main()
