"""The work gives up with an exception that is none of `Exception`, which the loop takes in its turn."""

import asyncio


def mixed(number):
    value = number
    for step in range(2000):
        value = (value * 31 + step * number) % 1000003
    if number % 3 == 0:
        raise asyncio.CancelledError
    return value


def main():
    out = []
    for number in (7, 3, 4, 9, 2):  # here
        try:
            found = mixed(number)
        except asyncio.CancelledError:
            out.append("given up")
            continue
        out.append(found)
    print(out)


if __name__ == "__main__":
    main()
