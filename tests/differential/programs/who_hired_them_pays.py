# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
"""What is walked knows by whom it was made, and that changes from iteration to iteration."""

import time


class Hand:
    def __init__(self, name, farm):
        self.name, self.farm = name, farm

    def work(self):
        time.sleep(0.004)
        return len(self.name) * self.farm.wage


class Farm:
    def __init__(self):
        self.wage, self.hands = 1, []

    def hire(self, name):
        self.hands.append(Hand(name, self))

    def season(self):
        paid = []
        for hand in self.hands:  # here
            sum_due = hand.work()
            paid.append(sum_due)
            self.wage += sum_due % 3
        return paid


def main():
    farm = Farm()
    for name in ("Ann", "Bert", "Carla", "Dorothea"):
        farm.hire(name)
    print(farm.season(), farm.wage)


main()
