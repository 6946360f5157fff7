import queue
import threading
from pathlib import Path

jobs, sizes, failed = queue.Queue(), {}, []


def size(path):
    return len(path.read_bytes())


def work():
    while True:
        path = jobs.get()
        try:
            sizes[path] = size(path)
        except OSError as error:
            failed.append(error)
        finally:
            jobs.task_done()


def main():
    threading.Thread(target=work, daemon=True).start()
    for path in [Path(__file__), Path("nowhere.txt"), Path(__file__).parent / "broken.py"]:
        jobs.put(path)
    jobs.join()
    print(f"{len(sizes)} sizes, {len(failed)} failed")


main()
