"""What the work gives holds the tally that it was given, which the caller then counts in."""
# refuse multiprocessing: identity


class Tally:
    hits = 0


class Outcome:
    def __init__(self, tally, value):
        self.tally = tally
        self.value = value


def run(tally, number):
    total = 0
    for step in range(60000 + number):
        total = (total * 31 + step) % 1003
    return Outcome(tally, total)


def main():
    tally = Tally()
    for number in range(4):  # here
        outcome = run(tally, number)
        outcome.tally.hits += outcome.value % 2 + 1
    print(tally.hits)


if __name__ == "__main__":
    main()
