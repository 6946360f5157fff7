"""Each job says when it goes, which is before the next one is made."""
# refuse threading: ordered-output
# refuse multiprocessing: ordered-output
# refuse asyncio: ordered-output

import time


class Job:
    def __init__(self, number):
        self.number = number

    def __del__(self):
        print("done with", self.number)


def ran(number):
    job = Job(number)
    time.sleep(0.002 * (10 - number))
    return job.number * 2


def main():
    results = []
    for number in (4, 5, 3, 1):  # here
        results.append(ran(number))
    print(results)


if __name__ == "__main__":
    main()
