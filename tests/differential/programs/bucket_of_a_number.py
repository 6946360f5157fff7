"""A number is put into a table by its hash, which is the same in every process."""

import time


def bucket(word):
    time.sleep(0.004)
    return hash(len(word)) % 1009


def main():
    words = ["apple", "pear", "fig"]
    table = {}
    for word in words:  # here
        table[bucket(word)] = word
    print(all(table.get(hash(len(word)) % 1009) is not None for word in words))


if __name__ == "__main__":
    main()
