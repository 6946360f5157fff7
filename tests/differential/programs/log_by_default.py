"""Each item adds a line to a file whose name is the default of a parameter, some calls down."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: keep its order

import time


def log(line, name="log.txt"):
    with open(name, "a") as file:
        file.write(f"{line}\n")


def found(number):
    time.sleep(0.002 * (10 - number))
    log(f"{number} {number * 3}")
    return number * 3


def main():
    out = []
    for number in (7, 8, 5, 3, 2):  # here
        out.append(found(number))
    print(out)


if __name__ == "__main__":
    main()
