# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
"""An iteration takes the next item of what is walked, by way of `iter`."""

import time


def load(text):
    time.sleep(0.004)
    return int(text) * 10


def paired(texts):
    out = []
    for text in texts:  # here
        value = load(text)
        out.append((value, next(iter(texts), "end")))
    return out


COMMANDS = {"paired": paired}


def main():
    print(COMMANDS["paired"](iter(["1", "2", "3", "4"])))


if __name__ == "__main__":
    main()
