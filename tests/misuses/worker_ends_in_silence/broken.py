# fault: worker-may-end-in-silence
# shows: hangs
# mended: 2 lines before: FileNotFoundError
import queue
import threading
from pathlib import Path


class Reader(threading.Thread):
    def __init__(self, names, lines):
        super().__init__(daemon=True)
        self.names = names
        self.lines = lines

    def run(self):
        for name in self.names:
            for line in Path(name).read_text().splitlines():
                self.lines.put(line)
        self.lines.put(None)  # here


def read(names):
    lines = queue.Queue()
    Reader(names, lines).start()
    found = []
    while True:
        line = lines.get()
        if line is None:
            return found
        found.append(line)


Path("first.txt").write_text("one\ntwo\n")
found = read(["first.txt", "missing.txt"])
print(len(found), "lines")
