# refuse threading: early-exit
# refuse multiprocessing: early-exit
# refuse asyncio: lazy-generator
"""Who takes the first values of a generator goes on with what the generator draws from."""

import time


class Source:
    def __init__(self, batches):
        self.batches = batches
        self.asked = 0

    def __iter__(self):
        return self

    def __next__(self):
        if self.asked >= len(self.batches):
            raise StopIteration
        self.asked += 1
        return self.batches[self.asked - 1]


def weigh(batch):
    time.sleep(0.004)
    return sum(batch)


def totals(source):
    for batch in source:  # here
        yield weigh(batch)


def main():
    source = Source([[1], [2], [3], [4], [5]])
    values = totals(source)
    print(next(values), next(values), source.asked)
    values.close()
    print(list(source))


if __name__ == "__main__":
    main()
