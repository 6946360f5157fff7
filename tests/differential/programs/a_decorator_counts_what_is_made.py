"""A decorator of the class has each object that is made put into a list."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: Are the iterations really independent

import time


def listed(cls):
    cls.all = []
    begin = cls.__init__

    def __init__(self, *given):
        begin(self, *given)
        cls.all.append(self)

    cls.__init__ = __init__
    return cls


@listed
class Ticket:
    def __init__(self, seat):
        self.seat = seat


def sell(seat):
    time.sleep(0.06 / (seat + 1))
    return Ticket(seat).seat, len(Ticket.all)


def main():
    for seat in range(3):  # here
        print(sell(seat))


if __name__ == "__main__":
    main()
