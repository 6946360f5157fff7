# fault: fork-after-threads
# shows: hangs
# mended: worked
import threading
import time
from multiprocessing import Process

guard = threading.Lock()


def hold(held):
    with guard:
        held.set()
        time.sleep(0.5)


def work():
    with guard:
        print("worked", flush=True)


def main():
    held = threading.Event()
    threading.Thread(target=hold, args=(held,), daemon=True).start()
    held.wait()
    worker = Process(target=work, daemon=True)
    worker.start()  # here
    worker.join()


if __name__ == "__main__":
    main()
