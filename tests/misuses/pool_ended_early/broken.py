# fault: pool-ended-before-its-tasks
# shows: prints converted: []
# mended: converted: ['A', 'B', 'C']
import time
from multiprocessing import Pool


def convert(text):
    time.sleep(0.1)
    return text.upper()


def main():
    done = []
    with Pool(2) as pool:
        for text in "abc":
            pool.apply_async(convert, (text,), callback=done.append)  # here
    print("converted:", sorted(done))


if __name__ == "__main__":
    main()
