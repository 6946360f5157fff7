# kind: timeout-undone-by-its-pool
# fault: none
# why: The timeout only lets the loop show how far it is; it waits until all is done.
# seen: 3.11: [0, 1, 4]
import time
from concurrent.futures import ThreadPoolExecutor, wait


def square(number):
    time.sleep(0.2)
    return number * number


def run(numbers):
    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = [pool.submit(square, number) for number in numbers]
        pending = set(futures)
        while pending:
            done, pending = wait(pending, timeout=0.1)
            print(len(done), "done", end="\r")
        return [future.result() for future in futures]


if __name__ == "__main__":
    print(run(range(3)))
