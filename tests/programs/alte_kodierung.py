# -*- coding: latin-1 -*-
"""Eine Datei in einer alten Kodierung: Größe, Maß, Übung."""
# as: latin-1
# overlap: 3

import os
from urllib.request import urlopen

API = os.environ["API"]
GRÜSSE = "Grüße"


def größe(seite):
    with urlopen(f"{API}/page/{seite}", timeout=5) as antwort:
        return len(antwort.read())


def main():
    summe = 0
    for seite in range(8):  # here
        # Maß für Maß
        summe += größe(seite)
    print(GRÜSSE.encode("utf-8"), summe)


if __name__ == "__main__":
    main()
