import random
from multiprocessing import Pool


def draw(seed):
    return random.Random(seed).random()


def main():
    drawn = []
    for seed in range(4):
        with Pool(2) as pool:
            drawn += pool.map(draw, [seed])
    print(len(set(drawn)), "different")


if __name__ == "__main__":
    main()
