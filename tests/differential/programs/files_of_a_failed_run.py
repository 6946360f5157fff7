"""Files are written one by one until a round fails: none of the later ones is there afterwards."""
# refuse threading: later-effects
# refuse multiprocessing: later-effects
# refuse asyncio: later-effects
# ask: when one request fails

import time


def export(number):
    time.sleep(0.005)
    if number == 3:
        raise RuntimeError(f"no such table: {number}")
    with open(f"table-{number}.csv", "w", encoding="utf-8") as file:
        file.write(f"{number};{number * number}\n")


def main():
    for number in range(1, 9):  # here
        export(number)


if __name__ == "__main__":
    main()
