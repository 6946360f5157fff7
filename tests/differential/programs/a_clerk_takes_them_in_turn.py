"""What the loop hands to the pool of one worker is done in the order in which it is handed over."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write

import time
from concurrent.futures import ThreadPoolExecutor


class Ledger:
    def __init__(self):
        self.total = 0
        self.clerk = ThreadPoolExecutor(max_workers=1)

    def sent(self, amount):
        time.sleep(0.001 * amount)
        return self.clerk.submit(self.booked, amount)

    def booked(self, amount):
        self.total = self.total * 2 + amount
        return self.total


def main():
    ledger = Ledger()
    futures = [ledger.sent(amount) for amount in (9, 5, 1)]  # here
    print([future.result() for future in futures])


if __name__ == "__main__":
    main()
