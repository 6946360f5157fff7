"""Indented with tabs, a comment after the head of the loop."""
# as: tabs
# overlap: 3

import os
from urllib.request import urlopen

API = os.environ["API"]


class Reader:
    prefix = "page"

    def read(self, number):
        with urlopen(f"{API}/{self.prefix}/{number}", timeout=5) as answer:
            return answer.read().decode()

    def run(self, numbers):
        seen = []
        for number in numbers:  # here
            if number % 3 == 0:
                continue
            text = self.read(number)
            # only what is long enough
            if len(text) > 3:
                seen.append(text)
        return seen


def main():
    print("\n".join(Reader().run(range(12))))


if __name__ == "__main__":
    main()
