from multiprocessing import Process, Queue


def work(queue, size):
    queue.put("." * size)


def main():
    queue = Queue()
    worker = Process(target=work, args=(queue, 200_000), daemon=True)
    worker.start()
    text = queue.get()
    worker.join()
    print(len(text))


if __name__ == "__main__":
    main()
