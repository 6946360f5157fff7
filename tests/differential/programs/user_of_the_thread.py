"""A value that belongs to the caller's thread, read by the work."""
# refuse threading: thread-state
# refuse multiprocessing: thread-state
# refuse asyncio: thread-state

import threading
import time

session = threading.local()


def allowed(path):
    time.sleep(0.003)
    user = getattr(session, "user", None)
    return f"{user}:{path}"


def main():
    session.user = "root"
    paths = []
    for path in ("/etc", "/home", "/tmp"):  # here
        paths.append(allowed(path))
    print(paths)


if __name__ == "__main__":
    main()
