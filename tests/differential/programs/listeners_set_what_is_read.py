"""Objects that are called after each visit change the settings which the next visit reads."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
# ask: Are the iterations really independent

import time


class Limits:
    depth = 1


class Deeper:
    def __init__(self, limits):
        self.limits = limits

    def __call__(self, found):
        self.limits.depth += found % 2


class Crawler:
    def __init__(self, limits):
        self.limits = limits

    def visit(self, page):
        depth = self.limits.depth
        time.sleep(0.02)
        return page * depth


def main():
    limits = Limits()
    crawler = Crawler(limits)
    listeners = [Deeper(limits)]
    visited = []
    for page in [1, 2, 3, 5]:  # here
        found = crawler.visit(page)
        for listener in listeners:
            listener(found)
        visited.append(found)
    print(visited)


if __name__ == "__main__":
    main()
