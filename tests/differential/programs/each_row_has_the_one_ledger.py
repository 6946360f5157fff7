# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: Are the iterations really independent
"""The rows that are walked were made with one ledger in each of them."""

import time


def booked(row):
    before = row["ledger"]["sum"]
    time.sleep(0.004)
    row["ledger"]["sum"] = before + row["amount"]
    return before


def main():
    ledger = {"sum": 0}
    rows = [{"amount": amount, "ledger": ledger} for amount in (5, 7, 11, 13)]
    seen = []
    for row in rows:  # here
        seen.append(booked(row))
    print(seen, ledger)


main()
