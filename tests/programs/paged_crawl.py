"""Each page names the next one: nothing can run side by side."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import json
import os
from urllib.request import urlopen

API = os.environ["API"]


def crawl(start, most=5):
    path, names = start, []
    for _ in range(most):  # here
        with urlopen(f"{API}/{path}", timeout=5) as answer:
            record = json.load(answer)
        names.append(record["name"])
        path = f"item/{record['id'] + record['size'] + 1}"
    return names


if __name__ == "__main__":
    print(crawl("item/1"))
