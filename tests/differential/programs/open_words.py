"""An open file of the module is handed to the work, where a generator of the module walks the items."""
# refuse multiprocessing: unpicklable-capture
# refuse asyncio: lazy-generator


def mixed(number, words):
    value = number
    for step in range(20000):
        value = (value * 31 + step * number) % 1000003
    return value + len(words.name)


with open("words.txt", "w") as file:
    file.write("one two three")
words = open("words.txt")


def results():
    for number in (7, 2, 4, 1):  # here
        yield mixed(number, words)


print(list(results()))
words.close()
