"""Settings of the module are changed by their names, as the program runs."""
# refuse multiprocessing: process-state

import time


class Settings:
    base = 1


settings = Settings()


def offset(number):
    time.sleep(0.004)
    return settings.base + number


def main():
    vars(settings)["base"] = 100
    found = []
    for number in range(3):  # here
        found.append(offset(number))
    print(found)


if __name__ == "__main__":
    main()
