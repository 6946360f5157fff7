"""An object of the module that stands for "nothing there": a copy of it that was sent back is another object."""
# refuse multiprocessing: identity


class Cell:
    def __init__(self, text):
        self.text = text


BLANK = Cell("")


def cell(number):
    value = number
    for step in range(20_000):
        value = (value * 41 + step) % 10_007
    return Cell(str(value)) if value % 3 else BLANK


def main():
    row = []
    for number in range(1, 13):  # here
        row.append(cell(number))
    print(sum(each is BLANK for each in row), "of", len(row))


if __name__ == "__main__":
    main()
