"""A word is put into a table by its hash, and looked for by its hash."""
# refuse multiprocessing: identity

import time


def bucket(word):
    time.sleep(0.004)
    return hash(word) % 1009


def main():
    words = ["apple", "pear", "plum", "fig"]
    table = {}
    for word in words:  # here
        table[bucket(word)] = word
    print(all(table.get(hash(word) % 1009) is not None for word in words))


if __name__ == "__main__":
    main()
