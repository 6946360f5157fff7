"""Compresses blocks and writes them one after the other into an archive with an index."""
# models: threading multiprocessing

import random
import struct
import zlib


def blocks(count=10, size=120_000):
    generator = random.Random(3)
    return [bytes(generator.choices(b"abcdefgh", k=size)) for _ in range(count)]


def pack(data, path, level=6):
    index = []
    with open(path, "wb") as archive:
        for number, block in enumerate(data):  # here
            packed = zlib.compress(block, level)
            index.append((number, archive.tell(), len(packed)))
            archive.write(struct.pack("<I", len(packed)))
            archive.write(packed)
    return index


def main():
    data = blocks()
    for entry in pack(data, "blocks.z"):
        print(*entry)


if __name__ == "__main__":
    main()
