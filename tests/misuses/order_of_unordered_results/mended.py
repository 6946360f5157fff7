import time
from concurrent.futures import ThreadPoolExecutor

NAPS = {"slow": 0.3, "quick": 0.0}


def nap(name):
    time.sleep(NAPS[name])
    return NAPS[name]


def main():
    names = ["slow", "quick"]
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(nap, name) for name in names]
        took = [task.result() for task in tasks]
    print(", ".join(f"{name} took {seconds}" for name, seconds in zip(names, took, strict=True)))


main()
