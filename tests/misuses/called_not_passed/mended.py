import threading


def work():
    alone = threading.current_thread() is threading.main_thread()
    print("main thread" if alone else "other thread")


def main():
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()


main()
