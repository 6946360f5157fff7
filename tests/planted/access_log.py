# kind: daemon-thread-writes
# fault: 16 | 22
# why: The daemon writer is killed at exit with lines still in its queue; they never reach the file.
# seen: 3.11: 2 of 500 lines in the file
import os
import queue
import tempfile
import threading
import time


class AccessLog:
    def __init__(self, path):
        self.path = path
        self.lines = queue.Queue()
        writer = threading.Thread(target=self._write, daemon=True)
        writer.start()

    def _write(self):
        with open(self.path, "a") as out:
            while True:
                out.write(self.lines.get() + "\n")
                out.flush()
                time.sleep(0.002)

    def __call__(self, line):
        self.lines.put(line)


def main():
    path = os.path.join(tempfile.gettempdir(), f"access-{os.getpid()}.log")
    log = AccessLog(path)
    for n in range(500):
        log(f"GET /page/{n} 200")
    print("served 500 requests; log in", path)


if __name__ == "__main__":
    main()
