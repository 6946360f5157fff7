"""A function keeps one connection for each host, and each connection counts what it has sent."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import functools
import time


class Link:
    def __init__(self, host):
        self.host = host
        self.sent = 0

    def send(self, text):
        number = self.sent
        time.sleep(0.02)
        self.sent = number + 1
        return f"{self.host}/{number}: {text}"


@functools.cache
def link(host):
    return Link(host)


def main():
    for host, text in [("east", "a"), ("west", "b"), ("east", "c"), ("east", "d")]:  # here
        print(link(host).send(text))


if __name__ == "__main__":
    main()
