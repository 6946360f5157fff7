"""Numbers are put into a queue that is emptied later, which a process would do to a queue of its own."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write

import queue


def main():
    jobs = queue.Queue()
    for number in (7, 2, 4, 1):  # here
        jobs.put(number)
    print(jobs.qsize())


if __name__ == "__main__":
    main()
