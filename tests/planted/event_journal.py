# kind: daemon-thread-writes
# fault: none
# why: The daemon writer is drained and joined by close(), which the with block calls.
# seen: 3.11 and 3.13: 5000 lines
import queue
import tempfile
import threading
from pathlib import Path


class Journal:
    def __init__(self, path):
        self.path = path
        self.events = queue.Queue()
        self.writer = threading.Thread(target=self._write, daemon=True)

    def __enter__(self):
        self.writer.start()
        return self

    def __exit__(self, *exc_info):
        self.close()

    def _write(self):
        with open(self.path, "w") as out:
            while (event := self.events.get()) is not None:
                out.write(event + "\n")

    def add(self, event):
        self.events.put(event)

    def close(self):
        self.events.put(None)
        self.writer.join()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "journal.txt")
        with Journal(path) as journal:
            for n in range(5000):
                journal.add(f"event {n}")
        print(len(path.read_text().splitlines()))
