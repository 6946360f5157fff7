"""A list holds the settings of the object, which each round changes through it and the work of the next one reads."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


class Worker:
    def __init__(self):
        self.settings = {"level": 0}

    def work(self, number):
        time.sleep(0.002)
        return number + self.settings["level"]

    def run(self):
        shelf = [self.settings]
        out = []
        for number in (4, 7, 9, 3):  # here
            answer = self.work(number)
            shelf[0]["level"] = answer % 7
            out.append(answer)
        print(out)


if __name__ == "__main__":
    Worker().run()
