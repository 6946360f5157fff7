"""What is called after each reading is a method of the object that the next reading goes by."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


class Scale:
    offset = 0

    def settle(self, weight):
        self.offset += weight % 3


class Station:
    def __init__(self, scale, after):
        self.scale = scale
        self.after = after

    def weigh(self, load):
        offset = self.scale.offset
        time.sleep(0.02)
        return load + offset

    def run(self, loads):
        weights = []
        for load in loads:  # here
            weight = self.weigh(load)
            self.after(weight)
            weights.append(weight)
        return weights


if __name__ == "__main__":
    scale = Scale()
    print(Station(scale, scale.settle).run([3, 5, 8, 13]))
