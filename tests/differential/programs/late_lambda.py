"""Functions kept for later that look up the variable of the loop when they are called."""

import time


def quoted(word):
    time.sleep(0.002)
    return repr(word)


def main():
    later = []
    for word in ("red", "green", "blue"):  # here
        mark = quoted(word)
        later.append(lambda: (word, mark))
    print([each() for each in later])


if __name__ == "__main__":
    main()
