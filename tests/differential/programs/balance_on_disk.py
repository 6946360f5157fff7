"""Each round reads the file that the one before wrote."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import os
import time


def paid(amount):
    balance = 0
    if os.path.exists("balance.txt"):
        with open("balance.txt", encoding="utf-8") as file:
            balance = int(file.read())
    time.sleep(0.01)
    with open("balance.txt", "w", encoding="utf-8") as file:
        file.write(f"{balance + amount}")
    return balance


def main():
    seen = []
    for amount in (10, 20, 5, 7):  # here
        seen.append(paid(amount))
    print(seen)


if __name__ == "__main__":
    main()
