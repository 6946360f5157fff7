# fault: written-in-a-process-and-lost
# shows: prints []
# mended: [0, 1, 4, 9]
from multiprocessing import Process

found = []


def work(number):
    found.append(number * number)


def main():
    workers = [Process(target=work, args=(number,)) for number in range(4)]  # here
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(sorted(found))


if __name__ == "__main__":
    main()
