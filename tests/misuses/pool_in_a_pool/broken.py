# fault: process-started-in-a-daemon
# shows: fails daemonic processes are not allowed to have children
# mended: [3, 12]
from multiprocessing import Pool


def square(number):
    return number * number


def row(numbers):
    with Pool(2) as pool:
        return sum(pool.map(square, numbers))


def main():
    with Pool(2) as pool:
        print(pool.map(row, [[1, 1, 1], [2, 2, 2]]))  # here


if __name__ == "__main__":
    main()
