# fault: lock-kept-after-a-failure
# shows: hangs
# mended: 1 read, 1 failed
import threading
from pathlib import Path


class Store:
    def __init__(self):
        self._lock = threading.Lock()
        self.texts = {}
        self.failed = []

    def load(self, name):
        self._lock.acquire()  # here
        self.texts[name] = Path(name).read_text()
        self._lock.release()

    def try_to_load(self, name):
        try:
            self.load(name)
        except OSError:
            self.failed.append(name)


Path("kept.txt").write_text("kept")
store = Store()
for name in ("missing.txt", "kept.txt"):
    thread = threading.Thread(target=store.try_to_load, args=(name,))
    thread.start()
    thread.join()
print(f"{len(store.texts)} read, {len(store.failed)} failed")
