# fault: same-random-numbers-in-each-process
# shows: prints 1 different
# mended: 4 different
import random
from multiprocessing import Pool

generator = random.Random()


def draw(_):
    return generator.random()


def main():
    drawn = []
    for _ in range(4):
        with Pool(2) as pool:
            drawn += pool.map(draw, [0])  # here
    print(len(set(drawn)), "different")


if __name__ == "__main__":
    main()
