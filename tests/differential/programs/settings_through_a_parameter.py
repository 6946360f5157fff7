"""Settings of the module are changed by a function that is given them, as the program runs."""
# refuse multiprocessing: process-state

import time


class Settings:
    base = 1
    names = {}


settings = Settings()


def offset(number):
    time.sleep(0.004)
    return settings.base + number + len(settings.names)


def configured(target):
    target.base = 100
    vars(target)["names"] = {"x": 1}


def main():
    configured(settings)
    found = []
    for number in range(3):  # here
        found.append(offset(number))
    print(found)


if __name__ == "__main__":
    main()
