# fault: pool-for-trifles
# shows: nothing, for it only wastes time: 26 µs a row where the plain loop takes 7
# mended: 50000
from multiprocessing import Pool


def bump(row):
    return [row[i] + 1 for i in range(len(row))]


def main():
    rows = [[n for n in range(20)] for _ in range(50000)]
    with Pool(2) as pool:
        print(len(pool.map(bump, rows)))  # here


if __name__ == "__main__":
    main()
