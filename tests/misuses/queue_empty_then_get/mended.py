import queue
import threading
import time


def work(jobs, done):
    while True:
        time.sleep(0.01)
        try:
            job = jobs.get_nowait()
        except queue.Empty:
            break
        done.append(job)


def main():
    jobs = queue.Queue()
    for number in range(10):
        jobs.put(number)
    done = []
    crew = [threading.Thread(target=work, args=(jobs, done)) for _ in range(4)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join()
    print(f"done: {len(done)}")


main()
