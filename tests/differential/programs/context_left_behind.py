"""A function sets the context of its caller once its loop is done."""
# refuse asyncio: thread-state

import contextvars
import time

stage = contextvars.ContextVar("stage", default="none")


def loaded(name):
    time.sleep(0.004)
    return name * 2


def prepared(names):
    found = []
    for name in names:  # here
        found.append(loaded(name))
    stage.set("ready")
    return found


def main():
    print(prepared(["a", "b", "c"]))
    print(stage.get())


if __name__ == "__main__":
    if main() is None:
        print(stage.get())
