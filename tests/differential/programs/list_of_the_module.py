"""Work that adds to a list of the module: what a process adds, the caller never sees."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write

found = []


def search(start):
    for number in range(start, start + 2_000):
        if number % 997 == 5:
            found.append(number)
    return start


def main():
    for start in range(0, 12_000, 2_000):  # here
        search(start)
    print(found)


if __name__ == "__main__":
    main()
