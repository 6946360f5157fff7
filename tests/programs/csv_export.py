"""A csv file written row by row under a with block around the loop."""
# overlap: 3

import csv
import os
import sys

import requests

API = os.environ["API"]


def item(number):
    return requests.get(f"{API}/item/{number}", timeout=5).json()


def export(path, numbers):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "size", "tags"])
        for number in numbers:  # here
            record = item(number)
            writer.writerow([record["id"], record["name"], record["size"], "|".join(record["tags"])])
    return path


def main(argv):
    path = export(argv[0] if argv else "items.csv", range(1, 11))
    with open(path, encoding="utf-8") as file:
        sys.stdout.write(file.read())


if __name__ == "__main__":
    main(sys.argv[1:])
