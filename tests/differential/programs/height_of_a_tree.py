"""The work leads back to the loop: every level would have a pool of its own."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
# ask: Can the first level be split off

import time


class Node:
    def __init__(self, *children):
        self.children = children

    def height(self):
        time.sleep(0.001)
        return 1 + max((child.height() for child in self.children), default=0)  # here


def main():
    tree = Node(Node(Node(), Node(Node())), Node())
    print(tree.height())


if __name__ == "__main__":
    main()
