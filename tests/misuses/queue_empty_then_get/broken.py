# fault: queue-empty-then-get
# shows: hangs
# mended: done: 10
import queue
import threading
import time


def work(jobs, done):
    while not jobs.empty():
        time.sleep(0.01)
        done.append(jobs.get())


def main():
    jobs = queue.Queue()
    for number in range(10):
        jobs.put(number)
    done = []
    crew = [threading.Thread(target=work, args=(jobs, done)) for _ in range(4)]  # here
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    print(f"done: {len(done)}")


main()
