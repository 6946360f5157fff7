"""Checksums of the files of a folder, by name, sizes added up."""

import hashlib
import random
from pathlib import Path

ROOT = Path("tree")


def prepare():
    generator = random.Random(7)
    for number in range(8):
        folder = ROOT / "abc"[number % 3]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.bin").write_bytes(generator.randbytes(200_000))


def checksum(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(65536):
            digest.update(block)
    return digest.hexdigest()


def main():
    prepare()
    sums, size = {}, 0
    for path in sorted(ROOT.rglob("*.bin")):  # here
        sums[str(path)] = checksum(path)
        size += path.stat().st_size
    for name, value in sums.items():
        print(value[:16], name)
    print(size)


if __name__ == "__main__":
    main()
