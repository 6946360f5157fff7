"""Each round that gets an answer replaces that of the round before, and the last one is told."""

import time


def answers(name):
    time.sleep(0.01 / len(name))
    if name == "none":
        raise ValueError(name)
    return [name.upper(), len(name)]


def main():
    found = []
    for name in ("a", "some", "none", "longer", "none"):  # here
        try:
            found = answers(name)
        except ValueError:
            pass
    print(found)


if __name__ == "__main__":
    main()
