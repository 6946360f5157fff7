"""Only some of the values of a generator are asked for, and asking leaves something behind."""
# refuse threading: early-exit
# refuse multiprocessing: shared-write
# refuse asyncio: lazy-generator

import time


class Host:
    def __init__(self, name):
        self.name, self.probes = name, 0

    def alive(self):
        self.probes += 1
        time.sleep(0.005)
        return self.name != "b"


def main():
    hosts = [Host(name) for name in "bcadefgh"]
    living = (host.name for host in hosts if host.alive())  # here
    print(next(living), next(living))
    print([host.probes for host in hosts])


if __name__ == "__main__":
    main()
