"""A bare object that stands for "not found", looked for with `is` in the loop."""
# refuse multiprocessing: identity

NOT_FOUND = object()


def root(number):
    for candidate in range(2, 20_000):
        if candidate * candidate == number:
            return candidate
    return NOT_FOUND


def main():
    lines = []
    for number in (49, 50, 1_024, 1_025):  # here
        result = root(number)
        lines.append("-" if result is NOT_FOUND else "root")
    print(lines)


if __name__ == "__main__":
    main()
