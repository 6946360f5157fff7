import time
from concurrent.futures import ThreadPoolExecutor


def fetch(number):
    time.sleep(0.01)
    return number


def main():
    with ThreadPoolExecutor(4) as pool:
        tasks = [pool.submit(fetch, number) for number in range(10)]
        results = [task.result(timeout=5) for task in tasks]
    print(len(results), "results")


main()
