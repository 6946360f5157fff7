"""Work that warns, where warnings are shown on standard output."""
# refuse threading: ordered-output
# refuse multiprocessing: ordered-output
# refuse asyncio: ordered-output
# ask: keep its order

import sys
import time
import warnings


def show(message, category, filename, lineno, file=None, line=None):
    sys.stdout.write(f"{category.__name__}: {message}\n")


def loaded(version):
    time.sleep(0.01 * (4 - version))
    warnings.warn(f"version {version} is old", DeprecationWarning)
    return version


def main():
    warnings.simplefilter("always")
    warnings.showwarning = show
    versions = []
    for version in (1, 2, 3):  # here
        versions.append(loaded(version))
    print(versions)


if __name__ == "__main__":
    main()
