"""Work that steps into a folder and out again: the working folder is one for the whole process."""
# refuse threading: process-state
# refuse multiprocessing: process-state
# refuse asyncio: process-state

import os
import time


def build(name):
    top = os.getcwd()
    os.makedirs(name, exist_ok=True)
    os.chdir(name)
    time.sleep(0.005)
    with open("built.txt", "w", encoding="utf-8") as file:
        file.write(name)
    os.chdir(top)
    return len(name)


def main():
    sizes = []
    for name in ("api", "web", "docs"):  # here
        sizes.append(build(name))
    print(sizes)


if __name__ == "__main__":
    main()
