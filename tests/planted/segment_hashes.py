# kind: shared-client
# fault: none
# why: os.pread() takes the offset with the call and moves no shared position.
# seen: 3.11 and 3.13: True
import hashlib
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial

SIZE = 256 * 1024


def digest(descriptor, index):
    data = os.pread(descriptor, SIZE, index * SIZE)
    return hashlib.sha256(data).hexdigest()


def digests(path):
    with open(path, "rb") as handle:
        count = -(-os.path.getsize(path) // SIZE)
        with ThreadPoolExecutor(max_workers=4) as pool:
            return list(pool.map(partial(digest, handle.fileno()), range(count)))


if __name__ == "__main__":
    with tempfile.NamedTemporaryFile() as store:
        parts = [bytes([n]) * SIZE for n in range(100)]
        store.write(b"".join(parts))
        store.flush()
        print(digests(store.name) == [hashlib.sha256(part).hexdigest() for part in parts])
