"""An exception that is not made again from its own arguments: on its way between processes it becomes another."""
# refuse multiprocessing: unpicklable-error

import time


class Rejected(Exception):
    def __init__(self, row, why="no reason"):
        super().__init__(f"row {row} rejected")
        self.row = row
        self.why = why


def imported(row):
    time.sleep(0.003)
    if row % 4 == 2:
        raise Rejected(row, "too short")
    return row * 2


def main():
    done = []
    for row in range(5):  # here
        try:
            done.append(imported(row))
        except Rejected as error:
            done.append((str(error), error.row, error.why))
    print(done)


if __name__ == "__main__":
    main()
