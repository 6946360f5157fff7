# fault: thread-errors-lost
# shows: prints all good: 1
# mended: not good: negative: -3
import threading


def check(rows, good):
    for row in rows:
        if row < 0:
            raise ValueError(f"negative: {row}")
        good.append(row)


def main():
    good = []
    thread = threading.Thread(target=check, args=([2, -3, 4], good))  # here
    thread.start()
    print("checking")
    thread.join()
    print("all good:", len(good))


main()
