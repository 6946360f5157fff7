import time
from concurrent.futures import ThreadPoolExecutor


def main():
    jobs = list(range(10))
    done = []

    def work():
        while True:
            time.sleep(0.01)
            try:
                job = jobs.pop()
            except IndexError:
                break
            done.append(job)

    with ThreadPoolExecutor(4) as pool:
        crew = [pool.submit(work) for _ in range(4)]
        for each in crew:
            each.result()
    print(f"done: {len(done)}")


main()
