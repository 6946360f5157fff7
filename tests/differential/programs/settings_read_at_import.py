"""The module prints and reads its settings when it is imported, and the work needs them: a process that starts afresh must not
print, and so would not have them."""
# refuse multiprocessing: no-main-guard
# refuse asyncio: event-loop


def settings():
    return [3, 1, 2]


def mixed(number):
    value = number
    for step in range(20000):
        value = (value * 31 + step * number) % 1000003
    return value + len(data)


print("reading")
data = settings()
out = [mixed(number) for number in (7, 2, 4, 1)]  # here
print(out)
