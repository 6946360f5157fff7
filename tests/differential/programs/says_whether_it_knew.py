"""A table that is filled as it goes is no memo here: what the work gives says whether it was in the table."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: Are the iterations really independent

import time


class Book:
    def __init__(self):
        self.pages = {}


class Reader:
    def __init__(self, book):
        self.book = book

    def read(self, word):
        if word in self.book.pages:
            return self.book.pages[word], "known"
        time.sleep(0.02)
        self.book.pages[word] = word.upper()
        return self.book.pages[word], "new"


def main():
    book = Book()
    told = []
    for word in ["ash", "oak", "ash", "elm", "oak"]:  # here
        told.append(Reader(book).read(word))
    print(told)


if __name__ == "__main__":
    main()
