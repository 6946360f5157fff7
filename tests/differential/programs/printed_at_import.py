"""The module prints and makes a folder when it is imported, which a process that starts afresh must not do again."""
# refuse asyncio: event-loop

import os


def mixed(number):
    value = number
    for step in range(20000):
        value = (value * 31 + step * number) % 1000003
    return value


print("reading")
os.mkdir("out")
out = [mixed(number) for number in (7, 2, 4, 1)]  # here
print(out)
