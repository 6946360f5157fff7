"""The caller of a function waits for Ctrl-C: it stays a function, and runs the loop of coroutines."""

import time


def squared(number):
    time.sleep(0.004)
    return number**2


def squares(numbers):
    return [squared(number) for number in numbers]  # here


def main():
    try:
        print(squares([1, 2, 3]))
    except KeyboardInterrupt:
        print("interrupted")


if __name__ == "__main__":
    main()
