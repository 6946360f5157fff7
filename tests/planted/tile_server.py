# kind: executor-leaked
# fault: none
# why: The object owns one pool and shuts it down in close(), which its with block calls.
# seen: 3.11: 1 thread at the end
import threading
import time
from concurrent.futures import ThreadPoolExecutor


class TileServer:
    def __init__(self, workers=4):
        self._pool = ThreadPoolExecutor(max_workers=workers)

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def close(self):
        self._pool.shutdown(wait=True)

    def _load(self, key):
        time.sleep(0.01)
        return f"tile {key}"

    def tiles(self, keys):
        return list(self._pool.map(self._load, keys))


def main():
    with TileServer() as server:
        for zoom in range(10):
            rows = server.tiles([(zoom, x) for x in range(8)])
    print(len(rows), threading.active_count())


if __name__ == "__main__":
    main()
