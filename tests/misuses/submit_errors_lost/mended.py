from concurrent.futures import ThreadPoolExecutor


def save(name):
    if "/" in name:
        raise ValueError(f"bad name: {name!r}")


def main():
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(save, name) for name in ["a", "b", "../c"]]
        try:
            for task in tasks:
                task.result()
            print("all saved")
        except ValueError as error:
            print("not saved:", error)


main()
