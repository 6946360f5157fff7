import subprocess
import sys
import threading
import time
from pathlib import Path

FILE = Path("rows.txt")


def save(rows):
    with FILE.open("w") as file:
        for row in rows:
            time.sleep(0.05)
            file.write(f"{row}\n")


def main():
    thread = threading.Thread(target=save, args=(range(20),))
    thread.start()
    thread.join()
    print("saved")


def both():
    subprocess.run([sys.executable, __file__, "save"], check=True)
    lines = FILE.read_text().splitlines()
    print(f"rows written: {len(lines)}")


if __name__ == "__main__":
    if sys.argv[1:] == ["save"]:
        main()
    else:
        both()
