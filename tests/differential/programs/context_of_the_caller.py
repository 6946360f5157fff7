"""Work that sets a context variable, which the caller reads when the loop is over."""
# refuse threading: thread-state
# refuse multiprocessing: thread-state
# refuse asyncio: thread-state

import contextvars
import time

language = contextvars.ContextVar("language", default="none")


def greeting(code):
    time.sleep(0.005)
    language.set(code)
    return f"hello in {code}"


def main():
    said = []
    for code in ("de", "fr", "pl"):  # here
        said.append(greeting(code))
    print(said, language.get())


if __name__ == "__main__":
    main()
