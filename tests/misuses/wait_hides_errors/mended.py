from concurrent.futures import ThreadPoolExecutor, as_completed


def save(name):
    if "/" in name:
        raise ValueError(f"bad name: {name!r}")


def main():
    names = ["a", "b", "../c"]
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(save, name) for name in names]
        for task in as_completed(tasks):
            if error := task.exception():
                print("not saved:", error)


main()
