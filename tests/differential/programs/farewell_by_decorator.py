"""What looks at the files that are left is registered by a decorator, and runs when the interpreter ends."""
# refuse threading: process-state
# refuse multiprocessing: process-state
# refuse asyncio: process-state

import atexit
import os


def looked_at(name):
    with open(name) as file:
        return file.read()


@atexit.register
def farewell():
    print([looked_at(name) for name in sorted(os.listdir(".")) if name.endswith(".out")])  # here


def main():
    for step in (1, 2, 3):
        with open(f"{step}.out", "w") as file:
            file.write(str(step))


if __name__ == "__main__":
    main()
