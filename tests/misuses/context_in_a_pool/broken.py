# fault: context-not-in-the-worker
# shows: prints by nobody: ['report', 'summary']
# mended: by ada: ['report', 'summary']
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

user = ContextVar("user", default="nobody")
authors = set()


def save(name):
    authors.add(user.get())
    return name


def handle(request):
    user.set(request["user"])
    with ThreadPoolExecutor(2) as pool:
        saved = list(pool.map(save, request["names"]))  # here
    print(f"by {', '.join(authors)}: {saved}")


handle({"user": "ada", "names": ["report", "summary"]})
