"""Two places of one function hand over what the same object is asked for by items of the same name."""


class Base:
    def __init__(self, size):
        self.table = list(range(size))


def grown(base):
    total = 0
    for number in base.table:
        total = (total * 31 + number) % 10007
    return total


def halved(base):
    total = 0
    for number in base.table:
        total = (total * 17 + number) % 10007
    return total / 2


def main():
    base = Base(60_000)
    print([grown(base) for _ in range(4)])  # here
    print([halved(base) for _ in range(3)])


if __name__ == "__main__":
    main()
