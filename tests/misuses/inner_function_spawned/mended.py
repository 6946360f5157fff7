import multiprocessing


def work(size):
    print(sum(range(size)), flush=True)


def main():
    multiprocessing.set_start_method("spawn")
    workers = [multiprocessing.Process(target=work, args=(size,)) for size in (10, 20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("done")


if __name__ == "__main__":
    main()
