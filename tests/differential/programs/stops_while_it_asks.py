"""Beside the loop, which may become a coroutine's, something raises StopIteration, which no coroutine lets through."""
# refuse asyncio: error-handling

import time


def first_even(numbers):
    for number in numbers:
        if number % 2 == 0:
            return number
    raise StopIteration("none is even")


def asked(number):
    time.sleep(0.01)
    return number * 3


def main():
    answers = [asked(number) for number in (1, 2, 3)]  # here
    print(answers)
    print(first_even([each for each in answers if each % 2]))


if __name__ == "__main__":
    try:
        main()
    except StopIteration as stopped:
        print("stopped:", stopped)
