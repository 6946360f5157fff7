"""What a function does for texts is registered apart from it, and keeps a list."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time
from functools import singledispatch

KEPT = []


@singledispatch
def described(value):
    return str(value)


@described.register
def _(value: str):
    KEPT.append(value)
    return f"{len(KEPT)} {value}"


def worked(name, pause):
    time.sleep(pause)
    return described(name)


def main():
    out = []
    for name, pause in (("ann", 0.03), ("bo", 0.015), ("cleo", 0.001)):  # here
        out.append(worked(name, pause))
    print(out, KEPT)


if __name__ == "__main__":
    main()
