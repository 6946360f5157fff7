"""Work that tests a number of the module, waits, and then changes it."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: Are the iterations really independent

import time

free = 7


def book(group):
    global free
    if group > free:
        return "full"
    time.sleep(0.01)
    free -= group
    return "booked"


def main():
    answers = []
    for group in (4, 2, 3, 1, 5):  # here
        answers.append(book(group))
    print(answers, free)


if __name__ == "__main__":
    main()
