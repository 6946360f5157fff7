"""One of the items turns a switch, and those after it do nothing."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: Are the iterations really independent

import time


class Switch:
    off = False


def visit(door):
    if Switch.off:
        return "nothing"
    time.sleep(0.02)
    if door == 1:
        Switch.off = True
    return door


def main():
    for door in range(4):  # here
        print(visit(door))


if __name__ == "__main__":
    main()
