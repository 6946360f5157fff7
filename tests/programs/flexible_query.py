"""Calls with star-args and keywords made of each row."""
# overlap: 3

import os
from urllib.parse import urlencode
from urllib.request import urlopen

API = os.environ["API"]
ROWS = [(("item", number), {"lang": "en", "page": number % 3}) for number in range(9)]


def query(kind, number, *extra, lang="de", **options):
    path = "/".join(str(part) for part in (kind, number, *extra))
    with urlopen(f"{API}/{path}?{urlencode({'lang': lang, **options})}", timeout=5) as answer:
        return f"{number}:{answer.status}:{len(answer.read())}"


def run(rows, *extra):
    results = []
    for arguments, options in rows:  # here
        results.append(query(*arguments, *extra, **options))
    return results


def main():
    print("\n".join(run(ROWS)))


if __name__ == "__main__":
    main()
