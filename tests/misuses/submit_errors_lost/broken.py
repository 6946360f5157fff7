# fault: errors-of-tasks-never-read
# shows: prints all saved
# mended: not saved: bad name: '../c'
from concurrent.futures import ThreadPoolExecutor


def save(name):
    if "/" in name:
        raise ValueError(f"bad name: {name!r}")


def main():
    with ThreadPoolExecutor(2) as pool:
        for name in ["a", "b", "../c"]:
            pool.submit(save, name)  # here
    print("all saved")


main()
