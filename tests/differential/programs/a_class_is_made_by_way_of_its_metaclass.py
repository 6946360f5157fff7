"""`type(Base)(…)` makes a class, and the metaclass keeps a list of those."""
# refuse threading: process-state
# refuse multiprocessing: process-state
# refuse asyncio: process-state

import time


class Numbered(type):
    made = []

    def __init__(cls, name, bases, space):
        super().__init__(name, bases, space)
        Numbered.made.append(name)
        cls.number = len(Numbered.made)


class Plugin(metaclass=Numbered):
    pass


def built(name, pause):
    time.sleep(pause)
    return type(Plugin)(name, (Plugin,), {}).number


def main():
    numbers = {}
    for name, pause in (("Zip", 0.03), ("Tar", 0.015), ("Cab", 0.001)):  # here
        numbers[name] = built(name, pause)
    print(numbers, Numbered.made)


if __name__ == "__main__":
    main()
