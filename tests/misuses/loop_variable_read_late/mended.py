import time
from concurrent.futures import ThreadPoolExecutor


def label(name):
    return name.lower()


def main():
    labels = []
    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0.2)
        for name in ["Apple", "Banana", "Carrot"]:
            labels.append(pool.submit(label, name))
        print(*(each.result() for each in labels))


main()
