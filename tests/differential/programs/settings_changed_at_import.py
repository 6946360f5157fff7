"""Settings of the module are changed when it is imported, as each process does for itself; others while the program runs."""

import time


class Settings:
    def __init__(self):
        self.base = 1
        self.names = {}


settings = Settings()
settings.base = 100
vars(settings)["names"] = {"x": 1}
others = Settings()


def offset(number):
    time.sleep(0.004)
    return settings.base + number + len(settings.names)


def configured(target):
    target.base = 200
    vars(target)["names"] = {"y": 1}


def main():
    configured(others)
    found = []
    for number in range(3):  # here
        found.append(offset(number))
    print(found, others.base)


if __name__ == "__main__":
    main()
