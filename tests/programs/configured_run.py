"""A global configuration that main rebinds and the work reads: another process must see it as well."""
# refuse multiprocessing: process-state
# overlap: 3

import argparse
import os
from urllib.request import urlopen

CONFIG = {"suffix": "", "timeout": 5}


def configure(suffix):
    global CONFIG
    CONFIG = {**CONFIG, "suffix": suffix}


def fetch(number):
    with urlopen(f"{os.environ['API']}/page/{number}{CONFIG['suffix']}", timeout=CONFIG["timeout"]) as answer:
        return answer.read().decode()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--suffix", default="-beta")
    configure(parser.parse_args().suffix)
    pages = []
    for number in range(8):  # here
        pages.append(fetch(number))
    print("\n".join(pages))


if __name__ == "__main__":
    main()
