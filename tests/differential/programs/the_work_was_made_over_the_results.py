"""The function that does the work was made by another, which was given the list that the results go to."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


def numbered_by(list_of_rows):
    def number(name):
        place = len(list_of_rows)
        time.sleep(0.02)
        return f"{place}. {name}"

    return number


def main():
    rows = []
    number = numbered_by(rows)
    for name in ["ash", "oak", "elm"]:  # here
        row = number(name)
        rows.append(row)
    print(rows)


if __name__ == "__main__":
    main()
