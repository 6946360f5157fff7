"""Each stone holds the one before it, whose height it adds to its own."""
# refuse threading: carried-dependence
# refuse multiprocessing: shared-write
# refuse asyncio: carried-dependence
# ask: Are the iterations really independent

import time


class Stone:
    def __init__(self, height):
        self.height = height
        self.below = None


def set_down(stone):
    ground = stone.below.height if stone.below else 0
    time.sleep(0.02)
    stone.height += ground
    return stone.height


def main():
    stones = [Stone(height) for height in (4, 8, 2)]
    for lower, upper in zip(stones, stones[1:]):
        upper.below = lower
    for stone in stones:  # here
        print(set_down(stone))


if __name__ == "__main__":
    main()
