"""What is undone asks which exception is being handled, which is another one, or none, in a worker."""
# refuse threading: thread-state
# refuse multiprocessing: thread-state
# refuse asyncio: thread-state

import sys
import time


def undo(step):
    time.sleep(0.004)
    return f"{step}: {sys.exc_info()[1]}"


def main():
    try:
        raise ValueError("bad number")
    except ValueError:
        lines = [undo(step) for step in ("files", "table", "lock")]  # here
        print(lines)


if __name__ == "__main__":
    main()
