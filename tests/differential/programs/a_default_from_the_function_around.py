"""A list of the function around is the default of the one that it makes, for all its calls."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


def numbering():
    given = []

    def number(name, before=given):
        place = len(before)
        time.sleep(0.02)
        before.append(name)
        return f"{place}. {name}"

    return number


number = numbering()


def main():
    print([number(name) for name in ["ash", "oak", "elm"]])  # here


if __name__ == "__main__":
    main()
