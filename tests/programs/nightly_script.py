"""A script without functions or guard: the loop stands at the level of the module."""
# overlap: 3
# refuse asyncio: event-loop

import os
from urllib.request import urlopen

api = os.environ["API"]
pages = ["a", "bb", "ccc", "dddd", "eeeee", "f", "gg", "hhh"]
sizes = []
total = 0

for page in pages:  # here
    with urlopen(f"{api}/page/{page}", timeout=5) as answer:
        text = answer.read().decode()
    sizes.append(len(text))
    total += len(text)
    print(page, len(text))

print("total", total)
with open("sizes.txt", "w") as file:
    file.writelines(f"{size}\n" for size in sizes)
