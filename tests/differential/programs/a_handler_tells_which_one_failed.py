"""The handler around the loop names the item that failed, and so does what a stack calls at its end."""

import contextlib
import time


def load(name):
    time.sleep(0.004)
    if not name.isalpha():
        raise ValueError("odd name")
    return name.title()


def main():
    pages = {}
    try:
        for name in ["ada", "bob", "c3po", "dan"]:  # here
            pages[name] = load(name)
    except ValueError as error:
        print("failed at", name, error, sorted(pages))
    with contextlib.suppress(ValueError), contextlib.ExitStack() as stack:
        stack.callback(lambda: print("at", word))
        for word in ["eve", "f4", "gus"]:
            pages[word] = load(word)


if __name__ == "__main__":
    main()
