from multiprocessing import Pool


def square(number):
    return number * number


def row(numbers):
    return sum(map(square, numbers))


def main():
    with Pool(2) as pool:
        print(pool.map(row, [[1, 1, 1], [2, 2, 2]]))


if __name__ == "__main__":
    main()
