# fault: checked-then-changed-without-a-lock
# shows: fails IndexError
# mended: done: 10
import time
from concurrent.futures import ThreadPoolExecutor


def main():
    jobs = list(range(10))
    done = []

    def work():
        while jobs:
            time.sleep(0.01)
            done.append(jobs.pop())

    with ThreadPoolExecutor(4) as pool:
        crew = [pool.submit(work) for _ in range(4)]  # here
        for each in crew:
            each.result()
    print(f"done: {len(done)}")


main()
