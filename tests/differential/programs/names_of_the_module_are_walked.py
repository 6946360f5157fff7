"""The program lists what its module has, to which an import would add."""
# refuse threading: identity
# refuse multiprocessing: identity
# refuse asyncio: identity

import time


def pinged(n):
    time.sleep(0.005)
    return n


def main():
    print([pinged(n) for n in (1, 2, 3)])  # here
    print(sorted(name for name, value in globals().items() if callable(value)))


if __name__ == "__main__":
    main()
