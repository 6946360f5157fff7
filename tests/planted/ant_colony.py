# kind: forked-random-state
# fault: 31 | 18
# why: Every forked child works on its own copy of DICE in the same state, so all ants take the same walk.
# seen: 3.11: a, b and c end at the same place
import multiprocessing
import random

DICE = random.Random()
STEPS = ((0, 1), (1, 0), (0, -1), (-1, 0))


class Ant:
    def __init__(self, name, trails):
        self.name = name
        self.trails = trails

    def step(self):
        return DICE.choice(STEPS)

    def walk(self, length):
        x = y = 0
        for _ in range(length):
            dx, dy = self.step()
            x, y = x + dx, y + dy
        self.trails.put((self.name, (x, y)))


def race(names, length=100_000):
    fork = multiprocessing.get_context("fork")
    trails = fork.SimpleQueue()
    ants = [fork.Process(target=Ant(name, trails).walk, args=(length,)) for name in names]
    for ant in ants:
        ant.start()
    ends = dict(trails.get() for _ in ants)
    for ant in ants:
        ant.join()
    return ends


if __name__ == "__main__":
    for name, end in sorted(race(["a", "b", "c"]).items()):
        print(name, end)
