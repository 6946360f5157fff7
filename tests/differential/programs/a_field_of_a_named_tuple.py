"""Each task is a tuple of its own, and all of them hold one list."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: Are the iterations really independent

import time
from collections import namedtuple

Task = namedtuple("Task", ["name", "done"])


def run(task):
    before = len(task.done)
    time.sleep(0.02)
    task.done.append(task.name)
    return before


def main():
    done = []
    tasks = [Task(name, done) for name in ("sow", "water", "reap")]
    for task in tasks:  # here
        print(run(task))


if __name__ == "__main__":
    main()
