"""A method that returns from within its loop, with state on self that others read."""
# overlap: 3
# early: yes

from __future__ import annotations

import os
from dataclasses import dataclass, field

import requests


@dataclass
class Finder:
    """Finds the first item at least as large as asked for."""

    base: str
    limit: int = 20
    seen: list[int] = field(default_factory=list)

    def size(self, item: int) -> int:
        answer = requests.get(f"{self.base}/item/{item}", timeout=5)
        return int(answer.json()["size"])

    def first_of_size(self, size: int) -> int | None:
        for item in range(1, self.limit):  # here
            found = self.size(item)
            self.seen.append(found)
            if found >= size:
                return item
        return None


def main() -> None:
    finder = Finder(os.environ["API"], limit=12)
    print(finder.first_of_size(10), finder.seen)
    print(finder.first_of_size(1000), finder.seen)


if __name__ == "__main__":
    main()
