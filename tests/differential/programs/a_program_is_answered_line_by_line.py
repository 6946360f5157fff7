# refuse threading: streaming
# refuse multiprocessing: streaming
# refuse asyncio: streaming
"""The lines come from a program that waits for the answer to each before it writes the next."""

import subprocess
import sys
import time

CHILD = """
import sys
n = 1
print(n, flush=True)
for line in sys.stdin:
    n += int(line)
    if n > 20:
        break
    print(n, flush=True)
"""


def square(number):
    time.sleep(0.004)
    return number * number


def main():
    child = subprocess.Popen([sys.executable, "-u", "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    heard = []
    for line in child.stdout:  # here
        answer = square(int(line))
        heard.append(answer)
        print(answer, file=child.stdin, flush=True)
    child.stdin.close()
    print(heard, child.wait())


if __name__ == "__main__":
    main()
