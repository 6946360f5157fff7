"""`operator.methodcaller` calls a method that changes what it is given."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time
from collections import deque
from operator import methodcaller

STACK = deque()


def worked(name, pause):
    time.sleep(pause)
    methodcaller("append", name)(STACK)
    return len(STACK)


def main():
    out = []
    for name, pause in (("ann", 0.03), ("bo", 0.015), ("cleo", 0.001)):  # here
        out.append(worked(name, pause))
    print(out, list(STACK))


if __name__ == "__main__":
    main()
