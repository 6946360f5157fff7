"""An object with a seeded generator of random numbers, drawn from in each round."""
# refuse threading: stateful-capture
# refuse multiprocessing: stateful-capture
# refuse asyncio: stateful-capture

import random
import time


class Walk:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.pause = 0.02

    def step(self, width):
        time.sleep(self.pause / width)
        return self.dice.randint(-width, width)


def main():
    walk = Walk(11)
    places = []
    for width in (1, 20, 3, 50, 2):  # here
        places.append(walk.step(width))
    print(places)


if __name__ == "__main__":
    main()
