"""A class whose method parses in pure Python; progress is printed by the caller."""
# models: threading multiprocessing

import random
import re


class Parser:
    pattern = re.compile(r"(\d+) (GET|POST) (\S+) (\d{3})")

    def __init__(self, threshold):
        self.threshold = threshold
        self.parsed = 0

    def parse(self, chunk):
        counts = {}
        for line in chunk:
            match = self.pattern.match(line)
            if match is None:
                continue
            _, method, path, status = match.groups()
            if int(status) >= self.threshold:
                key = method, path
                counts[key] = counts.get(key, 0) + 1
        return counts

    def run(self, chunks):
        merged = {}
        for number, chunk in enumerate(chunks, 1):  # here
            counts = self.parse(chunk)
            for key, count in counts.items():
                merged[key] = merged.get(key, 0) + count
            self.parsed += 1
            print(f"chunk {number}: {len(counts)} kinds")
        return merged


def main():
    generator = random.Random(2)
    lines = [
        f"{n} {generator.choice(['GET', 'POST'])} /p{generator.randrange(5)} {generator.choice([200, 404, 500])}"
        for n in range(24_000)
    ]
    chunks = [lines[start : start + 4_000] for start in range(0, len(lines), 4_000)]
    parser = Parser(400)
    for key, count in sorted(parser.run(chunks).items()):
        print(*key, count)
    print(parser.parsed)


if __name__ == "__main__":
    main()
