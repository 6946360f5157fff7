from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context

user = ContextVar("user", default="nobody")
authors = set()


def save(name):
    authors.add(user.get())
    return name


def handle(request):
    user.set(request["user"])
    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(copy_context().run, save, name) for name in request["names"]]
        saved = [task.result() for task in tasks]
    print(f"by {', '.join(authors)}: {saved}")


handle({"user": "ada", "names": ["report", "summary"]})
