"""Each order is a namespace of its own, and all of them hold one list."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: Are the iterations really independent

import time
from types import SimpleNamespace


def serve(order):
    before = len(order.served)
    time.sleep(0.02)
    order.served.append(order.table)
    return before


def main():
    served = []
    orders = [SimpleNamespace(table=table, served=served) for table in range(3)]
    for order in orders:  # here
        print(serve(order))


if __name__ == "__main__":
    main()
