"""The files are named for what is left when the item is divided: several items add to one."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: keep its order

import time


def noted(number):
    time.sleep(0.002 * (10 - number))
    with open(f"group{number % 2}.txt", "a") as file:
        file.write(f"{number} ")
    return number * 3


def main():
    numbers = [9, 3, 8, 5, 4, 7]
    out = []
    while numbers:  # here
        number = numbers.pop(0)
        out.append(noted(number))
    print(out)


if __name__ == "__main__":
    main()
