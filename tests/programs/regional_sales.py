"""Two loops, one within the other, that fill a table by region and day."""
# overlap: 3

import os
from urllib.request import urlopen

API = os.environ["API"]
REGIONS = ("north", "south", "east")


def sales(region, day):
    with urlopen(f"{API}/page/{region}-{day}", timeout=5) as answer:
        return len(answer.read())


def report(days):
    table = {}
    for region in REGIONS:  # here
        for day in days:
            table[region, day] = sales(region, day)
    return table


def main():
    table = report(range(4))
    for (region, day), amount in table.items():
        print(f"{region:6} {day} {amount}")
    print(sum(table.values()))


if __name__ == "__main__":
    main()
