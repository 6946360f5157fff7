"""Brute force in pure Python that stops at the first key that fits."""
# models: threading multiprocessing

import hashlib

SECRET = hashlib.md5(b"4-1237").hexdigest()


class NotFound(LookupError):
    pass


def search(block, size=8_000):
    for number in range(size):
        if hashlib.md5(f"{block}-{number}".encode()).hexdigest() == SECRET:
            return number
    return None


def crack(blocks):
    tried = 0
    for block in range(blocks):  # here
        key = search(block)
        tried += 1
        if key is not None:
            break
    else:
        raise NotFound(f"not in {blocks} blocks")
    return block, key, tried


def main():
    print(*crack(12))
    crack(3)


if __name__ == "__main__":
    main()
