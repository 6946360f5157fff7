"""Each event gets the one bus of the program from the factory of its field."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time
from dataclasses import dataclass, field

BUS = []


@dataclass
class Event:
    name: str
    bus: list = field(default_factory=lambda: BUS)

    def fire(self):
        before = len(self.bus)
        time.sleep(0.02)
        self.bus.append(self.name)
        return before


def announce(name):
    return Event(name).fire()


def main():
    for name in ["ring", "knock", "shout"]:  # here
        print(announce(name))


if __name__ == "__main__":
    main()
