# fault: task-done-skipped
# shows: hangs
# mended: 2 sizes, 1 failed
import queue
import threading
from pathlib import Path

jobs, sizes = queue.Queue(), {}


def size(path):
    return len(path.read_bytes())


def work():
    while True:
        path = jobs.get()
        sizes[path] = size(path)  # here
        jobs.task_done()


def main():
    threading.Thread(target=work, daemon=True).start()
    for path in [Path(__file__), Path("nowhere.txt"), Path(__file__).parent / "mended.py"]:
        jobs.put(path)
    jobs.join()
    print(len(sizes), "sizes")


main()
