"""The loop sets the level by the name under which another class keeps the same object."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
# ask: Are the iterations really independent

import time


class Board:
    shown = None


class Worker:
    def __init__(self):
        self.state = {"level": 0}

    def priced(self, number):
        time.sleep(0.01)
        return number + self.state["level"]

    def run(self):
        Board.shown = self.state
        prices = []
        for number in (3, 1, 4):  # here
            Board.shown["level"] = number % 5
            prices.append(self.priced(number))
        print(prices, self.state)


if __name__ == "__main__":
    Worker().run()
