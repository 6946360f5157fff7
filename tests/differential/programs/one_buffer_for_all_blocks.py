"""Every block is a view of the one buffer, which reading the next block fills anew."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


class Image:
    def __init__(self, path):
        self.path = path
        self.buffer = bytearray(4)

    def blocks(self):
        view = memoryview(self.buffer)
        with open(self.path, "rb", buffering=0) as file:
            while count := file.readinto(self.buffer):
                yield view[:count]


def checked(block):
    time.sleep(0.01)
    return sum(block)


def main():
    with open("image.bin", "wb") as file:
        file.write(bytes(range(14)))
    image = Image("image.bin")
    print([checked(block) for block in image.blocks()])  # here


if __name__ == "__main__":
    main()
