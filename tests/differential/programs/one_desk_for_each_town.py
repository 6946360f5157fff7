# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: Is every update of
"""The first one who asks for a desk has it set up, and all letters from that town are counted there."""

import time

DESKS = {}


class Desk:
    def __init__(self, town):
        time.sleep(0.003)
        self.town, self.letters = town, []

    def take(self, letter):
        self.letters.append(letter)


def desk_of(town):
    if town not in DESKS:
        DESKS[town] = Desk(town)
    return DESKS[town]


def opened(letter):
    desk = desk_of(letter.split("-")[0])
    time.sleep(0.004)
    return desk


def main():
    for desk in [opened(letter) for letter in ("ulm-1", "ulm-2", "jena-1", "ulm-3")]:  # here
        desk.take(1)
    print({town: len(desk.letters) for town, desk in DESKS.items()})


main()
