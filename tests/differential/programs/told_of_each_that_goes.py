"""Each job that goes is told of, which is before the next one is made."""
# refuse threading: identity
# refuse multiprocessing: identity
# refuse asyncio: identity

import time
import weakref


class Job:
    def __init__(self, number):
        self.number = number


def ran(job):
    time.sleep(0.002 * (10 - job.number))
    return job.number * 2


def main():
    results = []
    for number in (4, 5, 3, 1):  # here
        job = Job(number)
        weakref.finalize(job, print, "gone:", number)
        results.append(ran(job))
    print(results)


if __name__ == "__main__":
    main()
