"""A result is a pair that holds a pair, and so on, deeper than can be sent from a process."""
# refuse multiprocessing: unpicklable-result

import time


def chain(n):
    time.sleep(0.01)
    node = None
    for i in range(3000):
        node = (n + i, node)
    return node


def main():
    chains = [chain(n) for n in range(4)]  # here
    print(len(chains), chains[1][0])


if __name__ == "__main__":
    main()
