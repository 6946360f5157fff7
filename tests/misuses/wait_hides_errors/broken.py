# fault: errors-of-tasks-never-read
# shows: prints saved 3 of 3
# mended: not saved: bad name: '../c'
from concurrent.futures import ThreadPoolExecutor, wait


def save(name):
    if "/" in name:
        raise ValueError(f"bad name: {name!r}")


def main():
    names = ["a", "b", "../c"]
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(save, name) for name in names]  # here
        done, _ = wait(tasks)
    print("saved", len(done), "of", len(names))


main()
