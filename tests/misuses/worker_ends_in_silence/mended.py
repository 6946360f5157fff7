import queue
import threading
from pathlib import Path


class Reader(threading.Thread):
    def __init__(self, names, lines):
        super().__init__(daemon=True)
        self.names = names
        self.lines = lines
        self.failure = None

    def run(self):
        try:
            for name in self.names:
                for line in Path(name).read_text().splitlines():
                    self.lines.put(line)
        except OSError as error:
            self.failure = error
        finally:
            self.lines.put(None)


def read(names):
    lines = queue.Queue()
    reader = Reader(names, lines)
    reader.start()
    found = []
    while True:
        line = lines.get()
        if line is None:
            return found, reader.failure
        found.append(line)


Path("first.txt").write_text("one\ntwo\n")
found, failure = read(["first.txt", "missing.txt"])
print(len(found), "lines before:", type(failure).__name__)
