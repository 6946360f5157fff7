"""The variants share the list of the one that they are made from, and a process would give each a list of its own."""
# refuse multiprocessing: identity

import dataclasses
import time


@dataclasses.dataclass
class Plan:
    name: str
    flags: list


def variant(base, name):
    time.sleep(0.004)
    return dataclasses.replace(base, name=name)


def main():
    base = Plan("base", [])
    out = []
    for name in ("one", "two", "three"):  # here
        out.append(variant(base, name))
    base.flags.append("late")
    print(out)


if __name__ == "__main__":
    main()
