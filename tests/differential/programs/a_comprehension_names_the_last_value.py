"""Each answer is asked for with the one before, which a comprehension names by `:=`."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


def asked(token, name):
    time.sleep(0.002)
    return token + name[0]


def main():
    token = "t"
    trail = [token := asked(token, name) for name in ("red", "blue", "green")]  # here
    print(trail, token)


if __name__ == "__main__":
    main()
