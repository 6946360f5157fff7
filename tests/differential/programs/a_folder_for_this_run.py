# refuse multiprocessing: process-state
"""The folder in which all of a run is put away is made when the module is imported, and named by chance."""

import os
import tempfile
import time

AWAY = tempfile.mkdtemp()


def inside(name):
    time.sleep(0.004)
    return os.path.join(AWAY, name).startswith(AWAY + os.sep), os.path.dirname(os.path.join(AWAY, name))


def main():
    seen = [inside(name) for name in ("a", "b", "c", "d")]  # here
    print(len({folder for _, folder in seen}), all(within for within, _ in seen), seen[0][1] == AWAY)


main()
