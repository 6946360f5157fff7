"""Two places of one function hand the same number over, by items of the same name."""


def grown(base):
    total = base
    for number in range(200_000):
        total = (total * 31 + number) % 10007
    return total


def halved(base):
    total = base
    for number in range(200_000):
        total = (total * 17 + number) % 10007
    return total / 2


def main():
    base = len("seed")
    print([grown(base) for _ in range(4)])  # here
    print([halved(base) for _ in range(3)])


if __name__ == "__main__":
    main()
