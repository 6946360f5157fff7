# fault: process-target-not-picklable
# shows: fails Can't pickle local object
# mended: done
import multiprocessing


def main():
    def work(size):
        print(sum(range(size)), flush=True)

    multiprocessing.set_start_method("spawn")
    workers = [multiprocessing.Process(target=work, args=(size,)) for size in (10, 20)]  # here
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("done")


if __name__ == "__main__":
    main()
