from concurrent.futures import ThreadPoolExecutor


def check(rows):
    good = []
    for row in rows:
        if row < 0:
            raise ValueError(f"negative: {row}")
        good.append(row)
    return good


def main():
    with ThreadPoolExecutor(1) as pool:
        task = pool.submit(check, [2, -3, 4])
        print("checking")
        try:
            print("all good:", len(task.result()))
        except ValueError as error:
            print("not good:", error)


main()
