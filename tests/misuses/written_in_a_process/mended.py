from multiprocessing import Manager, Process


def work(found, number):
    found.append(number * number)


def main():
    with Manager() as manager:
        found = manager.list()
        workers = [Process(target=work, args=(found, number)) for number in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        print(sorted(found))


if __name__ == "__main__":
    main()
