"""Work that fills a table which later rounds read: threads could, processes would fill copies."""
# models: threading multiprocessing
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence

table = {1: 1}


def steps(number):
    if number not in table:
        table[number] = 1 + steps(number // 2 if number % 2 == 0 else 3 * number + 1)
    return table[number]


def longest(limit):
    best = (0, 0)
    for number in range(1, limit):  # here
        best = max(best, (steps(number), number))
    return best


if __name__ == "__main__":
    print(longest(4_000), len(table))
