# kind: lock-kept-after-a-failure
# fault: none
# why: Every way out of the block releases the lock: the handler does, and so does the usual course.
# seen: 3.11: 2 failed
import threading
from pathlib import Path


class Labels:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.lock = threading.Lock()
        self.failed = 0

    def save(self, name):
        self.lock.acquire()
        try:
            (self.folder / name).write_text(name)
        except Exception:
            self.failed += 1
            self.lock.release()
            return
        self.lock.release()


if __name__ == "__main__":
    labels = Labels("/nowhere")
    threads = [threading.Thread(target=labels.save, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(labels.failed, "failed")
