# kind: runtime-global-in-spawned-worker
# fault: 36 | 19 | 23
# why: SETTINGS is filled by load_settings() in the parent; a forkserver worker (the default of 3.14) imports the module anew and sees an empty dict.
# python: 3.14
# seen: 3.13 with forkserver set as default: KeyError 'vat'; under fork (3.11) it works
import configparser
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from pathlib import Path

SETTINGS = {}


def load_settings(path):
    parser = configparser.ConfigParser()
    parser.read(path)
    SETTINGS.update(parser["billing"])


def vat():
    return Decimal(SETTINGS["vat"])


def price(lines):
    total = Decimal(0)
    for amount, cents in lines:
        total += amount * Decimal(cents) / 100
    return str((total * (1 + vat())).quantize(Decimal("0.01")))


def run(config, invoices):
    load_settings(config)
    with ProcessPoolExecutor(max_workers=2) as pool:
        return list(pool.map(price, invoices, chunksize=4))


def main(argv):
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "billing.ini")
        config.write_text("[billing]\nvat = 0.2\n")
        invoices = [[(q, 1999) for q in range(1, 40_000)] for _ in range(8)]
        for total in run(config, invoices):
            print(total)


if __name__ == "__main__":
    main(sys.argv[1:])
