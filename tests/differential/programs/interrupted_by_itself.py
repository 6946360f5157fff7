"""A function interrupts itself after its loop, and waits for that."""
# refuse asyncio: event-loop

import signal
import time


def squared(number):
    time.sleep(0.004)
    return number**2


def squares(numbers):
    try:
        found = [squared(number) for number in numbers]  # here
        signal.raise_signal(signal.SIGINT)
        print("not interrupted")
    except KeyboardInterrupt:
        return "interrupted"
    return found


def main():
    print(squares([1, 2, 3]))


if __name__ == "__main__":
    main()
