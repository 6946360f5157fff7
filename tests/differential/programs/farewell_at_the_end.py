"""The files that are left are looked at when the interpreter ends, where no worker can be started."""
# refuse threading: process-state
# refuse multiprocessing: process-state
# refuse asyncio: process-state

import atexit
import os


def looked_at(name):
    with open(name) as file:
        return file.read()


def farewell():
    print([looked_at(name) for name in sorted(os.listdir(".")) if name.endswith(".out")])  # here


def main():
    atexit.register(farewell)
    for step in (1, 2, 3):
        with open(f"{step}.out", "w") as file:
            file.write(str(step))


if __name__ == "__main__":
    main()
