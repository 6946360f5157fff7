"""Random numbers from the generator of the module, which was given a seed."""
# refuse threading: random-draw
# refuse multiprocessing: random-draw
# refuse asyncio: random-draw

import random
import time


def drawn(most):
    time.sleep(0.02 / most)
    return random.randrange(most)


def main():
    random.seed(5)
    numbers = []
    for most in (1, 6, 2, 40):  # here
        numbers.append(drawn(most))
    print(numbers)


if __name__ == "__main__":
    main()
