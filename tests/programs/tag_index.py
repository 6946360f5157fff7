"""Which tags occur, and which items have none: a set, a conditional append, an inner loop."""
# overlap: 3

import json
import os
from collections import defaultdict
from urllib.request import urlopen

API = os.environ["API"]


def tags_of(item):
    with urlopen(f"{API}/item/{item}", timeout=5) as answer:
        return json.load(answer)["tags"]


def index(items):
    known = set()
    bare = []
    by_tag = defaultdict(list)
    for item in items:  # here
        tags = tags_of(item)
        if not tags:
            bare.append(item)
        for tag in tags:
            by_tag[tag].append(item)
        known.update(tags)
    return known, bare, by_tag


if __name__ == "__main__":
    known, bare, by_tag = index(range(12))
    print(sorted(known))
    print(bare)
    for tag, items in by_tag.items():
        print(tag, items)
