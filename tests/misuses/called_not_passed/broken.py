# fault: called-instead-of-passed
# shows: prints main thread
# mended: other thread
import threading


def work():
    alone = threading.current_thread() is threading.main_thread()
    print("main thread" if alone else "other thread")


def main():
    worker = threading.Thread(target=work())  # here
    worker.start()
    worker.join()


main()
