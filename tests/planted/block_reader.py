# kind: shared-client
# fault: 19 | 20 | 27 | 30
# why: Threads seek and read on one file object; another thread moves the position in between.
# seen: 3.11: 1 to 2 wrong blocks of 400
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import BinaryIO

SIZE = 64 * 1024


@dataclass
class Container:
    handle: BinaryIO

    def block(self, index):
        self.handle.seek(index * SIZE)
        return self.handle.read(SIZE)

    def checksum(self, index):
        return index, zlib.crc32(self.block(index))


def checksums(path, blocks):
    with open(path, "rb") as handle:
        container = Container(handle)
        with ThreadPoolExecutor() as pool:
            return dict(pool.map(container.checksum, range(blocks)))


if __name__ == "__main__":
    with tempfile.NamedTemporaryFile() as store:
        parts = [bytes([n % 251]) * SIZE for n in range(400)]
        store.write(b"".join(parts))
        store.flush()
        sums = checksums(store.name, len(parts))
        print(sum(sums[n] != zlib.crc32(part) for n, part in enumerate(parts)), "wrong blocks")
