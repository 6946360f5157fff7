"""Solutions of the queens puzzle by first column: a nested function, values collected in a comprehension."""
# models: threading multiprocessing
# refuse multiprocessing: unpicklable-function

def count_solutions(size):
    full = (1 << size) - 1

    def place(columns, left, right):
        if columns == full:
            return 1
        total = 0
        free = full & ~(columns | left | right)
        while free:
            bit = free & -free
            free -= bit
            total += place(columns | bit, (left | bit) << 1, (right | bit) >> 1)
        return total

    by_column = [place(1 << column, 2 << column, 1 << column >> 1) for column in range(size)]  # here
    return by_column


if __name__ == "__main__":
    found = count_solutions(8)
    print(found, sum(found))
