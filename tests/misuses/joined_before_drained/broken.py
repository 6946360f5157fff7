# fault: joined-before-its-queue-is-read
# shows: hangs
# mended: 200000
from multiprocessing import Process, Queue


def work(queue, size):
    queue.put("." * size)


def main():
    queue = Queue()
    worker = Process(target=work, args=(queue, 200_000), daemon=True)
    worker.start()
    worker.join()  # here
    print(len(queue.get()))


if __name__ == "__main__":
    main()
