# kind: as-completed-order
# fault: none
# why: as_completed() is used for progress only; each result goes to its own index.
# seen: 3.11 and 3.13: True
import random
import time
from concurrent.futures import ThreadPoolExecutor, as_completed


def render(chapter):
    time.sleep(random.random() / 20)
    return chapter.upper()


def render_book(chapters):
    pages = [None] * len(chapters)
    with ThreadPoolExecutor(max_workers=4) as pool:
        places = {pool.submit(render, chapter): n for n, chapter in enumerate(chapters)}
        for count, job in enumerate(as_completed(places), start=1):
            pages[places[job]] = job.result()
            print(f"\r{count}/{len(chapters)}", end="")
    print()
    return pages


if __name__ == "__main__":
    book = [f"chapter {n}" for n in range(20)]
    print(render_book(book) == [chapter.upper() for chapter in book])
