"""Work that reads the next line of a file which the caller opened: which line it gets depends on its turn."""
# refuse threading: stateful-capture
# refuse multiprocessing: stateful-capture
# refuse asyncio: stateful-capture

import time


def record(file, pause):
    time.sleep(pause)
    return file.readline().rstrip()


def main():
    with open("people.txt", "w", encoding="utf-8") as file:
        file.writelines(f"{name}\n" for name in ("Ann", "Ben", "Cid"))
    with open("people.txt", encoding="utf-8") as file:
        found = []
        for pause in (0.03, 0.015, 0.001):  # here
            found.append((pause, record(file, pause)))
    print(found)


if __name__ == "__main__":
    main()
