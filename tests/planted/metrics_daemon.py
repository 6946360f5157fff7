# kind: fork-with-threads
# fault: 41 | 18 | 40
# why: os.fork() is called after the flusher thread was started; the child has no such thread and may inherit its lock locked.
# seen: 3.11: "0 bytes of metrics"; 3.13: DeprecationWarning at the fork
import os
import sys
import threading
import time


class Flusher:
    def __init__(self, path):
        self.path = path
        self.rows = []
        self.lock = threading.Lock()

    def start(self):
        threading.Thread(target=self.loop, name="flusher", daemon=True).start()

    def loop(self):
        while True:
            time.sleep(0.05)
            with self.lock, open(self.path, "a") as out:
                out.writelines(self.rows)
                self.rows.clear()

    def add(self, row):
        with self.lock:
            self.rows.append(f"{time.time():.0f} {row}\n")


def serve(flusher):
    for n in range(5):
        flusher.add(f"request {n}")
        time.sleep(0.05)


def main(path):
    flusher = Flusher(path)
    flusher.start()
    pid = os.fork()
    if pid == 0:
        serve(flusher)
        os._exit(0)
    os.waitpid(pid, 0)
    print(os.path.getsize(path) if os.path.exists(path) else 0, "bytes of metrics")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else f"/tmp/metrics-{os.getpid()}.log")
