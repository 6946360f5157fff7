"""One screen that shows one page at a time: the next call opens another page in it."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


class Screen:
    def __init__(self):
        self.shown = ""

    def open(self, page):
        self.shown = page
        time.sleep(0.005)

    def title(self):
        return self.shown.upper()


def titles(pages):
    screen = Screen()
    found = []
    for page in pages:  # here
        screen.open(page)
        found.append(screen.title())
    return found


if __name__ == "__main__":
    print(titles(["start", "news", "about", "help"]))
