"""Work that returns a generator, which no process can send back."""
# refuse multiprocessing: unpicklable-result


def halves(number):
    while number:
        yield number
        number //= 2


def mixed(seed):
    value = seed
    for step in range(20_000):
        value = (value * 17 + step) % 99_991
    return halves(value)


def main():
    found = []
    for seed in (4, 9, 14):  # here
        found.append(mixed(seed))
    print([sum(each) for each in found])


if __name__ == "__main__":
    main()
