from multiprocessing import Process, Value

EACH = 100_000


def count(counter):
    for _ in range(EACH):
        with counter.get_lock():
            counter.value += 1


def main():
    counter = Value("q", 0)
    workers = [Process(target=count, args=(counter,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(f"all counted: {counter.value == 4 * EACH}")


if __name__ == "__main__":
    main()
