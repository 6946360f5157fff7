"""A list as default of a parameter: all calls share it."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


def ticket(name, given=[]):
    time.sleep(0.03 - 0.01 * len(name))
    given.append(name)
    return f"{name} is number {len(given)}"


def main():
    tickets = []
    for name in ("a", "bb", "c", "bb"):  # here
        tickets.append(ticket(name))
    print(tickets)


if __name__ == "__main__":
    main()
